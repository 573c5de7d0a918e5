//! The first page: what to look for, and where.

use askama::Template;

use super::search::{Chip, Question};
use crate::frame::Frame;
use crate::views::{City, CommunityCard, Counted, MeetupCard, Topic};

/// The first page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// What surrounds it.
    pub frame: Frame,
    /// An empty question.
    pub question: Question,
    /// What comes next, anywhere.
    pub meetups: Vec<MeetupCard>,
    /// Communities that are new.
    pub communities: Vec<CommunityCard>,
    /// Cities with most going on.
    pub cities: Vec<Counted<City>>,
    /// Topics with most going on.
    pub topics: Vec<Counted<Topic>>,
}

impl Home {
    fn chips(&self) -> Vec<Chip> {
        let mut chips = self.question.chips(&self.frame);
        chips.retain(|chip| !chip.is_current);
        chips
    }
}
