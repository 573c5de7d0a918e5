//! Dates, times, numbers and lists as a language writes them (CLDR).

use std::sync::LazyLock;

use icu_calendar::types::Weekday as CalendarWeekday;
use icu_calendar::week::WeekInformation;
use icu_calendar::{Date as CalendarDate, Gregorian};
use icu_datetime::fieldsets::{E, MD, T, YM, YMDE};
use icu_datetime::input::Time;
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_list::ListFormatter;
use icu_list::options::ListFormatterOptions;
use icu_locale_core::Locale;
use jiff::civil::{self, Weekday};

use crate::language::Language;

type DateFormatter<F> = FixedCalendarDateTimeFormatter<Gregorian, F>;

/// How one language writes.
pub(crate) struct Formats {
    day: DateFormatter<YMDE>,
    day_of_year: DateFormatter<MD>,
    weekday: DateFormatter<E>,
    month: DateFormatter<YM>,
    first_weekday: Weekday,
    time: NoCalendarFormatter<T>,
    number: DecimalFormatter,
    list: ListFormatter,
}

impl Formats {
    /// Those of a language. `None` if the tables of the program lack it.
    pub(crate) fn of(language: Language) -> Option<&'static Formats> {
        static ALL: LazyLock<Vec<(Language, Option<Formats>)>> = LazyLock::new(|| {
            let languages = Language::ALL.into_iter();
            languages
                .map(|language| (language, Formats::read(language)))
                .collect()
        });
        let (_, formats) = ALL.iter().find(|(known, _)| *known == language)?;
        formats.as_ref()
    }

    fn read(language: Language) -> Option<Formats> {
        // English as most of the world writes dates.
        let code = match language {
            Language::English => "en-GB",
            language => language.code(),
        };
        // The pattern of Brazil wants digits that icu_datetime 2.4 does not load for it; Portugal writes the
        // same.
        let month_code = match language {
            Language::Portuguese => "pt-PT",
            _ => code,
        };
        let locale: Locale = code.parse().ok()?;
        let month_locale: Locale = month_code.parse().ok()?;
        let week = WeekInformation::try_new((&locale).into()).ok()?;
        let (dates, times) = (|| (&locale).into(), || (&locale).into());
        Some(Formats {
            day: DateFormatter::try_new(dates(), YMDE::long()).ok()?,
            day_of_year: DateFormatter::try_new(dates(), MD::medium()).ok()?,
            weekday: DateFormatter::try_new(dates(), E::medium()).ok()?,
            month: DateFormatter::try_new((&month_locale).into(), YM::long()).ok()?,
            first_weekday: weekday_of(week.first_weekday),
            time: NoCalendarFormatter::try_new(times(), T::hm()).ok()?,
            number: DecimalFormatter::try_new((&locale).into(), Default::default()).ok()?,
            list: ListFormatter::try_new_and((&locale).into(), ListFormatterOptions::default())
                .ok()?,
        })
    }
}

/// `Saturday, 5 December 2026`.
pub(crate) fn day(language: Language, date: civil::Date) -> String {
    dated(language, date, |formats, date| {
        formats.day.format(&date).to_string()
    })
}

/// `5 Dec`.
pub(crate) fn day_of_year(language: Language, date: civil::Date) -> String {
    dated(language, date, |formats, date| {
        formats.day_of_year.format(&date).to_string()
    })
}

/// `Sat`.
pub(crate) fn weekday(language: Language, date: civil::Date) -> String {
    dated(language, date, |formats, date| {
        formats.weekday.format(&date).to_string()
    })
}

/// `December 2026`.
pub(crate) fn month(language: Language, date: civil::Date) -> String {
    dated(language, date, |formats, date| {
        formats.month.format(&date).to_string()
    })
}

/// The day that weeks begin with.
pub(crate) fn first_weekday(language: Language) -> Weekday {
    Formats::of(language).map_or(Weekday::Monday, |formats| formats.first_weekday)
}

/// `19:00`.
pub(crate) fn time(language: Language, time: civil::Time) -> String {
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    let shown = Time::try_new(hour, minute, 0, 0).ok();
    match Formats::of(language).zip(shown) {
        Some((formats, shown)) => formats.time.format(&shown).to_string(),
        None => format!("{hour:02}:{minute:02}"),
    }
}

