//! Codes that a camera reads, as drawings.

use std::fmt::Write;

use qrcode::{Color, QrCode};

/// Empty modules around a code (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// A code, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Width and height in modules, with the empty ones around.
    pub size: usize,
    /// The dark modules, as a path of SVG.
    pub path: String,
}

impl Code {
    /// The code of a text; `None` if it is too long.
    ///
    /// ```
    /// let code = kith_web::Code::of("https://kith.example/c/ab").unwrap();
    /// assert!(code.size > 21 && code.path.starts_with('M'));
    /// ```
    pub fn of(text: &str) -> Option<Code> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let colours = code.to_colors();
        let mut path = String::new();
        for (row, modules) in colours.chunks(width).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|one, other| one == other) {
                if run.first() == Some(&Color::Dark) {
                    let (x, y) = (column + QUIET_ZONE, row + QUIET_ZONE);
                    // Text can always be written to.
                    let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
                }
                column += run.len();
            }
        }
        Some(Code {
            size: width + 2 * QUIET_ZONE,
            path,
        })
    }
}
