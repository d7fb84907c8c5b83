//! Stripe's objects, one file per noun, and what all of them share.

pub mod customer;
pub mod event;
pub mod expand;
pub mod invoice;
pub mod list;
pub mod metadata;
pub mod operation;
pub mod payment_method;
pub mod portal_configuration;
pub mod portal_session;
pub mod price;
pub mod product;
pub mod search;
pub mod subscription;
pub mod test_clock;
