//! What the hosted pages (checkout, portal, invoices) share: frame, forms, card fields.

pub mod acting;
pub mod card_fields;
pub mod countries;
pub mod frame;
pub mod posted;
pub mod test_cards;
pub mod words;
