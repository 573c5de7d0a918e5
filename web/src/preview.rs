//! The picture of a meetup that other sites show where somebody shares its link: PNG, drawn from text.
//!
//! It is drawn with the letters that the fonts have: Latin, Greek and Cyrillic. A text with other letters is left
//! out, and the picture says where it is to be read; signs that the fonts lack, such as emoji, are left out of texts.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

mod canvas;

use canvas::{Canvas, Colour};

/// Pixels from left to right.
pub const WIDTH: u32 = 1_200;
/// Pixels from top to bottom.
pub const HEIGHT: u32 = 630;

const GROUND: Colour = [0xfb, 0xfa, 0xf7];
const INK: Colour = [0x1f, 0x1d, 0x1a];
const SOFT: Colour = [0x5d, 0x57, 0x4e];
const ACCENT: Colour = [0x9a, 0x34, 0x12];

const LEFT: f32 = 90.0;
const RIGHT: f32 = 1_110.0;
/// Where the last line stands.
const BOTTOM: f32 = 545.0;
/// The sizes that a title is tried in, with the lines that it may then have.
const TITLE_SIZES: [(f32, usize); 3] = [(92.0, 2), (72.0, 3), (56.0, 4)];

static SERIF: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../fonts/noto-serif.ttf")).ok());
static SANS: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../fonts/noto-sans.ttf")).ok());

/// What is on the picture of a meetup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Preview {
    /// What it is called.
    pub title: String,
    /// What stands for a title that cannot be drawn.
    pub title_elsewhere: String,
    /// When it is.
    pub when: String,
    /// Where it is.
    pub place: String,
    /// Whose it is.
    pub community: String,
    /// The relay.
    pub site: String,
}

impl Preview {
    /// The picture (PNG); `None` if it cannot be drawn.
    ///
    /// ```
    /// let preview = kith_web::Preview { title: "Schach für alle".to_owned(), ..Default::default() };
    /// assert!(preview.draw().unwrap().starts_with(b"\x89PNG"));
    /// ```
    pub fn draw(&self) -> Option<Vec<u8>> {
        let (serif, sans) = (SERIF.as_ref()?, SANS.as_ref()?);
        let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize, GROUND);
        canvas.fill(0, 0, 24, HEIGHT as usize, ACCENT);
        let mut line = |font, size, baseline, colour, text: &str| {
            let pen = Pen { font, size };
            if let Some(text) = pen.drawable(text) {
                pen.write(&mut canvas, (LEFT, baseline), colour, &pen.cut(&text));
            }
        };
        line(sans, 34.0, 112.0, ACCENT, &self.community);
        line(sans, 40.0, BOTTOM - 58.0, INK, &self.when);
        line(sans, 34.0, BOTTOM, SOFT, &self.place);
        line(sans, 26.0, BOTTOM + 50.0, SOFT, &self.site);
        let (title, colour) = match Pen::new(serif, 1.0).drawable(&self.title) {
            Some(title) => (title, INK),
            None => (self.title_elsewhere.clone(), SOFT),
        };
        write_title(&mut canvas, serif, colour, &title);
        canvas.png()
    }

    /// Whether its title can be drawn.
    pub fn has_title(&self) -> bool {
        let serif = SERIF.as_ref();
        serif.is_some_and(|serif| Pen::new(serif, 1.0).drawable(&self.title).is_some())
    }
}

fn write_title(canvas: &mut Canvas, font: &FontRef<'static>, colour: Colour, title: &str) {
    for (at, (size, lines_max)) in TITLE_SIZES.into_iter().enumerate() {
        let pen = Pen::new(font, size);
        let mut lines = pen.wrapped(title);
        let is_last = at + 1 == TITLE_SIZES.len();
        if lines.len() > lines_max && !is_last {
            continue;
        }
        if lines.len() > lines_max {
            lines.truncate(lines_max);
            if let Some(last) = lines.last_mut() {
                *last = pen.cut(&format!("{last}…"));
            }
        }
        let mut baseline = 165.0 + size * 0.75;
        for line in &lines {
            pen.write(canvas, (LEFT, baseline), colour, line);
            baseline += size * 1.2;
        }
        return;
    }
}

/// A font in a size.
struct Pen<'a> {
    font: &'a FontRef<'static>,
    size: f32,
}

impl<'a> Pen<'a> {
    fn new(font: &'a FontRef<'static>, size: f32) -> Self {
        Pen { font, size }
    }

