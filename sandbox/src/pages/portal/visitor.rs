//! Who is in the portal, and what they may do there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::memory::Sandbox;
use crate::objects::portal_session::{Opened, open};
use crate::pages::hosted::acting::{act, look};
use crate::pages::hosted::frame::{notice, see_other};
use crate::pages::hosted::posted::Posted;

/// A page to show instead of the one that was asked for.
pub type Instead = Box<Response>;

/// Somebody with a session that is alive, and the books as they were then.
pub struct Visitor {
    pub books: Books,
    pub secret: String,
    pub session: Value,
    pub configuration: Value,
    pub customer: Value,
    /// What the session was made for, while it is not done.
    pub flow: Option<Value>,
}

/// What the configuration may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    CustomerUpdate,
    InvoiceHistory,
    PaymentMethodUpdate,
    SubscriptionCancel,
    SubscriptionUpdate,
}

impl Feature {
    fn key(self) -> &'static str {
        match self {
            Self::CustomerUpdate => "customer_update",
            Self::InvoiceHistory => "invoice_history",
            Self::PaymentMethodUpdate => "payment_method_update",
            Self::SubscriptionCancel => "subscription_cancel",
            Self::SubscriptionUpdate => "subscription_update",
        }
    }

    fn of_flow(flow: &Value) -> Option<Self> {
        Some(match flow.text("type") {
            "customer_update" => Self::CustomerUpdate,
            "payment_method_update" => Self::PaymentMethodUpdate,
            "subscription_cancel" => Self::SubscriptionCancel,
            "subscription_update" | "subscription_update_confirm" => Self::SubscriptionUpdate,
            _ => return None,
        })
    }
}

impl Visitor {
    /// Lets somebody in by the secret of a session; the first time starts its hour.
    ///
    /// # Errors
    /// The page for a session that is over, that never was, or whose customer is gone.
    pub async fn enter(sandbox: &Arc<Sandbox>, secret: &str) -> Result<Self, Instead> {
        let mut books = look(sandbox);
        let is_first = books.portal_visits.get(secret).is_some_and(|visit| visit.opened.is_none());
        let time = books.moment.time;
        let opened = open(&mut books, secret, time);
        if is_first && matches!(opened, Opened::Session(_)) {
            let kept = act(sandbox, |books| Ok(open(books, secret, time))).await;
            kept.map_err(|failed| Box::new(failed.page()))?;
        }
        let session = match opened {
            Opened::Session(session) => session,
            Opened::Expired => return Err(Box::new(expired())),
            Opened::Unknown => return Err(Box::new(unknown())),
        };
        let customer = books.customers.living(session.text("customer")).cloned().ok_or_else(|| Box::new(deleted()))?;
        let configuration = books.portal_configurations.get(session.text("configuration")).cloned();
        let configuration = configuration.unwrap_or_default();
        let is_done = books.portal_visits.get(secret).is_some_and(|visit| visit.is_flow_done);
        let flow = Some(session["flow"].clone()).filter(|flow| flow.is_object() && !is_done);
        Ok(Self { books, secret: secret.to_owned(), session, configuration, customer, flow })
    }

