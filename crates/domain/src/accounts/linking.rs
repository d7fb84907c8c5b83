//! What becomes of somebody who comes back from a provider (A-02, checks O05 to O07, R04).
//!
//! What must hold: who somebody is at a provider is its issuer and subject and nothing else,
//! so an e-mail address that changes there moves nobody. An address opens nothing by itself:
//! where it has a user, that user proves to be the same person first, and an address that the
//! provider doesn't vouch for counts as typed by a stranger.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// An account here, and whether it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub user: UserId,
    pub active: bool,
}

/// What the way to the provider was begun for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    SignIn,
    /// To add the identity to the account of this person, who was signed in and had just
    /// proved who they are.
    LinkTo(UserId),
}

/// All that the decision rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    pub purpose: Purpose,
    /// Whose session this browser has: for a link, the very session that began it.
    pub signed_in: Option<UserId>,
    /// Whose identity it is already (by issuer and subject).
    pub identity_of: Option<Account>,
    /// Whether the provider says, in so many words, that the address is verified.
    pub vouched: bool,
    /// Who has the provider's address here. Looked up for an address that is vouched for only.
    pub address_of: Option<Account>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody here yet: ask for the rest, then make the account.
    Create(Address),
    SignIn(UserId),
    /// The address has an account. It is linked once that person has signed in another way.
    ProposeLink(UserId),
    /// Add it to the account of the person who asked for that.
    Link(UserId),
    /// It belongs to another account, or its address does.
    Conflict,
    Refuse(Refusal),
}

/// What is known of the address of an account to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    Vouched,
    /// Asked for, and confirmed by mail before there is an account. Whether somebody has
    /// it already is said in that mail only (check R01).
    ToBeConfirmed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account may not be used.
    Disabled,
    /// Not the session that began it: somebody else's code, brought into this browser (check O07).
    AnotherSession,
    /// It is linked to this account already.
    LinkedAlready,
}

/// Why nothing came of it, as far as the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unfinished {
    /// It was used, began in another browser, or took too long: nobody is told which.
    FlowEnded,
    Cancelled,
    /// The provider did not answer, or not in time.
    NoAnswer,
    /// What it answered does not hold.
    NotTrusted,
    /// The account may not be used.
    Disabled,
    /// The identity is another account's, or its address is.
    Conflict,
    LinkedAlready,
    /// Without it nobody would get in any more.
    LastWayIn,
    /// It is the last second factor of somebody who operates the product.
    StaffNeedsOne,
}

impl From<Refusal> for Unfinished {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Disabled => Self::Disabled,
            Refusal::AnotherSession => Self::FlowEnded,
            Refusal::LinkedAlready => Self::LinkedAlready,
        }
    }
}

pub fn decide(situation: Situation) -> Decision {
    match situation.purpose {
        Purpose::SignIn => sign_in(situation),
        Purpose::LinkTo(user) => link(user, situation),
    }
}

fn sign_in(Situation { identity_of, vouched, address_of, .. }: Situation) -> Decision {
    match (identity_of, address_of) {
        (Some(Account { active: false, .. }), _) => Decision::Refuse(Refusal::Disabled),
        (Some(Account { user, .. }), _) => Decision::SignIn(user),
        (None, _) if !vouched => Decision::Create(Address::ToBeConfirmed),
        (None, Some(Account { active: false, .. })) => Decision::Refuse(Refusal::Disabled),
        (None, Some(Account { user, .. })) => Decision::ProposeLink(user),
        (None, None) => Decision::Create(Address::Vouched),
    }
}

