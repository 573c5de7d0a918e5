//! One class of questions: each is asked once while nobody writes, then all in turn beside a writer, one
//! by one. Each answer is timed and then checked; the clock stands while an answer is checked.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, ensure};
use kith_nips::{Event, EventId};

use super::expected::{Answers, Found, Meetup};
use super::fresh::{self, Fresh, Taken};
use super::questions::{Ask, Class};
use super::report::Row;
use super::{Options, pages, stats};
use crate::client::{Connection, Ear, Target};
use crate::web::Web;

/// How long a class is asked for the first time at most, seconds: from a disk that nobody read lately each
/// answer may take a second.
pub const ASKED_ONCE_SECONDS_MAX: f64 = 120.0;

/// Asks the questions of a class once, and then in turn while `fresh` is written. Gives the row, and the
/// meetups that were written.
///
/// # Errors
/// A relay that does not answer, or refuses an event or a question.
pub fn measure(
    relay: &str,
    class: &Class,
    expected: &[Answers],
    fresh: Fresh,
    options: Options,
) -> anyhow::Result<(Row, Vec<Meetup>)> {
    let (frames, meetups, taken) = fresh.split();
    let found_by = |filter| {
        let found = |(place, meetup): &(usize, Meetup)| Some((*place, meetup.found_by(filter)?));
        meetups.iter().filter_map(found).collect()
    };
    let written_by_question: Vec<Vec<(usize, Found)>> =
        class.filters.iter().map(found_by).collect();
    let seconds = options.seconds;
    let asker = || Asker::new(relay, class, expected, &written_by_question, &taken);
    let first = crate::block_on(async { asker().await?.ask_once().await })?;
    let (heard, written) = thread::scope(|scope| {
        let taken = &taken;
        let writing = move || crate::block_on(fresh::write(relay, frames, options.rate, taken));
        let writer = scope.spawn(writing);
        let heard = crate::block_on(async { asker().await?.ask_for(seconds).await });
        let written = writer.join().map_err(|_| anyhow!("the writer failed"))?;
        anyhow::Ok((heard?, written?))
    })?;
    let row = Row::of(class, first, heard, written);
    Ok((row, meetups.into_iter().map(|(_, meetup)| meetup).collect()))
}

/// What came of the questions of a class.
#[derive(Debug, Default)]
pub struct Heard {
    /// From each question to the end of its answer.
    pub waits: Vec<Duration>,
    /// Meetups and communities in all answers.
    pub rows: u64,
    /// Answers that were wrong.
    pub wrong: usize,
    /// What was wrong with the first of them.
    pub first_wrong: Option<String>,
    /// Rows that the relay examined for each that it gave, if it says.
    pub examined_per_returned: Option<f64>,
    /// Whether the relay does not have what was asked for.
    pub is_not_there: bool,
}

/// One that asks.
struct Asker<'a> {
    target: Target,
    connection: Connection,
    /// Pages that are wanted together are got at once.
    webs: [Web; 2],
    ear: Ear,
    class: &'a Class,
    expected: &'a [Answers],
    /// For each question what is written meanwhile and found by it, with its place.
    written: &'a [Vec<(usize, Found)>],
    taken: &'a Taken,
    heard: Heard,
}

/// One answer.
struct Answer {
    wait: Duration,
    rows: usize,
    checked: anyhow::Result<()>,
}