/// `1,234`.
pub(crate) fn number(language: Language, number: u64) -> String {
    match Formats::of(language) {
        Some(formats) => formats.number.format(&Decimal::from(number)).to_string(),
        None => number.to_string(),
    }
}

/// Kilometres: `0.4`, `12`.
pub(crate) fn kilometres(language: Language, kilometres: f64) -> String {
    if kilometres >= 10.0 {
        return number(language, kilometres.round() as u64);
    }
    let mut tenths = Decimal::from((kilometres * 10.0).round() as u64);
    tenths.multiply_pow10(-1);
    match Formats::of(language) {
        Some(formats) => formats.number.format(&tenths).to_string(),
        None => format!("{kilometres:.1}"),
    }
}

/// `chess, games and go`.
pub(crate) fn list<'a>(language: Language, items: impl Iterator<Item = &'a str> + Clone) -> String {
    match Formats::of(language) {
        Some(formats) => formats.list.format(items).to_string(),
        None => items.collect::<Vec<_>>().join(", "),
    }
}

fn weekday_of(weekday: CalendarWeekday) -> Weekday {
    match weekday {
        CalendarWeekday::Monday => Weekday::Monday,
        CalendarWeekday::Tuesday => Weekday::Tuesday,
        CalendarWeekday::Wednesday => Weekday::Wednesday,
        CalendarWeekday::Thursday => Weekday::Thursday,
        CalendarWeekday::Friday => Weekday::Friday,
        CalendarWeekday::Saturday => Weekday::Saturday,
        CalendarWeekday::Sunday => Weekday::Sunday,
    }
}

fn dated(
    language: Language,
    date: civil::Date,
    written: impl Fn(&Formats, CalendarDate<Gregorian>) -> String,
) -> String {
    let (year, month, day) = (i32::from(date.year()), date.month(), date.day());
    let (month, day) = (month.unsigned_abs(), day.unsigned_abs());
    let shown = CalendarDate::try_new_gregorian(year, month, day).ok();
    match Formats::of(language).zip(shown) {
        Some((formats, shown)) => written(formats, shown),
        None => date.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_way() {
        let date = civil::date(2026, 12, 5);
        let evening = civil::time(19, 30, 0, 0);
        for (language, shown, number_shown) in [
            (Language::English, "Saturday, 5 December 2026", "1,234,567"),
            (Language::German, "Samstag, 5. Dezember 2026", "1.234.567"),
            (
                Language::French,
                "samedi 5 décembre 2026",
                "1\u{202f}234\u{202f}567",
            ),
            (
                Language::Spanish,
                "sábado, 5 de diciembre de 2026",
                "1.234.567",
            ),
            (
                Language::Portuguese,
                "sábado, 5 de dezembro de 2026",
                "1.234.567",
            ),
            (Language::Japanese, "2026年12月5日土曜日", "1,234,567"),
        ] {
            assert!(Formats::of(language).is_some());
            assert_eq!(day(language, date), shown);
            assert_eq!(number(language, 1_234_567), number_shown);
            assert_eq!(time(language, evening), "19:30");
            assert!(!weekday(language, date).is_empty());
            assert!(day_of_year(language, date).contains('5'));
        }
        let months = [
            (Language::English, "March 2026", Weekday::Monday),
            (Language::German, "März 2026", Weekday::Monday),
            (Language::French, "mars 2026", Weekday::Monday),
            (Language::Spanish, "marzo de 2026", Weekday::Monday),
            (Language::Portuguese, "março de 2026", Weekday::Sunday),
            (Language::Japanese, "2026年3月", Weekday::Sunday),
        ];
        for (language, shown, first) in months {
            assert_eq!(month(language, civil::date(2026, 3, 1)), shown);
            assert_eq!(first_weekday(language), first);
            for number in 1..=12 {
                assert!(month(language, civil::date(2026, number, 1)).contains("2026"));
            }
        }
        assert_eq!(kilometres(Language::German, 1.26), "1,3");
        assert_eq!(kilometres(Language::English, 0.0), "0.0");
        assert_eq!(kilometres(Language::English, 1_234.5), "1,235");
        let topics = ["chess", "games", "go"];
        assert_eq!(
            list(Language::French, topics.into_iter()),
            "chess, games et go"
        );
    }
}
