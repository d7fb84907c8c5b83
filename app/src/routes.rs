//! Every page and its address.
//!
//! The server's router leads to a page, and nothing else of it is asked again while the page is
//! rendered: a router of components builds all of its routes anew for each request, and what is
//! never walked in the browser needs none (docs/adr/0013-what-a-page-costs.md).

use leptos::prelude::*;

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
    billing::{change_page::ChangePage, invoices_page::InvoicesPage, page::BillingPage, plans_page::PlansPage},
    console::{
        events::list::EventsPage,
        events::page::EventPage,
        flags::page::FlagsPage,
        home::ConsolePage,
        impersonation::{form::MemberPage, over::ImpersonationOverPage},
        mail::page::FailedMailPage,
        organizations::list::OrganizationsPage,
        organizations::page::OrganizationPage,
    },
    home::page::HomePage,
    orgs::{
        general::{closing::ClosingPage, page::GeneralPage},
        invitation::page::InvitationPage,
        members::page::MembersPage,
        overview::OverviewPage,
        security::{break_glass::BreakGlassPage, page::SecurityPage},
    },
    posts::{edit::EditPostPage, new::NewPostPage, page::PostPage},
    pricing::page::PricingPage,
    projects::{list::ProjectsPage, page::ProjectPage},
    second_factors::{authenticator::AuthenticatorPage, page::TwoFactorPage, recovery_codes::RecoveryCodesPage},
};

/// One page.
#[derive(Clone, Copy)]
pub struct Page {
    /// As axum writes it: `/o/{org}`.
    pub path: &'static str,
    pub view: fn() -> AnyView,
}

const fn page(path: &'static str, view: fn() -> AnyView) -> Page {
    Page { path, view }
}

pub const PAGES: &[Page] = &[
    page("/", || view! { <HomePage/> }.into_any()),
    page("/pricing", || view! { <PricingPage/> }.into_any()),
    page("/sign-in", || view! { <SignInPage/> }.into_any()),
    page("/sign-up", || view! { <SignUpPage/> }.into_any()),
    page("/sign-up/check-mail", || view! { <CheckMailPage/> }.into_any()),
    page("/verify-email", || view! { <VerifyEmailPage/> }.into_any()),
    page("/forgot-password", || view! { <ForgotPasswordPage/> }.into_any()),
    page("/reset-password", || view! { <ResetPasswordPage/> }.into_any()),
    page("/account/password", || view! { <PasswordPage/> }.into_any()),
    page("/account/email", || view! { <EmailPage/> }.into_any()),
    page("/sign-in/link", || view! { <LinkProposalPage/> }.into_any()),
    page("/sign-up/complete", || view! { <CompleteSignUpPage/> }.into_any()),
    page("/auth/{provider}/callback", || view! { <CallbackPage/> }.into_any()),
    page("/auth/{provider}/confirm", || view! { <ConfirmAddressPage/> }.into_any()),
    page("/account/sign-in-methods", || view! { <SignInMethodsPage/> }.into_any()),
    page("/sign-in/second-factor", || view! { <SecondFactorPage/> }.into_any()),
    page("/account/confirm", || view! { <ConfirmPage/> }.into_any()),
    page("/account/two-factor", || view! { <TwoFactorPage/> }.into_any()),
    page("/account/two-factor/authenticator", || view! { <AuthenticatorPage/> }.into_any()),
    page("/account/two-factor/recovery-codes", || view! { <RecoveryCodesPage/> }.into_any()),
    page("/account", || view! { <ProfilePage/> }.into_any()),
    page("/account/sessions", || view! { <SessionsPage/> }.into_any()),
    page("/account/data", || view! { <DataPage/> }.into_any()),
    page("/keep-account", || view! { <KeepPage/> }.into_any()),
    page("/admin", || view! { <ConsolePage/> }.into_any()),
    page("/admin/events", || view! { <EventsPage/> }.into_any()),
    page("/admin/events/{event}", || view! { <EventPage/> }.into_any()),
    page("/admin/flags", || view! { <FlagsPage/> }.into_any()),
    page("/admin/mail", || view! { <FailedMailPage/> }.into_any()),
    page("/admin/organizations", || view! { <OrganizationsPage/> }.into_any()),
    page("/admin/organizations/{organization}", || view! { <OrganizationPage/> }.into_any()),
    page("/admin/organizations/{organization}/members/{member}", || view! { <MemberPage/> }.into_any()),
    page("/impersonation", || view! { <ImpersonationOverPage/> }.into_any()),
    page("/invitations", || view! { <InvitationPage/> }.into_any()),
    page("/o/{org}", || view! { <OverviewPage/> }.into_any()),
    page("/o/{org}/break-glass", || view! { <BreakGlassPage/> }.into_any()),
    page("/o/{org}/closing", || view! { <ClosingPage/> }.into_any()),
    page("/o/{org}/projects", || view! { <ProjectsPage/> }.into_any()),
    page("/o/{org}/projects/{project}", || view! { <ProjectPage/> }.into_any()),
    page("/o/{org}/projects/{project}/posts/new", || view! { <NewPostPage/> }.into_any()),
    page("/o/{org}/projects/{project}/posts/{post}", || view! { <PostPage/> }.into_any()),
    page("/o/{org}/projects/{project}/posts/{post}/edit", || view! { <EditPostPage/> }.into_any()),
    page("/o/{org}/settings", || view! { <GeneralPage/> }.into_any()),
    page("/o/{org}/settings/members", || view! { <MembersPage/> }.into_any()),
    page("/o/{org}/settings/billing", || view! { <BillingPage/> }.into_any()),
    page("/o/{org}/settings/billing/change", || view! { <ChangePage/> }.into_any()),
    page("/o/{org}/settings/billing/invoices", || view! { <InvoicesPage/> }.into_any()),
    page("/o/{org}/settings/billing/plans", || view! { <PlansPage/> }.into_any()),
    page("/o/{org}/settings/security", || view! { <SecurityPage/> }.into_any()),
    page("/o/{org}/settings/audit", || view! { <AuditPage/> }.into_any()),
];
