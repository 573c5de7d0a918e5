//! Precedence, unknown keys, bounds, printing and reading again.

use std::ffi::OsString;
use std::path::PathBuf;

use kith_nips::Kind;
use tempfile::TempDir;

use super::*;

/// A folder with a configuration file `kith.toml` of this content.
struct Given {
    folder: TempDir,
}

impl Given {
    fn file(content: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kith.toml"), content).unwrap();
        Given { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("kith.toml")
    }

    fn flags(&self) -> Flags {
        Flags {
            config: Some(self.path()),
            ..Flags::default()
        }
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        sources(self.flags(), &[]).load()
    }
}

fn sources(flags: Flags, variables: &[(&str, &str)]) -> Sources {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Sources::new(flags, variables)
}

fn load_variables(variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    sources(Flags::default(), variables).load()
}

#[track_caller]
fn check_problem(result: Result<Loaded, ConfigError>, expect: &str) {
    let error = result.expect_err("this configuration is wrong").to_string();
    assert!(error.contains(expect), "{error:?} does not say {expect:?}");
}

#[test]
fn without_any_source_the_defaults_hold() {
    let loaded = load_variables(&[]).unwrap();
    assert_eq!(loaded.config, Config::default());
    assert_eq!(loaded.config.server.listen, "127.0.0.1:7447");
    assert_eq!(loaded.config.data.folder, PathBuf::from("./kith-data"));
    assert_eq!(loaded.origin("server", "listen"), &Origin::Default);
}

#[test]
fn flag_wins_over_environment_over_file_over_default() {
    let given = Given::file("[server]\nlisten = \"127.0.0.1:1\"\n[data]\nfolder = \"file\"\n");
    let by_variable = ("KITH_RELAY_LISTEN", "127.0.0.1:2");
    let by_flag = Flags {
        listen: Some("127.0.0.1:3".to_owned()),
        ..given.flags()
    };
    let table = [
        (Flags::default(), vec![], "127.0.0.1:7447"),
        (given.flags(), vec![], "127.0.0.1:1"),
        (given.flags(), vec![by_variable], "127.0.0.1:2"),
        (by_flag, vec![by_variable], "127.0.0.1:3"),
    ];
    for (flags, variables, listen) in table {
        let loaded = sources(flags, &variables).load().unwrap();
        assert_eq!(loaded.config.server.listen, listen);
    }
}

#[test]
fn the_data_folder_comes_from_every_source() {
    let given = Given::file("[data]\nfolder = \"file\"\n");
    assert_eq!(
        given.load().unwrap().config.data.folder.to_str(),
        Some("file")
    );
    let variables = [("KITH_RELAY_DATA", "variable")];
    let loaded = sources(given.flags(), &variables).load().unwrap();
    assert_eq!(loaded.config.data.folder.to_str(), Some("variable"));
    let flags = Flags {
        data: Some(PathBuf::from("flag")),
        ..given.flags()
    };
    let loaded = sources(flags, &variables).load().unwrap();
    assert_eq!(loaded.config.data.folder.to_str(), Some("flag"));
    assert_eq!(loaded.origin("data", "folder"), &Origin::Flag("--data"));
}

#[test]
fn the_environment_names_the_file_and_a_flag_names_another() {
    let by_variable = Given::file("[info]\nname = \"variable\"\n");
    let by_flag = Given::file("[info]\nname = \"flag\"\n");
    let path = by_variable.path();
    let variables = [("KITH_RELAY_CONFIG", path.to_str().unwrap())];
    let name = |flags| sources(flags, &variables).load().unwrap().config.info.name;
    assert_eq!(name(Flags::default()), "variable");
    assert_eq!(name(by_flag.flags()), "flag");
}

#[test]
fn every_key_has_a_variable_and_reads_its_own_default_back() {
    let defaults = Config::default();
    for section in defaults.sections() {
        for key in section.keys() {
            let Some(value) = section.get(key.name) else {
                continue;
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Array(values) => {
                    let texts = values.iter().map(|value| value.as_str().unwrap());
                    texts.collect::<Vec<_>>().join(",")
                }
                other => other.to_string(),
            };
            let name = format!("KITH_RELAY_{}_{}", section.name(), key.name).to_uppercase();
            let loaded = load_variables(&[(&name, &text)]).unwrap();
            assert_eq!(loaded.config, defaults, "{name}={text}");
            assert_eq!(
                loaded.origin(section.name(), key.name),
                &Origin::Environment(name)
            );
        }
    }
}

#[test]
fn variables_of_every_type_are_read() {
    let key = "82341f882b6eabcd2ba7f1ef90aad961cf074af15b9ef44a09f9d2a8fbfbe6a2";
    let config = load_variables(&[
        ("KITH_RELAY_LIMITS_MAX_LIMIT", "700"),
        ("KITH_RELAY_LIMITS_CREATED_AT_UPPER_LIMIT_SECONDS", "none"),
        ("KITH_RELAY_LIMITS_CREATED_AT_LOWER_LIMIT_SECONDS", "60"),
        ("KITH_RELAY_POLICY_AUTH_REQUIRED", "true"),
        (
            "KITH_RELAY_SERVER_ALIASES",
            "wss://a.example, ws://b.example:8",
        ),
        ("KITH_RELAY_SERVER_TRUSTED_PROXIES", "10.0.0.1,::1"),
        ("KITH_RELAY_STORE_SYNCHRONOUS", "normal"),
        ("KITH_RELAY_INFO_NAME", "42"),
        ("KITH_RELAY_INFO_PUBKEY", key),
        ("KITH_LOG", "debug"),
    ])
    .unwrap()
    .config;
    assert_eq!(config.limits.max_limit, 700);
    assert_eq!(config.limits.created_at_upper_limit_seconds, None);
    assert_eq!(config.limits.created_at_lower_limit_seconds, Some(60));
    assert!(config.policy.auth_required);
    assert_eq!(
        config.server.aliases,
        ["wss://a.example", "ws://b.example:8"]
    );
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.store.synchronous, Synchronous::Normal);
    assert_eq!(config.info.name, "42");
    assert_eq!(config.info.pubkey.unwrap().to_string(), key);
}