fn link(user: UserId, Situation { signed_in, identity_of, vouched, address_of, .. }: Situation) -> Decision {
    if signed_in != Some(user) {
        return Decision::Refuse(Refusal::AnotherSession);
    }
    match (identity_of, address_of) {
        (Some(owner), _) if owner.user == user => Decision::Refuse(Refusal::LinkedAlready),
        (Some(_), _) => Decision::Conflict,
        // Its owner would come by it to an account that isn't theirs.
        (None, Some(owner)) if vouched && owner.user != user => Decision::Conflict,
        (None, _) => Decision::Link(user),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ANN: UserId = UserId::from_uuid(Uuid::from_u128(1));
    const BOB: UserId = UserId::from_uuid(Uuid::from_u128(2));

    #[expect(clippy::unnecessary_wraps, reason = "a column of the table, where there may be nobody")]
    fn active(user: UserId) -> Option<Account> {
        Some(Account { user, active: true })
    }

    #[expect(clippy::unnecessary_wraps, reason = "a column of the table, where there may be nobody")]
    fn disabled(user: UserId) -> Option<Account> {
        Some(Account { user, active: false })
    }

    /// The whole table: purpose, who is signed in, whose identity, vouched for, whose address.
    /// Ann is who the identity's address may belong to; Bob is anybody else.
    #[test]
    fn o05_the_truth_table() {
        use Address::{ToBeConfirmed, Vouched};
        use Decision::{Conflict, Create, Link, ProposeLink, Refuse, SignIn};
        use Purpose::LinkTo;
        use Refusal::{AnotherSession, Disabled, LinkedAlready};
        let sign_in = Purpose::SignIn;
        let mut rows = Vec::new();
        // Signing in: who is signed in plays no part, in any row.
        for signed_in in [None, Some(ANN), Some(BOB)] {
            rows.extend([
                // An identity that is known opens its own account, whatever its address says.
                (sign_in, signed_in, active(ANN), true, active(ANN), SignIn(ANN)),
                (sign_in, signed_in, active(ANN), true, None, SignIn(ANN)),
                (sign_in, signed_in, active(ANN), true, active(BOB), SignIn(ANN)),
                (sign_in, signed_in, active(ANN), true, disabled(BOB), SignIn(ANN)),
                (sign_in, signed_in, active(ANN), false, None, SignIn(ANN)),
                (sign_in, signed_in, disabled(ANN), true, disabled(ANN), Refuse(Disabled)),
                (sign_in, signed_in, disabled(ANN), true, None, Refuse(Disabled)),
                (sign_in, signed_in, disabled(ANN), true, active(BOB), Refuse(Disabled)),
                (sign_in, signed_in, disabled(ANN), false, None, Refuse(Disabled)),
                // One that isn't, with an address that is vouched for.
                (sign_in, signed_in, None, true, None, Create(Vouched)),
                (sign_in, signed_in, None, true, active(ANN), ProposeLink(ANN)),
                (sign_in, signed_in, None, true, disabled(ANN), Refuse(Disabled)),
                // And with one that isn't: false, absent and no address at all are the same.
                (sign_in, signed_in, None, false, None, Create(ToBeConfirmed)),
            ]);
        }
        // Linking to Ann's account, from a session that isn't hers: nothing at all.
        for signed_in in [None, Some(BOB)] {
            for identity_of in [None, active(ANN), active(BOB), disabled(ANN), disabled(BOB)] {
                for (vouched, address_of) in
                    [(false, None), (true, None), (true, active(ANN)), (true, active(BOB)), (true, disabled(BOB))]
                {
                    rows.push((LinkTo(ANN), signed_in, identity_of, vouched, address_of, Refuse(AnotherSession)));
                }
            }
        }
        // And from her own.
        let own = Some(ANN);
        rows.extend([
            (LinkTo(ANN), own, None, false, None, Link(ANN)),
            (LinkTo(ANN), own, None, true, None, Link(ANN)),
            (LinkTo(ANN), own, None, true, active(ANN), Link(ANN)),
            (LinkTo(ANN), own, None, true, active(BOB), Conflict),
            (LinkTo(ANN), own, None, true, disabled(BOB), Conflict),
        ]);
        for (vouched, address_of) in [(false, None), (true, None), (true, active(ANN)), (true, active(BOB))] {
            rows.extend([
                (LinkTo(ANN), own, active(ANN), vouched, address_of, Refuse(LinkedAlready)),
                (LinkTo(ANN), own, active(BOB), vouched, address_of, Conflict),
                (LinkTo(ANN), own, disabled(BOB), vouched, address_of, Conflict),
            ]);
        }
        for (purpose, signed_in, identity_of, vouched, address_of, want) in &rows {
            let situation = Situation {
                purpose: *purpose,
                signed_in: *signed_in,
                identity_of: *identity_of,
                vouched: *vouched,
                address_of: *address_of,
            };
            assert_eq!(decide(situation), *want, "{situation:?}");
        }
        assert_eq!(rows.len(), 3 * 13 + 2 * 5 * 5 + 5 + 4 * 3);
    }

    /// Over every situation there is, the two rules that nothing may break.
    #[test]
    fn o05_nobody_gets_into_an_account_by_an_address_alone() {
        let accounts = [None, active(ANN), disabled(ANN), active(BOB), disabled(BOB)];
        let mut situations = 0;
        for purpose in [Purpose::SignIn, Purpose::LinkTo(ANN), Purpose::LinkTo(BOB)] {
            for signed_in in [None, Some(ANN), Some(BOB)] {
                for identity_of in accounts {
                    for address_of in accounts {
                        for vouched in [true, false] {
                            let situation = Situation { purpose, signed_in, identity_of, vouched, address_of };
                            match decide(situation) {
                                Decision::SignIn(user) => assert_eq!(identity_of, active(user), "{situation:?}"),
                                Decision::Link(user) => {
                                    assert_eq!(purpose, Purpose::LinkTo(user), "{situation:?}");
                                    assert_eq!((signed_in, identity_of), (Some(user), None), "{situation:?}");
                                }
                                Decision::ProposeLink(user) => {
                                    assert!(vouched && address_of == active(user), "{situation:?}");
                                }
                                Decision::Create(_) => assert_eq!(identity_of, None, "{situation:?}"),
                                Decision::Conflict | Decision::Refuse(_) => {}
                            }
                            situations += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(situations, 3 * 3 * 5 * 5 * 2);
    }
}
