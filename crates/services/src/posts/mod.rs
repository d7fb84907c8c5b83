//! Posts in projects. People change and delete their own; Admins all.

mod create;
mod delete;
mod post;
mod show;
mod update;

pub use post::TypedPost;
pub use show::PostView;
pub use store::Post;
