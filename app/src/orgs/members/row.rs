//! One member, and what the one who looks may do about them.

use domain::orgs::Role;
use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::Seen;

use super::api::{ChangeRole, RemoveMember, TransferOwnership};
use crate::layouts::{moment::Day, person::initials};

#[component]
pub fn Row(
    seen: Seen,
    is_you: bool,
    may_transfer: bool,
    /// What may be given.
    grantable: Vec<Role>,
    slug: String,
    error: Option<String>,
) -> impl IntoView {
    let Seen { member, may_change, may_remove } = seen;
    let (person, role) = (member.person, member.role);
    let user = person.id.to_string();
    let acts = may_change || may_remove || may_transfer;
    let actions = acts.then(|| {
        let (label, is_open) = (format!("Manage {}", person.name), error.is_some());
        view! {
            <details class="col-start-2 sm:col-end-4" open=is_open>
                <summary class="link w-fit cursor-pointer text-sm" aria-label=label>"Manage"</summary>
                <div class="mt-3 grid gap-4">
                    {error.map(|text| view! { <p class="field-error" role="alert" data-testid="form-error">{text}</p> })}
                    {may_change.then(|| view! { <RoleForm user=user.clone() role grantable slug=slug.clone()/> })}
                    <div class="flex flex-wrap gap-3">
                        {(may_remove && !is_you).then(|| view! {
                            <Confirmed
                                action=RemoveMember::PATH slug=slug.clone() user=user.clone() label="Remove…" button="Remove" testid="remove-member"
                                says="They lose access at once. What they made here stays."
                            />
                        })}
                        {may_transfer.then(|| view! {
                            <Confirmed
                                action=TransferOwnership::PATH slug=slug user=user label="Hand over the ownership…" button="Hand it over" testid="transfer-ownership"
                                says="They become its owner, and you an Admin. Only they can give it back."
                            />
                        })}
                    </div>
                </div>
            </details>
        }
    });
    view! {
        <li class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 px-5 py-4 sm:grid-cols-[auto_1fr_14rem] sm:px-6" data-testid="member-row">
            {initials(&person.name, "size-10")}
            <div class="min-w-0">
                <p class="font-medium wrap-anywhere">
                    {person.name}
                    {is_you.then(|| view! { <span class="font-normal text-muted">" (you)"</span> })}
                </p>
                <p class="text-sm text-muted wrap-anywhere">{person.email}</p>
            </div>
            <div class="col-start-2 text-sm sm:col-start-3">
                <p><span class="font-medium">{role.as_str()}</span> <span class="text-muted">" since " <Day at=member.since/></span></p>
                <p class="text-pretty text-muted">{role.summary()}</p>
            </div>
            {actions}
        </li>
    }
}

#[component]
fn RoleForm(user: String, role: Role, grantable: Vec<Role>, slug: String) -> impl IntoView {
    let id = format!("role-{user}");
    let options = options(&grantable, role);
    view! {
        <form method="post" action=ChangeRole::PATH class="flex flex-wrap items-end gap-3">
            <input type="hidden" name="org" value=slug/>
            <input type="hidden" name="user" value=user/>
            <div>
                <label class="field-label mb-1.5" for=id.clone()>"Role"</label>
                <select class="select" id=id name="role">{options}</select>
            </div>
            <button class="btn btn-quiet" type="submit" data-testid="change-role">"Change role"</button>
        </form>
    }
}

/// The roles to choose from, with one chosen.
pub fn options(roles: &[Role], chosen: Role) -> impl IntoView + use<> {
    roles
        .iter()
        .map(|role| view! { <option value=role.as_str() selected={*role == chosen}>{role.as_str()}</option> })
        .collect_view()
}

/// A button behind a click that says what will happen.
#[component]
fn Confirmed(
    action: &'static str,
    slug: String,
    user: String,
    label: &'static str,
    says: &'static str,
    button: &'static str,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <details>
            <summary class="btn btn-sm btn-quiet">{label}</summary>
            <div class="mt-3 max-w-sm">
                <p class="text-sm text-pretty text-muted">{says}</p>
                <form method="post" action=action class="mt-3">
                    <input type="hidden" name="org" value=slug/>
                    <input type="hidden" name="user" value=user/>
                    <button class="btn btn-sm btn-error btn-soft" type="submit" data-testid=testid>{button}</button>
                </form>
            </div>
        </details>
    }
}
