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

/// An invoice as it is at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceSeen {
    pub invoice: Invoice,
    /// What is still to be paid of it: credit taken off, and what was paid.
    pub remaining: Money,
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

/// Of an invoice that was never seen, older news is none: a product that is connected to years of invoices
/// writes nobody.
const NEWS: Millis = Millis::days(7);

/// What is to be told now, and what is told after that; `told` is none of an invoice that was never seen.
/// An invoice over nothing, or one that credit paid for, is worth no mail.
///
/// A failure that was paid meanwhile is not told any more. A failure of an invoice that is known is news
/// whenever it comes: the last attempt is weeks after the first, and nothing says when it was.
pub fn notice(invoice: &Invoice, told: Option<Told>, now: Timestamp) -> (Option<Notice>, Told) {
    let (is_known, told) = (told.is_some(), told.unwrap_or_default());
    if invoice.total.amount <= 0 {
        return (None, told);
    }
    match invoice.status {
        InvoiceStatus::Paid if !told.receipt => {
            let is_news = invoice.paid.amount > 0 && invoice.paid_at.unwrap_or(invoice.created) + NEWS >= now;
            (is_news.then_some(Notice::Receipt), Told { receipt: true, ..told })
        }
        InvoiceStatus::Open if invoice.attempts > told.failures => {
            let is_news = is_known || invoice.next_attempt.unwrap_or(invoice.created) + NEWS >= now;
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
            paid: Money { amount: if status == InvoiceStatus::Paid { 4900 } else { 0 }, currency: "usd".to_owned() },
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
        let (first, told) = notice(&paid, None, NOW);
        assert_eq!(first, Some(Notice::Receipt));
        assert_eq!(notice(&paid, Some(told), NOW), (None, told));
        // Credit paid for all of it: nothing was taken.
        let credit = Invoice { paid: Money { amount: 0, currency: "usd".to_owned() }, ..paid };
        assert_eq!(notice(&credit, None, NOW), (None, Told { receipt: true, failures: 0 }));
    }

    #[test]
    fn l09_each_failed_attempt_once_and_none_after_it_was_paid() {
        let (first, told) = notice(&invoice(InvoiceStatus::Open, 1), None, NOW);
        assert_eq!(first, Some(Notice::PaymentFailed));
        assert_eq!(notice(&invoice(InvoiceStatus::Open, 1), Some(told), NOW).0, None);
        // Two more came before anybody looked: one mail.
        let (second, told) = notice(&invoice(InvoiceStatus::Open, 3), Some(told), NOW);
        assert_eq!((second, told.failures), (Some(Notice::PaymentFailed), 3));
        assert_eq!(notice(&invoice(InvoiceStatus::Paid, 4), Some(told), NOW).0, Some(Notice::Receipt));
        assert_eq!(notice(&invoice(InvoiceStatus::Open, 0), None, NOW).0, None);
        // The last attempt, three weeks on, after which none is planned.
        let (last, told) = notice(&invoice(InvoiceStatus::Open, 4), Some(told), NOW + Millis::days(21));
        assert_eq!((last, told.failures), (Some(Notice::PaymentFailed), 4));
        assert_eq!(notice(&invoice(InvoiceStatus::Open, 4), Some(told), NOW + Millis::days(21)).0, None);
    }

    #[test]
    fn what_is_old_or_over_nothing_or_over_is_told_nobody() {
        let later = NOW + Millis::days(8);
        let (none, told) = notice(&invoice(InvoiceStatus::Paid, 1), None, later);
        assert_eq!((none, told.receipt), (None, true));
        let (none, told) = notice(&invoice(InvoiceStatus::Open, 4), None, later);
        assert_eq!((none, told.failures), (None, 4));
        let mut free = invoice(InvoiceStatus::Paid, 0);
        free.total.amount = 0;
        assert_eq!(notice(&free, None, NOW).0, None);
        for status in [InvoiceStatus::Draft, InvoiceStatus::Void, InvoiceStatus::Uncollectible] {
            assert_eq!(notice(&invoice(status, 2), None, NOW).0, None, "{status}");
        }
    }
}
