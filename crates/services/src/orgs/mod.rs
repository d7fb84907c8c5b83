//! Organisations.

mod accept_invitation;
mod access_rules;
mod authorize;
mod break_glass;
mod change_role;
mod invite;
mod leave;
mod list_members;
mod manage_invitations;
mod member;
mod remove_member;
mod security;
mod transfer_ownership;

pub use accept_invitation::{InvitationView, Joining, Newcomer};
pub use list_members::{MembersView, Seen};
pub use security::SecurityView;
pub use store::Invitation;

pub(crate) use authorize::{refusal, refuse_unless};
