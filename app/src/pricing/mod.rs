//! What it costs, for everybody.

pub mod page;
