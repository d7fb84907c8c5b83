//! Everything the stand-in remembers of a business: its objects.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::errors::ApiError;
use crate::ids::Ids;
use crate::objects::portal_configuration;
use crate::shelf::Shelf;

/// A portal session's address and what became of it. Kept apart from the object, which never
/// shows any of this but the address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PortalVisit {
    pub session: String,
    pub created: i64,
    /// When a browser first opened the address.
    pub opened: Option<i64>,
}

/// All objects. What is here is saved by `--state`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Books {
    pub ids: Ids,
    pub customers: Shelf,
    pub products: Shelf,
    pub prices: Shelf,
    pub payment_methods: Shelf,
    pub subscriptions: Shelf,
    pub invoices: Shelf,
    pub portal_configurations: Shelf,
    pub portal_sessions: Shelf,
    /// By the secret in the address.
    pub portal_visits: BTreeMap<String, PortalVisit>,
}

impl Books {
    /// Empty but for the default portal configuration, which every account has.
    pub fn open(mut ids: Ids, now: i64) -> Self {
        let mut portal_configurations = Shelf::default();
        portal_configurations.insert(portal_configuration::default(&mut ids, now));
        Self {
            ids,
            customers: Shelf::default(),
            products: Shelf::default(),
            prices: Shelf::default(),
            payment_methods: Shelf::default(),
            subscriptions: Shelf::default(),
            invoices: Shelf::default(),
            portal_configurations,
            portal_sessions: Shelf::default(),
            portal_visits: BTreeMap::new(),
        }
    }

    /// Any object by its id, or its stub.
    pub fn any(&self, id: &str) -> Option<&Value> {
        self.shelf_of(id)?.get(id)
    }

    /// A customer that a parameter names.
    pub fn customer(&self, id: &str, param: &str) -> Result<&Value, ApiError> {
        self.customers.living(id).ok_or_else(|| ApiError::no_such("customer", id, param, false))
    }

    fn shelf_of(&self, id: &str) -> Option<&Shelf> {
        Some(match id.split_once('_')?.0 {
            "cus" => &self.customers,
            "prod" => &self.products,
            "price" => &self.prices,
            "pm" => &self.payment_methods,
            "sub" => &self.subscriptions,
            "in" => &self.invoices,
            "bpc" => &self.portal_configurations,
            "bps" => &self.portal_sessions,
            _ => return None,
        })
    }
}
