//! `/impersonation`: an operator's time as somebody is up, and the way back from it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::api::EndImpersonation;
use crate::{accounts::session, error::AppError, layouts::public::PublicLayout};

#[component]
pub fn ImpersonationOverPage() -> impl IntoView {
    // For everybody else there is no such page.
    let load = async move { session::impersonating().await?.map(|_| ()).ok_or(AppError::NotFound) };
    crate::errors::or_error_page(load, |()| {
        view! {
            <PublicLayout title="Back to the console">
                <div class="m-auto max-w-md py-12 text-center" data-testid="impersonation-over">
                    <h1 class="title">"You no longer act as them"</h1>
                    <p class="mt-3 text-pretty text-muted">"The half hour is over, or it was ended elsewhere. If you need more, begin anew with a reason."</p>
                    <form method="post" action=EndImpersonation::PATH class="mt-8">
                        <button class="btn btn-primary" type="submit" data-testid="back-to-console">"Back to the console"</button>
                    </form>
                </div>
            </PublicLayout>
        }
    })
}
