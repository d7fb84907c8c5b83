//! The operators' console: what product staff see across organisations, and what they can do there.
//!
//! What must hold: every use case here begins with [`Services::operate`](crate::Services::operate).

mod flags;
mod impersonate;
mod list_events;
mod mail;
mod operate;
mod organizations;
mod overview;
mod redact;
mod replay_event;
mod show_event;
mod staff;

pub use store::{AuditEntry, EventDetail, EventSummary, FlagSetting, Member, OrganizationSummary, Tries};

pub use flags::{FlagView, FlagsView};
pub use impersonate::{Begun, Impersonating, MemberView, Returned, WaitingSession};
pub use list_events::{EventsView, TypedEventFilter};
pub use mail::{FailedMail, FailedMailView};
pub use organizations::{OrganizationView, OrganizationsView};
pub use overview::Overview;
pub use replay_event::Replayed;
pub use show_event::EventView;
pub use staff::StaffChange;
