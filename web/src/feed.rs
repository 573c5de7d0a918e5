//! Lists that other programs read again and again: calendars to subscribe to, and Atom.

use crate::frame::Frame;
use crate::link::address;

/// A list of the API in the formats of other programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    path: String,
    parameters: Vec<(&'static str, String)>,
    has_atom: bool,
}

impl Feed {
    /// Coming meetups with these parameters.
    pub fn of_meetups(parameters: Vec<(&'static str, String)>) -> Feed {
        Feed {
            path: "/api/v1/meetups".to_owned(),
            parameters,
            has_atom: true,
        }
    }

    /// The meetups of a community, the past ones too.
    pub fn of_community(id: &str) -> Feed {
        Feed {
            path: format!("/api/v1{}", crate::path(&["communities", id, "meetups"])),
            parameters: Vec::new(),
            has_atom: true,
        }
    }

    /// Where somebody goes.
    pub fn of_agenda(npub: &str) -> Feed {
        Feed {
            path: format!("/api/v1{}", crate::path(&["people", npub, "agenda"])),
            parameters: Vec::new(),
            has_atom: false,
        }
    }

    /// The calendar.
    pub fn calendar(&self) -> String {
        self.written("ics")
    }

    /// The feed for readers of news, where there is one.
    pub fn atom(&self) -> Option<String> {
        self.has_atom.then(|| self.written("atom"))
    }

    /// The calendar for programs that subscribe to it.
    pub fn webcal(&self, frame: &Frame) -> String {
        let origin = &frame.site.origin;
        let host = origin.split_once("://");
        let host = host.map_or(origin.as_str(), |(_, host)| host);
        format!("webcal://{host}{}", self.calendar())
    }

    fn written(&self, ending: &str) -> String {
        let given = self.parameters.iter();
        let given: Vec<(&str, &str)> = given.map(|(name, value)| (*name, value.as_str())).collect();
        address(&format!("{}.{ending}", self.path), &given)
    }
}
