//! Several changes within one period, held against a reckoning of their own: what every second
//! of an item has cost in the end, whatever was changed, taken back, and dated back and forth.
//!
//! The reckoning knows no invoices. A change paints the rest of its period with what a second
//! costs from then on; the last coat counts. The sandbox's lines and pending items, charges less
//! credits, must come to that for every second, but for the rounding of each line.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::billing::{DAY, HOUR, OnClock, item, period};
use crate::lives::run;
use crate::promises::{amounts_and_texts, check_sums};
use crate::started::{START, Started, id, start};

const CENTS: [i64; 4] = [0, 1000, 2999, 777];
const COUPONS: [(&str, &str); 4] = [("50", "forever"), ("100", "forever"), ("25", "once"), ("100", "once")];

/// What becomes of the discounts with a change.
#[derive(Debug, Clone, Copy)]
enum Discounts {
    Keep,
    Clear,
    /// In place of the others.
    Put(usize),
    /// Beside the others.
    Add(usize),
}

#[derive(Debug, Clone)]
enum Step {
    Pass(i64),
    Change {
        price: usize,
        quantity: i64,
        behavior: &'static str,
        /// A share of the period, when it is dated.
        dated: Option<f64>,
        discounts: Discounts,
    },
    DeleteCoupon(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let discounts = prop_oneof![
        5 => Just(Discounts::Keep),
        1 => Just(Discounts::Clear),
        2 => (0..COUPONS.len()).prop_map(Discounts::Put),
        1 => (0..COUPONS.len()).prop_map(Discounts::Add),
    ];
    let behavior = prop::sample::select(vec!["create_prorations", "always_invoice", "always_invoice", "none"]);
    let dated = prop_oneof![2 => Just(None), 1 => (0.0..1.0_f64).prop_map(Some)];
    prop_oneof![
        3 => (1..12 * DAY).prop_map(Step::Pass),
        6 => (0..CENTS.len(), 0..4_i64, behavior, dated, discounts).prop_map(
            |(price, quantity, behavior, dated, discounts)| Step::Change { price, quantity, behavior, dated, discounts }
        ),
        1 => (0..COUPONS.len()).prop_map(Step::DeleteCoupon),
    ]
}

/// A part of an amount, a half away from zero; what is reckoned here is never negative.
fn part(amount: i64, of: i64, whole: i64) -> i64 {
    (2 * amount * of + whole) / (2 * whole)
}

/// What a time costs, in all, from one moment to another.
#[derive(Debug, Clone, Copy)]
struct Coat {
    /// The period it was painted in: what is left of an older one costs besides.
    layer: usize,
    from: i64,
    to: i64,
    cents: f64,
}

/// A charge or a credit.
#[derive(Debug, Clone, Copy)]
struct Row {
    from: i64,
    to: i64,
    cents: i64,
}

#[expect(clippy::cast_precision_loss, reason = "cents and seconds of months")]
fn share(cents: f64, seconds: i64, of: i64) -> f64 {
    cents * seconds as f64 / of as f64
}

struct Reckoning {
    cost: i64,
    what: (usize, i64),
    period: (i64, i64),
    layer: usize,
    /// The periods so far; of two that began in one second both count.
    periods: Vec<(i64, i64)>,
    /// Coupons in order, those that are spent gone.
    discounts: Vec<usize>,
    coats: Vec<Coat>,
}

impl Reckoning {
    /// Takes discounts of one kind off; those for one invoice that took something are spent.
    fn lowered(&mut self, mut cents: i64, is_once: bool) -> i64 {
        let mut kept = Vec::new();
        for coupon in self.discounts.clone() {
            let (percent, duration) = COUPONS[coupon];
            if (duration == "once") != is_once {
                kept.push(coupon);
                continue;
            }
            let off = part(cents, percent.parse().unwrap(), 100);
            cents -= off;
            if !is_once || off == 0 {
                kept.push(coupon);
            }
        }
        self.discounts = kept;
        cents
    }

