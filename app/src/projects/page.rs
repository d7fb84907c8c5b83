//! `/o/{org}/projects/{project}`.

use domain::{form::Field, projects::ProjectName};
use leptos::{prelude::*, server_fn::ServerFn};
use services::projects::{PostSummary, Project, ProjectView};

use super::{
    api::{DeleteProject, RenameProject},
    crumbs::Crumbs,
    search_form::{Pager, SearchForm},
};
use crate::{
    flash::{Flash, Form, Refused},
    layouts::{account::NoticeLine, moment::Day, org::OrgLayout},
    orgs::membership::OrgScope,
    request::{flash, path_value, query_value},
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn ProjectPage() -> impl IntoView {
    let (project, looked_for) = (path_value("project").unwrap_or_default(), query_value("q").unwrap_or_default());
    let asked = looked_for.clone();
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let page = query_value("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        let view = scope.services.show_project(&scope.actor, (scope.slug(), &project), (&asked, page)).await?;
        Ok((scope, view))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let rename = flash.clone().and_then(|flash| flash.refused(Form::RenameProject));
    let delete = flash.and_then(|flash| flash.refused(Form::DeleteProject));
    crate::errors::or_error_page(load, move |(scope, view): (OrgScope, ProjectView)| {
        let slug = scope.slug().to_owned();
        let ProjectView { project, posts, page, may_write, may_rename, may_delete } = view;
        let address = format!("/o/{slug}/projects/{}", project.id);
        let write = may_write.then(|| {
            view! { <a class="btn btn-primary" href=format!("{address}/posts/new") data-testid="new-post">"Write a post"</a> }
        });
        let search = (project.posts > 0).then(|| {
            view! {
                <div class="mt-6"><SearchForm address=address.clone() label="Search posts" looked_for=looked_for.clone()/></div>
            }
        });
        let rename = may_rename.then(|| view! { <Rename slug=slug.clone() project=project.clone() refused=rename/> });
        let delete = may_delete.then(|| view! { <Delete slug=slug.clone() project=project.clone() refused=delete/> });
        let (has_more, is_empty) = (posts.has_more, project.posts == 0);
        view! {
            <OrgLayout scope title=project.name.clone()>
                <Crumbs slug project=None/>
                <NoticeLine notice/>
                <div class="flex flex-wrap items-center justify-between gap-4">
                    <h1 class="title wrap-anywhere">{project.name.clone()}</h1>
                    {write}
                </div>
                {search}
                <Posts address=address.clone() posts=posts.rows is_empty may_write/>
                <Pager address looked_for page has_more/>
                {rename}
                {delete}
            </OrgLayout>
        }
    })
}

#[component]
fn Posts(address: String, posts: Vec<PostSummary>, is_empty: bool, may_write: bool) -> impl IntoView {
    if posts.is_empty() {
        let (title, text) = match (is_empty, may_write) {
            (false, _) => ("Nothing found", "Look for something else, or for less."),
            (true, true) => ("No post yet", "Write the first one."),
            (true, false) => ("No post yet", "An editor of this organization can write one."),
        };
        return view! {
            <div class="panel mt-6 px-6 py-12 text-center" data-testid="no-posts">
                <h2 class="font-semibold">{title}</h2>
                <p class="mt-1 text-muted">{text}</p>
            </div>
        }
        .into_any();
    }
    let rows = posts
        .into_iter()
        .map(|post| {
            let author = post.author_name.unwrap_or_else(|| "somebody who left".to_owned());
            view! {
                <li class="relative px-5 py-4 hover:bg-base-200/60 sm:px-6" data-testid="post-row">
                    <a class="stretched font-medium wrap-anywhere" href=format!("{address}/posts/{}", post.id)>{post.title}</a>
                    <p class="text-sm text-muted">"By " <span class="wrap-anywhere">{author}</span> ", " <Day at=post.created_at/></p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="panel mt-6 divide-y divide-base-300">{rows}</ul> }.into_any()
}

#[component]
fn Rename(slug: String, project: Project, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let name = refused.map_or_else(|| project.name.clone(), |refused| refused.typed(Field::Project));
    let error = words::of_field(refused, Field::Project).or_else(|| words::of_form(refused));
    view! {
        <form method="post" action=RenameProject::PATH class="panel mt-10 flex flex-wrap items-start gap-4 p-5 sm:p-6" novalidate>
            <input type="hidden" name="org" value=slug/>
            <input type="hidden" name="project" value=project.id.to_string()/>
            <div class="basis-full sm:grow sm:basis-0"><TextField name="name" label="Name of the project" value=name error=error maxlength=ProjectName::MAX_CHARS/></div>
            <div class="sm:mt-6.5"><BusyButton label="Rename project".to_owned() busy_label="Saving…".to_owned() testid="rename-project".to_owned()/></div>
        </form>
    }
}

#[component]
fn Delete(slug: String, project: Project, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let typed = refused.map(|refused| refused.typed(Field::Confirmation)).unwrap_or_default();
    let error = words::of_project_confirmation(refused);
    view! {
        <form method="post" action=DeleteProject::PATH class="panel mt-6 grid gap-4 p-5 sm:p-6" novalidate>
            <h2 class="text-lg font-semibold">"Delete this project"</h2>
            <p class="max-w-xl text-pretty text-muted">
                "All its posts go with it, and there is no way back. To confirm, type its name: "
                <span class="font-medium text-base-content wrap-anywhere">{project.name}</span>
            </p>
            <input type="hidden" name="org" value=slug/>
            <input type="hidden" name="project" value=project.id.to_string()/>
            <div class="max-w-md"><TextField name="confirmation" label="Its name, once more" value=typed error=error maxlength=ProjectName::MAX_CHARS/></div>
            <div class="danger"><BusyButton label="Delete it".to_owned() busy_label="Deleting…".to_owned() testid="delete-project".to_owned()/></div>
        </form>
    }
}