#[test]
fn unknown_keys_name_file_line_column_key_and_the_nearest_key() {
    let given = Given::file("# limits\n[limits]\n  max_limt = 5\n");
    let at = given.path();
    check_problem(
        given.load(),
        &format!(
            "{}:3:3: unknown key limits.max_limt; did you mean limits.max_limit?",
            at.display()
        ),
    );
}

#[test]
fn unknown_sections_keys_elsewhere_and_top_level_keys_are_errors() {
    let table = [
        (
            "[limit]\nmax_limit = 1\n",
            ":1:2: unknown key limit; did you mean limits?",
        ),
        (
            "[server]\nmax_limit = 1\n",
            "server.max_limit; did you mean limits.max_limit?",
        ),
        (
            "listen = \"a:1\"\n",
            ":1:1: unknown key listen; did you mean server.listen?",
        ),
        ("limits = 5\n", "unknown key limits"),
        ("[limits.more]\na = 1\n", "unknown key limits.more"),
        ("[quux]\n", ":1:2: unknown key quux"),
    ];
    for (content, expect) in table {
        check_problem(Given::file(content).load(), expect);
    }
}

#[test]
fn unknown_variables_are_errors() {
    check_problem(
        load_variables(&[("KITH_RELAY_LIMITS_MAX_LIMT", "1")]),
        "KITH_RELAY_LIMITS_MAX_LIMT; did you mean KITH_RELAY_LIMITS_MAX_LIMIT?",
    );
    let error = load_variables(&[("KITH_RELAY_FOO", "1")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown environment variable KITH_RELAY_FOO"
    );
}

#[test]
fn wrong_values_name_place_key_expected_and_found() {
    let table = [
        (
            "[limits]\nmax_limit = \"many\"",
            ":2:13: limits.max_limit: expected a whole number, found \"many\"",
        ),
        (
            "[limits]\nmax_limit = -1",
            "expected a whole number, found -1",
        ),
        (
            "[limits]\nmax_limit = 0",
            "expected a number from 1 to 1000000, found 0",
        ),
        (
            "[limits]\nmax_limit = 99999999999999999999",
            "limits.max_limit: expected a whole number",
        ),
        (
            "[policy]\nauth_required = 1",
            "expected true or false, found 1",
        ),
        ("[server]\nlisten = \"7447\"", "expected HOST:PORT such as"),
        (
            "[server]\nlisten = \"::1:7447\"",
            "expected HOST:PORT such as",
        ),
        (
            "[server]\npublic_url = \"https://a.example\"",
            "expected a relay address",
        ),
        ("[server]\npath = \"relay\"", "expected a path"),
        (
            "[server]\ntrusted_proxies = [\"nobody\"]",
            "expected a list of IP addresses",
        ),
        (
            "[store]\nsynchronous = \"off\"",
            "expected \"full\" or \"normal\", found \"off\"",
        ),
        (
            "[info]\nname = \"a name that has thirty characters\"",
            "fewer than 30 characters",
        ),
        ("[info]\npubkey = \"npub1\"", "expected a public key of 64"),
        ("[info]\nicon = \"icon.png\"", "expected an address such as"),
        ("[info]\ncontact = \"me\"", "expected a URI such as"),
        ("[data]\nfolder = \"\"", "expected a path"),
        (
            "[[retention.rules]]\nkinds = [42]\nolder_than_day = 3",
            "retention.rules: rule 1: unknown key older_than_day; a rule has kinds and older_than_days",
        ),
        (
            "[[retention.rules]]\nkinds = [42]",
            "rule 1: older_than_days is missing",
        ),
        (
            "[[retention.rules]]\nolder_than_days = 1\n[[retention.rules]]\nolder_than_days = 0",
            "rule 2: older_than_days: expected a number from 1 to 36500, found 0",
        ),
        (
            "[retention]\nrules = [{ kinds = [], older_than_days = 1 }]",
            "rule 1: kinds: expected a list of 1 to 256 kinds such as [1, 42], found []",
        ),
        (
            "[retention]\nrules = [{ kinds = [1, 5], older_than_days = 1 }]",
            "rule 1: kinds: 5 is never deleted",
        ),
        (
            "[retention]\nrules = [{ kinds = [20001], older_than_days = 1 }]",
            "rule 1: kinds: 20001 is never stored",
        ),
        (
            "[retention]\nrules = [42]",
            "expected a list of rules such as [{ kinds = [42], older_than_days = 365 }], found [42]",
        ),
        (
            "[retention]\nmeetup_days_after_end = 40000",
            "expected a number from 0 to 36500, found 40000",
        ),
        (
            "[features]\nauth = false\n[policy]\nauth_required = true",
            "needs features.auth",
        ),
        (
            "[features]\nmembership = false\n[names]\ngiven_to = \"members\"",
            "names.given_to: needs features.membership",
        ),
        (
            "[names]\ngiven_to = \"friends\"",
            "expected \"nobody\", \"members\" or \"anybody\", found \"friends\"",
        ),
        (
            "[names]\nreserved = [\"Root\"]",
            "expected names in lower case such as \"admin\", found \"Root\"",
        ),
        (
            "[limits]\nmax_limit = 5\ndefault_limit = 6",
            "6 is above limits.max_limit, which is 5",
        ),
    ];
    for (content, expect) in table {
        check_problem(Given::file(content).load(), expect);
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let given = Given::file("[limits]\nmax_limit = 0\nmin_powww = 1\n");
    let error = given.load().unwrap_err();
    assert_eq!(error.problems.len(), 2);
    assert_eq!(error.to_string().lines().count(), 2);
}

#[test]
fn bad_toml_and_missing_files_are_named() {
    let given = Given::file("[limits]\nmax_limit = = 5\n");
    check_problem(given.load(), "kith.toml:2:13: ");
    let flags = Flags {
        config: Some(given.folder.path().join("missing.toml")),
        ..Flags::default()
    };
    check_problem(sources(flags, &[]).load(), "missing.toml: ");
}

#[test]
fn a_lowered_ceiling_lowers_the_default_limit_nobody_set() {
    let config = Given::file("[limits]\nmax_limit = 20")
        .load()
        .unwrap()
        .config;
    assert_eq!(
        (config.limits.max_limit, config.limits.default_limit),
        (20, 20)
    );
}

#[test]
fn the_printed_configuration_explains_itself_and_is_valid_input() {
    let given = Given::file(concat!(
        "[limits]\nmax_limit = 77\ncreated_at_upper_limit_seconds = \"none\"\n",
        "[info]\ndescription = \"\"\"two\nlines \\\"quoted\\\"\"\"\"\n",
        "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n",
    ));
    let variables = [("KITH_RELAY_STORE_SYNCHRONOUS", "normal")];
    let loaded = sources(given.flags(), &variables).load().unwrap();
    let text = loaded.to_toml();
    let again = Given::file(&text).load().unwrap();
    assert_eq!(again.config, loaded.config);
    assert!(text.contains("kith.toml:2:1\nmax_limit = 77\n"), "{text}");
    assert!(text.contains("# from: environment variable KITH_RELAY_STORE_SYNCHRONOUS\n"));
    assert!(text.contains("# from: default\n"));
    assert!(text.contains("# Longest message, in bytes"));
}

#[test]
fn rules_of_retention_are_read_from_every_source_and_printed() {
    let expected = [
        RetentionRule {
            kinds: Some(vec![Kind::CHANNEL_MESSAGE, Kind::TEXT_NOTE]),
            older_than_days: 365,
        },
        RetentionRule {
            kinds: None,
            older_than_days: 3_650,
        },
    ];
    let given = Given::file(concat!(
        "[[retention.rules]]\nkinds = [42, 1]\nolder_than_days = 365\n",
        "[[retention.rules]]\nolder_than_days = 3650\n",
        "[retention]\nmeetup_days_after_end = 30\n",
    ));
    let loaded = given.load().unwrap();
    assert_eq!(loaded.config.retention.rules, expected);
    assert_eq!(loaded.config.retention.meetup_days_after_end, Some(30));
    let again = Given::file(&loaded.to_toml()).load().unwrap();
    assert_eq!(again.config, loaded.config);
    let text = "[{kinds=[42,1], older_than_days=365}, {older_than_days=3650}]";
    let name = "KITH_RELAY_RETENTION_RULES";
    let loaded = load_variables(&[(name, text)]).unwrap();
    assert_eq!(loaded.config.retention.rules, expected);
    check_problem(
        load_variables(&[(name, "42 after a year")]),
        "retention.rules: expected a list of rules",
    );
}

#[test]
fn what_was_unset_on_purpose_is_printed_as_unset() {
    let loaded = load_variables(&[("KITH_RELAY_INFO_DESCRIPTION", "")]).unwrap();
    assert_eq!(loaded.config.info.description, None);
    let again = Given::file(&loaded.to_toml()).load().unwrap();
    assert_eq!(again.config, loaded.config);
}

#[test]
fn the_printed_defaults_are_valid_input() {
    let loaded = load_variables(&[]).unwrap();
    let again = Given::file(&loaded.to_toml()).load().unwrap();
    assert_eq!(again.config, Config::default());
}

#[test]
fn nip11_08_reading_again_changes_what_can_change_and_keeps_the_rest() {
    let given = Given::file("[features]\ncount = true\n");
    let sources = sources(given.flags(), &[]);
    let live = Live::new(sources.load().unwrap().config);
    let other_clone = live.clone();
    let content = "[features]\ncount = false\n[server]\nlisten = \"127.0.0.1:9\"\n";
    std::fs::write(given.path(), content).unwrap();
    let reloaded = live.reload(&sources).unwrap();
    assert_eq!(reloaded.changed, ["features.count"]);
    assert_eq!(reloaded.at_next_start, ["server.listen"]);
    assert!(!other_clone.current().features.count);
    assert_eq!(other_clone.current().server.listen, "127.0.0.1:7447");
}

#[test]
fn a_broken_file_leaves_the_old_configuration_in_force() {
    let given = Given::file("[limits]\nmax_limit = 600\n");
    let sources = sources(given.flags(), &[]);
    let live = Live::new(sources.load().unwrap().config);
    std::fs::write(given.path(), "[limits]\nmax_limit = 0\n").unwrap();
    assert!(live.reload(&sources).is_err());
    assert_eq!(live.current().limits.max_limit, 600);
}

#[test]
fn nip42_05_the_relay_knows_its_addresses() {
    let mut config = Config::default();
    config.server.public_url = Some("wss://kith.example".to_owned());
    config.server.aliases = vec!["wss://alias.example".to_owned()];
    let urls = config.relay_urls("127.0.0.1:5".parse().ok());
    for expect in [
        "wss://kith.example",
        "wss://alias.example",
        "ws://127.0.0.1:5/",
        "ws://localhost:5/",
        "ws://[::1]:5/",
    ] {
        assert!(
            urls.iter().any(|url| url == expect),
            "{expect} is not in {urls:?}"
        );
    }
    let urls = config.relay_urls("192.0.2.1:5".parse().ok());
    assert_eq!(urls.len(), 3);
}

#[test]
fn nip05_11_names_end_in_the_host_of_the_public_address() {
    let host = |url: Option<&str>, listening: &str| {
        let mut config = Config::default();
        config.server.public_url = url.map(str::to_owned);
        config.names_host(listening.parse().unwrap())
    };
    let anywhere = "0.0.0.0:7447";
    for url in [
        "wss://Kith.example",
        "wss://kith.example/relay",
        "wss://kith.example:443/",
        "ws://kith.example:80",
    ] {
        let found = host(Some(url), anywhere);
        assert_eq!(found.as_deref(), Some("kith.example"), "{url}");
    }
    // The file of names is asked for without a port, but on this machine.
    assert_eq!(host(Some("wss://kith.example:8443"), anywhere), None);
    assert_eq!(host(None, anywhere), None);
    let here = Some("127.0.0.1:7447".to_owned());
    assert_eq!(host(None, "127.0.0.1:7447"), here);
    assert_eq!(host(Some("ws://127.0.0.1:7447"), anywhere), here);
}
