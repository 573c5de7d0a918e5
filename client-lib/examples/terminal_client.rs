//! A client for the terminal in 100 lines: look for meetups, follow their communities, say that you
//! come, and talk. One command a line; with a key in `KITH_KEY` it can write.
//!
//! ```sh
//! cargo run -p kith-client --example terminal_client -- ws://127.0.0.1:7447
//! ```

use std::error::Error;
use std::io::Write;

use kith_client::lbc::ChatView;
use kith_client::place::parse_place;
use kith_client::{Answer, Keys, Kith, MeetupView, Search};

const HELP: &str = "near PLACE · show N · follow N · yes N · no N · chat N · say N TEXT · quit";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut builder = Kith::builder().relays(std::env::args().skip(1));
    if let Ok(key) = std::env::var("KITH_KEY") {
        builder = builder.signer(Keys::parse(&key)?);
    }
    let mut client = Client {
        kith: builder.connect().await?,
        listed: Vec::new(),
    };
    println!("{HELP}");
    for line in std::io::stdin().lines() {
        match client.command(line?.trim()).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => println!("{error}"),
        }
        std::io::stdout().flush()?;
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
    /// Does what a line says; false at the end.
    async fn command(&mut self, line: &str) -> Result<bool, Box<dyn Error>> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let kith = &self.kith;
        match verb {
            "near" => {
                let place = parse_place(rest)?;
                let search = Search::new().near(place.point, 25.0)?;
                self.listed = kith.meetups(&search).await?.found;
                println!("{} near {}", self.listed.len(), place.label);
                for (number, meetup) in (1..).zip(&self.listed) {
                    println!("{number}  {}", plain(&meetup.display_title()));
                }
            }
            "show" => {
                let meetup = self.meetup(rest)?;
                println!("{}", plain(meetup.description()));
                let attendance = kith.attendees(meetup).await?;
                let coming = attendance.tally.with(Answer::Accepted).count();
                println!("{coming} come · nostr:{}", meetup.naddr()?);
            }
            "follow" => println!("{:?}", kith.follow(self.community(rest)?).await?),
            "yes" | "no" => {
                let answer = if verb == "yes" {
                    Answer::Accepted
                } else {
                    Answer::Declined
                };
                let told = kith.answer(self.meetup(rest)?, answer).await?;
                println!("told {} relays", told.accepted.len());
            }
            "chat" => {
                let chat = kith.chat(self.community(rest)?).await?;
                for message in kith.chat_messages(&chat, ChatView::default(), 20).await? {
                    println!(
                        "{}: {}",
                        plain(&message.display_name()),
                        plain(message.text())
                    );
                }
            }
            "say" => {
                let (number, text) = rest.split_once(' ').ok_or("say N TEXT")?;
                let chat = kith.chat(self.community(number)?).await?;
                println!(
                    "told {} relays",
                    kith.say(&chat, text).await?.accepted.len()
                );
            }
            "quit" => return Ok(false),
            _ => println!("{HELP}"),
        }
        Ok(true)
    }

    fn meetup(&self, number: &str) -> Result<&MeetupView, Box<dyn Error>> {
        let index = number.parse::<usize>()?.checked_sub(1);
        let meetup = index.and_then(|index| self.listed.get(index));
        meetup.ok_or_else(|| format!("nothing with the number {number} was listed").into())
    }

    fn community(&self, number: &str) -> Result<kith_client::EventId, Box<dyn Error>> {
        Ok(self
            .meetup(number)?
            .community()
            .ok_or("it is of no community")?
            .id)
    }
}

/// Texts of strangers, without what would steer the terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}
