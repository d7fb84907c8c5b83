//! `/o/{org}/closing`: what is left of an organization that is to be deleted.

use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::ClosingView;

use super::{api::RestoreOrganization, danger::ExportForm};
use crate::{
    flash::Flash,
    layouts::{account::NoticeLine, moment::Day, public::PublicLayout},
    request::{actor, flash, path_value, services},
    ui::busy_button::BusyButton,
};

#[component]
pub fn ClosingPage() -> impl IntoView {
    let slug = path_value("org").unwrap_or_default();
    let notice = flash().as_ref().and_then(Flash::notice);
    let load = async move {
        let closing = services()?.show_closing(&*actor()?, &slug).await?;
        Ok((slug, closing))
    };
    crate::errors::or_error_page(load, move |(slug, closing): (String, ClosingView)| {
        let ClosingView { name, due } = closing;
        let (title, body) = match due {
            Some(due) => ("This organization is closing", view! { <Closing slug name due/> }.into_any()),
            None => ("This organization stays", view! { <Stays slug name/> }.into_any()),
        };
        view! {
            <PublicLayout title=title>
                <div class="m-auto w-full max-w-md py-12" data-testid="closing">
                    <NoticeLine notice/>
                    <h1 class="title">{title}</h1>
                    {body}
                </div>
            </PublicLayout>
        }
    })
}

#[component]
fn Closing(slug: String, name: String, due: domain::Timestamp) -> impl IntoView {
    view! {
        <p class="mt-3 text-pretty text-muted">
            <span class="font-medium text-base-content wrap-anywhere">{name}</span>
            " and everything in it will be deleted on " <Day at=due/>
            ". Until then nobody can use it, and any owner can take that back here."
        </p>
        <form method="post" action=RestoreOrganization::PATH class="mt-8">
            <input type="hidden" name="org" value=slug.clone()/>
            <BusyButton label="Keep this organization".to_owned() busy_label="Opening it…".to_owned() testid="restore-organization".to_owned()/>
        </form>
        <ExportForm slug/>
    }
}

#[component]
fn Stays(slug: String, name: String) -> impl IntoView {
    view! {
        <p class="mt-3 text-pretty text-muted">
            <span class="font-medium text-base-content wrap-anywhere">{name}</span> " is open, and not about to be deleted."
        </p>
        <a class="btn btn-primary mt-8" href=format!("/o/{slug}")>"Open it"</a>
    }
}