    /// The same for a post, whose form must be one of this session's pages.
    ///
    /// # Errors
    /// 403 for a form from elsewhere, and what [`Self::enter`] refuses.
    pub async fn posting(
        sandbox: &Arc<Sandbox>,
        secret: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(Self, Posted), Instead> {
        let posted = Posted::read(headers, body, secret).map_err(|_| Box::new(forged()))?;
        Ok((Self::enter(sandbox, secret).await?, posted))
    }

    /// A feature's settings, when it is on.
    pub fn feature(&self, feature: Feature) -> Option<&Value> {
        let settings = &self.configuration["features"][feature.key()];
        settings.is("enabled").then_some(settings)
    }

    /// A feature that a page or a post needs. While a flow is not done, it is the only one.
    ///
    /// # Errors
    /// 403 when the configuration does not have it on.
    pub fn needs(&self, feature: Feature) -> Result<&Value, Instead> {
        let is_elsewhere = self.flow.as_ref().is_some_and(|flow| Feature::of_flow(flow) != Some(feature));
        self.feature(feature).filter(|_| !is_elsewhere).ok_or_else(|| Box::new(off()))
    }

    /// One of this customer's subscriptions that has not ended; within a flow, the flow's.
    ///
    /// # Errors
    /// 404 for any other, whether or not it exists.
    pub fn subscription(&self, id: &str) -> Result<&Value, Instead> {
        let of_flow = self.flow.as_ref().and_then(|flow| flow[flow.text("type")].maybe_text("subscription"));
        let found = self.books.subscriptions.living(id).filter(|subscription| {
            subscription["customer"] == self.customer["id"]
                && is_alive(subscription)
                && of_flow.is_none_or(|flow| flow == id)
        });
        found.ok_or_else(|| Box::new(no_such()))
    }

    /// One of this customer's payment methods.
    ///
    /// # Errors
    /// 404 for any other, whether or not it exists.
    pub fn payment_method(&self, id: &str) -> Result<&Value, Instead> {
        let found = self.books.payment_methods.living(id);
        found.filter(|method| method["customer"] == self.customer["id"]).ok_or_else(|| Box::new(no_such()))
    }

    /// The customer's time.
    pub fn now(&self) -> i64 {
        self.books.now_of(&self.customer)
    }

    /// The address of one of its pages; empty for the home.
    pub fn at(&self, page: &str) -> String {
        let slash = if page.is_empty() { "" } else { "/" };
        format!("/p/session/{}{slash}{page}", self.secret)
    }

    /// Where forms of the pages may lead beside the portal itself.
    pub fn leads_to(&self) -> Vec<&str> {
        let after = &self.session["flow"]["after_completion"]["redirect"];
        [self.session.maybe_text("return_url"), after.maybe_text("return_url")].into_iter().flatten().collect()
    }

    /// Where a deed that is done leads: the flow's end, or home.
    pub async fn done(&self, sandbox: &Arc<Sandbox>) -> Response {
        let Some(flow) = &self.flow else {
            return see_other(&self.at(""));
        };
        let kept = act(sandbox, |books| {
            if let Some(visit) = books.portal_visits.get_mut_cow(self.secret.as_str()) {
                visit.is_flow_done = true;
            }
            Ok(())
        });
        if let Err(failed) = kept.await {
            return failed.page();
        }
        let after = &flow["after_completion"];
        match after.text("type") {
            "redirect" => see_other(after["redirect"].text("return_url")),
            "hosted_confirmation" => see_other(&self.at("done")),
            _ => see_other(&self.at("")),
        }
    }
}

/// Whether a subscription can still be managed.
pub fn is_alive(subscription: &Value) -> bool {
    !["canceled", "incomplete_expired"].contains(&subscription.text("status"))
}

/// That a customer's object is still there and theirs, checked again inside the transaction.
pub fn own<'b>(found: Option<&'b Value>, customer: &Value) -> Result<&'b Value, ApiError> {
    let found = found.filter(|object| object["customer"] == customer["id"]);
    found.ok_or_else(|| ApiError::invalid("", "This is no longer there."))
}

fn expired() -> Response {
    let text = "For your safety, links to the billing portal work for a short time only. Go back and open it again.";
    notice(StatusCode::GONE, "This link has expired", text, None)
}

fn unknown() -> Response {
    notice(StatusCode::NOT_FOUND, "Page not found", "There is no portal session at this address.", None)
}

fn deleted() -> Response {
    notice(StatusCode::GONE, "This customer was deleted", "There is nothing left to manage.", None)
}

fn no_such() -> Response {
    notice(StatusCode::NOT_FOUND, "Page not found", "There is nothing at this address.", None)
}

fn off() -> Response {
    notice(StatusCode::FORBIDDEN, "Not available", "This can't be done in this portal.", None)
}

fn forged() -> Response {
    let text = "This form did not come from the portal. Open the portal again and retry.";
    notice(StatusCode::FORBIDDEN, "Not accepted", text, None)
}
