//! The binary as scripts see it, without a relay: exit codes, JSON, files.
//! What it does with relays is tested over real sockets in the tests crate.

#[cfg(test)]
mod command_line {
    use std::io::Write;
    use std::net::TcpListener;
    use std::path::Path;
    use std::process::{Command, Output, Stdio};

    const SECRET: &str = "3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683";
    const PUBLIC: &str = "672a31bfc59d3f04548ec9b7daeeba2f61814e8ccc40448045007f5479f693a3";

    fn kith(folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KITH_") {
                command.env_remove(name);
            }
        }
        command
            .env("KITH_CONFIG_DIR", folder)
            .env("KITH_NOW", "2026-11-21T10:15:00+00:00[Europe/London]")
            .env("KITH_RELAYS", nowhere())
            .stdin(Stdio::null());
        command
    }

    /// The address of a relay that is not there.
    fn nowhere() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("ws://{}", listener.local_addr().unwrap())
    }

    fn run(command: &mut Command) -> (Option<i32>, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code(), text(stdout), text(stderr))
    }

    #[track_caller]
    fn fails(command: &mut Command, code: i32, error: &str, hint: &str) {
        let (found, stdout, stderr) = run(command);
        assert_eq!(found, Some(code), "{stderr}");
        assert_eq!(stdout, "");
        assert!(stderr.starts_with(&format!("error: {error}")), "{stderr}");
        assert!(stderr.contains(&format!("\nhint: {hint}")), "{stderr}");
    }

    #[test]
    fn a_key_is_made_shown_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.toml");
        fails(
            kith(folder.path()).args(["keys", "show"]),
            4,
            "there is no key yet",
            "make one",
        );
        fails(
            kith(folder.path()).args(["keys", "new"]),
            4,
            "New password",
            "set KITH_PASSWORD",
        );
        assert!(!key.exists());

        let (code, made, _) = run(kith(folder.path())
            .args(["keys", "new", "--json"])
            .env("KITH_PASSWORD", "pw"));
        assert_eq!(code, Some(0));
        let made: serde_json::Value = serde_json::from_str(&made).unwrap();
        let (_, shown, _) = run(kith(folder.path()).args(["keys", "show", "--json"]));
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(made["npub"], shown["npub"]);
        assert!(shown.get("secret_key").is_none());

        let before = std::fs::read(&key).unwrap();
        let mut again = kith(folder.path());
        fails(
            again.args(["keys", "new"]).env("KITH_PASSWORD", "pw"),
            4,
            "there is already a key",
            "`kith",
        );
        assert_eq!(std::fs::read(&key).unwrap(), before);
    }

    #[test]
    fn an_imported_key_is_never_echoed() {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, "long enough\n").unwrap();
        let mut child = kith(folder.path())
            .args(["keys", "import", "--password-file"])
            .arg(&password)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(format!("{SECRET}\n").as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        for text in [output.stdout, output.stderr] {
            assert!(!String::from_utf8(text).unwrap().contains(SECRET));
        }
        let (_, shown, _) = run(kith(folder.path()).args(["keys", "show"]));
        assert!(shown.contains(PUBLIC), "{shown}");

        let show = ["keys", "show", "--secret"];
        fails(
            kith(folder.path()).args(show),
            2,
            "Show the secret key?",
            "add --yes",
        );
        let mut yes = kith(folder.path());
        let (code, shown, _) = run(yes
            .args(show)
            .arg("--yes")
            .arg("--password-file")
            .arg(&password));
        assert_eq!(code, Some(0));
        assert!(shown.contains("nsec1"), "{shown}");
    }

    #[test]
    fn every_exit_code_is_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let kith = || kith(folder.path());
        assert_eq!(run(kith().arg("exit-codes")).0, Some(0));
        std::fs::write(folder.path().join("config.toml"), "relay = 1").unwrap();
        fails(
            kith().args(["relays", "list"]).env_remove("KITH_RELAYS"),
            1,
            "",
            "the file holds",
        );
        fails(
            kith().args(["near", "Brihgton"]),
            2,
            "no place called",
            "type a city",
        );
        for edit in [
            &["community", "edit", "x"][..],
            &["meetup", "edit", "x", "--allow-past"],
        ] {
            fails(
                kith().args(edit),
                2,
                "nothing to change",
                "name what is new",
            );
        }
        fails(
            kith().args(["meetup", "create", "x", " ", "--start", "tomorrow 19:00"]),
            2,
            "the title is empty",
            "name it",
        );
        fails(
            kith().args(["near", "Brighton", "--from", "soonish"]),
            2,
            "--from:",
            "try",
        );
        std::fs::remove_file(folder.path().join("config.toml")).unwrap();
        fails(
            kith().args(["relays", "remove", "wss://x.example"]),
            3,
            "wss://x.example",
            "see",
        );
        let wrong_key = kith()
            .args(["follow", "x"])
            .env("KITH_KEY", "nsec1x")
            .output()
            .unwrap();
        assert_eq!(wrong_key.status.code(), Some(4));
        fails(
            kith().args(["near", "Brighton, GB"]),
            5,
            "no relay could be reached",
            "is the relay",
        );
    }

    #[test]
    fn programs_get_errors_as_json() {
        let folder = tempfile::tempdir().unwrap();
        for (line, code, kind) in [
            (&["--json", "near", "Brihgton"][..], 2, "usage"),
            (&["nonsense", "--json"], 2, "usage"),
            (&["keys", "show", "--json"], 4, "key"),
            (&["near", "Brighton, GB", "--json"], 5, "unreachable"),
        ] {
            let (found, stdout, stderr) = run(kith(folder.path()).args(line));
            assert_eq!(found, Some(code), "{stderr}");
            assert_eq!(stdout, "");
            let error: serde_json::Value = serde_json::from_str(&stderr).unwrap();
            assert_eq!(error["error"]["code"], code);
            assert_eq!(error["error"]["kind"], kind);
        }
    }
}
