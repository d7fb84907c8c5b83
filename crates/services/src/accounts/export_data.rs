//! Everything that is stored of the one who asks, as JSON.
//!
//! What must hold: no secret (no password, no token, nothing that a session is opened with) and
//! nothing of others: of an organisation its name and one's own role, of the audit trail what one
//! did oneself. It is bounded, and says where it left something out.

use domain::{
    accounts::device_in_words,
    audit::{AuditAction, AuditOutcome},
};
use futures::future::try_join_all;
use serde::Serialize;
use store::{Identity, KnownBrowser, Membership, OwnSession, PasskeyRow, Post, SecondFactors};

use crate::{
    Actor, ServiceError, Services,
    audit::Happening,
    export::{AT_MOST, Entry, bounded, entry, rfc3339},
};

#[derive(Serialize)]
struct Export<'a> {
    /// Changes when the meaning of a field does.
    format: u32,
    made_at: String,
    profile: Profile<'a>,
    organizations: Vec<Organization<'a>>,
    sign_in_methods: Vec<SignInMethod>,
    sessions: Vec<Session>,
    browsers: Vec<Browser>,
    two_factor: TwoFactor,
    /// In the organisations one is in.
    posts: Vec<Written>,
    audit_log: Vec<Entry>,
    /// The lists above that hold only their newest entries.
    cut_short: Vec<&'static str>,
}

#[derive(Serialize)]
struct Profile<'a> {
    id: String,
    name: &'a str,
    email: &'a str,
    signed_up_at: String,
    has_password: bool,
}

#[derive(Serialize)]
struct Organization<'a> {
    name: &'a str,
    address: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct Written {
    /// The address of the organisation.
    organization: String,
    title: String,
    /// Markdown.
    body: String,
    created_at: String,
    updated_at: String,
}

/// An account elsewhere that opens this one.
#[derive(Serialize)]
struct SignInMethod {
    provider: &'static str,
    email: Option<String>,
    linked_at: String,
    last_used_at: String,
}

#[derive(Serialize)]
struct Session {
    device: String,
    user_agent: Option<String>,
    network_address: Option<String>,
    signed_in_at: String,
    last_seen_at: String,
}

#[derive(Serialize)]
struct Browser {
    first_seen_at: String,
    last_seen_at: String,
}

#[derive(Serialize)]
struct TwoFactor {
    authenticator_app_since: Option<String>,
    passkeys: Vec<Passkey>,
    recovery_codes_left: u64,
}

#[derive(Serialize)]
struct Passkey {
    name: String,
    added_at: String,
    last_used_at: Option<String>,
}

impl Services {
    /// # Errors
    /// [`ServiceError::ProofTooOld`], or the database's.
    pub async fn export_data(&self, actor: &Actor) -> Result<String, ServiceError> {
        self.require_recent_proof(actor)?;
        let happening =
            Happening { action: AuditAction::ExportData, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record(actor, happening).await?;
        let (person, store) = (actor.person(), &self.store);
        let profile = store.find_profile(person.id).await?.ok_or(ServiceError::NotFound)?;
        let mut cut_short = Vec::new();
        let identities = store.list_identities(person.id).await?;
        let sessions = store.list_sessions_of(person.id, AT_MOST + 1).await?;
        let browsers = store.list_browsers(person.id, AT_MOST + 1).await?;
        let audit_log = store.list_audit_entries_of(person.id, AT_MOST + 1).await?;
        let factors = store.find_second_factors(person.id).await?;
        let posts = self.posts_of(actor).await?;
        let export = Export {
            format: 1,
            made_at: rfc3339(self.now()),
            profile: Profile {
                id: person.id.to_string(),
                name: &person.name,
                email: &person.email,
                signed_up_at: rfc3339(profile.created_at),
                has_password: profile.has_password,
            },
            organizations: actor.memberships().iter().map(organization).collect(),
            sign_in_methods: identities.into_iter().map(sign_in_method).collect(),
            sessions: bounded("sessions", sessions, &mut cut_short, session),
            browsers: bounded("browsers", browsers, &mut cut_short, browser),
            two_factor: two_factor(factors),
            posts: bounded("posts", posts, &mut cut_short, |post| post),
            audit_log: bounded("audit_log", audit_log, &mut cut_short, entry),
            cut_short,
        };
        serde_json::to_string_pretty(&export).map_err(|_| ServiceError::Unreadable("export"))
    }
}

impl Services {
    /// What one wrote, wherever one may still read it.
    async fn posts_of(&self, actor: &Actor) -> Result<Vec<Written>, ServiceError> {
        let person = actor.person().id;
        let of_each = actor.memberships().iter().map(|membership| async move {
            let organization = &membership.organization;
            let posts = self.store.list_posts_by((organization.id, person), AT_MOST + 1).await?;
            Ok::<_, ServiceError>(posts.into_iter().map(|post| written(&organization.slug, post)))
        });
        Ok(try_join_all(of_each).await?.into_iter().flatten().collect())
    }
}

fn written(organization: &str, post: Post) -> Written {
    Written {
        organization: organization.to_owned(),
        title: post.title,
        body: post.body,
        created_at: rfc3339(post.created_at),
        updated_at: rfc3339(post.updated_at),
    }
}

fn organization(membership: &Membership) -> Organization<'_> {
    let organization = &membership.organization;
    Organization { name: &organization.name, address: &organization.slug, role: membership.role.as_str() }
}

fn sign_in_method(identity: Identity) -> SignInMethod {
    SignInMethod {
        provider: identity.provider.as_str(),
        email: identity.email,
        linked_at: rfc3339(identity.since),
        last_used_at: rfc3339(identity.last_used),
    }
}

fn session(session: OwnSession) -> Session {
    Session {
        device: device_in_words(session.user_agent.as_deref()),
        user_agent: session.user_agent,
        network_address: session.address,
        signed_in_at: rfc3339(session.times.created_at),
        last_seen_at: rfc3339(session.times.last_seen_at),
    }
}

fn browser(browser: KnownBrowser) -> Browser {
    Browser { first_seen_at: rfc3339(browser.first_seen_at), last_seen_at: rfc3339(browser.last_seen_at) }
}

fn two_factor(factors: SecondFactors) -> TwoFactor {
    let passkey = |row: PasskeyRow| Passkey {
        name: row.name,
        added_at: rfc3339(row.created_at),
        last_used_at: row.last_used_at.map(rfc3339),
    };
    TwoFactor {
        authenticator_app_since: factors.totp_since.map(rfc3339),
        passkeys: factors.passkeys.into_iter().map(passkey).collect(),
        recovery_codes_left: factors.recovery_codes_left,
    }
}