    /// All discounts in their order, on a whole line.
    fn lowered_by_all(&mut self, mut cents: i64) -> i64 {
        let mut kept = Vec::new();
        for coupon in self.discounts.clone() {
            let (percent, duration) = COUPONS[coupon];
            let off = part(cents, percent.parse().unwrap(), 100);
            cents -= off;
            if duration != "once" || off == 0 {
                kept.push(coupon);
            }
        }
        self.discounts = kept;
        cents
    }

    #[expect(clippy::cast_precision_loss, reason = "cents")]
    fn paint(&mut self, from: i64, to: i64, cents: i64) {
        self.coats.push(Coat { layer: self.layer, from, to, cents: cents as f64 });
    }

    /// All that was charged for this period is given back from a moment on.
    fn strip(&mut self, from: i64) {
        let (period, to) = (self.period, self.period.1);
        let layers = (1..).zip(&self.periods).filter(|(_, of_layer)| **of_layer == period);
        self.coats.extend(layers.map(|(layer, _)| Coat { layer, from, to, cents: 0.0 }));
    }

    /// A period begins, and is charged whole.
    fn begin(&mut self, period: (i64, i64)) {
        self.period = period;
        self.layer += 1;
        self.periods.push(period);
        let net = self.lowered_by_all(self.cost);
        self.paint(period.0, period.1, net);
    }

    fn change(&mut self, now: i64, at: i64, what: (usize, i64), behavior: &str, began: (i64, i64)) {
        let (before, is_other) = (self.cost, what != self.what);
        self.what = what;
        self.cost = CENTS[what.0] * what.1;
        if before == 0 && self.cost > 0 {
            if behavior != "none" {
                self.strip(at.min(now));
            }
            self.begin(began);
        } else if is_other && behavior != "none" {
            let whole = self.period.1 - self.period.0;
            let net = self.lowered(self.cost, false);
            let mut charged = part(net, self.period.1 - at, whole);
            if behavior == "always_invoice" {
                charged = self.lowered(charged, true);
            }
            self.strip(at);
            self.paint(at, self.period.1, charged);
        }
    }

    /// What the time from `from` to `to` costs, where no coat begins or ends between.
    fn cents(&self, from: i64, to: i64) -> f64 {
        let of_layer = |layer: usize| {
            let mut newest = self.coats.iter().rev().filter(|coat| coat.layer == layer);
            newest.find(|coat| coat.from <= from && to <= coat.to)
        };
        let coats = (1..=self.layer).filter_map(of_layer);
        coats.map(|coat| share(coat.cents, to - from, coat.to - coat.from)).sum()
    }
}

/// Everything the sandbox has charged and credited for an item.
async fn rows(acme: &OnClock<'_>, item: &str) -> Vec<Row> {
    let int = |value: &Value| value.as_i64().unwrap();
    let row = |of: &Value, cents: i64| Row { from: int(&of["period"]["start"]), to: int(&of["period"]["end"]), cents };
    let mut all = Vec::new();
    for invoice in acme.invoices().await {
        for line in invoice["lines"]["data"].as_array().unwrap() {
            if line["parent"]["subscription_item_details"]["subscription_item"] == item {
                let off: i64 = line["discount_amounts"].as_array().unwrap().iter().map(|off| int(&off["amount"])).sum();
                all.push(row(line, int(&line["amount"]) - off));
            }
        }
    }
    let path = format!("/v1/invoiceitems?customer={}&pending=true&limit=100", acme.customer);
    for waiting in acme.sandbox.get(&path).await.1["data"].as_array().unwrap() {
        all.push(row(waiting, int(&waiting["amount"])));
    }
    all
}

/// Every second costs what the reckoning says.
fn check(reckoning: &Reckoning, rows: &[Row], steps: &[Step]) {
    let mut edges: Vec<i64> = rows.iter().flat_map(|row| [row.from, row.to]).collect();
    edges.extend(reckoning.coats.iter().flat_map(|coat| [coat.from, coat.to]));
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        // Two cents for each row (its own rounding, and that of what it is a part of), one for
        // each coat whose charge came to nothing, and one where a credit for a short time did.
        let (mut cents, mut rounding) = (0.0, 1.0);
        for row in rows.iter().filter(|row| row.from <= from && to <= row.to) {
            #[expect(clippy::cast_precision_loss, reason = "cents")]
            let whole = row.cents as f64;
            cents += share(whole, to - from, row.to - row.from);
            rounding += share(2.0, to - from, row.to - row.from);
        }
        for coat in reckoning.coats.iter().filter(|coat| coat.from <= from && to <= coat.to) {
            rounding += share(1.0, to - from, coat.to - coat.from);
        }
        let expected = reckoning.cents(from, to);
        assert!(
            (cents - expected).abs() <= rounding,
            "{from} to {to}: {cents} instead of {expected} (± {rounding})\n{rows:#?}\n{:#?}\n{steps:#?}",
            reckoning.coats
        );
    }
    assert!(rows.iter().map(|row| row.cents).sum::<i64>() >= 0, "more was given back than charged\n{rows:#?}");
}

