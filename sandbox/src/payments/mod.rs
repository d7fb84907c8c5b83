//! Money that moves: test cards, payment intents, charges, refunds.

pub mod cards;
pub mod charge;
pub mod intent;
pub mod numbers;
