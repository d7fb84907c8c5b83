//! Webhooks: events on their way to those who listen.
//!
//! What must hold: an event gets its deliveries in the same step that made it, so a saved event is
//! never a lost one; a delivery ends only by a 2xx, by its last attempt, or because nobody
//! listens any more; what is signed is exactly what is sent. Accepted: a receiver may get an event
//! twice (killed between the answer and the note of it), as with Stripe.

pub mod backoff;
pub mod delivery;
pub mod dispatch;
pub mod fan_out;
pub mod mishap;
pub mod parcel;
pub mod post;
pub mod queue;
pub mod settings;
pub mod signature;
pub mod target;
