//! Reporting a message, a comment, a meetup or a community (NIP-56).

use kith_nips::PublicKey;
use kith_nips::lbc::Note;
use kith_nips::nip56::{REPORT_CHARACTERS_MAX, Report, ReportType, Reported};

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// The types of reports, as forms name them, and their messages.
pub const REPORT_TYPES: [(&str, &str); 7] = [
    ("spam", "report-spam"),
    ("impersonation", "report-impersonation"),
    ("profanity", "report-profanity"),
    ("illegal", "report-illegal"),
    ("nudity", "report-nudity"),
    ("malware", "report-malware"),
    ("other", "report-other"),
];

/// What is reported.
#[derive(Debug)]
pub struct ReportOf<'a> {
    /// Who wrote it.
    pub person: PublicKey,
    /// What it is.
    pub reported: Reported,
    /// The message that says what is signed.
    pub shown: &'static str,
    /// What the community or meetup is called.
    pub title: &'a str,
}

/// A report: fields `type` and `text`.
///
/// # Errors
/// What is wrong with the form.
pub fn report(form: &Form, of: ReportOf<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let named = form.text("type").unwrap_or_default();
    let report_type = named.parse::<ReportType>().ok();
    if report_type.is_none() {
        problems.add("type", sayer.say("field-choose"));
    }
    let text = sayer.optional(form, "text", REPORT_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let Some(report_type) = report_type else {
        return Err(Problems::default());
    };
    let report = Report::new(of.person, of.reported, report_type, text);
    let draft = report.draft();
    let draft = draft.map_err(|_| Problems::one("text", sayer.say("field-characters")))?;
    Ok(Drafted::new(vec![draft], sayer.say_of(of.shown, of.title)))
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;

    use super::super::testing::{fields, keys, sign};
    use super::*;
    use crate::language::Language;

    #[test]
    fn nip56_01_a_report_has_a_type_and_perhaps_words() {
        let note = EventId::from_bytes([4; 32]);
        let report = |given: &[(&str, &str)]| {
            let of = ReportOf {
                person: keys(2).public_key().into(),
                reported: Reported::Event(note),
                shown: "signs-report",
                title: "Brighton Chess",
            };
            report(&fields(given), of, Sayer(Language::English))
        };
        let drafted = report(&[("type", "spam"), ("text", "watches")]).unwrap();
        assert!(drafted.shown.contains("Brighton Chess"));
        let read = Report::read(&sign(&drafted.drafts[0], 6)).unwrap();
        assert_eq!(read.reported, Reported::Event(note));
        assert_eq!(
            (read.report_type, read.text.as_str()),
            (ReportType::Spam, "watches")
        );
        assert_eq!(report(&[]).unwrap_err().0[0].field, "type");
        assert_eq!(report(&[("type", "rude")]).unwrap_err().0[0].field, "type");
        let long = "x".repeat(REPORT_CHARACTERS_MAX + 1);
        let wrong = report(&[("type", "spam"), ("text", &long)]).unwrap_err();
        assert_eq!(wrong.0[0].field, "text");
    }

    #[test]
    fn every_type_of_the_protocol_can_be_chosen() {
        for known in ReportType::ALL {
            let mut names = REPORT_TYPES.iter().map(|(name, _)| *name);
            assert!(names.any(|name| name == known.as_str()), "{known}");
        }
    }
}
