//! Words, and what stands between them, as Markdown.
//!
//! Gaps and marks are written with the word after them: none stands at an end, and emphasis is
//! closed before a space, as Markdown wants it.

use super::super::DESCRIPTION_CHARACTERS_MAX;

/// From here on lists are not indented further.
const LIST_LEVELS_MAX: usize = 6;

/// What is written is cut to so many characters afterwards.
const BYTES_MAX: usize = DESCRIPTION_CHARACTERS_MAX * char::MAX.len_utf8();

/// What stands between two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

/// Emphasis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
}

impl Mark {
    fn as_str(self) -> &'static str {
        match self {
            Mark::Strong => "**",
            Mark::Emphasis => "*",
        }
    }
}

/// A list that is open.
struct List {
    /// Of the next item, if they have numbers.
    number: Option<u32>,
    has_items: bool,
}

/// A link that is open.
struct Link {
    target: String,
    /// Where its text begins, after the bracket; once there is any.
    start: Option<usize>,
    /// How many marks were open before it.
    marks: usize,
}

/// A text that is being written.
#[derive(Default)]
pub(super) struct Markdown {
    text: String,
    gap: Gap,
    /// What the next line begins with.
    prefix: Option<String>,
    lists: Vec<List>,
    link: Option<Link>,
    /// How many elements ask for it.
    strong: usize,
    emphasis: usize,
    /// Those that are written and not closed, each at most once.
    marks: Vec<Mark>,
}

impl Markdown {
    /// Writes a part of a word, or the whole.
    pub(super) fn word(&mut self, word: &str) {
        if self.is_full() {
            return;
        }
        if self.link.as_ref().is_some_and(|link| link.start.is_some()) {
            // The text of a link is one line.
            self.gap = self.gap.min(Gap::Space);
            self.prefix = None;
        }
        self.write_gap();
        for mark in [Mark::Strong, Mark::Emphasis] {
            if *self.wanted(mark) > 0 && !self.marks.contains(&mark) {
                self.marks.push(mark);
                self.text.push_str(mark.as_str());
            }
        }
        if let Some(link) = &mut self.link
            && link.start.is_none()
        {
            self.text.push('[');
            link.start = Some(self.text.len());
            link.marks = self.marks.len();
        }
        self.text.push_str(word);
    }

    /// There is so much between the word before and the word after, or more.
    pub(super) fn part(&mut self, gap: Gap) {
        // An item or a heading begins beside its mark.
        if self.prefix.is_none() {
            self.gap = self.gap.max(gap);
        }
    }

    pub(super) fn break_line(&mut self) {
        let gap = match self.gap {
            Gap::None | Gap::Space => Gap::Line,
            Gap::Line | Gap::Paragraph => Gap::Paragraph,
        };
        self.part(gap);
    }

    pub(super) fn rule(&mut self) {
        self.end_link();
        self.part(Gap::Paragraph);
        if !self.text.is_empty() && !self.is_full() {
            self.write_gap();
            self.text.push_str("---");
        }
        self.gap = Gap::Paragraph;
    }

    pub(super) fn begin_mark(&mut self, mark: Mark) {
        *self.wanted(mark) += 1;
    }

    pub(super) fn end_mark(&mut self, mark: Mark) {
        let wanted = self.wanted(mark);
        *wanted = wanted.saturating_sub(1);
        if *wanted == 0
            && let Some(place) = self.marks.iter().position(|written| *written == mark)
        {
            self.close_marks(place);
        }
    }

    /// Without a target it is only its text.
    pub(super) fn begin_link(&mut self, target: Option<String>) {
        self.end_link();
        self.link = target.map(|target| Link {
            target,
            start: None,
            marks: 0,
        });
    }

