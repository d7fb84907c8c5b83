//! Promotion codes on the checkout page.

use std::sync::Arc;

use axum::response::Response;
use serde_json::Value;

use super::page::{Said, Shown};
use super::{open, to_itself};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;
use crate::memory::Sandbox;
use crate::objects::checkout_discount::{Discount, by_code};
use crate::pages::hosted::acting::{Failed, act, look};
use crate::pages::hosted::card_fields::Wrong;
use crate::pages::hosted::posted::Posted;

/// Puts the typed code on the session, or says that there is none like it.
pub async fn apply(sandbox: &Arc<Sandbox>, id: &str, posted: &Posted) -> Response {
    let typed = posted.text("code").to_owned();
    let applied = act(sandbox, |books| {
        let session = session(books, id)?;
        if !session.is("allow_promotion_codes") {
            return Err(ApiError::invalid("code", "This checkout takes no promotion codes."));
        }
        let found = by_code(&mut Inside { books }, &typed, session.maybe_text("customer"))?;
        let found = found.ok_or_else(|| ApiError::invalid("code", "This code is invalid."))?;
        if let Some(order) = books.checkout_orders.get(id) {
            found.check(books, &order.lines, session.text("currency"), "code")?;
        }
        put(books, session, Some(found));
        Ok(())
    });
    match applied.await {
        Ok(()) => to_itself(id),
        Err(Failed::Refused(error)) if error.param.as_deref() == Some("code") => {
            let books = look(sandbox);
            match open(&books, id) {
                Ok(session) => {
                    let said = Said { code: typed, code_error: Some(error.message), ..Said::default() };
                    Shown { books: &books, session, typed: None, wrong: &Wrong::new(), said }.page()
                }
                Err(instead) => *instead,
            }
        }
        Err(failed) => failed.page(),
    }
}

/// Takes a code off again; a discount that the session was made with stays.
pub async fn remove(sandbox: &Arc<Sandbox>, id: &str) -> Response {
    let removed = act(sandbox, |books| {
        let session = session(books, id)?;
        if session.is("allow_promotion_codes") {
            put(books, session, None);
        }
        Ok(())
    });
    match removed.await {
        Ok(()) => to_itself(id),
        Err(failed) => failed.page(),
    }
}

fn session(books: &Books, id: &str) -> Result<Value, ApiError> {
    let open = books.checkout_sessions.get(id).filter(|session| session.text("status") == "open").cloned();
    open.ok_or_else(|| ApiError::invalid("", "This checkout is closed."))
}

fn put(books: &mut Books, mut session: Value, discount: Option<Discount>) {
    let Some(mut order) = books.checkout_orders.get(session.id()).cloned() else {
        return;
    };
    order.discount = discount;
    order.write_totals(books, &mut session);
    books.checkout_orders.insert_cow(session.id().to_owned(), order);
    // What waits for 3-D Secure was about another amount.
    books.checkout_attempts.remove_cow(&session.id().to_owned());
    books.update(session);
}
