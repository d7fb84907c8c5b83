//! The sections of the front page, each newest first.

use serde_json::Value;

use super::table::table;
use crate::agenda::Due;
use crate::calendar;
use crate::fields::Fields;
use crate::http::request_log::Row;
use crate::memory::Memory;
use crate::money;
use crate::pages::html::{escape, text};
use crate::webhooks::delivery::{Delivery, State};

/// How many rows each table shows.
const SHOWN: usize = 25;

pub fn clocks(memory: &Memory) -> String {
    let books = &memory.books;
    let rows: Vec<[String; 4]> = books
        .test_clocks
        .newest_first()
        .take(SHOWN)
        .map(|clock| {
            let next = books.agenda.of_clock(Some(clock.id())).next();
            let name = clock.maybe_text("name").map(escape).unwrap_or_default();
            [
                format!("{name} {}", code(&clock["id"])),
                calendar::moment(books.now_on(Some(clock.id()))),
                next.map_or_else(|| "nothing".to_owned(), due),
                buttons(clock, next.is_some()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "<p class=\"soft\">None. Customers made with <code>test_clock</code> live in the time of their clock, \
                which can be advanced here.</p>"
            .to_owned();
    }
    table("clocks", ["Clock", "Its time", "Next", "Advance"], &rows)
}

fn due(next: &Due) -> String {
    let deed = serde_json::to_value(next.deed).unwrap_or_default();
    let deed = deed.as_str().unwrap_or_default().replace('_', " ");
    format!("{}: {} <code>{}</code>", calendar::moment(next.at), escape(&deed), escape(&next.id))
}

fn buttons(clock: &Value, has_next: bool) -> String {
    if clock["status"] != "ready" {
        return format!("<span class=\"mark\">{}</span>", text(&clock["status"]));
    }
    let button = |by: &str, label: &str| {
        format!(
            "<button name=\"by\" value=\"{by}\" aria-label=\"Advance {id} by: {label}\">{label}</button>",
            id = text(&clock["id"])
        )
    };
    let next = if has_next { button("next", "To the next event") } else { String::new() };
    format!(
        "<form class=\"acts\" method=\"post\" action=\"/clocks/{}/advance\">{}{}{next}</form>",
        text(&clock["id"]),
        button("day", "A day"),
        button("month", "A month"),
    )
}

pub fn customers(memory: &Memory) -> String {
    let rows: Vec<[String; 5]> = memory
        .books
        .customers
        .newest_first()
        .take(SHOWN)
        .map(|customer| {
            let clock = customer.maybe_text("test_clock").map(|_| code(&customer["test_clock"])).unwrap_or_default();
            [code(&customer["id"]), text(&customer["name"]), text(&customer["email"]), at(&customer["created"]), clock]
        })
        .collect();
    table("customers", ["Id", "Name", "E-mail", "Created", "Clock"], &rows)
}

pub fn subscriptions(memory: &Memory) -> String {
    let rows: Vec<[String; 5]> = memory
        .books
        .subscriptions
        .newest_first()
        .take(SHOWN)
        .map(|subscription| {
            let item = &subscription["items"]["data"][0];
            let price = &item["price"];
            let end = if subscription["cancel_at"].is_i64() { "ends" } else { "renews" };
            let amount = money::written(&price["unit_amount"], &price["currency"]);
            [
                code(&subscription["id"]),
                code(&subscription["customer"]),
                mark(&subscription["status"]),
                format!("{} × {amount} / {}", item.int("quantity"), text(&price["recurring"]["interval"])),
                format!("{end} {}", at(&item["current_period_end"])),
            ]
        })
        .collect();
    table("subscriptions", ["Id", "Customer", "Status", "Price", "Period"], &rows)
}

/// A subscription's status, in the colour of what it means for the money.
fn mark(status: &Value) -> String {
    let tone = match status.as_str().unwrap_or_default() {
        "active" | "trialing" => "",
        "past_due" | "unpaid" => " bad",
        _ => " wait",
    };
    format!("<span class=\"mark{tone}\">{}</span>", text(status))
}

pub fn events(memory: &Memory) -> String {
    let rows: Vec<[String; 5]> = memory
        .books
        .events
        .newest_first()
        .take(SHOWN)
        .map(|event| {
            let cause = event
                .cause
                .as_ref()
                .map_or_else(|| "time".to_owned(), |cause| format!("<code>{}</code>", escape(&cause.id)));
            [
                calendar::moment(event.created),
                format!("<code>{}</code>", escape(&event.kind)),
                format!("<code>{}</code>", escape(&event.object_id)),
                cause,
                event.pending_webhooks.to_string(),
            ]
        })
        .collect();
    table("events", ["At", "Type", "Object", "Caused by", "Deliveries waiting"], &rows)
}

pub fn deliveries(memory: &Memory) -> String {
    let all = &memory.webhooks.deliveries;
    let rows: Vec<[String; 5]> = all.newest_first().take(SHOWN).map(|row| delivery(row)).collect();
    if rows.is_empty() {
        return "<p class=\"soft\">None. <code>POST /_sandbox/webhooks</code> says where events go.</p>".to_owned();
    }
    let retry = if all.is_idle() {
        String::new()
    } else {
        "<form class=\"acts\" method=\"post\" action=\"/deliveries/retry\"><button>Retry all that wait now</button></form>"
            .to_owned()
    };
    format!("{}{retry}", table("deliveries", ["Event", "Type", "To", "State", "Again"], &rows))
}

fn delivery(row: &Delivery) -> [String; 5] {
    let last = row.attempts.last().map_or_else(String::new, |attempt| {
        let said = match (attempt.status, &attempt.error) {
            (Some(status), _) => status.to_string(),
            (None, error) => escape(error.as_deref().unwrap_or("no answer")),
        };
        format!("after {} × ({said}, {} ms)", row.attempts.len(), attempt.latency_ms)
    });
    let (mark, state) = match row.state {
        State::Waiting => ("mark wait", "waiting"),
        State::Held => ("mark wait", "held"),
        State::Delivered => ("mark", "delivered"),
        State::Failed => ("mark bad", "failed"),
    };
    let next = match row.state {
        State::Waiting if !row.attempts.is_empty() => format!(", next {}", calendar::moment(row.due)),
        _ => String::new(),
    };
    let fault = row.mishap.as_ref().map_or_else(String::new, |mishap| format!(" (fault: {})", escape(&mishap.name())));
    [
        format!("<code>{}</code>", escape(&row.event)),
        format!("<code>{}</code>", escape(&row.event_type)),
        format!("<code>{}</code>", escape(&row.target)),
        format!("<span class=\"{mark}\">{state}</span><span class=\"note\">{last}{next}{fault}</span>"),
        format!(
            "<form class=\"acts\" method=\"post\" action=\"/deliveries/{0}/again\">\
             <button aria-label=\"Send delivery {0} again\">Send again</button></form>",
            row.id
        ),
    ]
}

pub fn requests(memory: &Memory) -> String {
    let mut rows: Vec<[String; 4]> = memory.log.last(SHOWN).map(request).collect();
    rows.reverse();
    table("requests", ["At", "Request", "Status", "Object"], &rows)
}

fn request(row: &Row) -> [String; 4] {
    let status = row.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let fault = row.fault.as_ref().map_or_else(String::new, |fault| format!(" (fault: {})", escape(fault)));
    let object = row.object_id.as_deref().map(escape).unwrap_or_default();
    [
        calendar::moment(row.at),
        format!("<code>{} {}</code>", escape(&row.method), escape(&row.path)),
        format!("{status}{}{fault}", if row.replayed { " (replayed)" } else { "" }),
        format!("<code>{object}</code>"),
    ]
}

fn code(value: &Value) -> String {
    format!("<code>{}</code>", text(value))
}

fn at(value: &Value) -> String {
    calendar::moment(value.as_i64().unwrap_or(0))
}
