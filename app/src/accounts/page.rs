//! `/sign-in`.

use domain::accounts::{Email, ReturnPath};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SignIn;
use crate::{
    error::{AppError, FieldName, FieldProblem},
    flash::Flash,
    layouts::{brand::Mark, moment::minutes, public::PublicLayout},
    request::{flash, query_value},
    ui::{busy_button::BusyButton, password_field::PasswordField},
};

/// What is wrong with the form as a whole.
fn notice(error: &AppError) -> Option<String> {
    match error {
        AppError::WrongCredentials => {
            Some("That e-mail and password don't match. Check both and try again.".to_owned())
        }
        AppError::Throttled { retry_after_seconds } => {
            let wait = minutes(*retry_after_seconds);
            Some(format!("Too many attempts. For your safety, wait {wait} and try again."))
        }
        _ => None,
    }
}

fn email_problem(problem: FieldProblem) -> &'static str {
    match problem {
        FieldProblem::Missing => "Enter your e-mail address.",
        FieldProblem::Malformed => "Enter an address like name@example.com.",
        FieldProblem::TooLong => "That is longer than any e-mail address.",
    }
}

#[component]
pub fn SignInPage() -> impl IntoView {
    let flash = flash();
    let next = query_value("next").and_then(|next| ReturnPath::parse(&next));
    let email = match &flash {
        Some(Flash::SignIn { email, .. }) => email.clone(),
        _ => String::new(),
    };
    let email_error = flash.as_ref().and_then(|f| f.problem(FieldName::Email)).map(email_problem);
    let password_error =
        flash.as_ref().and_then(|f| f.problem(FieldName::Password)).map(|_| "Enter your password.".to_owned());
    // A message about the whole form stands with the password, the last thing to check again.
    let whole = match &flash {
        Some(Flash::SignIn { error, .. }) => notice(error),
        _ => None,
    };
    let lead = if next.is_some() {
        "Then we take you to the page you asked for."
    } else {
        "With your e-mail address and password."
    };
    let signed_out = flash == Some(Flash::SignedOut);
    view! {
        <PublicLayout title="Sign in">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <Mark class="size-11"/>
                    <h1 class="title mt-5">"Sign in"</h1>
                    <p class="mt-1 text-muted">{lead}</p>
                    {signed_out.then(|| view! {
                        <p class="alert alert-success alert-soft mt-5" role="status" data-testid="flash">"You are signed out."</p>
                    })}
                    <form method="post" action=SignIn::PATH class="mt-6 grid gap-5" novalidate>
                        <EmailField email error=email_error/>
                        <PasswordField error=password_error.or(whole)/>
                        {next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned()/> })}
                        <BusyButton label="Sign in".to_owned() busy_label="Signing in…".to_owned() testid="sign-in".to_owned()/>
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-pretty text-muted">
                    "No account, or no way in? Ask an owner of your organization."
                </p>
            </div>
        </PublicLayout>
    }
}

#[component]
fn EmailField(email: String, error: Option<&'static str>) -> impl IntoView {
    view! {
        <div>
            <label class="field-label mb-1.5" for="email">"Email"</label>
            <input
                class="input w-full" id="email" name="email" type="email" autocomplete="username" inputmode="email"
                value=email maxlength=Email::MAX_BYTES.to_string() required autofocus
                aria-invalid=error.map(|_| "true") aria-describedby=error.map(|_| "email-error")
            />
            {error.map(|text| view! {
                <p class="field-error" id="email-error" data-testid="form-error">{text}</p>
            })}
        </div>
    }
}
