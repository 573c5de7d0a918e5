//! Markdown by somebody as HTML that can do nothing: only what is listed here comes through, HTML in it is
//! shown as text, and links lead to the web, to a mail program, or to the page of what is mentioned.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use crate::link::WebLink;
use crate::mention::Mentioned;
use crate::text::is_unruly;

/// The longest text that is read, in characters.
const CHARACTERS_MAX: usize = 20_000;

/// Markdown as harmless HTML.
///
/// ```
/// use kith_web::{Markdown, Mentioned};
/// let nothing = Mentioned::default();
/// let html = Markdown::read("**Bring** <script>a board</script>", true, &nothing);
/// assert_eq!(html.html(), "<p><strong>Bring</strong> &lt;script&gt;a board&lt;/script&gt;</p>\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown(String);

impl Markdown {
    /// Reads Markdown (CommonMark with tables and strikethrough). `pictures` says whether pictures are
    /// shown; otherwise their descriptions are. What it mentions is a link if it was found.
    pub fn read(text: &str, pictures: bool, mentioned: &Mentioned) -> Markdown {
        let kept = text.chars().filter(|character| !is_unruly(*character));
        let text: String = kept.take(CHARACTERS_MAX).collect();
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
        let mut reader = Reader {
            pictures,
            mentioned,
            open: Vec::new(),
            is_code: false,
        };
        let events = Parser::new_ext(&text, options).flat_map(|event| reader.read(event));
        let mut written = String::new();
        html::push_html(&mut written, events);
        // What is at home on another site is opened as a stranger.
        Markdown(written.replace("<a href=\"", "<a rel=\"nofollow noopener ugc\" href=\""))
    }

    /// The HTML.
    pub fn html(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// Decides about one event after the other.
struct Reader<'m> {
    pictures: bool,
    mentioned: &'m Mentioned,
    /// For each link or picture that is open, whether it was let through.
    open: Vec<bool>,
    /// Whether a block of code is open.
    is_code: bool,
}

impl<'m> Reader<'m> {
    fn read<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match &event {
            Event::Start(Tag::CodeBlock(_)) => self.is_code = true,
            Event::End(TagEnd::CodeBlock) => self.is_code = false,
            // There is no link in a link.
            Event::Text(text) if !self.is_code && self.open.is_empty() => return self.text(text),
            _ => {}
        }
        self.harmless(event).into_iter().collect()
    }

    /// A text with links where it mentions something.
    fn text<'a>(&self, text: &str) -> Vec<Event<'a>> {
        let mut events = Vec::new();
        for (text, mention) in self.mentioned.split(text) {
            let text = Event::Text(CowStr::from(text.to_owned()));
            match mention {
                Some(mention) => events.extend([
                    Event::Start(link_to(&mention.path)),
                    text,
                    Event::End(TagEnd::Link),
                ]),
                None => events.push(text),
            }
        }
        events
    }

    fn harmless<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Start(Tag::Link {
                dest_url,
                link_type,
                ..
            }) => self.link(&dest_url, link_type),
            Event::Start(Tag::Image { dest_url, .. }) => self.picture(&dest_url),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.open.pop().unwrap_or(false).then_some(event)
            }
            Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
                level: below(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            })),
            Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
            Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
            Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
            Event::Start(
                Tag::Paragraph
                | Tag::BlockQuote(_)
                | Tag::CodeBlock(_)
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::BlockQuote(_)
                | TagEnd::CodeBlock
                | TagEnd::List(_)
                | TagEnd::Item
                | TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::TableCell
                | TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough,
            )
            | Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule => Some(event),
            _ => None,
        }
    }

    fn link<'a>(&mut self, to: &str, link_type: LinkType) -> Option<Event<'a>> {
        let link = WebLink::read(to).or_else(|| WebLink::mail(to));
        let link = match link_type {
            LinkType::Email => WebLink::mail(&format!("mailto:{to}")),
            _ => link,
        };
        let page = || Some(self.mentioned.at(to)?.path.as_str());
        let to = link.as_ref().map(WebLink::as_str).or_else(page);
        self.open.push(to.is_some());
        to.map(|to| Event::Start(link_to(to)))
    }

    fn picture<'a>(&mut self, at: &str) -> Option<Event<'a>> {
        let link = WebLink::secure(at).filter(|_| self.pictures);
        self.open.push(link.is_some());
        Some(Event::Start(Tag::Image {
            link_type: LinkType::Inline,
            dest_url: CowStr::from(link?.as_str().to_owned()),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }))
    }
}

