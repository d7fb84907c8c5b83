//! The words of every letter, one function each.
//!
//! Each says what happened, what to do now, and what if it was somebody else.

mod billing;
mod deletion;
mod email;
mod operators;
mod organization;
mod password;
mod registration;
mod sign_in;

use services::mail::Letter;

use crate::words::Words;

/// What a letter says.
pub fn write(letter: &Letter) -> Words {
    match letter {
        Letter::ConfirmRegistration { name, organization, link } => registration::confirm(name, organization, link),
        Letter::AlreadyRegistered { name, sign_in, reset } => registration::already(name, sign_in, reset),
        Letter::ResetPassword { name, link } => password::reset(name, link),
        Letter::NoAccountToReset { sign_up } => password::no_account(sign_up),
        Letter::PasswordChanged { name, at, address, reset } => password::changed(name, *at, address.as_deref(), reset),
        Letter::ConfirmEmailChange { name, link } => email::confirm(name, link),
        Letter::EmailTaken { sign_in, reset } => email::taken(sign_in, reset),
        Letter::EmailChanged { name, new_email, at, reset } => email::changed(name, new_email, *at, reset),
        Letter::NewDevice { name, device, address, at, sessions } => {
            sign_in::new_device(name, device, address.as_deref(), *at, sessions)
        }
        Letter::SignInMethodAdded { name, method, at, review } => sign_in::method_added(name, method, *at, review),
        Letter::SignInMethodRemoved { name, method, at, review } => sign_in::method_removed(name, method, *at, review),
        Letter::RecoveryCodeUsed { name, left, at, review } => sign_in::code_used(name, *left, *at, review),
        Letter::Invitation { inviter, organization, role, link } => {
            organization::invitation(inviter, organization, role, link)
        }
        Letter::RoleChanged { name, organization, role, link } => {
            organization::role_changed(name, organization, role, link)
        }
        Letter::RemovedFromOrganization { name, organization } => organization::removed(name, organization),
        Letter::GlassBroken { name, who, organization, at, until, address, review } => {
            organization::glass_broken(name, who, organization, (*at, *until), address.as_deref(), review)
        }
        Letter::Impersonated { name, organization, reason, at, until } => {
            organization::impersonated(name, organization, reason, (*at, *until))
        }
        Letter::OrganizationClosing { name, who, organization, due, keep } => {
            organization::closing(name, who, organization, *due, keep)
        }
        Letter::OrganizationReopened { name, who, organization, link } => {
            organization::reopened(name, who, organization, link)
        }
        Letter::OrganizationDeleted { name, organization } => organization::deleted(name, organization),
        Letter::OperatorAlert { kind, what, at } => operators::alert(kind, what, *at),
        Letter::Receipt { name, organization, amount, number, at, link } => {
            billing::receipt(name, organization, amount, number.as_deref(), *at, link)
        }
        Letter::PaymentFailed { name, organization, amount, again, link } => {
            billing::payment_failed(name, organization, amount, *again, link)
        }
        Letter::DeletionScheduled { name, due, keep } => deletion::scheduled(name, *due, keep),
        Letter::DeletionCancelled { name } => deletion::cancelled(name),
        Letter::AccountDeleted { name } => deletion::done(name),
    }
}
