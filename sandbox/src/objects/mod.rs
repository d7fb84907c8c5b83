//! Stripe's objects, one file per noun, and what all of them share.

pub mod checkout_completion;
pub mod checkout_order;
pub mod checkout_params;
pub mod checkout_session;
pub mod customer;
pub mod event;
pub mod expand;
pub mod invoice;
pub mod invoice_page;
pub mod list;
pub mod metadata;
pub mod operation;
pub mod paying;
pub mod payment_method;
pub mod portal_configuration;
pub mod portal_flow;
pub mod portal_session;
pub mod price;
pub mod product;
pub mod search;
pub mod subscription;
pub mod test_clock;
pub mod typed_card;
