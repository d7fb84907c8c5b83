//! What the use cases of posts share.

use domain::{
    PostId, ProjectId, UserId,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
    projects::{PostBody, PostTitle},
};
use policy::{Action, Resource};
use store::{Membership, Post};
use uuid::Uuid;

use crate::{Actor, ServiceError, Services, audit::Happening, orgs::refusal, projects::parse_project};

/// A form, as it was sent.
#[derive(Clone, Copy)]
pub struct TypedPost<'a> {
    pub title: &'a str,
    pub body: &'a str,
}

impl TypedPost<'_> {
    pub(super) fn parse(self) -> Result<(PostTitle, PostBody), ServiceError> {
        match (PostTitle::parse(self.title), PostBody::parse(self.body)) {
            (Ok(title), Ok(body)) => Ok((title, body)),
            (title, body) => {
                let problems: [Option<(Field, Problem)>; 2] = [
                    title.err().map(|problem| (Field::Title, problem)),
                    body.err().map(|problem| (Field::Body, problem)),
                ];
                Err(ServiceError::Invalid(problems.into_iter().flatten().collect()))
            }
        }
    }
}

pub(super) fn parse_ids(project: &str, post: &str) -> Result<(ProjectId, PostId), ServiceError> {
    let post = Uuid::parse_str(post).map_err(|_| ServiceError::NotFound)?;
    Ok((parse_project(project)?, PostId::from_uuid(post)))
}

/// Whose a post is, for the policy. One whose author is gone is nobody's own.
pub(super) fn resource(membership: &Membership, post: &Post) -> Resource {
    Resource::Post { org: membership.organization.id, author: post.author.unwrap_or(UserId::from_uuid(Uuid::nil())) }
}

impl Services {
    /// A post that the actor may do this to; a refusal is in the trail.
    pub(super) async fn admit_to_post(
        &self,
        actor: &Actor,
        membership: &Membership,
        (project, post): (&str, &str),
        (action, attempted): (Action, AuditAction),
    ) -> Result<Post, ServiceError> {
        let (project, post) = parse_ids(project, post)?;
        let org = membership.organization.id;
        let post = self.store.find_post((org, project, post)).await?.ok_or(ServiceError::NotFound)?;
        let decision = self.decide_on(actor, membership, action, resource(membership, &post)).await;
        let Some(reason) = decision.first_reason() else { return Ok(post) };
        let happening = Happening {
            action: attempted,
            outcome: AuditOutcome::Refused,
            reason: Some(reason.as_str()),
            org: Some(org),
        };
        let person = actor.person();
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&post.title);
        self.store.insert_audit_entry(&entry).await?;
        Err(refusal(reason))
    }
}
