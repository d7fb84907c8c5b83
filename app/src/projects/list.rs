//! `/o/{org}/projects`.

use domain::{form::Field, projects::ProjectName};
use leptos::{prelude::*, server_fn::ServerFn};
use services::projects::{Project, ProjectsView};

use super::{
    api::CreateProject,
    search_form::{Pager, SearchForm},
};
use crate::{
    flash::{Flash, Form, Refused},
    layouts::{account::NoticeLine, moment::Day, org::OrgLayout},
    orgs::membership::OrgScope,
    request::{flash, query_value},
    ui::{
        busy_button::BusyButton,
        icon::{DOCUMENT, Icon},
        text_field::TextField,
    },
    words,
};

#[component]
pub fn ProjectsPage() -> impl IntoView {
    let looked_for = query_value("q").unwrap_or_default();
    let asked = looked_for.clone();
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let page = query_value("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        let view = scope.services.list_projects(&scope.actor, scope.slug(), (&asked, page)).await?;
        Ok((scope, view))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::CreateProject));
    crate::errors::or_error_page(load, move |(scope, view): (OrgScope, ProjectsView)| {
        let slug = scope.slug().to_owned();
        let address = format!("/o/{slug}/projects");
        let ProjectsView { projects, page, may_create } = view;
        let create = may_create.then(|| view! { <CreateForm slug=slug.clone() refused/> });
        let is_plain = looked_for.is_empty() && page == 0;
        let search = (!(projects.rows.is_empty() && is_plain)).then(|| {
            view! { <SearchForm address=address.clone() label="Search projects" looked_for=looked_for.clone()/> }
        });
        let has_more = projects.has_more;
        view! {
            <OrgLayout scope title="Projects".to_owned()>
                <NoticeLine notice/>
                <div class="flex flex-wrap items-end justify-between gap-4">
                    <h1 class="title">"Projects"</h1>
                    {search}
                </div>
                {create}
                <Rows slug projects=projects.rows is_plain may_create/>
                <Pager address looked_for page has_more/>
            </OrgLayout>
        }
    })
}

#[component]
fn CreateForm(slug: String, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let name = refused.map(|refused| refused.typed(Field::Project)).unwrap_or_default();
    let error = words::of_field(refused, Field::Project).or_else(|| words::of_form(refused));
    view! {
        <form method="post" action=CreateProject::PATH class="panel mt-6 flex flex-wrap items-start gap-4 p-5 sm:p-6" novalidate>
            <input type="hidden" name="org" value=slug/>
            <div class="basis-full sm:grow sm:basis-0"><TextField name="name" label="Name of a new project" value=name error=error maxlength=ProjectName::MAX_CHARS/></div>
            <div class="sm:mt-6.5"><BusyButton label="Create project".to_owned() busy_label="Creating…".to_owned() testid="create-project".to_owned()/></div>
        </form>
    }
}

#[component]
fn Rows(slug: String, projects: Vec<Project>, is_plain: bool, may_create: bool) -> impl IntoView {
    if projects.is_empty() {
        let (title, text) = match (is_plain, may_create) {
            (false, _) => ("Nothing found", "Look for something else, or for less."),
            (true, true) => ("No project yet", "Name your first one above."),
            (true, false) => ("No project yet", "An editor of this organization can begin one."),
        };
        return view! {
            <div class="panel mt-6 px-6 py-12 text-center" data-testid="no-projects">
                <h2 class="font-semibold">{title}</h2>
                <p class="mt-1 text-muted">{text}</p>
            </div>
        }
        .into_any();
    }
    let rows = projects
        .into_iter()
        .map(|project| {
            let posts = match project.posts {
                0 => "No post yet".to_owned(),
                1 => "1 post".to_owned(),
                many => format!("{many} posts"),
            };
            view! {
                <li class="panel panel-link flex items-center gap-4 p-4 sm:p-5" data-testid="project-row">
                    <span class="initials size-11"><Icon drawing=DOCUMENT/></span>
                    <div class="min-w-0">
                        <a class="stretched font-semibold wrap-anywhere" href=format!("/o/{slug}/projects/{}", project.id)>{project.name}</a>
                        <p class="text-sm text-muted">{posts} ", since " <Day at=project.created_at/></p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="mt-6 grid gap-3">{rows}</ul> }.into_any()
}
