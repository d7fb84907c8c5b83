//! Every page and its address.

use leptos::prelude::*;
use leptos_router::{
    ParamSegment as P, SsrMode, StaticSegment as S,
    components::{Route, Router, Routes},
};

use crate::{
    accounts::data::keep::KeepPage,
    accounts::data::page::DataPage,
    accounts::email::page::EmailPage,
    accounts::password::{change::PasswordPage, forgot::ForgotPasswordPage, reset::ResetPasswordPage},
    accounts::profile::page::ProfilePage,
    accounts::sessions::page::SessionsPage,
    accounts::sign_up::{check_mail::CheckMailPage, page::SignUpPage, verify_email::VerifyEmailPage},
    accounts::{
        confirm::page::ConfirmPage,
        second_factor::page::SecondFactorPage,
        sign_in::page::SignInPage,
        social::{
            callback::CallbackPage, complete::CompleteSignUpPage, confirm::ConfirmAddressPage,
            methods::SignInMethodsPage, proposal::LinkProposalPage,
        },
    },
    audit::page::AuditPage,
    billing::page::BillingPage,
    errors::page::ErrorPage,
    home::page::HomePage,
    orgs::{
        general::GeneralPage,
        members::MembersPage,
        overview::OverviewPage,
        security::{break_glass::BreakGlassPage, page::SecurityPage},
    },
    second_factors::{authenticator::AuthenticatorPage, page::TwoFactorPage, recovery_codes::RecoveryCodesPage},
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
                <Route path=S("sign-up") view=SignUpPage ssr=SsrMode::Async/>
                <Route path=(S("sign-up"), S("check-mail")) view=CheckMailPage ssr=SsrMode::Async/>
                <Route path=S("verify-email") view=VerifyEmailPage ssr=SsrMode::Async/>
                <Route path=S("forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async/>
                <Route path=S("reset-password") view=ResetPasswordPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("password")) view=PasswordPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("email")) view=EmailPage ssr=SsrMode::Async/>
                <Route path=(S("sign-in"), S("link")) view=LinkProposalPage ssr=SsrMode::Async/>
                <Route path=(S("sign-up"), S("complete")) view=CompleteSignUpPage ssr=SsrMode::Async/>
                <Route path=(S("auth"), P("provider"), S("callback")) view=CallbackPage ssr=SsrMode::Async/>
                <Route path=(S("auth"), P("provider"), S("confirm")) view=ConfirmAddressPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("sign-in-methods")) view=SignInMethodsPage ssr=SsrMode::Async/>
                <Route path=(S("sign-in"), S("second-factor")) view=SecondFactorPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("confirm")) view=ConfirmPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("two-factor")) view=TwoFactorPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("two-factor"), S("authenticator")) view=AuthenticatorPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("two-factor"), S("recovery-codes")) view=RecoveryCodesPage ssr=SsrMode::Async/>
                <Route path=S("account") view=ProfilePage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("sessions")) view=SessionsPage ssr=SsrMode::Async/>
                <Route path=(S("account"), S("data")) view=DataPage ssr=SsrMode::Async/>
                <Route path=S("keep-account") view=KeepPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org")) view=OverviewPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("break-glass")) view=BreakGlassPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings")) view=GeneralPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("members")) view=MembersPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("billing")) view=BillingPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("security")) view=SecurityPage ssr=SsrMode::Async/>
                <Route path=(S("o"), P("org"), S("settings"), S("audit")) view=AuditPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
