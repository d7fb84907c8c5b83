//! `/api/posts/{create,update,delete}`.

use domain::form::Field;
use leptos::prelude::*;
use services::{ServiceError, posts::TypedPost};

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, services},
};

/// Of one post, of which the ids are known to be ours.
pub(super) fn page(org: &str, project: &str, post: &str) -> String {
    format!("/o/{org}/projects/{project}/posts/{post}")
}

fn reply(
    done: Result<(), ServiceError>,
    (page, form): (String, String),
    (TypedPost { title, body }, version): (TypedPost<'_>, &str),
) -> Result<(), AppError> {
    match done {
        Ok(()) => {
            back_to(page, Flash::Notice(Notice::PostSaved));
            Ok(())
        }
        Err(error) => {
            let typed = [(Field::Title, title), (Field::Body, body), (Field::Version, version)];
            refuse_form(Form::Post, form, &typed, error)
        }
    }
}

#[server(name = CreatePost, prefix = "/api", endpoint = "posts/create")]
pub async fn create_post(
    #[server(default)] org: String,
    #[server(default)] project: String,
    #[server(default)] title: String,
    #[server(default)] body: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let typed = TypedPost { title: &title, body: &body };
    let created = answer(services())?.create_post(&actor, (&org, &project), typed).await;
    let at = created.as_ref().map(|post| page(&org, &project, &post.to_string())).unwrap_or_default();
    reply(created.map(|_| ()), (at, page(&org, &project, "new")), (typed, ""))
}

/// `version`: of the post that was edited.
#[server(name = UpdatePost, prefix = "/api", endpoint = "posts/update")]
pub async fn update_post(
    #[server(default)] org: String,
    #[server(default)] project: String,
    #[server(default)] post: String,
    #[server(default)] title: String,
    #[server(default)] body: String,
    #[server(default)] version: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let typed = TypedPost { title: &title, body: &body };
    let done = answer(services())?.update_post(&actor, (&org, &project, &post), (typed, &version)).await;
    let at = page(&org, &project, &post);
    let form = format!("{at}/edit");
    reply(done, (at, form), (typed, &version))
}

#[server(name = DeletePost, prefix = "/api", endpoint = "posts/delete")]
pub async fn delete_post(
    #[server(default)] org: String,
    #[server(default)] project: String,
    #[server(default)] post: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.delete_post(&actor, (&org, &project, &post)).await;
    answer(done.map_err(AppError::from))?;
    back_to(format!("/o/{org}/projects/{project}"), Flash::Notice(Notice::PostDeleted));
    Ok(())
}
