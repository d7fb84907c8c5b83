//! Act as a member of an organisation, to see what they see.
//!
//! What must hold: the organisation's trail says who, as whom and why, and the person is told by mail,
//! in the transaction that begins it; it is over after [`IMPERSONATION_LASTS`], with the operator's own
//! session, and when they are no operator any more. What is done meanwhile names the operator. It opens
//! no billing, nothing of the person's own and nothing of the console (`limits.cedar`, and
//! `server/src/middleware/impersonation.rs`), and proves nothing (there is no recent proof in it).

use std::sync::Arc;

use domain::{
    Millis, OrgId, UserId,
    accounts::{IMPERSONATION_LASTS, ImpersonationReason, Proof, SessionDevice},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    orgs::Organization,
};
use policy::console::Errand;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{Impersonation, Member, NewImpersonation, PersonWithMemberships};
use uuid::Uuid;

use crate::{
    Actor, Origin, ServiceError, Services, accounts::ActedBy, audit::Happening, hash_token, mail::Letter, new_token,
};

/// How many are ended at once by the schedule.
const AT_ONCE: u64 = 100;
/// How long the browser in which it ran out can still go back to the operator's own session.
const KEPT: Millis = Millis::days(7);

/// What the session of an operator who acts as somebody remembers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Impersonating {
    pub id: Uuid,
    pub user: UserId,
    /// What the operator showed of themselves, and no recent proof of anything.
    pub proof: Proof,
}

/// One that began.
pub struct Begun {
    pub impersonating: Impersonating,
    pub organization: Organization,
}

/// What an operator comes back to.
pub struct Returned {
    /// Their own session; none when it ended meanwhile.
    pub session: Option<WaitingSession>,
    /// Of which organisation it was, if they are an operator still.
    pub org: Option<OrgId>,
}

/// What is needed of an operator's own session to go on with it.
#[derive(Clone, Debug, Deserialize)]
pub struct WaitingSession {
    pub user: UserId,
    pub proof: Proof,
    pub device: Option<SessionDevice>,
}

