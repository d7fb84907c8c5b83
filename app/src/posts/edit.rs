//! `/o/{org}/projects/{project}/posts/{post}/edit`.

use domain::form::{Field, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use services::posts::PostView;

use super::{
    api::{UpdatePost, page},
    form::{Draft, PostForm},
};
use crate::{
    flash::{Form, Refused},
    layouts::org::OrgLayout,
    orgs::membership::OrgScope,
    projects::crumbs::Crumbs,
    request::{flash, path_value},
};

#[component]
pub fn EditPostPage() -> impl IntoView {
    let ids = (path_value("project").unwrap_or_default(), path_value("post").unwrap_or_default());
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let view = scope.services.show_post_form(&scope.actor, scope.slug(), (&ids.0, &ids.1)).await?;
        Ok((scope, view))
    };
    let refused = flash().and_then(|flash| flash.refused(Form::Post));
    crate::errors::or_error_page(load, move |(scope, view): (OrgScope, PostView)| {
        let PostView { project, post, .. } = view;
        let slug = scope.slug().to_owned();
        let (project_id, post_id) = (project.id.to_string(), post.id.to_string());
        let back = page(&slug, &project_id, &post_id);
        let crumb = (project.name, format!("/o/{slug}/projects/{project_id}"));
        // Only who was told that somebody else changed it takes that over by saving again; a form that
        // came back for another reason is still of the version that was edited.
        let is_told = |refused: &Refused| refused.problem(Field::Body) == Some(Problem::InTheWay);
        let version = match &refused {
            Some(refused) if !is_told(refused) => refused.typed(Field::Version),
            _ => post.version.to_string(),
        };
        let hidden = vec![("org", slug.clone()), ("project", project_id), ("post", post_id), ("version", version)];
        let draft = Draft::of(&post.title, &post.body, refused);
        view! {
            <OrgLayout scope title="Edit the post".to_owned()>
                <Crumbs slug project=Some(crumb)/>
                <h1 class="title">"Edit the post"</h1>
                <PostForm action=UpdatePost::PATH hidden draft label="Save" back/>
            </OrgLayout>
        }
    })
}