    /// The text without the signs that the font lacks; `None` if it lacks letters of it, or all.
    fn drawable(&self, text: &str) -> Option<String> {
        let has = |c: char| c == ' ' || self.font.glyph_id(c).0 != 0;
        if text.chars().any(|c| c.is_alphanumeric() && !has(c)) {
            return None;
        }
        let drawn: String = text.chars().filter(|c| has(*c)).collect();
        let words: Vec<&str> = drawn.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn width(&self, text: &str) -> f32 {
        let scaled = self.font.as_scaled(PxScale::from(self.size));
        text.chars()
            .map(|c| scaled.h_advance(scaled.glyph_id(c)))
            .sum()
    }

    fn fits(&self, text: &str) -> bool {
        self.width(text) <= RIGHT - LEFT
    }

    /// As much of it as fits on one line.
    fn cut(&self, text: &str) -> String {
        let mut cut = text.to_owned();
        while !self.fits(&cut) {
            let kept = cut.trim_end_matches('…').trim_end();
            let kept = kept
                .char_indices()
                .next_back()
                .map_or("", |(at, _)| &kept[..at]);
            cut = format!("{}…", kept.trim_end());
        }
        cut
    }

    /// Lines of words; words that are longer than a line are broken.
    fn wrapped(&self, text: &str) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let Some(line) = lines.last_mut() else { break };
            let joined = format!("{line}{}{word}", if line.is_empty() { "" } else { " " });
            if self.fits(&joined) {
                *line = joined;
                continue;
            }
            let mut rest = String::new();
            for character in word.chars() {
                if !self.fits(&format!("{rest}{character}")) {
                    lines.push(std::mem::take(&mut rest));
                }
                rest.push(character);
            }
            lines.push(rest);
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn write(&self, canvas: &mut Canvas, (left, baseline): (f32, f32), colour: Colour, text: &str) {
        let scale = PxScale::from(self.size);
        let scaled = self.font.as_scaled(scale);
        let mut x = left;
        for character in text.chars() {
            let id = scaled.glyph_id(character);
            let glyph: Glyph = id.with_scale_and_position(scale, point(x, baseline));
            if let Some(outlined) = self.font.outline_glyph(glyph) {
                let bounds = outlined.px_bounds();
                outlined.draw(|dx, dy, cover| {
                    let x = bounds.min.x + dx as f32;
                    let y = bounds.min.y + dy as f32;
                    canvas.blend(x, y, colour, cover);
                });
            }
            x += scaled.h_advance(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> Preview {
        Preview {
            title: title.to_owned(),
            title_elsewhere: "The title is on the page".to_owned(),
            when: "Saturday, 5 December 2026".to_owned(),
            ..Preview::default()
        }
    }

    #[test]
    fn letters_that_the_fonts_have_are_drawn_and_others_never_as_boxes() {
        for title in [
            "Schach & Tee",
            "Шахматы",
            "Σκάκι",
            "Cờ vua",
            "Chess ♟️ 🎉",
            "Cafe\u{301}",
        ] {
            assert!(titled(title).has_title(), "{title}");
        }
        let elsewhere = titled("チェスの夕べ");
        for title in ["チェスの夕べ", "שחמט", "شطرنج", "象棋 chess", "🎉", ""] {
            assert!(!titled(title).has_title(), "{title}");
            assert_eq!(titled(title).draw(), elsewhere.draw(), "{title}");
        }
        assert_ne!(titled("Шахматы").draw(), elsewhere.draw());
    }

    #[test]
    fn long_texts_are_broken_and_cut() {
        let serif = SERIF.as_ref().unwrap();
        let pen = Pen::new(serif, 56.0);
        for text in ["x".repeat(10_000), "word ".repeat(2_000)] {
            assert!(pen.wrapped(&text).iter().all(|line| pen.fits(line)));
            assert!(pen.fits(&pen.cut(&text[..500])));
        }
        let drawn = titled(&"long ".repeat(100)).draw().unwrap();
        assert!(drawn.len() < 200_000, "{}", drawn.len());
    }

    #[test]
    fn it_is_a_picture_of_its_size() {
        let drawn = titled("Chess").draw().unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(drawn));
        let mut reader = decoder.read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (WIDTH, HEIGHT));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert!(pixels.chunks(3).any(|pixel| pixel == INK));
    }
}
