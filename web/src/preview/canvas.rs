//! Pixels, and how they become PNG.

/// Red, green and blue.
pub(super) type Colour = [u8; 3];

/// A picture that is drawn on.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// All of one colour.
    pub(super) fn new(width: usize, height: usize, ground: Colour) -> Canvas {
        Canvas {
            width,
            height,
            pixels: ground.repeat(width * height),
        }
    }

    /// A rectangle of one colour.
    pub(super) fn fill(
        &mut self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
        colour: Colour,
    ) {
        for y in top..top + height {
            for x in left..left + width {
                self.blend(x as f32, y as f32, colour, 1.0);
            }
        }
    }

    /// Covers a pixel by so much; what is outside of the picture is left out.
    pub(super) fn blend(&mut self, x: f32, y: f32, colour: Colour, cover: f32) {
        if x < 0.0 || y < 0.0 || x >= self.width as f32 || y >= self.height as f32 {
            return;
        }
        let at = 3 * (y as usize * self.width + x as usize);
        let cover = cover.clamp(0.0, 1.0);
        for (pixel, ink) in self.pixels.iter_mut().skip(at).zip(colour) {
            let mixed = f32::from(*pixel) * (1.0 - cover) + f32::from(ink) * cover;
            *pixel = mixed.round() as u8;
        }
    }

    /// The picture; `None` if it cannot be written.
    pub(super) fn png(&self) -> Option<Vec<u8>> {
        let (width, height) = (u32::try_from(self.width), u32::try_from(self.height));
        let mut written = Vec::new();
        let mut encoder = png::Encoder::new(&mut written, width.ok()?, height.ok()?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.pixels).ok()?;
        writer.finish().ok()?;
        Some(written)
    }
}
