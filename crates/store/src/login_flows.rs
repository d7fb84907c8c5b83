//! Ways to a provider that are under way. Keyed by hashes: this table opens nothing.

use domain::{Timestamp, UserId, accounts::Provider};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Store, StoreError,
    entity::login_flows::{ActiveModel, Column, Entity},
};

#[derive(Clone, Debug)]
pub struct LoginFlow {
    pub state_hash: String,
    /// Of the browser's cookie.
    pub browser_hash: String,
    pub provider: Provider,
    /// Who links it, and the session that asks for that; none: to sign in.
    pub linked_by: Option<(UserId, String)>,
    /// The nonce and the PKCE verifier, sealed.
    pub secrets: String,
    pub next: Option<String>,
    pub expires_at: Timestamp,
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_login_flow(&self, flow: &LoginFlow) -> Result<(), StoreError> {
        let (user, session) = flow.linked_by.clone().unzip();
        let row = ActiveModel {
            state_hash: Set(flow.state_hash.clone()),
            browser_hash: Set(flow.browser_hash.clone()),
            provider: Set(flow.provider.as_str().to_owned()),
            user_id: Set(user.map(UserId::as_uuid)),
            session_hash: Set(session),
            secrets: Set(flow.secrets.clone()),
            next: Set(flow.next.clone()),
            expires_at: Set(flow.expires_at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Takes one away, if it began in this browser and went to this provider (check O01). One
    /// statement: a second call, however parallel, finds nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_login_flow(
        &self,
        state_hash: &str,
        browser_hash: &str,
        provider: Provider,
        now: Timestamp,
    ) -> Result<Option<LoginFlow>, StoreError> {
        let taken = Entity::delete_many()
            .filter(Column::StateHash.eq(state_hash))
            .filter(Column::BrowserHash.eq(browser_hash))
            .filter(Column::Provider.eq(provider.as_str()))
            .exec_with_returning(&self.db)
            .await?;
        Ok(taken.into_iter().find(|row| row.expires_at > now.as_millis()).map(|row| LoginFlow {
            state_hash: row.state_hash,
            browser_hash: row.browser_hash,
            provider,
            linked_by: row.user_id.map(UserId::from_uuid).zip(row.session_hash),
            secrets: row.secrets,
            next: row.next,
            expires_at: Timestamp::from_millis(row.expires_at),
        }))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_login_flows(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}