fn link_to<'a>(to: &str) -> Tag<'a> {
    Tag::Link {
        link_type: LinkType::Inline,
        dest_url: CowStr::from(to.to_owned()),
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    }
}

/// Headings of a description stand below those of the page.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::Mention;
    use crate::text::Text;

    fn html(text: &str) -> String {
        Markdown::read(text, true, &Mentioned::default())
            .html()
            .to_owned()
    }

    #[test]
    fn what_people_write_is_formatted() {
        let page = html("# Rules\n\n* **Be kind**\n* [Read](https://a.example/?x=1&y=2)\n\n---");
        for part in [
            "<h3>Rules</h3>",
            "<li><strong>Be kind</strong></li>",
            "<a rel=\"nofollow noopener ugc\" href=\"https://a.example/?x=1&amp;y=2\">Read</a>",
            "<hr />",
        ] {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        assert!(html("<mail@a.example>").contains("href=\"mailto:mail@a.example\""));
    }

    #[test]
    fn lbc_13_34_nothing_in_it_can_do_anything() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java\tscript:alert(1))",
            "[a](&#x6A;avascript:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "[a](vbscript:x)",
            "![a](javascript:alert(1))",
            "![a](http://tracker.example/1.png)",
            "![a](https://x.example/\"onload=alert(1))",
            "<a href='javascript:alert(1)'>a</a>",
            "[a](https://a.example \"'><script>\")",
            "<javascript:alert(1)>",
            "```\"><script>\n</code></pre><script>\n```",
            "# a {onclick=alert(1)}",
            "a | b\n--|--\n<script> | \"><svg onload=x>",
            "<!--><script>-->",
            "[x]: javascript:alert(1)\n\n[x]",
            "<style>*{display:none}</style>",
            "<iframe src=//a.example>",
            "[a](ftp://a.example/b)",
            "[a](nostr:npub1nobody)",
        ] {
            let page = html(hostile).to_lowercase();
            for tag in ["<script", "<svg", "<iframe", "<style", "<img src=x", "<!--"] {
                assert!(!page.contains(tag), "{hostile}: {page}");
            }
            for tag in page.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap();
                for part in [
                    "javascript:",
                    "vbscript:",
                    "data:",
                    "http://",
                    "ftp:",
                    "nostr:",
                    " on",
                ] {
                    assert!(!tag.contains(part), "{hostile}: {page}");
                }
            }
        }
    }

    #[test]
    fn lbc_13_34_pictures_are_shown_where_they_may_be() {
        let text = "![A board](https://a.example/b.png)";
        assert!(html(text).contains("<img src=\"https://a.example/b.png\" alt=\"A board\""));
        let without = Markdown::read(text, false, &Mentioned::default());
        assert_eq!(without.html(), "<p>A board</p>\n");
    }

    #[test]
    fn lbc_13_34_nip21_03_what_is_mentioned_is_a_link_but_not_in_code_or_in_a_link() {
        let ben = Mention {
            name: Text::line("<Ben>", 10),
            path: "/p/npub1ben?lang=de".to_owned(),
        };
        let mentioned: Mentioned = [("npub1ben".to_owned(), ben)].into_iter().collect();
        let html = |text: &str| Markdown::read(text, true, &mentioned).html().to_owned();
        let link = "<a rel=\"nofollow noopener ugc\" href=\"/p/npub1ben?lang=de\">";
        for (text, expected) in [
            (
                "Ask **nostr:npub1ben** soon",
                format!("<p>Ask <strong>{link}&lt;Ben&gt;</a></strong> soon</p>\n"),
            ),
            ("[him](nostr:npub1ben)", format!("<p>{link}him</a></p>\n")),
            ("[him](nostr:npub1anna)", "<p>him</p>\n".to_owned()),
            ("nostr:npub1anna", "<p>nostr:npub1anna</p>\n".to_owned()),
            (
                "`nostr:npub1ben`",
                "<p><code>nostr:npub1ben</code></p>\n".to_owned(),
            ),
            (
                "    nostr:npub1ben",
                "<pre><code>nostr:npub1ben</code></pre>\n".to_owned(),
            ),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
        let inside = html("[nostr:npub1ben](https://a.example)");
        assert_eq!(inside.matches("<a ").count(), 1, "{inside}");
    }

    #[test]
    fn long_texts_are_bounded() {
        let page = html(&"[".repeat(100_000));
        assert!(page.len() < 30_000);
        assert!(html(&"> ".repeat(50_000)).len() < 1_000_000);
    }
}
