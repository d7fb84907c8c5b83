//! What a decision costs: asked for the first time, which is when Cedar is asked, and again.
//!
//! `cargo bench -p policy --bench decisions`; `make bench` writes what it prints into bench/POLICY.md.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops at what is wrong, and prints")]

use std::{hint::black_box, time::Instant};

use domain::{OrgId, UserId, orgs::Role};
use policy::{Action, Circumstances, Policy, Resource, Subject};
use uuid::Uuid;

const ORG: OrgId = OrgId::from_uuid(Uuid::from_u128(1));
const USER: UserId = UserId::from_uuid(Uuid::from_u128(2));

/// Every action of every role under every circumstance.
fn questions() -> Vec<(Subject, Action, Resource, Circumstances)> {
    let mut questions = Vec::new();
    for role in Role::ALL {
        for action in Action::ALL {
            let resource = match action {
                Action::GrantRole | Action::ChangeMember | Action::RemoveMember => {
                    Resource::Membership { org: ORG, role }
                }
                Action::UpdatePost | Action::DeletePost => Resource::Post { org: ORG, author: USER },
                _ => ORG.into(),
            };
            let subject = Subject { user: USER, membership: Some((ORG, role)) };
            questions.extend(Circumstances::all().map(|given| (subject, action, resource, given)));
        }
    }
    questions
}

/// Nanoseconds that each took, sorted.
fn times(policy: &Policy, questions: &[(Subject, Action, Resource, Circumstances)]) -> Vec<u128> {
    let mut times: Vec<u128> = questions
        .iter()
        .map(|(subject, action, resource, given)| {
            let begun = Instant::now();
            black_box(policy.decide(*subject, *action, *resource, *given));
            begun.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times
}

#[expect(clippy::cast_precision_loss, reason = "microseconds to print")]
fn main() {
    let policy = Policy::load().unwrap();
    let questions = questions();
    println!("{} questions, microseconds each", questions.len());
    for (label, times) in [("first time (Cedar)", times(&policy, &questions)), ("again", times(&policy, &questions))] {
        let at = |part: usize| times[(times.len() - 1) * part / 100] as f64 / 1_000.0;
        println!("{label:<20} median {:>8.2}   p99 {:>8.2}   most {:>8.2}", at(50), at(99), at(100));
    }
}
