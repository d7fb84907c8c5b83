//! The operators' console, under `/admin`: for product staff, and for nobody else there.

pub mod events;
pub mod flags;
pub mod home;
pub mod impersonation;
mod layout;
pub mod mail;
pub mod organizations;
mod parts;
