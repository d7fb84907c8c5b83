//! Says how good a new password is while it is typed. The server is asked, a moment after the
//! last key: what it goes by (lists of words) is too large to send to every browser. Without
//! JavaScript the field's hint says what counts.

use std::time::Duration;

use leptos::{
    ev,
    leptos_dom::helpers::WindowListenerHandle,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{HtmlInputElement, RequestInit, Response, UrlSearchParams},
};
use wasm_bindgen_futures::JsFuture;

const ASKED: &str = "/api/auth/password-strength";
const PAUSE: Duration = Duration::from_millis(250);
/// Fields of the same form that a password must not be made of.
const OTHERS: [&str; 3] = ["name", "email", "organization"];

#[derive(Clone, Default)]
struct Said {
    level: u8,
    words: String,
}

#[island]
pub fn StrengthMeter(
    /// The id of the field that is watched.
    field: String,
) -> impl IntoView {
    let (said, set_said) = signal(Said::default());
    // The number of the last key: an answer to an earlier one is no longer of interest.
    let last = StoredValue::new(0_u32);
    let look = move |input: HtmlInputElement| {
        let number = last.get_value().wrapping_add(1);
        last.set_value(number);
        if input.value().is_empty() {
            set_said.set(Said::default());
            return;
        }
        let later = move || {
            spawn_local(async move {
                if last.get_value() == number
                    && let Some(answer) = ask(&input).await
                    && last.get_value() == number
                {
                    set_said.set(answer);
                }
            });
        };
        set_timeout(later, PAUSE);
    };
    Effect::new(move || {
        let field = field.clone();
        // Somebody may have typed before this was here to listen.
        let typed = document().get_element_by_id(&field).and_then(|input| input.dyn_into().ok());
        if let Some(input) = typed.filter(|input: &HtmlInputElement| !input.value().is_empty()) {
            look(input);
        }
        let keys = window_event_listener(ev::input, move |event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input.filter(|input| input.id() == field) {
                look(input);
            }
        });
        on_cleanup(move || WindowListenerHandle::remove(keys));
    });
    let bar = move |least: u8| {
        let colour = move || match said.with(|said| said.level) {
            level if level < least => "bg-base-300",
            1 => "bg-error",
            2 => "bg-warning",
            _ => "bg-success",
        };
        view! { <span class=move || format!("h-1 grow rounded-full {}", colour())></span> }
    };
    view! {
        <div class:hidden=move || said.with(|said| said.level == 0) aria-hidden="true">
            <div class="mt-2 flex gap-1">{[1, 2, 3, 4].map(bar)}</div>
        </div>
        // There from the beginning: what appears together with its words is not read out.
        <p class="mt-1.5 text-sm" role="status" data-testid="strength">{move || said.with(|said| said.words.clone())}</p>
    }
}

/// The server's judgement; none when it has none to give, and then nothing is said.
async fn ask(input: &HtmlInputElement) -> Option<Said> {
    let form = UrlSearchParams::new().ok()?;
    form.append("password", &input.value());
    for name in OTHERS {
        let other = document().get_element_by_id(name).and_then(|other| other.dyn_into::<HtmlInputElement>().ok());
        if let Some(other) = other {
            form.append(name, &other.value());
        }
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&form);
    let reply = JsFuture::from(window().fetch_with_str_and_init(ASKED, &init)).await.ok()?;
    let reply: Response = reply.dyn_into().ok().filter(Response::ok)?;
    let body = JsFuture::from(reply.json().ok()?).await.ok()?;
    let get = |name: &str| js_sys::Reflect::get(&body, &name.into()).ok();
    // One of 1 to 4.
    let level = (1..=4).find(|level| get("level").and_then(|said| said.as_f64()) == Some(f64::from(*level)))?;
    Some(Said { level, words: get("words")?.as_string()? })
}
