//! Does the time that an answer takes tell what kind of answer it is?

use std::time::{Duration, Instant};

use domain::accounts::throttle::MAILS_PER_EMAIL;
use reqwest::StatusCode;
use testkit::{Page, World};

use crate::{Bar, figure, milliseconds, proving, tables::count};

/// The times of one kind.
pub struct Samples {
    pub kind: &'static str,
    pub times: Vec<Duration>,
}

impl Samples {
    pub fn of(kind: &'static str) -> Self {
        Self { kind, times: Vec::new() }
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times[times.len() / 2]
    }
}

/// How often a time of the first kind is the longer one, ties by half: 0.5 tells nothing,
/// 0 and 1 tell everything (the area under the curve of the best guesser by time alone).
fn auc(a: &Samples, b: &Samples) -> f64 {
    let mut longer = 0.0;
    for x in &a.times {
        for y in &b.times {
            longer += match x.cmp(y) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred of each")]
    let pairs = (a.times.len() * b.times.len()) as f64;
    longer / pairs
}

/// What of two kinds may differ at most.
#[derive(Clone, Copy)]
pub struct Alike {
    pub medians_apart: Duration,
    /// How far from 0.5 the area may be.
    pub auc: f64,
}

/// Every pair of kinds.
#[track_caller]
pub fn assert_alike(name: &str, kinds: &[Samples], alike: Alike) {
    for (n, a) in kinds.iter().enumerate() {
        for b in &kinds[n + 1..] {
            let apart = a.median().abs_diff(b.median());
            let pair = format!("{name}_{}_{}", a.kind, b.kind);
            let bar = Bar::Below(milliseconds(alike.medians_apart));
            figure(&format!("{pair}_medians_ms"), milliseconds(apart), bar);
            figure(&format!("{pair}_auc"), auc(a, b), Bar::Between(0.5 - alike.auc, 0.5 + alike.auc));
        }
    }
}

#[test]
fn the_area_is_what_it_says() {
    let samples =
        |times: &[u64]| Samples { kind: "x", times: times.iter().copied().map(Duration::from_millis).collect() };
    let area = |a: &[u64], b: &[u64]| auc(&samples(a), &samples(b));
    assert!((area(&[1, 2, 3], &[1, 2, 3]) - 0.5).abs() < 1e-9);
    assert!((area(&[4, 5], &[1, 2]) - 1.0).abs() < 1e-9);
    assert!((area(&[1, 2], &[4, 5])).abs() < 1e-9);
    assert!((area(&[1, 4], &[2, 3]) - 0.5).abs() < 1e-9);
}

/// The bars for two kinds that must not be told apart: R01's at full size, wide ones otherwise.
pub fn alike() -> Alike {
    if proving() {
        Alike { medians_apart: Duration::from_millis(5), auc: 0.05 }
    } else {
        // Beside other tests a median says little; that one is nearly always slower says it all.
        Alike { medians_apart: Duration::from_millis(250), auc: 0.4 }
    }
}

/// Times a form for somebody who is there and somebody who is not, in turn; each is the first of
/// its round as often as the other. The form must go through: no limit may play a part.
pub async fn sample(
    world: &World,
    [known, unknown]: [&'static str; 2],
    send: impl AsyncFn(&'static str) -> Page,
) -> [Samples; 2] {
    let mut kinds = [Samples::of("known"), Samples::of("unknown")];
    let before = count(world, "outbox").await;
    for n in 0..if proving() { 1_200 } else { 30 } {
        if n % 4 == 0 {
            world.clock.advance(MAILS_PER_EMAIL.window);
        }
        for kind in [n % 2, (n + 1) % 2] {
            let begun = Instant::now();
            let sent = send([known, unknown][kind]).await;
            kinds[kind].times.push(begun.elapsed());
            assert_eq!(sent.status, StatusCode::SEE_OTHER);
        }
    }
    // Every one of them wrote a mail: nothing was refused.
    let sent: usize = kinds.iter().map(|kind| kind.times.len()).sum();
    assert_eq!(count(world, "outbox").await - before, i64::try_from(sent).unwrap());
    kinds
}
