//! Everything that is stored of an organisation, as JSON, for its owners to take along.
//!
//! What must hold: no secret (no token of an invitation, no password), and nothing of another
//! organisation. It is bounded, and says where it left something out.

use std::collections::HashMap;

use domain::{
    ProjectId,
    audit::{AuditAction, AuditOutcome},
    orgs::AccessRules,
};
use policy::Action;
use serde::Serialize;
use store::{AuditEntry, Invitation, Member, Membership, Paged, Post, Project};

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
    organization: About<'a>,
    members: Vec<Person>,
    invitations: Vec<Invitee>,
    billing: Billing<'a>,
    projects: Vec<ProjectWithPosts>,
    audit_log: Vec<Entry>,
    /// The lists above that hold only their newest entries.
    cut_short: Vec<&'static str>,
}

#[derive(Serialize)]
struct About<'a> {
    id: String,
    name: &'a str,
    address: &'a str,
    requires_second_factor: bool,
    access_rules: Option<&'a AccessRules>,
    deletion_due_at: Option<String>,
}

#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    since: String,
}

#[derive(Serialize)]
struct Invitee {
    email: String,
    role: &'static str,
    invited_by: String,
    sent_at: String,
    good_until: String,
}

#[derive(Serialize)]
struct Billing<'a> {
    /// As the payment provider names it.
    customer: Option<&'a str>,
    plan: Option<&'a str>,
    status: Option<&'static str>,
}

#[derive(Serialize)]
struct ProjectWithPosts {
    id: String,
    name: String,
    created_at: String,
    posts: Vec<Written>,
}

#[derive(Serialize)]
struct Written {
    id: String,
    author: Option<String>,
    title: String,
    /// Markdown.
    body: String,
    created_at: String,
    updated_at: String,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`], the database's.
    pub async fn export_organization(&self, actor: &Actor, slug: &str) -> Result<String, ServiceError> {
        let attempted = AuditAction::ExportOrganization;
        let membership = self.admit(actor, slug, Action::ExportOrganization, attempted).await?;
        self.prove_for(actor, membership, attempted).await?;
        let (outcome, org) = (AuditOutcome::Done, membership.organization.id);
        self.record(actor, Happening { action: attempted, outcome, reason: None, org: Some(org) }).await?;
        let (store, most) = (&self.store, u32::try_from(AT_MOST).unwrap_or(u32::MAX));
        let (members, invitations, trail, projects, posts) = tokio::try_join!(
            store.list_members(org),
            store.list_invitations(org, self.now()),
            store.list_audit_entries(org, 0, most),
            store.list_projects(org, "", (0, AT_MOST)),
            store.list_posts_of_organization(org, AT_MOST + 1),
        )?;
        let mut cut_short: Vec<&'static str> = trail.has_more.then_some("audit_log").into_iter().collect();
        let export = Export {
            format: 1,
            made_at: rfc3339(self.now()),
            organization: about(membership),
            members: bounded("members", members, &mut cut_short, person),
            invitations: bounded("invitations", invitations, &mut cut_short, invited),
            billing: billing(membership),
            projects: with_posts(projects, posts, &mut cut_short),
            audit_log: trail.entries.into_iter().map(entry_of_somebody).collect(),
            cut_short,
        };
        serde_json::to_string_pretty(&export).map_err(|_| ServiceError::Unreadable("export"))
    }
}

fn about(membership: &Membership) -> About<'_> {
    About {
        id: membership.organization.id.to_string(),
        name: &membership.organization.name,
        address: &membership.organization.slug,
        requires_second_factor: membership.requires_second_factor,
        access_rules: membership.access_rules.as_ref(),
        deletion_due_at: membership.closing.map(rfc3339),
    }
}

fn billing(membership: &Membership) -> Billing<'_> {
    let subscription = membership.billing.subscription.as_ref();
    Billing {
        customer: membership.billing.customer.as_ref().map(domain::CustomerId::as_str),
        plan: subscription.map(|subscription| subscription.plan.as_str()),
        status: subscription.map(|subscription| subscription.status.as_str()),
    }
}

fn person(member: Member) -> Person {
    Person {
        id: member.person.id.to_string(),
        name: member.person.name,
        email: member.person.email,
        role: member.role.as_str(),
        since: rfc3339(member.since),
    }
}

fn invited(invitation: Invitation) -> Invitee {
    Invitee {
        email: invitation.email,
        role: invitation.role.as_str(),
        invited_by: invitation.invited_by.to_string(),
        sent_at: rfc3339(invitation.created_at),
        good_until: rfc3339(invitation.expires_at),
    }
}

fn with_posts(projects: Paged<Project>, posts: Vec<Post>, cut_short: &mut Vec<&'static str>) -> Vec<ProjectWithPosts> {
    if projects.has_more {
        cut_short.push("projects");
    }
    let mut of_project: HashMap<ProjectId, Vec<Written>> = HashMap::new();
    for (project, post) in bounded("posts", posts, cut_short, |post| (post.project, written(post))) {
        of_project.entry(project).or_default().push(post);
    }
    let project = |project: Project| ProjectWithPosts {
        id: project.id.to_string(),
        name: project.name,
        created_at: rfc3339(project.created_at),
        posts: of_project.remove(&project.id).unwrap_or_default(),
    };
    projects.rows.into_iter().map(project).collect()
}

fn written(post: Post) -> Written {
    Written {
        id: post.id.to_string(),
        author: post.author_name,
        title: post.title,
        body: post.body,
        created_at: rfc3339(post.created_at),
        updated_at: rfc3339(post.updated_at),
    }
}

fn entry_of_somebody(row: AuditEntry) -> Entry {
    let (who, subject) = (Some(row.actor.clone()), row.subject.clone());
    Entry { who, subject, ..entry(row) }
}
