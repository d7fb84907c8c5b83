//! The end of a flow: what was to be done is done.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::visitor::{Instead, Visitor};
use crate::fields::Fields;
use crate::memory::Sandbox;
use crate::pages::hosted::frame::{Frame, see_other};

/// `GET /p/session/{secret}/done`.
pub async fn show(State(sandbox): State<Arc<Sandbox>>, Path(secret): Path<String>) -> Response {
    let shown = async {
        let visitor = Visitor::enter(&sandbox, &secret).await?;
        let made_for = &visitor.session["flow"];
        if visitor.flow.is_some() || !made_for.is_object() {
            return Ok(see_other(&visitor.at("")));
        }
        let after = &made_for["after_completion"];
        let said = after["hosted_confirmation"].maybe_text("custom_message");
        let back = after["redirect"].maybe_text("return_url").or(visitor.session.maybe_text("return_url"));
        let inside = html! {
            main.frame.narrow {
                div.sheet {
                    h1 { "All done" }
                    p.note.good role="status" data-testid="flow-done" { (said.unwrap_or("Your change was saved.")) }
                    @if let Some(url) = back {
                        p { a.button href=(url) data-testid="return-link" { "Return to the website" } }
                    }
                }
            }
        };
        Ok(Frame { status: StatusCode::OK, title: "All done", leads_to: Vec::new() }.around(&inside))
    };
    shown.await.unwrap_or_else(|instead: Instead| *instead)
}
