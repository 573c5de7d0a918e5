//! Where the next page of an answer begins, and how long it is (NIP-67). Knows lengths and times;
//! asks nobody.
//!
//! The next page ends where the last one did, and known ids are removed, so that equal timestamps
//! are not lost. Filters know no other place than a second, so one with more events than a page has
//! to be read in one longer page. A relay that gives none cannot be read to the end of that second.

use super::EVENTS_PER_ANSWER_MAX;

/// What matters of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) length: usize,
    /// Unix seconds of its oldest and newest event.
    pub(super) oldest: u64,
    pub(super) newest: u64,
    /// Whether any of it was not known before.
    pub(super) has_news: bool,
}

/// How far an answer was read.
#[derive(Debug)]
pub(super) struct Pages {
    /// The newest second of the next page; `None` for the newest of all.
    pub(super) until: Option<u64>,
    /// Events that the next page may have.
    pub(super) length_max: usize,
    /// The relay left something out of a second.
    pub(super) is_cut: bool,
    /// Events of a page that is not longer because of one second.
    page_length: usize,
    /// The longest page that came.
    longest: usize,
    /// One second filled the last page, which was so long, and a longer one did not come.
    filled: Option<usize>,
}

/// What comes after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another page.
    Ask,
    /// Nothing: the answer was read to its end.
    End,
    /// Nothing; but if the relay gives no more than so many events at a time, some of the last second
    /// are missing.
    EndAfter(usize),
}

impl Pages {
    /// At the beginning, which is at this second, in pages of so many events.
    pub(super) fn new(until: Option<u64>, page_length: usize) -> Pages {
        Pages {
            until,
            length_max: page_length,
            is_cut: false,
            page_length,
            longest: 0,
            filled: None,
        }
    }

    /// Whether the next page says more of the second that the last one was of.
    pub(super) fn is_in_second(&self) -> bool {
        self.filled.is_some() || self.length_max > self.page_length
    }

    /// After a page; `None` for an empty one.
    pub(super) fn after(&mut self, page: Option<Page>) -> Next {
        let filled = self.filled.take();
        let Some(page) = page else {
            return filled.map_or(Next::End, Next::EndAfter);
        };
        // There was more to give than what one second filled.
        self.is_cut |= filled.is_some();
        let is_full = page.length >= self.length_max;
        let is_one_second = page.length > 1 && page.oldest == page.newest;
        let is_filled = is_one_second && (is_full || page.length >= self.longest);
        self.longest = self.longest.max(page.length);
        if is_filled && is_full && self.length_max < EVENTS_PER_ANSWER_MAX {
            self.length_max = (self.length_max * 2).min(EVENTS_PER_ANSWER_MAX);
            self.until = Some(page.oldest);
            return Next::Ask;
        }
        self.length_max = self.page_length;
        match (is_filled, page.has_news) {
            (true, _) => self.go_past(page),
            (false, true) => {
                self.until = Some(page.oldest);
                Next::Ask
            }
            (false, false) => Next::End,
        }
    }

    /// On to what is older than the second of this page: no longer page of it comes.
    fn go_past(&mut self, page: Page) -> Next {
        match page.oldest.checked_sub(1) {
            Some(older) => {
                self.until = Some(older);
                self.filled = Some(page.length);
                Next::Ask
            }
            None => Next::EndAfter(page.length),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fetch::EVENTS_PER_PAGE;

    /// Reads these times, newest first, from a relay that gives so many at a time: how many were read,
    /// in how many pages, how it ended, and whether something is known to be missing.
    fn read(times: &[u64], gives_max: usize) -> (usize, usize, Next, bool) {
        let mut pages = Pages::new(None, EVENTS_PER_PAGE);
        let mut known = BTreeSet::new();
        let mut count = 0;
        loop {
            count += 1;
            let upto = |time: u64| pages.until.is_none_or(|until| time <= until);
            let page = times.iter().enumerate().filter(|(_, time)| upto(**time));
            let page: Vec<_> = page.take(pages.length_max.min(gives_max)).collect();
            let before = known.len();
            known.extend(page.iter().map(|(index, _)| *index));
            let page = page.first().zip(page.last()).map(|(first, last)| Page {
                length: page.len(),
                oldest: *last.1,
                newest: *first.1,
                has_news: known.len() > before,
            });
            match pages.after(page) {
                Next::Ask => {}
                end => return (known.len(), count, end, pages.is_cut),
            }
        }
    }

    #[test]
    fn nip67_08_a_second_that_a_relay_gives_whole_is_read_whole() {
        let second = vec![100; 10_000];
        let (count, pages, end, is_cut) = read(&second, usize::MAX);
        assert_eq!((count, pages, end), (10_000, 7, Next::EndAfter(10_000)));
        assert!(!is_cut);
        let around = [vec![101; 3], second, (0..99).rev().collect()].concat();
        let (count, _, end, is_cut) = read(&around, usize::MAX);
        assert_eq!((count, end, is_cut), (10_102, Next::End, false));
        let seconds = (0..10).rev().flat_map(|time| vec![time; 1_200]);
        let (count, _, _, is_cut) = read(&seconds.collect::<Vec<u64>>(), usize::MAX);
        assert_eq!((count, is_cut), (12_000, false));
    }

    #[test]
    fn nip67_08_what_a_relay_leaves_out_of_a_second_is_known() {
        let second = [vec![100; 30], vec![99; 2], vec![98]].concat();
        let (count, _, end, is_cut) = read(&second, 7);
        assert_eq!((count, end, is_cut), (7 + 2 + 1, Next::End, true));
        // Nothing older shows it.
        assert_eq!(read(&[100; 30], 7), (7, 2, Next::EndAfter(7), false));
        assert_eq!(read(&[0; 30], 7), (7, 1, Next::EndAfter(7), false));
        let (_, _, end, is_cut) = read(&[100; 900], 500);
        assert_eq!((end, is_cut), (Next::EndAfter(500), false));
    }

    #[test]
    fn nip67_09_an_answer_that_fits_into_a_page_takes_one_more() {
        for times in [vec![5], vec![9, 8, 8, 3], vec![9, 8, 3, 3]] {
            let (count, pages, end, is_cut) = read(&times, 500);
            assert_eq!((count, pages, is_cut), (times.len(), 2, false));
            assert_eq!(end, Next::End);
        }
        assert_eq!(read(&[], 500), (0, 1, Next::End, false));
    }
}
