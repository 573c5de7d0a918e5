//! Descriptions in HTML, as Markdown: what the descriptions of meetups are written in.
//!
//! Owns: which texts are HTML, and what its elements mean. The words and marks are written by
//! `markdown.rs`; tags, entities and comments are found by the crate `html5gum`, as browsers find them.
//!
//! Decisions:
//! - There is no tree: each tag is followed by what it changes, so that the depth of a document costs
//!   nothing, and no input is too nested or too broken.
//! - A text is HTML if an element that it could have is closed in it, or a line broken. "a < b",
//!   "<3" and `<https://a.example>` make none.
//! - Without paragraphs and breaks in the markup, line ends are meant: that is how Google stores what
//!   was typed with bold words in it.
//! - Pictures are their text; scripts, styles and comments are nothing.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use self::markdown::{Gap, Mark, Markdown};
use super::URI_BYTES_MAX;

mod markdown;

/// The longest HTML that is read, in bytes; the rest is left out. A program for letters writes some
/// 50 KB of styles in front.
const HTML_BYTES_MAX: usize = 256 * 1024;

/// Elements whose end makes a text HTML.
const ELEMENTS: [&str; 40] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "body",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "html",
    "html-blob",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "td",
    "tr",
    "u",
    "ul",
];

/// Elements whose beginning is enough.
const BREAKS: [&str; 2] = ["br", "hr"];

/// Elements that say where lines end, so that line ends between words are none.
const LINE_ELEMENTS: [&str; 4] = ["br", "div", "p", "tr"];

/// Elements whose text is not for people.
const HIDDEN: [&str; 7] = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title",
];

/// Ways to somebody or something; anything else (`javascript:`, `cid:`, a path) leads nowhere.
const SCHEMES: [&str; 5] = ["https://", "http://", "mailto:", "tel:", "nostr:"];

/// A description, which may be HTML: as Markdown if it is, and as it is otherwise.
pub(super) fn description(text: &str) -> String {
    match Manner::of(text).is_html {
        true => markdown(text),
        false => text.to_owned(),
    }
}

/// HTML as Markdown.
pub(super) fn markdown(html: &str) -> String {
    let html = shortened(html);
    let mut reader = Reader {
        written: Markdown::default(),
        are_line_ends_meant: !Manner::of(html).has_lines,
        preformatted: 0,
        is_hidden: false,
    };
    for token in tokens(html) {
        match token {
            Token::StartTag(tag) => reader.begin(&tag),
            Token::EndTag(tag) => reader.end(&name(&tag.name)),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
        if reader.written.is_full() {
            break;
        }
    }
    reader.written.finish()
}

/// How a text is written.
struct Manner {
    is_html: bool,
    has_lines: bool,
}

impl Manner {
    fn of(text: &str) -> Manner {
        let mut manner = Manner {
            is_html: false,
            has_lines: false,
        };
        if !text.contains('<') {
            return manner;
        }
        for token in tokens(shortened(text)) {
            match token {
                Token::StartTag(tag) => {
                    let name = name(&tag.name);
                    manner.is_html |= BREAKS.contains(&name.as_str());
                    manner.has_lines |= LINE_ELEMENTS.contains(&name.as_str());
                }
                Token::EndTag(tag) => {
                    manner.is_html |= ELEMENTS.contains(&name(&tag.name).as_str());
                }
                _ => {}
            }
        }
        manner
    }
}

fn shortened(html: &str) -> &str {
    let mut ends = (0..=HTML_BYTES_MAX.min(html.len())).rev();
    let end = ends.find(|end| html.is_char_boundary(*end));
    html.get(..end.unwrap_or_default()).unwrap_or_default()
}

fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    // Without this, what a script says would be markup.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).map(|token| match token {
        Ok(token) => token,
        Err(never) => match never {},
    })
}

fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn attribute(tag: &StartTag<()>, wanted: &[u8]) -> Option<String> {
    let value = tag.attributes.get(wanted)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

struct Reader {
    written: Markdown,
    are_line_ends_meant: bool,
    /// How many elements are open in which line ends are meant.
    preformatted: usize,
    is_hidden: bool,
}

impl Reader {
    fn begin(&mut self, tag: &StartTag<()>) {
        let name = name(&tag.name);
        self.is_hidden = HIDDEN.contains(&name.as_str()) && !tag.self_closing;
        let written = &mut self.written;
        match name.as_str() {
            "br" => written.break_line(),
            "hr" => written.rule(),
            "b" | "strong" => written.begin_mark(Mark::Strong),
            "i" | "em" => written.begin_mark(Mark::Emphasis),
            "a" => written.begin_link(attribute(tag, b"href").and_then(|to| target(&to))),
            "ul" => written.begin_list(None),
            "ol" => {
                let first = attribute(tag, b"start").and_then(|first| first.parse().ok());
                written.begin_list(Some(first.unwrap_or(1)));
            }
            "li" => written.begin_item(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes().get(1).map_or(1, |digit| digit - b'0');
                written.begin_heading(usize::from(level));
            }
            "img" => {
                if let Some(text) = attribute(tag, b"alt") {
                    self.text(&text);
                }
            }
            "td" | "th" => written.part(Gap::Space),
            "pre" => {
                self.preformatted += 1;
                written.part(Gap::Paragraph);
            }
            name => self.block(name),
        }
    }

    fn end(&mut self, name: &str) {
        if HIDDEN.contains(&name) {
            self.is_hidden = false;
        }
        let written = &mut self.written;
        match name {
            // So it is read by browsers.
            "br" => written.break_line(),
            "b" | "strong" => written.end_mark(Mark::Strong),
            "i" | "em" => written.end_mark(Mark::Emphasis),
            "a" => written.end_link(),
            "ul" | "ol" => written.end_list(),
            "li" => written.part(Gap::Line),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => written.end_heading(),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                written.part(Gap::Paragraph);
            }
            name => self.block(name),
        }
    }

    /// Begin and end of an element that stands on lines of its own.
    fn block(&mut self, name: &str) {
        match name {
            "p" | "blockquote" | "table" | "dl" | "section" | "article" | "header" | "footer" => {
                self.written.part(Gap::Paragraph);
            }
            "div" | "tr" | "dt" | "dd" | "center" | "address" | "caption" => {
                self.written.part(Gap::Line);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_hidden {
            return;
        }
        let are_line_ends_meant = self.are_line_ends_meant || self.preformatted > 0;
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !word.is_empty() {
                self.written.word(word);
            }
            let end = after
                .find(|character: char| !character.is_whitespace())
                .unwrap_or(after.len());
            let (space, after) = after.split_at(end);
            let line_ends = space.matches('\n').count();
            match (are_line_ends_meant, line_ends) {
                _ if space.is_empty() => {}
                (false, _) | (true, 0) => self.written.part(Gap::Space),
                (true, 1) => self.written.part(Gap::Line),
                (true, _) => self.written.part(Gap::Paragraph),
            }
            rest = after;
        }
    }
}

/// Where a link leads, written so that it ends where it should.
fn target(address: &str) -> Option<String> {
    let address = address.trim();
    let is_known = SCHEMES.iter().any(|scheme| {
        let begins = address.get(..scheme.len());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(scheme))
            && address.len() > scheme.len()
    });
    if !is_known || address.len() > URI_BYTES_MAX || address.contains(char::is_control) {
        return None;
    }
    let mut target = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            '(' => target.push_str("%28"),
            ')' => target.push_str("%29"),
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            _ if character.is_whitespace() => target.push_str("%20"),
            _ => target.push(character),
        }
    }
    Some(target)
}

#[cfg(test)]
mod tests;
