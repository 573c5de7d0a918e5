//! A client for the terminal in 100 lines: look for meetups, follow, answer, talk. One command a line.
//!
//! `KITH_KEY=nsec1… cargo run -p kith-client --example terminal_client -- ws://127.0.0.1:7447`

use std::error::Error;

use kith_client::place::parse_place;
use kith_client::{Answer, EventId, Keys, Kith, MeetupView, Search, lbc::ChatView};

const HELP: &str = "near PLACE · follow N · yes N · no N · chat N · say N TEXT · quit";

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let key = std::env::var("KITH_KEY").ok();
    let lines = std::io::stdin().lines().map_while(Result::ok);
    let relays = std::env::args().skip(1);
    run(relays, key, lines, |line| println!("{line}")).await
}

/// Does what the lines say; `say` is told the answers.
pub async fn run(
    relays: impl Iterator<Item = String>,
    key: Option<String>,
    lines: impl Iterator<Item = String>,
    mut say: impl FnMut(&str),
) -> Outcome<()> {
    let mut builder = Kith::builder().relays(relays);
    if let Some(key) = key {
        builder = builder.signer(Keys::parse(&key)?);
    }
    let mut client = Client {
        kith: builder.connect().await?,
        listed: Vec::new(),
    };
    say(HELP);
    for line in lines.take_while(|line| line.trim() != "quit") {
        // Texts of strangers must not steer the terminal.
        match client.command(line.trim()).await {
            Ok(text) => say(&text.replace(|c: char| c.is_control() && c != '\n', " ")),
            Err(error) => say(&error.to_string()),
        }
    }
    client.kith.disconnect().await;
    Ok(())
}

struct Client {
    kith: Kith,
    /// What was found last; people say the number.
    listed: Vec<MeetupView>,
}

impl Client {
    async fn command(&mut self, line: &str) -> Outcome<String> {
        let kith = &self.kith;
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (number, text) = rest.split_once(' ').unwrap_or((rest, ""));
        Ok(match verb {
            "near" => {
                let search = Search::new().near(parse_place(rest)?.point, 25.0)?;
                self.listed = kith.meetups(&search).await?.found;
                let lines = (1..).zip(&self.listed);
                let lines = lines.map(|(n, meetup)| format!("{n}  {}", meetup.display_title()));
                lines.collect::<Vec<_>>().join("\n")
            }
            "follow" => format!("{:?}", kith.follow(self.community(number)?).await?),
            "yes" | "no" => {
                let comes = verb == "yes";
                let answer = [Answer::Declined, Answer::Accepted][usize::from(comes)];
                let told = kith.answer(self.meetup(number)?, answer).await?;
                format!("told {} relays", told.accepted.len())
            }
            "chat" => {
                let chat = kith.chat(self.community(number)?).await?;
                let said = kith.chat_messages(&chat, ChatView::default(), 20).await?;
                let said = said.found.iter();
                let lines = said.map(|said| format!("{}: {}", said.display_name(), said.text()));
                lines.collect::<Vec<_>>().join("\n")
            }
            "say" => {
                let chat = kith.chat(self.community(number)?).await?;
                let told = kith.say(&chat, text).await?;
                format!("told {} relays", told.accepted.len())
            }
            _ => HELP.to_owned(),
        })
    }

    fn meetup(&self, number: &str) -> Outcome<&MeetupView> {
        let meetup = self.listed.get(number.parse::<usize>()?.wrapping_sub(1));
        Ok(meetup.ok_or("nothing with that number was listed")?)
    }

    fn community(&self, number: &str) -> Outcome<EventId> {
        let meetup = self.meetup(number)?;
        Ok(meetup.community().ok_or("it is of no community")?.id)
    }
}
