//! Plain requests by path. Of an answer only the keys that its type names are read, so that what
//! Stripe adds or leaves out elsewhere breaks nothing.

use domain::Timestamp;
use miniserde::Deserialize;
use serde::Serialize;
use services::billing::PaymentsError;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::{
    Stripe,
    errors::{translate, with_key},
};

/// A list.
#[derive(Deserialize)]
pub(crate) struct Page<T> {
    pub data: Vec<T>,
    pub has_more: Option<bool>,
}

/// A request without parameters.
#[derive(Serialize)]
pub(crate) struct Nothing {}

/// An answer of which only that it is one is asked.
#[derive(Deserialize)]
pub(crate) struct Made {
    #[expect(dead_code, reason = "an answer without it is none")]
    pub id: String,
}

/// Stripe's times are whole seconds since 1970.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

/// How often a price is charged.
#[derive(Deserialize)]
pub(crate) struct Recurring {
    pub interval: String,
}

impl Stripe {
    pub(crate) async fn get<T>(&self, path: &str, query: &impl Serialize) -> Result<T, PaymentsError>
    where
        T: Deserialize + Send + 'static,
    {
        let request = RequestBuilder::new(StripeMethod::Get, path).query(query);
        request.customize::<T>().send(&self.client).await.map_err(translate)
    }

    /// Once, with the key of the caller's intent.
    pub(crate) async fn post<T>(&self, path: &str, form: &impl Serialize, key: &str) -> Result<T, PaymentsError>
    where
        T: Deserialize + Send + 'static,
    {
        RequestBuilder::new(StripeMethod::Post, path)
            .form(form)
            .customize::<T>()
            .request_strategy(with_key(key)?)
            .send(&self.client)
            .await
            .map_err(translate)
    }

    /// Sets something to what it should be: said twice it is the same, so it needs no key.
    pub(crate) async fn update<T>(&self, path: &str, form: &impl Serialize) -> Result<T, PaymentsError>
    where
        T: Deserialize + Send + 'static,
    {
        let request = RequestBuilder::new(StripeMethod::Post, path).form(form);
        request.customize::<T>().send(&self.client).await.map_err(translate)
    }
}