/// The names of a change's parameters in an update, or in a preview of it.
fn fields(
    sub: &Value,
    to: (&str, i64),
    behavior: &str,
    dated: Option<i64>,
    discounts: Option<&[(&str, String)]>,
    is_preview: bool,
) -> Vec<(String, String)> {
    let name = |head: &str, rest: &str| {
        if is_preview { format!("subscription_details[{head}]{rest}") } else { format!("{head}{rest}") }
    };
    let mut all = vec![
        (name("items", "[0][id]"), item(sub)),
        (name("items", "[0][price]"), to.0.to_owned()),
        (name("items", "[0][quantity]"), to.1.to_string()),
        (name("proration_behavior", ""), behavior.to_owned()),
    ];
    all.extend(dated.map(|at| (name("proration_date", ""), at.to_string())));
    match discounts {
        None => {}
        Some([]) => all.push(("discounts".to_owned(), String::new())),
        Some(list) => all.extend(
            list.iter().enumerate().map(|(place, (kind, id))| (format!("discounts[{place}][{kind}]"), id.clone())),
        ),
    }
    all
}

async fn coupon(sandbox: &Started, which: usize) -> String {
    let (percent, duration) = COUPONS[which];
    id(&sandbox.made("/v1/coupons", &[("percent_off", percent), ("duration", duration)]).await)
}

struct Life<'s> {
    acme: OnClock<'s>,
    subscription: Value,
    prices: Vec<String>,
    coupons: Vec<String>,
    now: i64,
    reckoning: Reckoning,
}

impl<'s> Life<'s> {
    async fn begin(sandbox: &'s Started) -> Self {
        let acme = sandbox.on_clock("pm_card_visa").await;
        let (mut prices, mut coupons) = (Vec::new(), Vec::new());
        for cents in CENTS {
            prices.push(sandbox.price(cents, "month").await);
        }
        for which in 0..COUPONS.len() {
            coupons.push(coupon(sandbox, which).await);
        }
        let subscription = acme.subscribe(&prices[1], &[]).await;
        let mut reckoning = Reckoning {
            cost: 1000,
            what: (1, 1),
            period: (0, 0),
            layer: 0,
            periods: Vec::new(),
            discounts: Vec::new(),
            coats: Vec::new(),
        };
        reckoning.begin(period(&subscription));
        Self { acme, subscription, prices, coupons, now: START, reckoning }
    }

    /// Lets time pass; a renewal is what its preview said.
    async fn pass(&mut self, to: i64) {
        let shown =
            self.acme.sandbox.made("/v1/invoices/create_preview", &[("subscription", &id(&self.subscription))]).await;
        self.acme.advance(to).await;
        self.now = to;
        let period = period(&self.acme.now(&self.subscription).await);
        if period != self.reckoning.period {
            let billed = self.acme.invoices().await.pop().unwrap();
            assert_eq!(amounts_and_texts(&shown), amounts_and_texts(&billed));
            self.reckoning.begin(period);
        }
    }

