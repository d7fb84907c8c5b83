//! Every answer, worked out once.
//!
//! The policies speak of roles, of whether the organisation is the member's own, and
//! of circumstances; never of one person's or one organisation's id. So there are a
//! few hundred questions, and all of them are put to Cedar when the policies are
//! loaded: a page asks several, and each costs Cedar some fifty microseconds.
//!
//! A policy that comes to depend on more (an owner of a post, an hour, an address)
//! makes that a part of [`Question`], or is asked each time.

use std::collections::HashMap;

use domain::{OrgId, UserId, orgs::Role};
use uuid::Uuid;

use crate::{Action, Circumstances, Decision, Policy, Subject};

/// How the one asking stands to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Standing {
    Guest,
    Member(Role),
    MemberElsewhere(Role),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    standing: Standing,
    action: Action,
    given: Circumstances,
}

impl Question {
    pub(crate) fn new(subject: Subject, action: Action, org: OrgId, given: Circumstances) -> Self {
        let standing = match subject.membership {
            None => Standing::Guest,
            Some((own, role)) if own == org => Standing::Member(role),
            Some((_, role)) => Standing::MemberElsewhere(role),
        };
        Self { standing, action, given }
    }
}

impl Policy {
    /// Asks Cedar everything, as somebody about some organisation.
    pub(crate) fn every_answer(&self) -> HashMap<Question, Decision> {
        let id = |n| OrgId::from_uuid(Uuid::from_u128(n));
        let (here, elsewhere) = (id(1), id(2));
        let of = |org| Role::ALL.map(|role| Some((org, role)));
        let memberships = [None].into_iter().chain(of(here)).chain(of(elsewhere));
        let user = UserId::from_uuid(Uuid::from_u128(3));
        let mut answers = HashMap::new();
        for membership in memberships {
            for action in Action::ALL {
                for given in Circumstances::all() {
                    let subject = Subject { user, membership };
                    let answer = self.ask(subject, action, here, given);
                    answers.insert(Question::new(subject, action, here, given), answer);
                }
            }
        }
        answers
    }
}
