//! `/account/data`.

use domain::accounts::{Person, Stake};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{api::ExportData, departure::Departure};
use crate::{
    error::AppError,
    flash::Form,
    layouts::account::{AccountLayout, AccountTab},
    request::{actor, flash, services},
};

async fn load() -> Result<(Person, Vec<Stake>), AppError> {
    let actor = actor()?;
    let stakes = services()?.show_departure(&actor).await?;
    Ok((actor.person().clone(), stakes))
}

#[component]
pub fn DataPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::DeleteAccount));
    crate::errors::or_error_page(load(), move |(person, stakes): (Person, Vec<Stake>)| {
        view! {
            <AccountLayout tab=AccountTab::Data title="Your data" lead="What we keep about you: take it along, or have it deleted.">
                <section class="panel max-w-xl p-5 sm:p-6" aria-labelledby="export-title">
                    <h2 class="text-lg font-semibold" id="export-title">"Export"</h2>
                    <p class="mt-1 text-pretty text-muted">
                        "Your profile, organizations, sessions and what you did, as a JSON file. No passwords, and nothing about other people."
                    </p>
                    // A plain button: the page stays when the file comes.
                    <form method="post" action=ExportData::PATH class="mt-5">
                        <button class="btn btn-primary" type="submit" data-testid="export-data">"Export my data"</button>
                    </form>
                </section>
                <Departure stakes email=person.email refused/>
            </AccountLayout>
        }
    })
}
