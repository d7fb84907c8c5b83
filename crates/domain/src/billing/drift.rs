//! Where what we know differs from what the payment provider has: an event that was lost, a row that
//! was changed by hand.

use std::fmt;

use super::{Invoice, InvoiceSeen, Subscription};

/// One difference, as an operator reads it: what it is of, what we have, what they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    pub of: String,
    pub ours: String,
    pub theirs: String,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} here, {} there", self.of, self.ours, self.theirs)
    }
}

const NOTHING: &str = "nothing";

/// Every difference. Invoices that are only here are older than those that were looked at, and no difference.
pub fn drifts(
    ours: (Option<&Subscription>, &[Invoice]),
    theirs: (Option<&Subscription>, &[InvoiceSeen]),
) -> Vec<Drift> {
    let mut found = Vec::new();
    match (ours.0, theirs.0) {
        (None, None) => {}
        (Some(one), None) => found.push(drift("subscription", one.id.as_str(), NOTHING)),
        (None, Some(one)) => found.push(drift("subscription", NOTHING, one.id.as_str())),
        (Some(ours), Some(theirs)) => of_subscription(ours, theirs, &mut found),
    }
    for InvoiceSeen { invoice: theirs, .. } in theirs.1 {
        match ours.1.iter().find(|ours| ours.id == theirs.id) {
            None => found.push(drift(&format!("invoice {}", theirs.id), NOTHING, theirs.status.as_str())),
            Some(ours) => of_invoice(ours, theirs, &mut found),
        }
    }
    found
}

fn drift(of: &str, ours: &str, theirs: &str) -> Drift {
    Drift { of: of.to_owned(), ours: ours.to_owned(), theirs: theirs.to_owned() }
}

fn compare<T: PartialEq + fmt::Debug>(of: &str, ours: &T, theirs: &T, found: &mut Vec<Drift>) {
    if ours != theirs {
        found.push(drift(of, &format!("{ours:?}"), &format!("{theirs:?}")));
    }
}

fn of_subscription(ours: &Subscription, theirs: &Subscription, found: &mut Vec<Drift>) {
    compare("subscription", &ours.id, &theirs.id, found);
    compare("plan", &ours.plan, &theirs.plan, found);
    compare("status", &ours.status, &theirs.status, found);
    compare("interval", &ours.interval, &theirs.interval, found);
    compare("seats", &ours.seats, &theirs.seats, found);
    compare("period end", &ours.current_period_end, &theirs.current_period_end, found);
    compare("trial end", &ours.trial_end, &theirs.trial_end, found);
    compare("end", &ours.cancel_at, &theirs.cancel_at, found);
}

fn of_invoice(ours: &Invoice, theirs: &Invoice, found: &mut Vec<Drift>) {
    let of = |what: &str| format!("{what} of invoice {}", theirs.id);
    compare(&of("status"), &ours.status, &theirs.status, found);
    compare(&of("total"), &ours.total, &theirs.total, found);
    compare(&of("payment"), &ours.paid, &theirs.paid, found);
    compare(&of("number"), &ours.number, &theirs.number, found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SubscriptionId, Timestamp,
        billing::{InvoiceStatus, Money, SubscriptionStatus},
    };

    #[test]
    fn what_is_the_same_is_none_and_each_difference_is_one() {
        let one = Subscription::new(SubscriptionId::from_trusted("sub_1"), "pro", SubscriptionStatus::Active);
        let money = |amount| Money { amount, currency: "usd".to_owned() };
        let paid = Invoice {
            id: "in_1".to_owned(),
            number: None,
            status: InvoiceStatus::Paid,
            total: money(4900),
            paid: money(4900),
            created: Timestamp::from_millis(0),
            paid_at: None,
            attempts: 1,
            next_attempt: None,
            page: None,
            pdf: None,
        };
        let same = std::slice::from_ref(&paid);
        let seen = [InvoiceSeen { invoice: paid.clone(), remaining: money(0) }];
        assert_eq!(drifts((None, &[]), (None, &[])), []);
        assert_eq!(drifts((Some(&one), same), (Some(&one), &seen)), []);
        // An old one that was not looked at.
        assert_eq!(drifts((Some(&one), same), (Some(&one), &[])), []);
        let other = Subscription { plan: "basic".to_owned(), seats: 2, ..one.clone() };
        let open = [Invoice { status: InvoiceStatus::Open, paid: money(0), ..paid.clone() }];
        let words: Vec<String> =
            drifts((Some(&other), &open), (Some(&one), &seen)).iter().map(ToString::to_string).collect();
        assert_eq!(words.len(), 4, "{words:?}");
        assert_eq!(words[0], "plan: \"basic\" here, \"pro\" there");
        assert_eq!(drifts((None, &[]), (Some(&one), &seen)).len(), 2);
        assert_eq!(drifts((Some(&one), &[]), (None, &[])).len(), 1);
    }
}
