//! The address of an invoice's hosted page: unguessable, made when the invoice is finalized.

use serde_json::{Value, json};

use crate::books::Books;
use crate::fields::Fields;

/// Gives an invoice its page, unless it has one. The caller stores the invoice.
pub fn open(books: &mut Books, invoice: &mut Value) {
    if invoice.maybe_text("hosted_invoice_url").is_some() || books.moment.is_preview {
        return;
    }
    let secret = books.ids.secret();
    invoice["hosted_invoice_url"] = json!(format!("{}/i/{secret}", books.moment.public_url));
    books.invoice_pages.insert_cow(secret, invoice.id().to_owned());
}

/// The invoice behind an address.
pub fn behind<'b>(books: &'b Books, secret: &str) -> Option<&'b Value> {
    books.invoices.living(books.invoice_pages.get(secret)?)
}
