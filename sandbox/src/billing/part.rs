//! Parts of amounts. Money is whole units of the currency's smallest coin, always.
//!
//! A half is rounded away from zero, once for each line. Stripe does not say how it rounds.

/// `amount · numerator / denominator`, rounded.
pub fn part(amount: i64, numerator: i64, denominator: i64) -> i64 {
    if denominator == 0 {
        return 0;
    }
    let (product, divisor) = (i128::from(amount) * i128::from(numerator), i128::from(denominator));
    let (product, divisor) = if divisor < 0 { (-product, -divisor) } else { (product, divisor) };
    let rounded = (2 * product.abs() + divisor) / (2 * divisor) * product.signum();
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// `percent` of an amount; percentages count to a ten-thousandth.
pub fn percent_of(amount: i64, percent: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a percentage is at most 100")]
    let ten_thousandths = (percent * 10_000.0).round() as i64;
    part(amount, ten_thousandths, 1_000_000)
}

/// Splits `whole` in proportion to `weights`: the parts sum to `whole` exactly. What rounding
/// leaves goes to the first ones.
pub fn split(whole: i64, weights: &[i64]) -> Vec<i64> {
    let total: i64 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let floor = |weight: &i64| {
        let exact = i128::from(whole) * i128::from(*weight) / i128::from(total);
        i64::try_from(exact).unwrap_or(0)
    };
    let mut parts: Vec<i64> = weights.iter().map(floor).collect();
    let mut left = whole - parts.iter().sum::<i64>();
    for (part, _) in parts.iter_mut().zip(weights).filter(|(_, weight)| **weight != 0) {
        if left == 0 {
            break;
        }
        *part += left.signum();
        left -= left.signum();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{part, percent_of, split};
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (amount, numerator, denominator, expected) in [
            (1000, 1, 2, 500),
            (1001, 1, 2, 501),
            (-1001, 1, 2, -501),
            (999, 1, 3, 333),
            (1000, 1, 3, 333),
            (2000, 1, 3, 667),
            // 49.00 for 15 of 31 days.
            (4900, 15 * 86_400, 31 * 86_400, 2371),
            (4900, 0, 7, 0),
            (4900, 7, 7, 4900),
            (5, 1, 0, 0),
        ] {
            assert_eq!(part(amount, numerator, denominator), expected, "{amount} {numerator}/{denominator}");
        }
        assert_eq!(percent_of(4900, 12.5), 613);
        assert_eq!(percent_of(4999, 33.3333), 1666);
        assert_eq!(percent_of(1, 50.0), 1);
    }

    proptest! {
        #[test]
        fn splitting_loses_nothing(whole in 0_i64..1_000_000, weights in prop::collection::vec(0_i64..100_000, 1..9)) {
            let parts = split(whole, &weights);
            let expected = if weights.iter().sum::<i64>() == 0 { 0 } else { whole };
            prop_assert_eq!(parts.iter().sum::<i64>(), expected);
            prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| *weight != 0 || *part == 0));
        }

        #[test]
        fn a_part_and_the_rest_differ_from_the_whole_by_a_coin_at_most(
            amount in -1_000_000_000_i64..1_000_000_000, of in 1_i64..40_000_000, share in 0.0_f64..1.0,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place in the period")]
            let at = (of as f64 * share) as i64;
            prop_assert!((part(amount, at, of) + part(amount, of - at, of) - amount).abs() <= 1);
        }
    }
}