impl<'a> Asker<'a> {
    async fn new(
        relay: &str,
        class: &'a Class,
        expected: &'a [Answers],
        written: &'a [Vec<(usize, Found)>],
        taken: &'a Taken,
    ) -> anyhow::Result<Asker<'a>> {
        let target = Target::find(relay).await?;
        Ok(Asker {
            connection: Connection::open(&target, None).await?,
            webs: [Web::open(&target).await?, Web::open(&target).await?],
            target,
            ear: Ear::new(),
            class,
            expected,
            written,
            taken,
            heard: Heard::default(),
        })
    }

    /// Asks each question once, for at most [`ASKED_ONCE_SECONDS_MAX`].
    async fn ask_once(mut self) -> anyhow::Result<Heard> {
        let questions = self.questions();
        self.ask_all(0..questions, ASKED_ONCE_SECONDS_MAX).await?;
        Ok(self.heard)
    }

    /// Asks the questions in turn for so many seconds.
    async fn ask_for(mut self, seconds: f64) -> anyhow::Result<Heard> {
        let before = stats::searches(&self.target).await?;
        let questions = self.questions();
        let in_turn = (0..questions).cycle();
        self.ask_all(in_turn, seconds).await?;
        let after = stats::searches(&self.target).await?;
        self.heard.examined_per_returned = before
            .zip(after)
            .and_then(|(before, after)| after.examined_per_returned(&before));
        Ok(self.heard)
    }

    fn questions(&self) -> usize {
        self.class.filters.len().max(1)
    }

    async fn ask_all(
        &mut self,
        numbers: impl Iterator<Item = usize>,
        seconds: f64,
    ) -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        for number in numbers {
            let Some(answer) = self.ask(number).await? else {
                self.heard.is_not_there = true;
                break;
            };
            self.heard.waits.push(answer.wait);
            self.heard.rows += answer.rows as u64;
            if let Err(wrong) = answer.checked {
                self.heard.wrong += 1;
                let named = || format!("question {number}: {wrong:#}");
                self.heard.first_wrong.get_or_insert_with(named);
            }
            if Instant::now() >= end {
                break;
            }
        }
        Ok(())
    }

    /// `None` when the relay does not have what is asked for.
    async fn ask(&mut self, number: usize) -> anyhow::Result<Option<Answer>> {
        match &self.class.ask {
            Ask::Req => self.ask_by_req(number).await.map(Some),
            Ask::CityPage {
                city,
                limit,
                communities,
            } => {
                let (city, limit, communities) = (city.clone(), *limit, *communities);
                self.get_city(number, &city, limit, communities).await
            }
            Ask::Feed { community, meetups } => {
                let (community, meetups) = (*community, *meetups);
                self.get_feed(community, meetups).await
            }
        }
    }

    async fn ask_by_req(&mut self, number: usize) -> anyhow::Result<Answer> {
        let filter = self.class.filters.get(number).context("a question")?;
        let expected = self.expected.get(number).context("an answer")?;
        let (question, must, from) = (filter.to_json(), self.must(number), second()?);
        let mut messages: Vec<Vec<u8>> = Vec::new();
        let asked = Instant::now();
        let answering = self.connection.stored(&self.ear, &question, |message| {
            messages.push(message.to_vec())
        });
        answering.await?;
        let (wait, seconds) = (asked.elapsed(), from..=second()?);
        self.connection.close().await?;
        let events = messages.iter().map(|message| event(message));
        let check = |events: &[Event]| {
            if self.heard.waits.is_empty() {
                events.iter().try_for_each(Event::verify)?;
            }
            expected.check(filter, events, &must, seconds)
        };
        let events = events.collect::<anyhow::Result<Vec<Event>>>();
        Ok(Answer {
            wait,
            rows: messages.len(),
            checked: events.and_then(|events| check(&events)),
        })
    }

    async fn get_city(
        &mut self,
        number: usize,
        city: &str,
        limit: usize,
        communities: usize,
    ) -> anyhow::Result<Option<Answer>> {
        let (must, from) = (self.must(number), second()?);
        let paths = [
            pages::meetups_path(city, limit),
            pages::communities_path(city, limit),
        ];
        let ([one, other], [meetups, found]) = (&mut self.webs, &paths);
        let asked = Instant::now();
        let got = tokio::try_join!(one.get(meetups), other.get(found))?;
        let wait = asked.elapsed();
        let (Some(meetups), Some(found)) = got else {
            return Ok(None);
        };
        let seconds = from..=second()?;
        let expected = self.expected.get(number).context("an answer")?;
        let meetups = pages::ids(&meetups);
        let found = pages::ids(&found);
        let rows = [&meetups, &found].map(|ids| ids.as_ref().map_or(0, Vec::len));
        let check = || {
            let (meetups, found) = (meetups?, found?);
            let may = self.written.get(number).map(Vec::as_slice);
            let may = may.unwrap_or_default().iter().map(|(_, found)| *found);
            expected.check_ids(limit, &meetups, &must, &may.collect::<Vec<_>>(), seconds)?;
            ensure!(
                (communities.min(limit)..=limit).contains(&found.len()),
                "{} communities came of {communities}",
                found.len()
            );
            Ok(())
        };
        Ok(Some(Answer {
            wait,
            rows: rows.iter().sum(),
            checked: check(),
        }))
    }

    async fn get_feed(
        &mut self,
        community: EventId,
        meetups: usize,
    ) -> anyhow::Result<Option<Answer>> {
        let path = pages::feed_path(community);
        let [web, _] = &mut self.webs;
        let asked = Instant::now();
        let page = web.get(&path).await?;
        let wait = asked.elapsed();
        let Some(page) = page else {
            return Ok(None);
        };
        let counted = pages::meetups_of_calendar(&page);
        let check = |count: &usize| {
            ensure!(*count == meetups, "{count} meetups came of {meetups}");
            Ok(())
        };
        Ok(Some(Answer {
            wait,
            rows: counted.as_ref().copied().unwrap_or_default(),
            checked: counted.and_then(|count| check(&count)),
        }))
    }

    /// What the answer to a question must have that was written since the relay was filled.
    fn must(&self, number: usize) -> Vec<Found> {
        let written = self.written.get(number).map(Vec::as_slice);
        let is_taken = |(place, _): &&(usize, Found)| self.taken.has(*place);
        let taken = written.unwrap_or_default().iter().filter(is_taken);
        taken.map(|(_, found)| *found).collect()
    }
}

/// The event of a message of the form `["EVENT",…,{…}]`.
fn event(message: &[u8]) -> anyhow::Result<Event> {
    let message = std::str::from_utf8(message)?;
    let object = message.find('{').zip(message.rfind('}'));
    let object = object.and_then(|(begin, end)| message.get(begin..=end));
    Ok(Event::parse(object.context("an event")?)?)
}

/// The second that the clock shows, which is the relay's too.
fn second() -> anyhow::Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
