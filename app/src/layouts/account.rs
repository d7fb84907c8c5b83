//! The pages of one's own account, side by side.

use leptos::prelude::*;

use super::{brand::brand, page_title::PageTitle, person::person_menu};
use crate::{
    flash::Notice,
    request::actor,
    ui::{menu_closer::MenuCloser, raw::Raw},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AccountTab {
    Profile,
    Password,
    SignInMethods,
    TwoFactor,
    Sessions,
    Data,
}

impl AccountTab {
    const ALL: [Self; 6] =
        [Self::Profile, Self::Password, Self::SignInMethods, Self::TwoFactor, Self::Sessions, Self::Data];

    const fn label(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Password => "Password",
            Self::SignInMethods => "Sign-in methods",
            Self::TwoFactor => "Two-factor",
            Self::Sessions => "Sessions",
            Self::Data => "Your data",
        }
    }

    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Password => "/account/password",
            Self::SignInMethods => "/account/sign-in-methods",
            Self::TwoFactor => "/account/two-factor",
            Self::Sessions => "/account/sessions",
            Self::Data => "/account/data",
        }
    }
}

/// For somebody who is signed in; without, the page is never reached.
#[component]
pub fn AccountLayout(tab: AccountTab, title: &'static str, lead: &'static str, children: Children) -> impl IntoView {
    let person = actor().ok().map(|actor| actor.person().clone());
    let links = AccountTab::ALL
        .into_iter()
        .map(|each| {
            let current = (each == tab).then_some("page");
            view! { <li><a class="side-link" href=each.path() aria-current=current>{each.label()}</a></li> }
        })
        .collect_view();
    view! {
        <PageTitle text=format!("{title} · Portico")/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header class="border-b border-base-300 bg-base-100">
            <div class="page flex h-15 items-center justify-between">
                <Raw markup=brand("")/>
                {person.map(|person| view! { <Raw markup=person_menu(&person)/> })}
            </div>
            <MenuCloser/>
        </header>
        <main class="page grow py-8 sm:py-10" id="content">
            <div class="grid gap-6 md:grid-cols-[11rem_1fr] md:gap-10">
                <nav aria-label="Your account">
                    <ul class="flex flex-wrap xs:gap-1 md:flex-col">{links}</ul>
                </nav>
                <div class="min-w-0">
                    <h1 class="title">{title}</h1>
                    <p class="mt-1 mb-6 text-muted">{lead}</p>
                    {children()}
                </div>
            </div>
        </main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

/// What went well with the last form.
#[component]
pub fn NoticeLine(notice: Option<Notice>) -> impl IntoView {
    notice.map(|notice| {
        view! { <p class="alert alert-success alert-soft mb-6" role="status" data-testid="flash">{notice.words()}</p> }
    })
}
