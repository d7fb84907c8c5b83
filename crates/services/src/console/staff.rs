//! `portico staff`: who operates the product. A command and not a page: whoever takes over an
//! operator's browser makes no more operators.

use domain::{
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
};
use policy::Reason;
use store::Staff;

use crate::{Origin, ServiceError, Services, audit::Happening};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffChange {
    Done,
    /// It was so already.
    Nothing,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] when nobody active has that address;
    /// [`ServiceError::Forbidden`] when they have no second factor: whoever knew their password could set
    /// one up, and open the console with it.
    pub async fn add_staff(&self, email: &Email) -> Result<StaffChange, ServiceError> {
        let found = self.store.find_user_by_email(email).await?.filter(|user| user.active);
        let user = found.ok_or(ServiceError::NotFound)?;
        if !self.store.has_second_factor(user.id).await? {
            return Err(ServiceError::Forbidden(Reason::SecondFactorRequired));
        }
        let entry = self.staff_entry(AuditAction::AddStaff, email);
        Ok(change(self.store.insert_staff(user.id, &entry).await?))
    }

    /// It holds from the next request on, on every node.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when nobody has that address.
    pub async fn remove_staff(&self, email: &Email) -> Result<StaffChange, ServiceError> {
        let user = self.store.find_user_by_email(email).await?.ok_or(ServiceError::NotFound)?;
        let entry = self.staff_entry(AuditAction::RemoveStaff, email);
        let removed = self.store.delete_staff(user.id, &entry).await?;
        // They are over with that; the trails of those they acted in say so.
        self.end_impersonations_of(user.id).await?;
        Ok(change(removed))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn list_staff(&self) -> Result<Vec<Staff>, ServiceError> {
        Ok(self.store.list_staff().await?)
    }

    fn staff_entry(&self, action: AuditAction, email: &Email) -> store::AuditEntry {
        let happening = Happening { action, outcome: AuditOutcome::Done, reason: None, org: None };
        let origin = Origin { request_id: "portico staff".to_owned(), ..Origin::default() };
        self.entry(None, "operator", &origin, happening).about(email.as_str())
    }
}

const fn change(is_done: bool) -> StaffChange {
    if is_done { StaffChange::Done } else { StaffChange::Nothing }
}