/// One member, for the page that offers to act as them.
pub struct MemberView {
    pub organization: Organization,
    pub member: Member,
    pub may_impersonate: bool,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when they are no member there; the database's.
    pub async fn show_member(&self, actor: &Actor, org: &str, user: &str) -> Result<MemberView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let (org, user) = ids(org, user)?;
        let (organization, member, is_staff) = tokio::try_join!(
            self.store.find_organization(org),
            self.store.find_member(org, user),
            self.store.is_staff(user),
        )?;
        let (Some(organization), Some(member)) = (organization, member) else { return Err(ServiceError::NotFound) };
        Ok(MemberView { organization, member, may_impersonate: !is_staff })
    }

    /// `session`: the operator's own, by the hash of its id.
    ///
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::Invalid`] without a reason, and for somebody of the
    /// staff; [`ServiceError::NotFound`] when they are no member there, or can't sign in; the database's.
    pub async fn impersonate(
        &self,
        actor: &Actor,
        (org, user): (&str, &str),
        reason: &str,
        session: &str,
    ) -> Result<Begun, ServiceError> {
        self.operate(actor, Errand::Act).await?;
        let (org, user) = ids(org, user)?;
        let reason = ImpersonationReason::parse(reason);
        let reason = reason.map_err(|problem| ServiceError::Invalid(vec![(Field::Reason, problem)]))?;
        let found = self.store.find_memberships(user).await?.ok_or(ServiceError::NotFound)?;
        let membership = found.memberships.iter().find(|membership| membership.organization.id == org);
        let organization = membership.ok_or(ServiceError::NotFound)?.organization.clone();
        if self.store.is_staff(user).await? {
            return Err(ServiceError::Invalid(vec![(Field::Reason, Problem::InTheWay)]));
        }
        let (operator, now) = (actor.person(), self.now());
        let id = self.entropy().uuid_at(now);
        let ends_at = now + IMPERSONATION_LASTS;
        // Nobody is given the token: there is no browser that this session is in.
        let waiting = hash_token(new_token(self.entropy()).expose_secret());
        let new = NewImpersonation {
            id,
            operator: operator.id,
            user,
            org,
            reason: reason.as_str(),
            session: (session, &waiting),
            ends_at,
        };
        let letter = Letter::Impersonated {
            name: found.person.name.clone(),
            organization: organization.name.clone(),
            reason: reason.as_str().to_owned(),
            at: now,
            until: ends_at,
        };
        let letter = self.letter_row(&found.person.email, letter, &format!("impersonated:{id}"));
        let happening =
            Happening { action: AuditAction::Impersonate, outcome: AuditOutcome::Done, reason: None, org: Some(org) };
        let mut entry = self.entry(Some(operator.id), &operator.email, actor.origin(), happening);
        entry.reason = Some(reason.as_str().to_owned());
        let entry = entry.about(&found.person.email);
        if !self.store.begin_impersonation(&new, &[letter], &entry).await? {
            return Err(ServiceError::NotFound);
        }
        let proof = Proof { methods: actor.proof().methods.clone(), ..Proof::forgotten() };
        Ok(Begun { impersonating: Impersonating { id, user, proof }, organization })
    }

    /// The one who acts in an operator's session, as long as it goes on. They are that person in the one
    /// organisation only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn impersonated(
        &self,
        impersonating: &Impersonating,
        found: Option<PersonWithMemberships>,
        origin: Origin,
    ) -> Result<Option<Actor>, ServiceError> {
        let Some(found) = found.filter(|found| found.person.id == impersonating.user) else { return Ok(None) };
        let live = self.store.find_live_impersonation(impersonating.id, self.now()).await?;
        let live = live.filter(|live| live.user == impersonating.user);
        Ok(live.map(|live| {
            let acted_by = ActedBy {
                impersonation: live.id,
                operator: live.operator_email.into(),
                org: live.org,
                until: live.ends_at,
            };
            Actor::of_session(found, impersonating.proof.clone(), origin).impersonated_by(Arc::new(acted_by))
        }))
    }

    /// Whether it still goes on, for what is read again.
    pub(crate) async fn is_live(&self, id: Uuid) -> Result<bool, ServiceError> {
        Ok(self.store.find_live_impersonation(id, self.now()).await?.is_some())
    }

    /// Ends it if it has not ended, and gives the operator their own session back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_impersonation(&self, id: Uuid, origin: &Origin) -> Result<Returned, ServiceError> {
        let Some(over) = self.store.find_impersonation(id).await? else {
            return Ok(Returned { session: None, org: None });
        };
        self.write_end(&over, origin, None).await?;
        let waiting = self.store.find_session(&over.operator_session).await?;
        // Signed out elsewhere at this very moment, or taken by another who came back: there is none.
        let is_taken = self.store.delete_session(&over.operator_session).await?;
        let waiting = waiting.filter(|_| is_taken);
        let lifetime = self.settings.session_lifetime;
        let is_theirs = |person: &PersonWithMemberships| person.person.id == over.operator;
        let waiting = waiting
            .filter(|session| lifetime.is_live(session.times, self.now()))
            .filter(|session| session.person.as_ref().is_some_and(is_theirs));
        let is_staff = self.store.is_staff(over.operator).await?;
        // One that can't be read has ended.
        let session = waiting.and_then(|session| serde_json::from_str(&session.data).ok());
        Ok(Returned { session, org: is_staff.then_some(over.org) })
    }

    /// Ends those whose time is up, and forgets old ones; answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_due_impersonations(&self) -> Result<u64, ServiceError> {
        let now = self.now();
        let due = self.store.list_open_impersonations(None, now, AT_ONCE).await?;
        let count = due.len() as u64;
        for over in due {
            self.write_end(&over, &self.of_the_clock(), Some("time_is_up")).await?;
        }
        self.store.delete_ended_impersonations(now - KEPT).await?;
        Ok(count)
    }

    /// For somebody who is no operator any more.
    pub(crate) async fn end_impersonations_of(&self, operator: UserId) -> Result<(), ServiceError> {
        for over in self.store.list_open_impersonations(Some(operator), self.now(), AT_ONCE).await? {
            self.write_end(&over, &self.of_the_clock(), Some("no_longer_staff")).await?;
        }
        Ok(())
    }

    fn of_the_clock(&self) -> Origin {
        Origin { request_id: self.entropy().uuid().to_string(), ..Origin::default() }
    }

    async fn write_end(
        &self,
        over: &Impersonation,
        origin: &Origin,
        reason: Option<&'static str>,
    ) -> Result<bool, ServiceError> {
        let reason = reason.or((over.ends_at <= self.now()).then_some("time_is_up"));
        let happening = Happening {
            action: AuditAction::EndImpersonation,
            outcome: AuditOutcome::Done,
            reason,
            org: Some(over.org),
        };
        let entry = self.entry(Some(over.operator), &over.operator_email, origin, happening);
        Ok(self.store.end_impersonation(over.id, &entry.about(&over.user_email)).await?)
    }
}

fn ids(org: &str, user: &str) -> Result<(OrgId, UserId), ServiceError> {
    let id = |text: &str| Uuid::parse_str(text).map_err(|_| ServiceError::NotFound);
    Ok((OrgId::from_uuid(id(org)?), UserId::from_uuid(id(user)?)))
}