    pub(super) fn end_link(&mut self) {
        let Some(Link {
            target,
            start: Some(start),
            marks,
        }) = self.link.take()
        else {
            return;
        };
        self.close_marks(marks);
        let label = self.text.split_off(start);
        let shown = label.trim_start_matches("mailto:").trim_end_matches('/');
        let (_, place) = target.split_once(':').unwrap_or_default();
        let places = [&target, place, place.trim_start_matches('/')];
        if places
            .iter()
            .any(|place| place.trim_end_matches('/') == shown)
        {
            // The bracket.
            self.text.pop();
            self.text
                .push_str(target.strip_prefix("mailto:").unwrap_or(&target));
            return;
        }
        for character in label.chars() {
            if matches!(character, '[' | ']') {
                self.text.push('\\');
            }
            self.text.push(character);
        }
        self.text.push_str("](");
        self.text.push_str(&target);
        self.text.push(')');
    }

    pub(super) fn begin_heading(&mut self, level: usize) {
        self.part(Gap::Paragraph);
        if self.prefix.is_none() {
            self.prefix = Some(format!("{} ", "#".repeat(level)));
        }
    }

    pub(super) fn end_heading(&mut self) {
        self.prefix = None;
        self.part(Gap::Paragraph);
    }

    /// A list, with numbers from this one on or without.
    pub(super) fn begin_list(&mut self, number: Option<u32>) {
        // An item that is nothing but a list.
        self.prefix = None;
        match self.lists.is_empty() {
            true => self.part(Gap::Paragraph),
            false => self.gap = Gap::Line,
        }
        self.lists.push(List {
            number,
            has_items: false,
        });
    }

    pub(super) fn end_list(&mut self) {
        self.prefix = None;
        self.lists.pop();
        let is_last = self.lists.is_empty();
        self.part(if is_last { Gap::Paragraph } else { Gap::Line });
    }

    pub(super) fn begin_item(&mut self) {
        self.prefix = None;
        let outer = self.lists.len().saturating_sub(1);
        let indent = self.indent(outer);
        let (has_items, mark) = match self.lists.last_mut() {
            Some(list) => {
                let mark = list.number.map(|number| format!("{number}. "));
                list.number = list.number.map(|number| number.saturating_add(1));
                (std::mem::replace(&mut list.has_items, true), mark)
            }
            None => (false, None),
        };
        match has_items {
            // Close together, whatever the items have in them.
            true => self.gap = Gap::Line,
            false => self.part(Gap::Line),
        }
        let mark = mark.as_deref().unwrap_or("- ");
        self.prefix = Some(format!("{indent}{mark}"));
    }

    /// Whether the rest is left out.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > BYTES_MAX
    }

    pub(super) fn finish(mut self) -> String {
        self.end_link();
        self.close_marks(0);
        self.text
    }

    fn write_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if gap >= Gap::Line {
            self.close_marks(0);
        }
        if !self.text.is_empty() {
            self.text.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        let prefix = match self.prefix.take() {
            None if gap >= Gap::Line => self.indent(self.lists.len()),
            prefix => prefix.unwrap_or_default(),
        };
        match self.text.is_empty() {
            true => self.text.push_str(prefix.trim_start()),
            false => self.text.push_str(&prefix),
        }
    }

    /// As wide as the marks of the outermost lists.
    fn indent(&self, levels: usize) -> String {
        let lists = self.lists.iter().take(levels.min(LIST_LEVELS_MAX));
        let width = lists.map(|list| if list.number.is_some() { 3 } else { 2 });
        " ".repeat(width.sum())
    }

    /// Closes marks until so many are left. What is still wanted begins again with the next word.
    fn close_marks(&mut self, left: usize) {
        while self.marks.len() > left
            && let Some(mark) = self.marks.pop()
        {
            self.text.push_str(mark.as_str());
        }
    }

    fn wanted(&mut self, mark: Mark) -> &mut usize {
        match mark {
            Mark::Strong => &mut self.strong,
            Mark::Emphasis => &mut self.emphasis,
        }
    }
}
