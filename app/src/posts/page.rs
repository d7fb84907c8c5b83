//! `/o/{org}/projects/{project}/posts/{post}`.

use leptos::{prelude::*, server_fn::ServerFn};
use services::posts::PostView;

use super::{
    api::{DeletePost, page},
    markdown,
};
use crate::{
    flash::Flash,
    layouts::{account::NoticeLine, moment::Moment, org::OrgLayout},
    orgs::membership::OrgScope,
    projects::crumbs::Crumbs,
    request::{flash, path_value},
};

#[component]
pub fn PostPage() -> impl IntoView {
    let ids = (path_value("project").unwrap_or_default(), path_value("post").unwrap_or_default());
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let view = scope.services.show_post(&scope.actor, scope.slug(), (&ids.0, &ids.1)).await?;
        Ok((scope, view))
    };
    let notice = flash().as_ref().and_then(Flash::notice);
    crate::errors::or_error_page(load, move |(scope, view): (OrgScope, PostView)| {
        let PostView { project, post, may_update, may_delete } = view;
        let slug = scope.slug().to_owned();
        let (project_id, post_id) = (project.id.to_string(), post.id.to_string());
        let crumb = (project.name, format!("/o/{slug}/projects/{project_id}"));
        let edit = may_update.then(|| {
            let address = format!("{}/edit", page(&slug, &project_id, &post_id));
            view! { <a class="btn btn-sm btn-quiet" href=address data-testid="edit-post">"Edit"</a> }
        });
        let delete = may_delete.then(|| {
            let (slug, project_id) = (slug.clone(), project_id.clone());
            view! { <Delete slug project_id post_id/> }
        });
        let changed = (post.version > 1).then(|| view! { ", changed " <Moment at=post.updated_at/> });
        let author = post.author_name.unwrap_or_else(|| "somebody who left".to_owned());
        view! {
            <OrgLayout scope title=post.title.clone()>
                <Crumbs slug project=Some(crumb)/>
                <NoticeLine notice/>
                <article data-testid="post">
                    <div class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
                        <div class="min-w-0">
                            <h1 class="title wrap-anywhere">{post.title}</h1>
                            <p class="mt-1 text-sm text-muted">
                                "By " <span class="wrap-anywhere">{author}</span> ", " <Moment at=post.created_at/> {changed}
                            </p>
                        </div>
                        <div class="flex flex-wrap gap-2">{edit} {delete}</div>
                    </div>
                    // Made safe where it was made.
                    <div class="panel prose mt-6 p-5 sm:p-6" data-testid="post-body" inner_html=markdown::render(&post.body)></div>
                </article>
            </OrgLayout>
        }
    })
}

/// Asked once more, without script: the button is inside what is opened first.
#[component]
fn Delete(slug: String, project_id: String, post_id: String) -> impl IntoView {
    view! {
        <details class="relative">
            <summary class="btn btn-sm btn-quiet" data-testid="delete-post">"Delete"</summary>
            <form method="post" action=DeletePost::PATH class="menu-sheet absolute right-0 p-4!">
                <input type="hidden" name="org" value=slug/>
                <input type="hidden" name="project" value=project_id/>
                <input type="hidden" name="post" value=post_id/>
                <p class="text-sm text-pretty">"It is gone for everybody, and can't be brought back."</p>
                <button class="btn btn-sm btn-danger mt-3" type="submit" data-testid="confirm-delete-post">"Delete this post"</button>
            </form>
        </details>
    }
}