    /// The parameter `discounts`, and what the reckoning makes of it.
    async fn discounts(&mut self, discounts: Discounts) -> Option<Vec<(&'static str, String)>> {
        let held = self.acme.now(&self.subscription).await["discounts"].as_array().unwrap().clone();
        assert_eq!(held.len(), self.reckoning.discounts.len(), "{:?}", self.reckoning.discounts);
        let mut list = Vec::new();
        let (kept, new) = match discounts {
            Discounts::Keep => return None,
            Discounts::Clear => (false, None),
            Discounts::Put(which) => (false, Some(which)),
            Discounts::Add(which) => (true, Some(which)),
        };
        if kept {
            list.extend(held.iter().map(|id| ("discount", id.as_str().unwrap().to_owned())));
        } else {
            self.reckoning.discounts.clear();
        }
        if let Some(which) = new {
            list.push(("coupon", self.coupons[which].clone()));
            self.reckoning.discounts.push(which);
        }
        Some(list)
    }

    async fn change(&mut self, what: (usize, i64), behavior: &'static str, dated: Option<f64>, discounts: Discounts) {
        let (from, to) = self.reckoning.period;
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place in the period")]
        let at = dated.filter(|_| behavior != "none").map(|share| from + ((to - from) as f64 * share) as i64);
        let list = self.discounts(discounts).await;
        let asked = |is_preview: bool| {
            fields(&self.subscription, (&self.prices[what.0], what.1), behavior, at, list.as_deref(), is_preview)
        };
        let (update, mut preview) = (asked(false), asked(true));
        preview.push(("subscription".to_owned(), id(&self.subscription)));
        let shown = made(&self.acme, "/v1/invoices/create_preview", &preview).await;
        check_sums(&shown);
        let before = self.acme.invoices().await.len();
        let path = format!("/v1/subscriptions/{}", id(&self.subscription));
        let changed = made(&self.acme, &path, &update).await;
        let invoices = self.acme.invoices().await;
        if invoices.len() > before {
            let billed = invoices.last().unwrap();
            assert_eq!(amounts_and_texts(&shown), amounts_and_texts(billed));
        }
        self.reckoning.change(self.now, at.unwrap_or(self.now), what, behavior, period(&changed));
    }

    async fn live(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Pass(seconds) => self.pass(self.now + seconds).await,
                Step::Change { price, quantity, behavior, dated, discounts } => {
                    self.change((*price, *quantity), behavior, *dated, *discounts).await;
                }
                Step::DeleteCoupon(which) => {
                    self.acme.sandbox.delete(&format!("/v1/coupons/{}", self.coupons[*which])).await;
                    self.coupons[*which] = coupon(self.acme.sandbox, *which).await;
                }
            }
            let rows = rows(&self.acme, &item(&self.subscription)).await;
            check(&self.reckoning, &rows, steps);
        }
    }
}

async fn made(acme: &OnClock<'_>, path: &str, fields: &[(String, String)]) -> Value {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    acme.sandbox.made(path, &fields).await
}

#[test]
fn every_second_costs_what_it_was_last_changed_to() {
    run(30, &prop::collection::vec(step(), 1..14), |steps| async move {
        let sandbox = start().await;
        let mut life = Life::begin(&sandbox).await;
        life.live(&steps).await;
        life.pass(life.reckoning.period.1 + HOUR).await;
        let invoices = life.acme.invoices().await;
        for invoice in &invoices {
            check_sums(invoice);
        }
        // What the invoices come to was paid, or is credit.
        let sum = |key: &str| invoices.iter().map(|invoice| invoice[key].as_i64().unwrap()).sum::<i64>();
        assert!(invoices.iter().all(|invoice| invoice["status"] == json!("paid")));
        assert_eq!(sum("total"), sum("amount_paid") + life.acme.balance().await);
        sandbox.end().await;
    });
}
