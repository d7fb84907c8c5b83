//! Everything the stand-in remembers of a business: its objects, what happened to them, and
//! what is to happen when.
//!
//! Cloning costs nothing, and a clone is independent. So a transaction is a clone that takes
//! the original's place when all went well, and a preview is a clone that is thrown away.

use std::sync::Arc;

use crate::persistent::{MapS, SetS};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agenda::{Agenda, Due};
use crate::events::{Broken, Cause, EventLog};
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::http::rights::Rights;
use crate::ids::Ids;
use crate::objects::checkout_completion::Waiting;
use crate::objects::checkout_order::Order;
use crate::objects::portal_configuration;
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::state::Table;
use crate::webhooks::target::Secrets;

/// A portal session's address and what became of it. Kept apart from the object, which never
/// shows any of this but the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalVisit {
    pub session: String,
    pub created: i64,
    /// When a browser first opened the address.
    pub opened: Option<i64>,
    /// What the session was made for is done.
    #[serde(default)]
    pub is_flow_done: bool,
}

/// What is true during one request or one piece of work, and is never saved.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// The sandbox's own time.
    pub time: i64,
    /// Origin of the hosted pages, without a slash at its end.
    pub public_url: Arc<str>,
    /// The request that is worked on.
    pub cause: Option<Cause>,
    /// Nothing is to be paid and no event made: the books are a copy to look at.
    pub is_preview: bool,
    /// The object that the last event was about, and its text: as a rule it is the answer as well.
    pub said: Option<(Arc<Value>, Arc<str>)>,
    /// Events whose objects broke the contract.
    pub broken: Vec<Broken>,
    /// What the agenda is having done.
    pub deed: Option<Due>,
}

/// One line a noun: its shelf, the prefix of its ids, its `object`.
macro_rules! shelves {
    ($($shelf:ident $prefix:literal $object:literal;)*) => {
        /// All objects. What is here is saved by `--state`.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Books {
            pub ids: Ids,
            /// Apart, so that it does not matter to objects how many events were made.
            pub event_ids: Ids,
            $(pub $shelf: Shelf,)*
            /// By the secret in the address.
            pub portal_visits: MapS<String, PortalVisit>,
            /// What checkout sessions sell, by their ids.
            pub checkout_orders: MapS<String, Order>,
            /// Invoices by the secrets of their pages.
            pub invoice_pages: MapS<String, String>,
            /// Cards that wait for 3-D Secure, by the checkout session or the page's secret.
            pub checkout_attempts: MapS<String, Waiting>,
            pub events: EventLog,
            pub agenda: Agenda,
            /// How far the work of each test clock has come.
            pub clock_times: MapS<String, i64>,
            /// Which subscription an item is part of.
            pub item_places: MapS<String, String>,
            /// Which invoice payment an invoice or a payment intent has.
            pub payment_links: MapS<String, String>,
            /// Cards that have passed 3-D Secure for later use.
            pub set_up: SetS<String>,
            pub settings: Settings,
            /// The secrets of webhook endpoints, which are shown only once.
            pub webhook_secrets: MapS<String, Secrets>,
            /// What restricted keys may do.
            pub restricted_keys: MapS<String, Rights>,
            /// Payment methods that were detached, and can't be used again.
            pub spent_methods: MapS<String, bool>,
            /// The coupons of discounts as they were when they were redeemed.
            pub discount_terms: MapS<String, Arc<Value>>,
            /// The features that a customer was last said to have.
            pub entitled: MapS<String, Arc<[String]>>,
            #[serde(skip)]
            pub moment: Moment,
        }

        impl Books {
            fn shelf_by_prefix(&self, prefix: &str) -> Option<&Shelf> {
                match prefix {
                    $($prefix => Some(&self.$shelf),)*
                    _ => None,
                }
            }

            /// Everything that may grow large, by name, for the journal. What is not named here is
            /// written whole with every change.
            pub fn tables(&self) -> Vec<(&'static str, &dyn Table)> {
                vec![
                    $((stringify!($shelf), &self.$shelf as &dyn Table),)*
                    ("agenda", &self.agenda),
                    ("clock_times", &self.clock_times),
                    ("discount_terms", &self.discount_terms),
                    ("entitled", &self.entitled),
                    ("events", &self.events),
                    ("item_places", &self.item_places),
                    ("payment_links", &self.payment_links),
                    ("checkout_orders", &self.checkout_orders),
                    ("checkout_attempts", &self.checkout_attempts),
                    ("invoice_pages", &self.invoice_pages),
                    ("portal_visits", &self.portal_visits),
                    ("spent_methods", &self.spent_methods),
                ]
            }

            /// One of [`Self::tables`], to be changed.
            pub fn table_mut(&mut self, name: &str) -> Option<&mut dyn Table> {
                Some(match name {
                    $(stringify!($shelf) => &mut self.$shelf,)*
                    "agenda" => &mut self.agenda,
                    "clock_times" => &mut self.clock_times,
                    "discount_terms" => &mut self.discount_terms,
                    "entitled" => &mut self.entitled,
                    "events" => &mut self.events,
                    "item_places" => &mut self.item_places,
                    "payment_links" => &mut self.payment_links,
                    "checkout_orders" => &mut self.checkout_orders,
                    "checkout_attempts" => &mut self.checkout_attempts,
                    "invoice_pages" => &mut self.invoice_pages,
                    "portal_visits" => &mut self.portal_visits,
                    "spent_methods" => &mut self.spent_methods,
                    _ => return None,
                })
            }

            /// The shelf for objects of a kind, by their `object`.
            pub fn shelf_mut(&mut self, object: &str) -> Option<&mut Shelf> {
                match object {
                    $($object => Some(&mut self.$shelf),)*
                    _ => None,
                }
            }
        }
    };
}

