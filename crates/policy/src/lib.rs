//! Who may do what. The rules are Cedar policies in `policies/`, checked against
//! their schema when they are loaded; [`Policy::decide`] is the one question.
//! Pages ask it what to show, services ask it before they act, and the audit
//! trail stores its answer (P-02, P-10).

mod action;
mod answers;
mod circumstances;
pub mod console;
mod decide;
mod entities;
mod load;
mod reason;
mod resource;

pub use action::Action;
pub use circumstances::Circumstances;
pub use decide::{Decision, Subject};
pub use load::{Policy, PolicyError};
pub use reason::Reason;
pub use resource::Resource;
