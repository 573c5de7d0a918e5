//! QR codes: on a terminal, and as pictures. Knows nothing of what is in them.

use qrcode::QrCode;
use qrcode::render::{svg, unicode};

use crate::errors::CliError;
use crate::exit_code::ExitCode;

/// Pixels of one square of a QR code in a file, so that it prints well.
const SQUARE_PIXELS: u32 = 8;

/// A text as a QR code.
pub fn code(text: &str) -> Result<QrCode, CliError> {
    QrCode::new(text).map_err(|error| {
        CliError::plain(
            ExitCode::Usage,
            format!("the link does not fit into a QR code: {error}"),
        )
    })
}

/// For terminals, whose letters are light: the light squares are what is drawn.
pub fn half_blocks(code: &QrCode) -> String {
    code.render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build()
}

/// For paper: lines that print well in any size.
pub fn image(code: &QrCode) -> String {
    code.render::<svg::Color<'_>>()
        .module_dimensions(SQUARE_PIXELS, SQUARE_PIXELS)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_drawn_square_by_square() {
        let code = code("nostr:nevent1qqs").unwrap();
        let drawn = half_blocks(&code);
        let lines: Vec<&str> = drawn.lines().collect();
        // Four squares of margin on each side; two rows of squares in a line.
        let side = code.width() + 8;
        assert_eq!(lines.len(), side.div_ceil(2));
        assert!(lines.iter().all(|line| line.chars().count() == side));
        assert!(
            lines[0].chars().all(|c| c == '█'),
            "the margin is light: {drawn}"
        );
        assert!(image(&code).contains("<svg"));
        assert!(super::code(&"x".repeat(5_000)).is_err());
    }
}
