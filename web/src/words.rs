//! The messages of the pages (Fluent), one file for each language.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::language::Language;

struct Messages(FluentBundle<FluentResource>);

/// The text of a message, with what belongs into it. A message that a language lacks is in English.
pub(crate) fn say(language: Language, id: &str, given: &FluentArgs<'_>) -> String {
    let found = said(language, id, given);
    let found = found.or_else(|| said(Language::English, id, given));
    found.unwrap_or_else(|| id.to_owned())
}

fn said(language: Language, id: &str, given: &FluentArgs<'_>) -> Option<String> {
    let Messages(bundle) = Messages::of(language)?;
    let pattern = bundle.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(given), &mut errors);
    Some(text.into_owned())
}

impl Messages {
    fn of(language: Language) -> Option<&'static Messages> {
        static ALL: LazyLock<Vec<(Language, Messages)>> = LazyLock::new(|| {
            let languages = Language::ALL.into_iter();
            let read = languages.filter_map(|language| Some((language, Messages::read(language)?)));
            read.collect()
        });
        let (_, messages) = ALL.iter().find(|(known, _)| *known == language)?;
        Some(messages)
    }

    fn read(language: Language) -> Option<Messages> {
        let identifier: LanguageIdentifier = language.code().parse().ok()?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // What others wrote is isolated where it is put in.
        bundle.set_use_isolating(false);
        for source in sources(language) {
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) => resource,
                Err((resource, _)) => resource,
            };
            bundle.add_resource(resource).ok()?;
        }
        Some(Messages(bundle))
    }
}

