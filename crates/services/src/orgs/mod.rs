//! Organisations.

mod accept_invitation;
mod access_rules;
mod authorize;
mod break_glass;
mod change_role;
mod close;
mod delete_due_organizations;
mod export;
mod invite;
mod leave;
mod list_members;
mod manage_invitations;
mod member;
mod remove_member;
mod reopen;
mod security;
mod transfer_ownership;
mod update;

pub use accept_invitation::{InvitationView, Joining, Newcomer};
pub use list_members::{MembersView, Seen};
pub use reopen::ClosingView;
pub use security::SecurityView;
pub use store::Invitation;
pub use update::GeneralView;

pub(crate) use authorize::{refusal, refuse_unless};
