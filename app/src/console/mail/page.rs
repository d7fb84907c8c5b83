//! `/admin/mail`.

use leptos::{prelude::*, server_fn::ServerFn};
use services::console::{FailedMail, FailedMailView};

use super::api::SendMail;
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        parts::{Nothing, Pager},
    },
    flash::Flash,
    layouts::{account::NoticeLine, moment::Moment},
    request::{actor, flash, query_value, services},
};

#[component]
pub fn FailedMailPage() -> impl IntoView {
    let before = query_value("before").and_then(|id| id.parse().ok());
    let load = async move { Ok(services()?.list_failed_mail(&*actor()?, before).await?) };
    let notice = flash().as_ref().and_then(Flash::notice);
    crate::errors::or_error_page(load, move |view: FailedMailView| {
        let first = before.is_some().then(|| ConsoleTab::Mail.path().to_owned());
        let next = view.next.map(|id| format!("{}?before={id}", ConsoleTab::Mail.path()));
        let list = if view.mails.is_empty() {
            view! { <Nothing title="All mail went out" text="What fails to be sent is tried for three days, and stands here meanwhile."/> }
                .into_any()
        } else {
            let rows = view.mails.into_iter().map(row).collect_view();
            view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }.into_any()
        };
        view! {
            <ConsoleLayout tab=ConsoleTab::Mail title="Failed mail".to_owned() lead="What could not be sent yet, newest first. What is in a letter is not shown. Times are UTC.">
                <NoticeLine notice/>
                {list}
                <Pager first next older="Older"/>
            </ConsoleLayout>
        }
    })
}

fn row(mail: FailedMail) -> impl IntoView {
    let id = mail.id.to_string();
    let name = format!("{} to {}", mail.letter.replace('_', " "), mail.to);
    let (tone, state) = if mail.is_parked {
        ("badge badge-soft badge-error badge-sm font-medium", "Given up")
    } else {
        ("badge badge-soft badge-warning badge-sm font-medium", "Tried again")
    };
    let attempts = match mail.attempts {
        1 => "1 attempt".to_owned(),
        many => format!("{many} attempts"),
    };
    let next = (!mail.is_parked).then(|| view! { ", next " <Moment at=mail.due_at/> });
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4 sm:px-6" data-testid="failed-mail">
            <div class="min-w-0 grow basis-56">
                <p class="font-medium wrap-anywhere first-letter:uppercase" data-testid="mail-name">{name.clone()}</p>
                <p class="text-sm text-muted wrap-anywhere">{mail.last_error.unwrap_or_default()}</p>
                <p class="text-sm text-muted">"Written " <Moment at=mail.created_at/> ", " {attempts} {next}</p>
            </div>
            <span class=tone>{state}</span>
            <form method="post" action=SendMail::PATH>
                <input type="hidden" name="mail" value=id/>
                <button class="btn btn-sm btn-quiet" type="submit" data-testid="send-mail">
                    "Send again" <span class="sr-only">{format!(": {name}")}</span>
                </button>
            </form>
        </li>
    }
}
