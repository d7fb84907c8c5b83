//! Accept or decline an invitation (checks T07, P03).
//!
//! What must hold: the link opens it, once; it is for the address that it was sent to, which the
//! one who accepts has shown to be theirs: by the account they are signed in to, or, where there
//! is no account yet, by holding the link; and its role is still the inviter's to give.

use domain::{
    OrgId, UserId,
    accounts::{Email, Method, Person, PersonName, password::PersonalWords},
    audit::{AuditAction, AuditOutcome},
    form::Field,
    orgs::{Organization, Role},
};
use secrecy::SecretString;
use store::{Accepted, Accepting, AuditEntry, NewUser, OpenInvitation};

use crate::{Actor, Origin, ServiceError, Services, accounts::Entry, audit::Happening, hash_token};

/// The page's.
pub struct InvitationView {
    pub organization: Organization,
    pub inviter: String,
    pub email: String,
    pub role: Role,
    /// Who looks is signed in with that address.
    pub is_for_actor: bool,
    /// Somebody has that address already.
    pub has_account: bool,
}

/// Somebody who has no account yet.
pub struct Newcomer {
    pub token: String,
    pub name: String,
    pub password: SecretString,
}

/// What came of joining with a new account.
pub struct Joining {
    pub entry: Entry,
    pub slug: String,
}

impl Services {
    /// What a link is an invitation to. Looking uses nothing up.
    ///
    /// # Errors
    /// [`ServiceError::LinkNotGood`], or the database's.
    pub async fn show_invitation(&self, actor: Option<&Actor>, token: &str) -> Result<InvitationView, ServiceError> {
        let open = self.open_invitation(token).await?;
        Ok(InvitationView {
            is_for_actor: actor.is_some_and(|actor| actor.person().email == open.invitation.email),
            organization: open.organization,
            inviter: open.inviter,
            email: open.invitation.email,
            role: open.invitation.role,
            has_account: open.has_account,
        })
    }

    async fn open_invitation(&self, token: &str) -> Result<OpenInvitation, ServiceError> {
        let open = self.store.find_open_invitation(&hash_token(token), self.now()).await?;
        open.filter(|open| self.could_grant(open.invitation.org, open.inviter_role, open.invitation.role))
            .ok_or(ServiceError::LinkNotGood)
    }

    /// With the account one is signed in to. Gives the organisation's slug.
    ///
    /// # Errors
    /// [`ServiceError::LinkNotGood`], also for an address that is another's; the database's.
    pub async fn accept_invitation(&self, actor: &Actor, token: &str) -> Result<String, ServiceError> {
        let open = self.open_invitation(token).await?;
        let person = actor.person();
        let accepting = Accepting::Member { user: person.id, email: &person.email };
        match self.accept(token, &accepting, actor.origin()).await? {
            Accepted::Done(_) | Accepted::AlreadyMember => Ok(open.organization.slug),
            Accepted::NotGood | Accepted::AddressTaken => {
                let org = Some(open.invitation.org);
                let (action, reason) = (AuditAction::AcceptInvitation, Some("link_not_good"));
                self.record(actor, Happening { action, outcome: AuditOutcome::Refused, reason, org }).await?;
                Err(ServiceError::LinkNotGood)
            }
        }
    }

    /// With a new account, in one step: the link has shown whose mailbox it is.
    ///
    /// # Errors
    /// [`ServiceError::LinkNotGood`], [`ServiceError::Invalid`], [`ServiceError::Flooded`],
    /// [`ServiceError::Busy`], or the database's.
    pub async fn join(&self, newcomer: Newcomer, origin: &Origin) -> Result<Joining, ServiceError> {
        self.count_address(origin).await?;
        let open = self.open_invitation(&newcomer.token).await?;
        let name =
            PersonName::parse(&newcomer.name).map_err(|problem| ServiceError::Invalid(vec![(Field::Name, problem)]))?;
        let email = Email::parse(&open.invitation.email).map_err(|_| ServiceError::Unreadable("invitations.email"))?;
        let personal = PersonalWords::of([name.as_str(), email.as_str(), &open.organization.name]);
        self.check_new_password(&newcomer.password, personal).await?;
        let password_hash = self.passwords.hash(newcomer.password, self.entropy().bytes()).await?;
        let user = UserId::from_uuid(self.entropy().uuid());
        let new = NewUser { id: user, email: &email, name: name.as_str(), password_hash: Some(&password_hash) };
        match self.accept(&newcomer.token, &Accepting::New(new), origin).await? {
            Accepted::Done(_) | Accepted::AlreadyMember => {}
            Accepted::NotGood | Accepted::AddressTaken => return Err(ServiceError::LinkNotGood),
        }
        self.give_back(origin).await?;
        let person = Person { id: user, email: email.as_str().to_owned(), name: name.as_str().to_owned() };
        Ok(Joining { entry: self.enter(person, Method::Password).await?, slug: open.organization.slug })
    }

    async fn accept(&self, token: &str, accepting: &Accepting<'_>, origin: &Origin) -> Result<Accepted, ServiceError> {
        let (user, email) = match accepting {
            Accepting::Member { user, email } => (*user, *email),
            Accepting::New(new) => (new.id, new.email.as_str()),
        };
        let entry = |org, role: Role| {
            let (action, reason) = (AuditAction::AcceptInvitation, Some(role.as_str()));
            self.accepting_entry(
                user,
                email,
                origin,
                Happening { action, outcome: AuditOutcome::Done, reason, org: Some(org) },
            )
        };
        let may = |org: OrgId, inviter, role| self.could_grant(org, inviter, role);
        Ok(self.store.accept_invitation(&hash_token(token), accepting, entry, self.now(), may).await?)
    }

    /// Says no: the link is dead then.
    ///
    /// # Errors
    /// [`ServiceError::LinkNotGood`], or the database's.
    pub async fn decline_invitation(&self, actor: &Actor, token: &str) -> Result<(), ServiceError> {
        let open = self.open_invitation(token).await?;
        let person = actor.person();
        if open.invitation.email != person.email {
            return Err(ServiceError::LinkNotGood);
        }
        let entry = |org| {
            let (action, outcome) = (AuditAction::DeclineInvitation, AuditOutcome::Done);
            self.accepting_entry(
                person.id,
                &person.email,
                actor.origin(),
                Happening { action, outcome, reason: None, org: Some(org) },
            )
        };
        let gone = self.store.decline_invitation(&hash_token(token), self.now(), entry).await?;
        if gone { Ok(()) } else { Err(ServiceError::LinkNotGood) }
    }

    fn accepting_entry(&self, user: UserId, email: &str, origin: &Origin, happening: Happening) -> AuditEntry {
        self.entry(Some(user), email, origin, happening)
    }
}
