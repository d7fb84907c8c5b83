//! Who may do what. The rules are Cedar policies in `policies/`, checked against
//! their schema when they are loaded; [`Policy::decide`] is the one question.
//! Pages ask it what to show, services ask it before they act, and the audit
//! trail stores its answer (P-02, P-10).

mod answers;
mod decide;
mod entities;
mod load;

pub use decide::{Action, Circumstances, Decision, Reason, Subject};
pub use load::{Policy, PolicyError};
