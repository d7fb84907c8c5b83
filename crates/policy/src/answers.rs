//! Every answer, worked out once.
//!
//! The policies speak of roles, of whether the organisation is the member's own, of whether a
//! post is, and of circumstances; never of one person's or one organisation's id. So there are
//! some ten thousand questions, of which a process is asked a few dozen: each is put to Cedar
//! once (a page asks several, and each costs Cedar some fifty microseconds).
//!
//! A policy that comes to depend on more makes that a part of [`Question`].

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use domain::{OrgId, orgs::Role};

use crate::{Action, Circumstances, Decision, Resource, Subject};

/// How the one asking stands to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Standing {
    Guest,
    Member(Role),
    MemberElsewhere(Role),
}

/// What it is, as far as the policies can tell things apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Organization,
    Membership(Role),
    Post { own: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    standing: Standing,
    action: Action,
    kind: Kind,
    given: Circumstances,
}

impl Question {
    pub(crate) fn new(subject: Subject, action: Action, resource: Resource, given: Circumstances) -> Self {
        let org: OrgId = resource.org();
        let standing = match subject.membership {
            None => Standing::Guest,
            Some((own, role)) if own == org => Standing::Member(role),
            Some((_, role)) => Standing::MemberElsewhere(role),
        };
        let kind = match resource {
            Resource::Organization(_) => Kind::Organization,
            Resource::Membership { role, .. } => Kind::Membership(role),
            Resource::Post { author, .. } => Kind::Post { own: author == subject.user },
        };
        Self { standing, action, kind, given }
    }
}

/// What has been asked so far. Bounded by the number of questions there can be.
#[derive(Default)]
pub(crate) struct Answers(RwLock<HashMap<Question, Decision>>);

impl Answers {
    pub(crate) fn get_or(&self, question: Question, ask: impl FnOnce() -> Decision) -> Decision {
        // A poisoned lock holds whole answers all the same: each is one insertion.
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&question) {
            return known.clone();
        }
        let answer = ask();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(question, answer.clone());
        answer
    }
}