/// What readers see, and what those who are signed in, organizers, and those who keep order see beside it.
fn sources(language: Language) -> [&'static str; 4] {
    macro_rules! files {
        ($name:literal) => {
            [
                include_str!(concat!("../locales/", $name, ".ftl")),
                include_str!(concat!("../locales/account/", $name, ".ftl")),
                include_str!(concat!("../locales/organize/", $name, ".ftl")),
                include_str!(concat!("../locales/moderate/", $name, ".ftl")),
            ]
        };
    }
    match language {
        Language::English => files!("en"),
        Language::German => files!("de"),
        Language::French => files!("fr"),
        Language::Spanish => files!("es"),
        Language::Portuguese => files!("pt"),
        Language::Japanese => files!("ja"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;

    use super::*;

    /// The messages of a language with the names of what belongs into them.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        for source in sources(language) {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in sources(language).concat().lines() {
            if let Some((id, _)) = line
                .split_once(" =")
                .filter(|_| !line.starts_with([' ', '#']))
            {
                current = id.to_owned();
                assert!(
                    messages.insert(current.clone(), BTreeSet::new()).is_none(),
                    "{id} twice"
                );
            }
            for name in line.split('$').skip(1) {
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                messages.get_mut(&current).unwrap().insert(name.to_owned());
            }
        }
        messages
    }

    #[test]
    fn every_language_has_every_message() {
        let english = messages(Language::English);
        assert!(english.len() > 50);
        for language in Language::ALL {
            let mut there = messages(language);
            for (id, names) in &english {
                let mut others = there
                    .remove(id)
                    .unwrap_or_else(|| panic!("{language:?} lacks {id}"));
                // A language without plurals does not look at the number.
                others.remove("count");
                let names: BTreeSet<_> = names
                    .iter()
                    .filter(|name| *name != "count")
                    .cloned()
                    .collect();
                assert_eq!(others, names, "{language:?} {id}");
            }
            assert!(there.is_empty(), "{language:?} has more: {there:?}");
        }
    }

    #[test]
    fn every_message_is_used_and_every_used_message_exists() {
        let english = messages(Language::English);
        let mut sources = String::new();
        let mut paths: Vec<PathBuf> = vec!["src".into(), "templates".into()];
        // What the relay says beside the pages.
        paths.push("../relay/src/http/pages".into());
        while let Some(path) = paths.pop() {
            match path.is_dir() {
                true => paths.extend(
                    std::fs::read_dir(path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                ),
                false => sources.push_str(&std::fs::read_to_string(path).unwrap()),
            }
        }
        for id in english.keys() {
            assert!(sources.contains(&format!("\"{id}\"")), "{id} is not used");
        }
        let calls = [
            ".say(\"",
            ".count(\"",
            ".say_with(\"",
            ".say_of(\"",
            ".say_counted(\"",
        ];
        for call in calls {
            for used in sources.split(call).skip(1) {
                let id = used.split('"').next().unwrap();
                assert!(
                    english.contains_key(id) || id.is_empty(),
                    "{id} does not exist"
                );
            }
        }
    }

    /// A message as it is written about so many, with the names of what belongs into it in angle brackets.
    fn written(language: Language, id: &str, names: &BTreeSet<String>, count: u64) -> String {
        let Messages(bundle) = Messages::of(language).unwrap();
        let mut given = FluentArgs::new();
        for name in names {
            given.set(name.to_owned(), format!("<{name}>"));
        }
        // A language without plurals does not name it.
        given.set("count", count);
        let mut errors = Vec::new();
        let pattern = bundle.get_message(id).unwrap().value().unwrap();
        let text = bundle.format_pattern(pattern, Some(&given), &mut errors);
        assert!(errors.is_empty(), "{language:?} {id}: {errors:?}");
        text.into_owned()
    }

    #[test]
    fn every_message_can_be_written() {
        for language in Language::ALL {
            for (id, names) in messages(language) {
                for count in [0, 1, 2, 5, 1_000_000] {
                    let text = written(language, &id, &names, count);
                    assert!(
                        !text.contains('{') && !text.is_empty(),
                        "{language:?} {id}: {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn whatever_the_number_a_message_says_the_same_in_every_language() {
        let said = |language, id: &str, names: &BTreeSet<String>, count| -> BTreeSet<String> {
            let text = written(language, id, names, count);
            let parts = text.split('<').skip(1);
            parts
                .map(|part| part.split('>').next().unwrap().to_owned())
                .collect()
        };
        for (id, names) in messages(Language::English) {
            for language in Language::ALL {
                let many = said(Language::English, &id, &names, 5);
                assert_eq!(said(language, &id, &names, 5), many, "{language:?} {id}");
                for count in [0, 1, 1_000_000] {
                    // Of one the number need not be said, but nothing else is left out.
                    let mut few = said(language, &id, &names, count);
                    few.insert("shown".to_owned());
                    let mut all = many.clone();
                    all.insert("shown".to_owned());
                    assert_eq!(few, all, "{language:?} {id} of {count}");
                }
            }
        }
    }

    /// Words that address a reader in another manner than the pages do: "du", "tú", "vous", "você" as in Brazil.
    const OTHER_MANNERS: [(Language, &[&str]); 4] = [
        (
            Language::German,
            &["Ihnen", "Ihr", "Ihre", "Ihrem", "Ihren", "Ihrer"],
        ),
        (
            Language::Spanish,
            &["usted", "Usted", "ustedes", "vosotros"],
        ),
        (
            Language::French,
            &["tu", "Tu", "te", "toi", "ton", "Ton", "ta", "Ta", "tes"],
        ),
        (
            Language::Portuguese,
            &["tu", "te", "teu", "tua", "consigo", "ficheiro", "telemóvel"],
        ),
    ];

    #[test]
    fn each_language_addresses_its_readers_in_one_manner() {
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphabetic());
            words.map(str::to_owned).collect()
        };
        for (language, others) in OTHER_MANNERS {
            for (id, names) in messages(language) {
                let text = written(language, &id, &names, 5);
                let words = words(&text);
                let found = words.iter().find(|word| others.contains(&word.as_str()));
                assert_eq!(found, None, "{language:?} {id}: {text}");
                // In German the polite word is that for "they" as well; a verb before it tells them apart.
                let is_polite = language == Language::German
                    && (text.contains("en Sie ")
                        || words.starts_with(&["Sie".to_owned()])
                        || text.contains(" dass Sie "));
                assert!(!is_polite, "{language:?} {id}: {text}");
            }
        }
    }
}
