//! Every page and its address.

use leptos::prelude::*;
use leptos_router::{
    ParamSegment as P, SsrMode, StaticSegment as S,
    components::{Route, Router, Routes},
};

use crate::{
    accounts::data::keep::KeepPage,
    accounts::data::page::DataPage,
    accounts::profile::page::ProfilePage,
    accounts::sessions::page::SessionsPage,
    accounts::sign_in::page::SignInPage,
    audit::page::AuditPage,
    billing::page::BillingPage,
    errors::page::ErrorPage,
    home::page::HomePage,
    orgs::{general::GeneralPage, members::MembersPage, overview::OverviewPage},
};

/// A reply that is an error and needs a page: rendered instead of what the address says.
#[derive(Clone)]
pub struct ErrorReply(pub crate::error::AppError, pub http::StatusCode);

#[component]
pub fn App() -> impl IntoView {
    if let Some(ErrorReply(error, status)) = use_context() {
        return view! { <ErrorPage error status/> }.into_any();
    }
    view! {
        <Router>
            // Whole pages at once: nothing streams in by script, so nothing is missing without it.
            <Routes fallback=|| view! { <ErrorPage error=crate::error::AppError::NotFound status=http::StatusCode::NOT_FOUND/> }>
                <Route path=S("") view=HomePage ssr=SsrMode::Async/>
                <Route path=S("sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=S("account") view=ProfilePage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("sessions")) view=SessionsPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("data")) view=DataPage ssr=SsrMode::Async/>
                <Route path=S("keep-account") view=KeepPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org")) view=OverviewPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings")) view=GeneralPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("members")) view=MembersPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("billing")) view=BillingPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("audit")) view=AuditPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
