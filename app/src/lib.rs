//! What people see: pages, and the server functions their forms post to.
//!
//! Pages are rendered on the server and work without JavaScript. The browser's
//! half (feature `hydrate`) holds the islands in [`ui`] and nothing else, so no
//! page, and nothing that a page knows, is in the WebAssembly.

// A page's type is its whole tree.
#![recursion_limit = "512"]
// Components are functions with the names of elements.
#![allow(non_snake_case)]

pub mod ui;

#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub mod billing;
#[cfg(feature = "ssr")]
pub mod console;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod errors;
#[cfg(feature = "ssr")]
pub mod flash;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod layouts;
#[cfg(feature = "ssr")]
pub mod orgs;
#[cfg(feature = "ssr")]
pub mod passkeys;
#[cfg(feature = "ssr")]
pub mod posts;
#[cfg(feature = "ssr")]
pub mod pricing;
#[cfg(feature = "ssr")]
pub mod projects;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod second_factors;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use layouts::shell::{PageOptions, Shell};
