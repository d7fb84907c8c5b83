//! What every request passes, outermost first; `router.rs` puts them in order.

pub mod action_reply;
pub mod admission;
pub mod body;
pub mod browser;
pub mod card_numbers;
pub mod chain;
pub mod console;
pub mod current_actor;
pub mod error_pages;
pub mod flashes;
pub mod impersonation;
pub mod link_token;
pub mod moved;
pub mod origin;
pub mod origin_check;
pub mod own_cookie;
pub mod same_site_step;
pub mod security_headers;
pub mod session_cookie;
pub mod shared;
