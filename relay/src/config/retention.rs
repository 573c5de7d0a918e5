//! What is deleted when it is old.

use kith_nips::Kind;
use kith_nips::nip01::StorageClass;
use toml::{Table, Value};

use super::section::{Setting, expected, section};

/// Kinds that no rule deletes: others could not learn any more what was deleted (NIP-09, NIP-62), and what
/// the relay says about its members is the relay's own business (NIP-43).
pub(crate) const KINDS_NEVER_OLD: [Kind; 6] = [
    Kind::DELETION,
    Kind::VANISH,
    Kind::RELAY_MEMBERS,
    Kind::RELAY_ROLE,
    Kind::MEMBER_ADDED,
    Kind::MEMBER_REMOVED,
];

/// A hundred years.
const DAYS_MAX: u64 = 36_500;
/// Rules, and kinds in one of them.
const RULES_MAX: usize = 64;
const KINDS_PER_RULE_MAX: usize = 256;

section! {
    /// What is deleted when it is old, for good and for everybody. Nothing, unless it is set here.
    pub struct Retention = "retention" {
        /// Meetups are deleted this many days after their end, with the answers to them and the
        /// comments on them; "none" keeps them.
        live meetup_days_after_end: Option<u64> = None, check check_days;
        /// Events are deleted by their kind this many days after their `created_at`:
        /// `[{ kinds = [42], older_than_days = 365 }]`. A rule without kinds is about all of them, except
        /// what describes people, communities and chats, which has to be named.
        live rules: Vec<RetentionRule> = Vec::new();
        /// Minutes from one look for what is old to the next.
        live interval_minutes: u64 = 60, in 1..=10_080;
    }
}

/// Events of these kinds are old at this age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRule {
    /// Which; `None` for all but those that have to be named.
    pub kinds: Option<Vec<Kind>>,
    /// Days after `created_at`.
    pub older_than_days: u64,
}

impl RetentionRule {
    fn from_table(table: &Table) -> Result<Self, String> {
        let known = ["kinds", "older_than_days"];
        if let Some(unknown) = table.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!(
                "unknown key {unknown}; a rule has kinds and older_than_days"
            ));
        }
        let days = table.get("older_than_days");
        let days = days.ok_or("older_than_days is missing")?;
        let days = u64::from_value(days).map_err(|reason| format!("older_than_days: {reason}"))?;
        if days == 0 || days > DAYS_MAX {
            return Err(format!(
                "older_than_days: expected a number from 1 to {DAYS_MAX}, found {days}"
            ));
        }
        let kinds = table.get("kinds").map(kinds).transpose();
        Ok(RetentionRule {
            kinds: kinds.map_err(|reason| format!("kinds: {reason}"))?,
            older_than_days: days,
        })
    }
}

fn kinds(value: &Value) -> Result<Vec<Kind>, String> {
    let wrong = || {
        expected(
            &format!("a list of 1 to {KINDS_PER_RULE_MAX} kinds such as [1, 42]"),
            value,
        )
    };
    let listed = value.as_array().ok_or_else(wrong)?;
    if listed.is_empty() || listed.len() > KINDS_PER_RULE_MAX {
        return Err(wrong());
    }
    listed.iter().map(kind).collect()
}

fn kind(value: &Value) -> Result<Kind, String> {
    let number = value
        .as_integer()
        .and_then(|number| u16::try_from(number).ok());
    let kind = Kind::new(number.ok_or_else(|| expected("a kind from 0 to 65535", value))?);
    if KINDS_NEVER_OLD.contains(&kind) {
        return Err(format!("{value} is never deleted"));
    }
    match kind.storage_class() {
        StorageClass::Ephemeral => Err(format!("{value} is never stored")),
        _ => Ok(kind),
    }
}

/// Rules; in an environment variable they are written as in the file, on one line.
impl Setting for Vec<RetentionRule> {
    fn from_value(value: &Value) -> Result<Self, String> {
        let what = "a list of rules such as [{ kinds = [42], older_than_days = 365 }]";
        let listed = value.as_array().ok_or_else(|| expected(what, value))?;
        if listed.len() > RULES_MAX {
            return Err(format!(
                "expected at most {RULES_MAX} rules, found {}",
                listed.len()
            ));
        }
        let rule = |(number, rule): (usize, &Value)| {
            let table = rule.as_table().ok_or_else(|| expected(what, value))?;
            RetentionRule::from_table(table).map_err(|reason| format!("rule {number}: {reason}"))
        };
        (1..).zip(listed).map(rule).collect()
    }

    fn text_to_value(text: &str) -> Value {
        if text.trim().is_empty() {
            return Value::Array(Vec::new());
        }
        let parsed = format!("rules = {text}").parse::<Table>();
        let only = parsed.ok().filter(|table| table.len() == 1);
        let rules = only.and_then(|mut table| table.remove("rules"));
        rules.unwrap_or_else(|| Value::String(text.to_owned()))
    }

    fn to_value(&self) -> Option<Value> {
        let table = |rule: &RetentionRule| {
            let kinds = rule.kinds.iter().map(|kinds| {
                let numbers = kinds.iter().map(|kind| i64::from(kind.as_u16()));
                let numbers = numbers.map(Value::Integer).collect();
                ("kinds".to_owned(), Value::Array(numbers))
            });
            let days = rule.older_than_days.to_value();
            let days = days.map(|days| ("older_than_days".to_owned(), days));
            Value::Table(kinds.chain(days).collect())
        };
        Some(Value::Array(self.iter().map(table).collect()))
    }
}

fn check_days(days: &Option<u64>) -> Result<(), String> {
    match days {
        Some(days) if *days > DAYS_MAX => Err(format!(
            "expected a number from 0 to {DAYS_MAX}, found {days}"
        )),
        _ => Ok(()),
    }
}