shelves! {
    charges "ch" "charge";
    checkout_sessions "cs" "checkout.session";
    coupons "coupon" "coupon";
    customers "cus" "customer";
    discounts "di" "discount";
    features "feat" "entitlements.feature";
    invoice_items "ii" "invoiceitem";
    invoice_payments "inpay" "invoice_payment";
    invoices "in" "invoice";
    meter_events "mtrevt" "billing.meter_event";
    meters "mtr" "billing.meter";
    payment_intents "pi" "payment_intent";
    payment_methods "pm" "payment_method";
    portal_configurations "bpc" "billing_portal.configuration";
    portal_sessions "bps" "billing_portal.session";
    prices "price" "price";
    product_features "prodft" "product_feature";
    products "prod" "product";
    promotion_codes "promo" "promotion_code";
    refunds "re" "refund";
    setup_intents "seti" "setup_intent";
    schedules "sub_sched" "subscription_schedule";
    subscriptions "sub" "subscription";
    test_clocks "clock" "test_helpers.test_clock";
    webhook_endpoints "we" "webhook_endpoint";
}

impl Books {
    /// Empty but for the default portal configuration, which every account has.
    pub fn open(mut ids: Ids, event_ids: Ids, now: i64) -> Self {
        let mut portal_configurations = Shelf::default();
        portal_configurations.put(portal_configuration::default(&mut ids, now));
        Self { ids, event_ids, portal_configurations, ..Self::default() }
    }

    /// Any object by its id, or its stub.
    pub fn any(&self, id: &str) -> Option<&Value> {
        // `sub_sched_1` before `sub_1`; a product's own id may hold more underscores.
        let by_prefix = |prefix: Option<(&str, &str)>| self.shelf_by_prefix(prefix?.0)?.get(id);
        by_prefix(id.rsplit_once('_')).or_else(|| by_prefix(id.split_once('_'))).or_else(|| self.coupons.get(id))
    }

    /// A customer that a parameter names.
    pub fn customer(&self, id: &str, param: &str) -> Result<&Value, ApiError> {
        self.customers.living(id).ok_or_else(|| ApiError::no_such("customer", id, param, false))
    }

    /// Puts an object in its place without a word: only for kinds and changes that have no event.
    pub fn store(&mut self, object: &Value) -> Option<Arc<Value>> {
        self.store_shared(Arc::new(object.clone()))
    }

    /// The same, without a copy of the object.
    pub fn store_shared(&mut self, object: Arc<Value>) -> Option<Arc<Value>> {
        if object.text("object") == "subscription" {
            for item in object.list("items") {
                if self.item_places.get(item.id()).is_none() {
                    self.item_places.insert_cow(item.id().to_owned(), object.id().to_owned());
                }
            }
        }
        self.shelf_mut(object.text("object"))?.put_shared(object)
    }

    /// The test clock an object lives on.
    pub fn clock_of<'a>(&'a self, object: &'a Value) -> Option<&'a str> {
        let of_customer = || self.customers.get(object.text("customer"))?.maybe_text("test_clock");
        object.maybe_text("test_clock").or_else(of_customer)
    }

    /// The time of an object: of its test clock, else of the sandbox.
    pub fn now_of(&self, object: &Value) -> i64 {
        self.now_on(self.clock_of(object))
    }

    /// The time of a test clock, or of the sandbox.
    pub fn now_on(&self, clock: Option<&str>) -> i64 {
        clock.and_then(|clock| self.clock_times.get(clock)).copied().unwrap_or(self.moment.time)
    }

    /// Moves the time of a test clock, or of the sandbox; never back.
    pub fn set_now(&mut self, clock: Option<&str>, now: i64) {
        match clock {
            Some(clock) => {
                let before = self.clock_times.get(clock).copied().unwrap_or(i64::MIN);
                self.clock_times.insert_cow(clock.to_owned(), now.max(before));
            }
            None => self.moment.time = self.moment.time.max(now),
        }
    }
}
