//! What the operator decided about names, and who may have one by that. Values only.

use kith_nips::PublicKey;

use crate::management::Standing;

/// Who is given a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GivenTo {
    /// Nobody; those who had one keep it for another day.
    #[default]
    Nobody,
    /// Members (NIP-43), administrators and keys that they allowed.
    Members,
    /// Whoever may write.
    Anybody,
}

/// Rules of names (NIP-05).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamesPolicy {
    /// Who is given one.
    pub given_to: GivenTo,
    /// What stands behind the `@`; without it nobody is given a name.
    pub host: Option<String>,
    /// Names that nobody is given, in lower case.
    pub reserved: Vec<String>,
    /// Who counts as a member beside those that the relay lists.
    pub administrators: Vec<PublicKey>,
    /// For how long a name that was given up is held back, in seconds.
    pub held_back_seconds: u64,
}

/// Why somebody is not given a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGiven {
    /// Nobody is.
    Nobody,
    /// Names are for members.
    NotAMember,
    /// The operator reserved it.
    Reserved,
    /// Somebody else has it, or had it until lately.
    Taken,
    /// There are as many names as there may be.
    Full,
}

impl NamesPolicy {
    /// Whether `person` may have `name`, as far as the operator is concerned.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(
        &self,
        standing: &Standing,
        name: &str,
        person: &PublicKey,
    ) -> Result<(), NotGiven> {
        let is_for_them = match self.given_to {
            GivenTo::Nobody => return Err(NotGiven::Nobody),
            GivenTo::Anybody => true,
            GivenTo::Members => {
                standing.membership.is_member(person)
                    || standing.allowed_keys.contains(person)
                    || self.administrators.contains(person)
            }
        };
        if !is_for_them {
            return Err(NotGiven::NotAMember);
        }
        match self.reserved.iter().any(|reserved| reserved == name) {
            true => Err(NotGiven::Reserved),
            false => Ok(()),
        }
    }
}
