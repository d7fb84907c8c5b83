//! Invoices, as far as people read them here; the documents themselves are the provider's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Money;
use crate::{Millis, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// The provider's.
    pub id: String,
    /// As printed on it; a draft has none.
    pub number: Option<String>,
    pub status: InvoiceStatus,
    pub total: Money,
    pub paid: Money,
    pub created: Timestamp,
    pub paid_at: Option<Timestamp>,
    /// How often a payment was tried.
    pub attempts: u32,
    /// When it is tried again, if it is.
    pub next_attempt: Option<Timestamp>,
    /// The provider's page, where it can be paid. Whoever has the address sees it.
    pub page: Option<String>,
    pub pdf: Option<String>,
}

/// Stripe's words (<https://docs.stripe.com/api/invoices/object#invoice_object-status>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

#[derive(Debug, Error)]
#[error("not a status of an invoice")]
pub struct UnknownInvoiceStatus;

impl InvoiceStatus {
    pub const ALL: [Self; 5] = [Self::Draft, Self::Open, Self::Paid, Self::Uncollectible, Self::Void];

    /// The word of the API, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
        }
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Open => "Open",
            Self::Paid => "Paid",
            Self::Uncollectible => "Not paid",
            Self::Void => "Void",
        }
    }
}

impl fmt::Display for InvoiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for InvoiceStatus {
    type Err = UnknownInvoiceStatus;

    fn from_str(text: &str) -> Result<Self, UnknownInvoiceStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownInvoiceStatus)
    }
}

/// A mail that an invoice is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It was paid (L-08).
    Receipt,
    /// A payment did not go through (L-09).
    PaymentFailed,
}

/// What people were told of an invoice already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub receipt: bool,
    /// How many failed attempts.
    pub failures: u32,
}

/// Older news is none: a product that is connected to years of invoices writes nobody.
const NEWS: Millis = Millis::days(7);

/// What is to be told now, and what is told after that. An invoice over nothing is worth no mail.
///
/// A failure that was paid meanwhile is not told any more.
pub fn notice(invoice: &Invoice, told: Told, now: Timestamp) -> (Option<Notice>, Told) {
    if invoice.total.amount <= 0 {
        return (None, told);
    }
    match invoice.status {
        InvoiceStatus::Paid if !told.receipt => {
            let is_news = invoice.paid_at.unwrap_or(invoice.created) + NEWS >= now;
            (is_news.then_some(Notice::Receipt), Told { receipt: true, ..told })
        }
        InvoiceStatus::Open if invoice.attempts > told.failures => {
            let is_news = invoice.next_attempt.unwrap_or(invoice.created) + NEWS >= now;
            (is_news.then_some(Notice::PaymentFailed), Told { failures: invoice.attempts, ..told })
        }
        _ => (None, told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(status: InvoiceStatus, attempts: u32) -> Invoice {
        Invoice {
            id: "in_1".to_owned(),
            number: None,
            status,
            total: Money { amount: 4900, currency: "usd".to_owned() },
            paid: Money { amount: 0, currency: "usd".to_owned() },
            created: Timestamp::from_millis(0),
            paid_at: None,
            attempts,
            next_attempt: None,
            page: None,
            pdf: None,
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1000);

    #[test]
    fn l08_one_receipt_whatever_is_seen_how_often() {
        let paid = invoice(InvoiceStatus::Paid, 1);
        let (first, told) = notice(&paid, Told::default(), NOW);
        assert_eq!(first, Some(Notice::Receipt));
        assert_eq!(notice(&paid, told, NOW), (None, told));
    }

    #[test]
    fn l09_each_failed_attempt_once_and_none_after_it_was_paid() {
        let (first, told) = notice(&invoice(InvoiceStatus::Open, 1), Told::default(), NOW);
        assert_eq!(first, Some(Notice::PaymentFailed));
        assert_eq!(notice(&invoice(InvoiceStatus::Open, 1), told, NOW).0, None);
        // Two more came before anybody looked: one mail.
        let (second, told) = notice(&invoice(InvoiceStatus::Open, 3), told, NOW);
        assert_eq!((second, told.failures), (Some(Notice::PaymentFailed), 3));
        assert_eq!(notice(&invoice(InvoiceStatus::Paid, 4), told, NOW).0, Some(Notice::Receipt));
        assert_eq!(notice(&invoice(InvoiceStatus::Open, 0), Told::default(), NOW).0, None);
    }

    #[test]
    fn what_is_old_or_over_nothing_or_over_is_told_nobody() {
        let later = NOW + Millis::days(8);
        let (none, told) = notice(&invoice(InvoiceStatus::Paid, 1), Told::default(), later);
        assert_eq!((none, told.receipt), (None, true));
        let mut free = invoice(InvoiceStatus::Paid, 0);
        free.total.amount = 0;
        assert_eq!(notice(&free, Told::default(), NOW).0, None);
        for status in [InvoiceStatus::Draft, InvoiceStatus::Void, InvoiceStatus::Uncollectible] {
            assert_eq!(notice(&invoice(status, 2), Told::default(), NOW).0, None, "{status}");
        }
    }
}
