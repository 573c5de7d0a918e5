//! Names of people at the host of the relay (NIP-05).

use kith_nips::nip05::is_name;
use toml::Value;

use super::section::{Setting, expected, section};

/// Names that may be reserved.
const RESERVED_MAX: usize = 1_000;

/// Names that people take for the operator, and mailboxes that others rely on (RFC 2142).
const RESERVED: [&str; 22] = [
    "abuse",
    "admin",
    "administrator",
    "contact",
    "help",
    "hostmaster",
    "info",
    "mod",
    "moderator",
    "noreply",
    "official",
    "operator",
    "owner",
    "postmaster",
    "relay",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "team",
    "webmaster",
];

/// Who is given a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GivenTo {
    /// Nobody; those who had one keep it for another day.
    #[default]
    Nobody,
    /// Whoever may write where only members may: members (NIP-43), administrators and keys that they allowed.
    Members,
    /// Whoever may write.
    Anybody,
}

section! {
    /// Names of people at the host of the relay, such as `bob@relay.example.com` (NIP-05).
    pub struct NameSettings = "names" {
        /// Who is given the name that their profile asks for: "nobody", "members" (with administrators and keys
        /// that they allowed) or "anybody". Needs `server.public_url`.
        live given_to: GivenTo = GivenTo::Nobody;
        /// Names that nobody is given.
        live reserved: Vec<String> = RESERVED.map(str::to_owned).into(), check check_reserved;
        /// For how many days a name that somebody gave up is given to nobody else.
        live held_back_days: u64 = 90, in 0..=3_650;
    }
}

fn check_reserved(names: &[String]) -> Result<(), String> {
    if names.len() > RESERVED_MAX {
        let count = names.len();
        return Err(format!(
            "expected at most {RESERVED_MAX} names, found {count}"
        ));
    }
    match names.iter().find(|name| !is_name(name)) {
        None => Ok(()),
        Some(wrong) => Err(format!(
            "expected names in lower case such as \"admin\", found \"{wrong}\""
        )),
    }
}

impl Setting for GivenTo {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("nobody") => Ok(GivenTo::Nobody),
            Some("members") => Ok(GivenTo::Members),
            Some("anybody") => Ok(GivenTo::Anybody),
            _ => Err(expected("\"nobody\", \"members\" or \"anybody\"", value)),
        }
    }

    fn text_to_value(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    fn to_value(&self) -> Option<Value> {
        let word = match self {
            GivenTo::Nobody => "nobody",
            GivenTo::Members => "members",
            GivenTo::Anybody => "anybody",
        };
        Some(Value::String(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_could_be_a_name() {
        assert!(check_reserved(&NameSettings::default().reserved).is_ok());
        assert!(check_reserved(&[]).is_ok());
        for wrong in ["", "Admin", "the admin", "admin@example.com"] {
            let names = ["root".to_owned(), wrong.to_owned()];
            assert!(check_reserved(&names).is_err(), "{wrong}");
        }
        let many = vec!["root".to_owned(); RESERVED_MAX + 1];
        assert!(check_reserved(&many).is_err());
    }
}
