//! `/o/{org}/projects/{project}/posts/new`.

use leptos::{prelude::*, server_fn::ServerFn};
use services::projects::Project;

use super::{
    api::CreatePost,
    form::{Draft, PostForm},
};
use crate::{
    flash::Form,
    layouts::org::OrgLayout,
    orgs::membership::OrgScope,
    projects::crumbs::Crumbs,
    request::{flash, path_value},
};

#[component]
pub fn NewPostPage() -> impl IntoView {
    let project = path_value("project").unwrap_or_default();
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let project = scope.services.show_new_post(&scope.actor, scope.slug(), &project).await?;
        Ok((scope, project))
    };
    let refused = flash().and_then(|flash| flash.refused(Form::Post));
    crate::errors::or_error_page(load, move |(scope, project): (OrgScope, Project)| {
        let (slug, id) = (scope.slug().to_owned(), project.id.to_string());
        let back = format!("/o/{slug}/projects/{id}");
        let hidden = vec![("org", slug.clone()), ("project", id)];
        view! {
            <OrgLayout scope title="New post".to_owned()>
                <Crumbs slug project=Some((project.name, back.clone()))/>
                <h1 class="title">"New post"</h1>
                <PostForm action=CreatePost::PATH hidden draft=Draft::of("", "", refused) label="Publish" back/>
            </OrgLayout>
        }
    })
}
