//! `/sign-in`.

use domain::accounts::{Email, ReturnPath};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SignIn;
use crate::{
    error::{AppError, FieldName, FieldProblem},
    flash::Flash,
    layouts::public::PublicLayout,
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
            let minutes = (retry_after_seconds + 59) / 60;
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            Some(format!("Too many attempts. For your safety, wait {minutes} {unit} and try again."))
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
    let signed_out = flash == Some(Flash::SignedOut);
    view! {
        <PublicLayout title="Sign in">
            <div class="mx-auto max-w-sm py-12">
                <h1 class="text-2xl font-semibold">"Sign in"</h1>
                {signed_out.then(|| view! {
                    <p class="alert mt-4" role="status" data-testid="flash">"You are signed out."</p>
                })}
                <form method="post" action=SignIn::PATH class="mt-6 grid gap-4" novalidate>
                    <div>
                        <label class="field-label" for="email">"Email"</label>
                        <input
                            class="input w-full" id="email" name="email" type="email" autocomplete="username"
                            inputmode="email" value=email maxlength=Email::MAX_BYTES.to_string() required autofocus
                            aria-invalid=email_error.map(|_| "true") aria-describedby=email_error.map(|_| "email-error")
                        />
                        {email_error.map(|text| view! {
                            <p class="field-error" id="email-error" data-testid="form-error">{text}</p>
                        })}
                    </div>
                    <PasswordField error=password_error.or(whole)/>
                    {next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned()/> })}
                    <BusyButton label="Sign in".to_owned() busy_label="Signing in…".to_owned() testid="sign-in".to_owned()/>
                </form>
            </div>
        </PublicLayout>
    }
}
