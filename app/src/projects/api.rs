//! `/api/projects/{create,rename,delete}`.

use domain::form::Field;
use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, services},
};

fn list(org: &str) -> String {
    format!("/o/{org}/projects")
}

fn page(org: &str, project: &str) -> String {
    format!("/o/{org}/projects/{project}")
}

#[server(name = CreateProject, prefix = "/api", endpoint = "projects/create")]
pub async fn create_project(#[server(default)] org: String, #[server(default)] name: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.create_project(&actor, &org, &name).await {
        Ok(id) => {
            back_to(page(&org, &id.to_string()), Flash::Notice(Notice::ProjectCreated));
            Ok(())
        }
        Err(error) => refuse_form(Form::CreateProject, list(&org), &[(Field::Project, &name)], error),
    }
}

#[server(name = RenameProject, prefix = "/api", endpoint = "projects/rename")]
pub async fn rename_project(
    #[server(default)] org: String,
    #[server(default)] project: String,
    #[server(default)] name: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.rename_project(&actor, (&org, &project), &name).await {
        Ok(()) => {
            back_to(page(&org, &project), Flash::Notice(Notice::ProjectRenamed));
            Ok(())
        }
        Err(error) => refuse_form(Form::RenameProject, page(&org, &project), &[(Field::Project, &name)], error),
    }
}

/// `confirmation`: its name.
#[server(name = DeleteProject, prefix = "/api", endpoint = "projects/delete")]
pub async fn delete_project(
    #[server(default)] org: String,
    #[server(default)] project: String,
    #[server(default)] confirmation: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.delete_project(&actor, (&org, &project), &confirmation).await {
        Ok(()) => {
            back_to(list(&org), Flash::Notice(Notice::ProjectDeleted));
            Ok(())
        }
        Err(error) => {
            let typed = [(Field::Confirmation, &*confirmation)];
            refuse_form(Form::DeleteProject, page(&org, &project), &typed, error)
        }
    }
}
