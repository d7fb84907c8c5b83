//! Every route and what a request passes on its way there.

use std::sync::Arc;

use app::{PageOptions, Shell, routes::PAGES};
use axum::{Router, middleware, response::Response, routing::get};
use http::{HeaderValue, header::CACHE_CONTROL};
use leptos::prelude::*;
use leptos_axum::LeptosRoutes;
use services::Services;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    services::{ServeDir, ServeFile},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    executor,
    http::{dev_mail, health, stripe_webhook},
    middleware::{
        action_reply, admission, body, browser, card_numbers,
        chain::Chain,
        console, current_actor, error_pages,
        flashes::{self, Flashes},
        impersonation,
        link_token::{self, LinkCookie},
        moved, origin, origin_check, same_site_step, security_headers,
        session_cookie::{self, SessionCookie},
        shared::around,
    },
    sessions::StoredSessions,
    wiring::Wired,
};

pub fn build(wired: &Wired) -> Router {
    executor::install();
    let Wired { services, page_options, https, .. } = wired;
    let flashes = Flashes { services: services.clone(), cookie: flashes::cookie(*https) };
    let pages = pages_and_actions(services, page_options)
        .layer(
            Chain::default()
                .step_with(services.clone(), current_actor::find)
                .step_with(services.clone(), console::hide)
                .step(impersonation::limit)
                .step_with(services.clone(), moved::lead)
                .step_with(flashes.clone(), flashes::read)
                .step_with(flashes, action_reply::make)
                .layer(),
        )
        .layer(around(session_layer(wired)))
        .layer(
            Chain::default()
                .step_with(wired.own_origin(), origin_check::check)
                .step(same_site_step::step)
                .step_with(browser::cookie(*https), browser::know)
                .step_with(LinkCookie::new(*https), link_token::carry)
                .step_with(SessionCookie::new(*https), session_cookie::mend_removal)
                .layer(),
        )
        .layer(around(CompressionLayer::new().br(false)))
        .layer(
            Chain::default()
                .step(body::read)
                .step(card_numbers::refuse)
                .step_with(admission::Admission::default(), admission::admit)
                .layer(),
        );
    let error_pages = error_pages::ErrorPages::new(page_options.clone());
    // Not there at all in production, so nothing has to refuse it.
    let development = if wired.keeps_mail() { dev_mail::router(services.store().clone()) } else { Router::new() };
    Router::new()
        .merge(pages)
        .merge(development)
        .merge(static_files(page_options))
        .layer(around(CatchPanicLayer::new()))
        .layer(Chain::default().step_with(error_pages, error_pages::add).layer())
        // A machine speaks there, and gets no page: it is signed, or refused.
        .merge(stripe_webhook::router(services.clone()).layer(
            // Places of their own: what strangers send there is bounded, and takes none from people.
            Chain::default().step_with(admission::Admission::default(), admission::admit).layer(),
        ))
        .layer(around(CatchPanicLayer::new()))
        // Health answers while everything else is too busy, in plain text.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(services.clone()))
        .layer(
            Chain::default()
                .step_with(wired.origin_options(), origin::note)
                .step_with(security_headers::HeaderOptions { https: *https }, security_headers::add)
                .layer(),
        )
}

/// A route for every page, and one for every server function that is linked, by its method:
/// POST. Anything else there answers 405. Whole pages at once: nothing streams in by script, so
/// nothing is missing without it.
fn pages_and_actions(services: &Services, options: &PageOptions) -> Router {
    let services = services.clone();
    let context = move || provide_context(services.clone());
    let actions =
        Router::<LeptosOptions>::new().leptos_routes_with_context(options.leptos(), Vec::new(), context.clone(), || ());
    PAGES
        .iter()
        .fold(actions, |router, page| {
            let (options, view) = (options.clone(), page.view);
            let shell = move || view! { <Shell options=options.clone()>{view()}</Shell> };
            router.route(page.path, get(leptos_axum::render_app_async_stream_with_context(context.clone(), shell)))
        })
        // Here and not further out: somebody who is signed in stays so on a page that isn't there.
        .fallback(|| async { http::StatusCode::NOT_FOUND })
        .with_state(options.leptos().clone())
}

fn session_layer(wired: &Wired) -> SessionManagerLayer<StoredSessions> {
    let sessions = StoredSessions {
        store: wired.services.store().clone(),
        clock: Arc::clone(&wired.clock),
        lifetime: wired.services.settings().session_lifetime,
    };
    let absolute = time::Duration::milliseconds(wired.services.settings().session_lifetime.absolute.0);
    SessionManagerLayer::new(sessions)
        .with_name(SessionCookie::new(wired.https).name)
        .with_secure(wired.https)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path("/")
        .with_expiry(tower_sessions::Expiry::OnInactivity(absolute))
}

/// Files are named by their content in a release: they never change.
fn static_files(options: &PageOptions) -> Router {
    let root = options.leptos().site_root.as_ref();
    let cache = if options.leptos().hash_files { "public, max-age=31536000, immutable" } else { "no-cache" };
    let dir = |path: &str| ServeDir::new(format!("{root}/{path}")).precompressed_br().precompressed_gzip();
    // A file that isn't there may be there a moment later, on another node of a rolling deploy.
    let header = |value: &'static str| {
        middleware::map_response(move |mut reply: Response| async move {
            if reply.status().is_success() {
                reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
            }
            reply
        })
    };
    let pkg = Router::new().nest_service("/pkg", dir(&options.leptos().site_pkg_dir)).layer(header(cache));
    let top = ["/favicon.svg", "/robots.txt"]
        .into_iter()
        .fold(Router::new(), |router, path| router.route_service(path, ServeDir::new(root)));
    // Asked for again each time: it is ours, and changes with the server.
    let script = Router::new().route_service("/passkey.js", ServeFile::new(format!("{root}/passkey.js")));
    // A font's name carries its version.
    let fonts = Router::new().nest_service("/fonts", dir("fonts")).layer(header("public, max-age=31536000, immutable"));
    pkg.merge(fonts).merge(script.layer(header("no-cache"))).merge(top.layer(header("public, max-age=3600")))
}
