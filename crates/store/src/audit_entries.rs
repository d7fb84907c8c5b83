//! The audit trail: rows are added and read, and not changed (P-10) but by [`forget_actor`]. The
//! database holds that as well (migration 0017); `audit_retention.rs` is the one that removes old ones.

use domain::{
    OrgId, Timestamp, UserId,
    audit::{AuditAction, AuditOutcome},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::audit_entries::{ActiveModel, Column, Entity, Model},
    search::escaped,
};

/// Who acted, once their account is gone.
pub const DELETED_ACTOR: &str = "deleted account";

#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Version 7: grows with time.
    pub id: Uuid,
    pub at: Timestamp,
    pub org: Option<OrgId>,
    pub actor_id: Option<UserId>,
    /// Who, in words that outlive the account: an e-mail address, or `operator`.
    pub actor: String,
    pub action: AuditAction,
    /// Whom or what it is about, in words: an address, a name.
    pub subject: Option<String>,
    pub outcome: AuditOutcome,
    /// Why refused or failed.
    pub reason: Option<String>,
    /// The network address the request came from.
    pub address: Option<String>,
    pub request_id: String,
    /// The operator who acted as them, if it was one.
    pub operator: Option<String>,
}

impl AuditEntry {
    const LONGEST_SUBJECT: usize = 254;

    /// The same, about somebody or something.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.chars().take(Self::LONGEST_SUBJECT).collect());
        self
    }
}

/// Which entries: all that are set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub action: Option<AuditAction>,
    pub outcome: Option<AuditOutcome>,
    /// Part of who acted, or of whom or what it is about, in small letters.
    pub about: Option<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub before: Option<Timestamp>,
}

impl AuditFilter {
    fn condition(&self, org: OrgId) -> Condition {
        let about = self.about.as_ref().map(|text| {
            let like = LikeExpr::new(format!("%{}%", escaped(text))).escape('\\');
            let holds = |column| Expr::from(Func::lower(Expr::col(column))).like(like.clone());
            Condition::any().add(holds(Column::Actor)).add(holds(Column::Subject))
        });
        Condition::all()
            .add(Column::OrgId.eq(org.as_uuid()))
            .add_option(self.action.map(|action| Column::Action.eq(action.as_str())))
            .add_option(self.outcome.map(|outcome| Column::Outcome.eq(outcome.as_str())))
            .add_option(self.since.map(|since| Column::At.gte(since.as_millis())))
            .add_option(self.before.map(|before| Column::At.lt(before.as_millis())))
            .add_option(about)
    }
}

/// Newest first.
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    pub has_more: bool,
}

pub(crate) async fn insert<C: ConnectionTrait>(db: &C, entry: &AuditEntry) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(entry.id),
        at: Set(entry.at.as_millis()),
        org_id: Set(entry.org.map(OrgId::as_uuid)),
        actor_id: Set(entry.actor_id.map(UserId::as_uuid)),
        actor: Set(entry.actor.clone()),
        action: Set(entry.action.as_str().to_owned()),
        outcome: Set(entry.outcome.as_str().to_owned()),
        reason: Set(entry.reason.clone()),
        address: Set(entry.address.clone()),
        request_id: Set(entry.request_id.clone()),
        subject: Set(entry.subject.clone()),
        operator: Set(entry.operator.clone()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the person out of the entries that speak of them: the fact stays, and that it was the same
/// somebody as in another entry. The one change there is, made when an account is deleted.
pub(crate) async fn forget_actor<C: ConnectionTrait>(db: &C, user: UserId, email: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Actor, DELETED_ACTOR.into())
        .col_expr(Column::Address, None::<String>.into())
        // Also sign-ins that were refused: those name the address only.
        .filter(Column::ActorId.eq(user.as_uuid()).or(Column::Actor.eq(email)))
        .exec(db)
        .await?;
    // And where somebody else acted on them.
    Entity::update_many()
        .col_expr(Column::Subject, DELETED_ACTOR.into())
        .filter(Column::Subject.eq(email))
        .exec(db)
        .await?;
    // And where they acted as somebody else.
    Entity::update_many()
        .col_expr(Column::Operator, DELETED_ACTOR.into())
        .col_expr(Column::Address, None::<String>.into())
        .filter(Column::Operator.eq(email))
        .exec(db)
        .await?;
    Ok(())
}

pub(crate) fn read(row: Model) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.id,
        at: Timestamp::from_millis(row.at),
        org: row.org_id.map(OrgId::from_uuid),
        actor_id: row.actor_id.map(UserId::from_uuid),
        actor: row.actor,
        subject: row.subject,
        action: AuditAction::parse(&row.action).ok_or(StoreError::Corrupt("audit_entries.action"))?,
        outcome: AuditOutcome::parse(&row.outcome).ok_or(StoreError::Corrupt("audit_entries.outcome"))?,
        reason: row.reason,
        address: row.address,
        request_id: row.request_id,
        operator: row.operator,
    })
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_audit_entry(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        insert(&self.db, entry).await
    }

    /// The newest entries in which a person acted, in whatever organisation.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_audit_entries_of(&self, user: UserId, limit: u64) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = Entity::find()
            .filter(Column::ActorId.eq(user.as_uuid()))
            .order_by_desc(Column::At)
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// A page of one organisation's entries, newest first. `page` counts from 0.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_audit_entries(&self, org: OrgId, page: u32, size: u32) -> Result<AuditPage, StoreError> {
        self.find_audit_entries(org, &AuditFilter::default(), page, size).await
    }

    /// The same, of those that fit.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_audit_entries(
        &self,
        org: OrgId,
        filter: &AuditFilter,
        page: u32,
        size: u32,
    ) -> Result<AuditPage, StoreError> {
        let rows = Entity::find()
            .filter(filter.condition(org))
            .order_by_desc(Column::At)
            .order_by_desc(Column::Id)
            .offset(u64::from(page) * u64::from(size))
            .limit(u64::from(size) + 1)
            .all(&self.db)
            .await?;
        let has_more = rows.len() > size as usize;
        let entries = rows.into_iter().take(size as usize).map(read).collect::<Result<_, StoreError>>()?;
        Ok(AuditPage { entries, has_more })
    }
}
