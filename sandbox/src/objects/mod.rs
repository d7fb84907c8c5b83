//! Stripe's objects, one file per noun, and what all of them share.

pub mod coupon;
pub mod customer;
pub mod event;
pub mod expand;
pub mod feature;
pub mod invoice;
pub mod list;
pub mod metadata;
pub mod meter;
pub mod meter_event;
pub mod operation;
pub mod payment_method;
pub mod portal_configuration;
pub mod portal_session;
pub mod price;
pub mod product;
pub mod promotion_code;
pub mod search;
pub mod setup_intent;
pub mod subscription;
pub mod test_clock;
pub mod webhook_endpoint;
