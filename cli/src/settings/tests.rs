//! Settings from every place where they may be named, in files of their own.

use super::*;

fn folder() -> (tempfile::TempDir, ConfigFolder) {
    let root = tempfile::tempdir().unwrap();
    let folder = ConfigFolder(root.path().join("kith"));
    (root, folder)
}

fn texts(urls: &[RelayUrl]) -> Vec<String> {
    urls.iter().map(ToString::to_string).collect()
}

#[test]
fn flag_before_environment_before_file_before_default() {
    let (_root, folder) = folder();
    let mut environment = Environment::default();
    let resolve = |flags: &[String], environment: &Environment| {
        let relays = Relays::resolve(flags, environment, &folder).unwrap();
        (texts(&relays.urls), relays.source)
    };
    assert_eq!(
        resolve(&[], &environment),
        (vec![RELAY_DEFAULT.to_owned()], Source::Default)
    );
    add_relays(&folder, &["wss://file.example".to_owned()]).unwrap();
    assert_eq!(
        resolve(&[], &environment),
        (vec!["wss://file.example".to_owned()], Source::File)
    );
    environment.relays = Some("wss://one.example, wss://two.example".to_owned());
    assert_eq!(
        resolve(&[], &environment),
        (
            vec![
                "wss://one.example".to_owned(),
                "wss://two.example".to_owned()
            ],
            Source::Environment
        )
    );
    assert_eq!(
        resolve(&["wss://flag.example".to_owned()], &environment),
        (vec!["wss://flag.example".to_owned()], Source::Flag)
    );
}

#[test]
fn relays_are_added_once_and_removed() {
    let (_root, folder) = folder();
    let add = |url: &str| texts(&add_relays(&folder, &[url.to_owned()]).unwrap());
    assert_eq!(add("relay.example.com"), ["wss://relay.example.com"]);
    assert_eq!(add("wss://relay.example.com/"), ["wss://relay.example.com"]);
    assert_eq!(
        add("localhost:7447"),
        ["wss://relay.example.com", "ws://localhost:7447"]
    );
    let left = remove_relays(&folder, &["relay.example.com".to_owned()]).unwrap();
    assert_eq!(texts(&left), ["ws://localhost:7447"]);
    let error = remove_relays(&folder, &["relay.example.com".to_owned()]).unwrap_err();
    assert!(matches!(error, SettingsError::NoSuchRelay { .. }));
}

#[test]
fn what_is_no_relay_is_refused() {
    for text in [
        "",
        "http://relay.example.com",
        "wss://",
        "wss://a b",
        "nonsense with spaces",
    ] {
        assert!(relay_url(text).is_err(), "{text:?}");
    }
}

#[test]
fn unknown_keys_name_file_and_line() {
    let (_root, folder) = folder();
    folder
        .write(CONFIG_FILE, "relays = []\nrelay = \"x\"\n", true)
        .unwrap();
    let error = Relays::resolve(&[], &Environment::default(), &folder).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("config.toml: line 2: unknown field `relay`"),
        "{text}"
    );
}

#[test]
fn the_clock_can_be_set_for_tests() {
    let environment = Environment {
        now: Some("2026-11-21T10:15:00+00:00[Europe/London]".to_owned()),
        ..Environment::default()
    };
    assert_eq!(
        now(None, &environment).unwrap().timestamp().as_second(),
        1_795_256_100
    );
    assert!(now(Some("yesterday"), &environment).is_err());
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, folder) = folder();
    folder.write("secret", "x", false).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.0), 0o700);
    assert_eq!(mode(&folder.file("secret")), 0o600);
    let again = folder.write("secret", "y", false).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read_to_string(folder.file("secret")).unwrap(), "x");
    assert_eq!(
        fs::read_dir(&folder.0).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn nip13_05_the_most_work_for_a_relay_is_a_line_of_the_file_and_stays_there() {
    let (_root, folder) = folder();
    assert_eq!(work_bits_max(&folder).unwrap(), None);
    folder
        .write(CONFIG_FILE, "work_bits_max = 20\n", false)
        .unwrap();
    add_relays(&folder, &["wss://file.example".to_owned()]).unwrap();
    assert_eq!(work_bits_max(&folder).unwrap(), Some(20));
    folder
        .write(CONFIG_FILE, "work_bits_max = 300\n", true)
        .unwrap();
    assert!(work_bits_max(&folder).is_err());
}
