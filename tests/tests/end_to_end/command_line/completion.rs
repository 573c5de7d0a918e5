//! What bash offers while a line of `kith` is typed.

use super::{Person, prepare};
use crate::harness::TestRelay;

/// What bash offers for the last of these words.
async fn offered(person: &Person, words: &[&str]) -> Vec<String> {
    let (last, before) = (words.len() - 1, words[words.len() - 2]);
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <(kith completions bash)
         [[ $(complete -p kith) == *' -F _clap_complete_kith kith' ]] || exit 9
         COMP_WORDS=({}); COMP_CWORD={last}; COMP_TYPE=9
         _clap_complete_kith kith '{}' '{before}'
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words[last],
    );
    let printed = person.bash(&script).await;
    let lines = printed.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn communities_and_meetups_are_offered_without_a_relay() {
    let mut relay = TestRelay::start().await;
    let person = Person::with_key(&relay.url(), 1);
    // Nothing is known yet, and that is no error.
    assert!(offered(&person, &["kith", "chat", "bri"]).await.is_empty());
    assert!(!person.folder().join("local.db").exists());
    prepare(&person).await;
    // What was read, listed or not.
    person.done(["community", "show", "Brighton Chess"]).await;
    relay.stop().await;
    assert_eq!(
        offered(&person, &["kith", "chat", "bri"]).await,
        ["brighton-chess"]
    );
    assert_eq!(
        offered(&person, &["kith", "chat", "Brighton Ch"]).await,
        ["brighton-chess"]
    );
    assert_eq!(
        offered(&person, &["kith", "rsvp", "open"]).await,
        ["opening-night"]
    );
    assert!(offered(&person, &["kith", "rsvp", "bri"]).await.is_empty());
    let either = offered(&person, &["kith", "announce", ""]).await;
    for name in ["brighton-chess", "opening-night"] {
        assert!(either.iter().any(|offered| offered == name), "{either:?}");
    }
    assert_eq!(offered(&person, &["kith", "outb"]).await, ["outbox"]);
    // What is offered is understood.
    let shown = person
        .run(["meetup", "show", "opening-night", "--offline"])
        .await;
    assert_eq!(shown.code, 0, "{shown:?}");

    // A file that is no database, and a shell that nobody knows, are nobody's concern.
    std::fs::write(person.folder().join("local.db"), "nothing of the kind").unwrap();
    std::fs::remove_file(person.folder().join("seen.json")).unwrap();
    assert!(offered(&person, &["kith", "chat", "bri"]).await.is_empty());
    assert_eq!(
        person.bash("COMPLETE=nosuchshell kith -- kith chat").await,
        ""
    );
}
