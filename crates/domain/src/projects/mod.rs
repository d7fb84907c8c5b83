//! The product to protect, small and real: projects, and posts in them.

mod name;
mod post;
mod search;

pub use name::ProjectName;
pub use post::{PostBody, PostTitle};
pub use search::folded;
