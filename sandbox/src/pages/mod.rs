//! Pages for people: the hosted portal and an overview. Plain HTML, no JavaScript.

pub mod checkout;
pub mod front;
pub mod hosted;
pub mod html;
pub mod invoice;
pub mod layout;
pub mod portal;
pub mod three_d_secure;
