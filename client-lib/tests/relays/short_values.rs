//! A relay as some are: it finds no value of a tag with more than 100 characters, which the address of a
//! meetup is.

use kith_client::lbc::Rsvp;
use kith_client::nip22::{Comment, Root};
use kith_client::{Answer, Event, Keys, Kith};
use kith_nips::nip01::Filter;
use serde_json::{Value, json};

use crate::discovery::{community, meetup, point, signed, span};
use crate::support::{EVENING, TIMEOUT, scripted_with};

/// Before the evening, and before today.
const WRITTEN: u64 = 1_700_000_100;

const VALUE_CHARACTERS_MAX: usize = 100;

/// What the relay answers to a message.
fn answer(message: &Value, events: &[Event]) -> Vec<String> {
    if message[0] != "REQ" {
        return Vec::new();
    }
    let filters = message.as_array().unwrap().iter().skip(2);
    let filters = filters.map(|filter| Filter::parse(&filter.to_string()).unwrap());
    let is_short = |filter: &Filter| {
        let mut values = filter.tags.values().flatten();
        values.all(|value| value.len() <= VALUE_CHARACTERS_MAX)
    };
    let filters: Vec<Filter> = filters.filter(is_short).collect();
    let matches = |event: &&Event| filters.iter().any(|filter| filter.matches(event, EVENING));
    let found = events.iter().filter(matches);
    let lines = found.map(|event| format!(r#"["EVENT",{},{}]"#, message[1], event.json()));
    lines
        .chain([json!(["EOSE", message[1]]).to_string()])
        .collect()
}

#[tokio::test]
async fn lbc_35_answers_and_comments_are_found_where_no_long_value_is() {
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let here = kith_client::lbc::Location::at(point(50.82, -0.14));
    let [founded, described] = community(&owner, "Chess", &here);
    let meetup = meetup(founded.id(), &owner, "blitz", &here, span(EVENING, None));
    let meetup = signed(&meetup, &owner, WRITTEN);
    let address = meetup.address().unwrap();
    assert!(address.to_string().len() > VALUE_CHARACTERS_MAX);
    let about = |address| Comment::new(Root::address(address, Some(meetup.id())), "A lift?");
    let elsewhere = kith_client::Address {
        identifier: format!("{}:other", founded.id()),
        ..address.clone()
    };
    let events = [
        signed(
            &Rsvp::new(address.clone(), Answer::Accepted),
            &guest,
            WRITTEN,
        ),
        signed(&about(address.clone()), &guest, WRITTEN),
        signed(&about(elsewhere), &guest, WRITTEN),
        founded,
        described,
        meetup.clone(),
    ];
    let url = scripted_with(move |message| answer(message, &events)).await;
    let builder = Kith::builder().relay(url.to_string()).timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();
    let attendance = kith.attendees(address.clone()).await.unwrap();
    assert_eq!(attendance.tally.count(Answer::Accepted), 1);
    let comments = kith.comments(address).await.unwrap().found;
    assert_eq!(comments.len(), 1, "{comments:?}");
}
