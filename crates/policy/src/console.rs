//! Who may use the operators' console: product staff, which is no role in any organisation.
//!
//! Not a Cedar policy: every one of those is about an organisation, and the console is about none.

/// How somebody stands to the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and every combination can be")]
pub struct Standing {
    pub is_staff: bool,
    /// The session is an operator's who acts as this person.
    pub is_impersonated: bool,
    /// This session showed a second factor.
    pub second_factor: bool,
    /// It proved who they are a short while ago.
    pub recent_proof: bool,
}

/// What they are after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    Look,
    /// Change something, or act as somebody.
    Act,
}

/// Why the console stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleRefusal {
    /// For them there is none.
    Hidden,
    SecondFactorRequired,
    ProofTooOld,
}

/// # Errors
/// The most fundamental reason why not: whoever is no staff does not learn what else it would take.
pub const fn may_operate(standing: Standing, errand: Errand) -> Result<(), ConsoleRefusal> {
    let Standing { is_staff, is_impersonated, second_factor, recent_proof } = standing;
    if !is_staff || is_impersonated {
        return Err(ConsoleRefusal::Hidden);
    }
    if !second_factor {
        return Err(ConsoleRefusal::SecondFactorRequired);
    }
    match errand {
        Errand::Act if !recent_proof => Err(ConsoleRefusal::ProofTooOld),
        Errand::Act | Errand::Look => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ConsoleRefusal::*, *};

    /// The whole table: staff, impersonated, second factor, recent proof; to look, to act.
    #[test]
    fn w06_every_standing_there_is() {
        let table = [
            ("----", Err(Hidden), Err(Hidden)),
            ("---r", Err(Hidden), Err(Hidden)),
            ("--f-", Err(Hidden), Err(Hidden)),
            ("--fr", Err(Hidden), Err(Hidden)),
            ("-i--", Err(Hidden), Err(Hidden)),
            ("-i-r", Err(Hidden), Err(Hidden)),
            ("-if-", Err(Hidden), Err(Hidden)),
            ("-ifr", Err(Hidden), Err(Hidden)),
            ("s---", Err(SecondFactorRequired), Err(SecondFactorRequired)),
            ("s--r", Err(SecondFactorRequired), Err(SecondFactorRequired)),
            ("s-f-", Ok(()), Err(ProofTooOld)),
            ("s-fr", Ok(()), Ok(())),
            ("si--", Err(Hidden), Err(Hidden)),
            ("si-r", Err(Hidden), Err(Hidden)),
            ("sif-", Err(Hidden), Err(Hidden)),
            ("sifr", Err(Hidden), Err(Hidden)),
        ];
        for (who, look, act) in table {
            let standing = Standing {
                is_staff: who.contains('s'),
                is_impersonated: who.contains('i'),
                second_factor: who.contains('f'),
                recent_proof: who.contains('r'),
            };
            assert_eq!(may_operate(standing, Errand::Look), look, "{who}");
            assert_eq!(may_operate(standing, Errand::Act), act, "{who}");
        }
    }
}
