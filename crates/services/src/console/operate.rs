//! May this person use the console? Read anew each time: who was staff a moment ago is not now.

use policy::{
    Reason,
    console::{ConsoleRefusal, Errand, Standing, may_operate},
};

use crate::{Actor, ServiceError, Services};

impl Services {
    /// Whether there is a console for them at all: for everybody else its pages don't exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sees_console(&self, actor: &Actor) -> Result<bool, ServiceError> {
        Ok(!actor.is_impersonated() && self.store.is_staff(actor.person().id).await?)
    }

    /// Passes an operator.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for everybody else; [`ServiceError::Forbidden`] without a second
    /// factor in this session; [`ServiceError::ProofTooOld`] for what changes something.
    pub async fn operate(&self, actor: &Actor, errand: Errand) -> Result<(), ServiceError> {
        let standing = Standing {
            is_staff: self.store.is_staff(actor.person().id).await?,
            is_impersonated: actor.is_impersonated(),
            second_factor: actor.proof().has_second_factor(),
            recent_proof: actor.proof().is_recent(self.now()),
        };
        may_operate(standing, errand).map_err(|refusal| match refusal {
            ConsoleRefusal::Hidden => ServiceError::NotFound,
            ConsoleRefusal::SecondFactorRequired => ServiceError::Forbidden(Reason::SecondFactorRequired),
            ConsoleRefusal::ProofTooOld => ServiceError::ProofTooOld,
        })
    }
}
