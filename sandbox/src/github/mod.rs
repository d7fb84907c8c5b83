//! A stand-in for GitHub's sign-in, strict where a client could go wrong: the client and its
//! secret, the redirect address, PKCE with S256, codes that work once and for ten minutes,
//! tokens and their scopes. It is on its own: nothing of Stripe's is known here.
//!
//! Everything is below `/github`, so one address stands for `github.com` and its API alike.

mod api;
mod authorize;
mod people;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};

use crate::ids::Ids;
use crate::memory::Sandbox;

pub const CLIENT_ID: &str = "sandbox-client";
pub const CLIENT_SECRET: &str = "sandbox-secret";
/// How long a code works, in seconds.
const CODE_LIVES: i64 = 600;
/// What one sandbox remembers of codes and of tokens.
const REMEMBERED: usize = 1000;

/// What a code stands for.
struct Granted {
    login: String,
    redirect_uri: String,
    challenge: String,
    scopes: Vec<String>,
    at: i64,
}

/// What a token opens.
#[derive(Clone)]
struct Opened {
    login: String,
    scopes: Vec<String>,
}

/// Everything that changes.
struct Desk {
    ids: Ids,
    codes: HashMap<String, Granted>,
    tokens: HashMap<String, Opened>,
}

struct GitHub {
    desk: Mutex<Desk>,
    sandbox: Arc<Sandbox>,
}

impl GitHub {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What it answers, without its prefix.
pub fn routes(sandbox: Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    // Apart from the other ids, so that signing in somewhere does not change what Stripe makes next.
    let ids = Ids::new(sandbox.seed.map(|seed| seed.wrapping_add(3)));
    let desk = Desk { ids, codes: HashMap::new(), tokens: HashMap::new() };
    Router::new()
        .route("/login/oauth/authorize", get(authorize::show).post(authorize::answer))
        .route("/login/oauth/access_token", post(token::redeem))
        .route("/user", get(api::user))
        .route("/user/emails", get(api::emails))
        .with_state(Arc::new(GitHub { desk: Mutex::new(desk), sandbox }))
}
