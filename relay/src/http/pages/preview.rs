//! The picture of a meetup that other sites show where somebody shares its link.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use kith_web::pages::Meetup;
use kith_web::{Frame, Preview};
use quick_cache::{Weighter, sync::Cache};
use tokio::sync::Semaphore;

use super::visit::Visit;
use super::{Pages, kept, named, stopping, views};
use crate::http::api::problem::Problem;

/// Bytes of pictures in memory.
const PICTURES_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Assumed size of a picture when the cache sizes its tables.
const PICTURE_BYTES_TYPICAL: u64 = 32 * 1024;
/// Pictures that are drawn at a time; who asks for more waits.
const DRAWN_AT_ONCE_MAX: usize = 2;

/// The pictures that were drawn, by what is on them; the least asked for are forgotten first.
#[derive(Clone)]
pub(super) struct Pictures {
    drawn: Arc<Cache<Preview, Bytes, Weight>>,
    drawing: Arc<Semaphore>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Preview, Bytes> for Weight {
    fn weight(&self, _: &Preview, picture: &Bytes) -> u64 {
        picture.len() as u64 + 1_024
    }
}

impl Default for Pictures {
    fn default() -> Self {
        let pictures = (PICTURES_BYTES_MAX / PICTURE_BYTES_TYPICAL) as usize;
        Pictures {
            drawn: Arc::new(Cache::with_weighter(pictures, PICTURES_BYTES_MAX, Weight)),
            drawing: Arc::new(Semaphore::new(DRAWN_AT_ONCE_MAX)),
        }
    }
}

pub(super) async fn show(
    State(pages): State<Pages>,
    Path(naddr): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, view) = named::meetup(&pages, &naddr).await?;
    let card = views::meetup(&view, reading.now(), visit.site());
    let frame: Frame = visit.frame(card.path());
    let picture = pages.pictures.of(Meetup::preview_of(&frame, &card)).await?;
    Ok(kept(picture, "image/png"))
}

impl Pictures {
    /// The picture, drawn now if it was not.
    async fn of(&self, preview: Preview) -> Result<Bytes, Problem> {
        if let Some(picture) = self.drawn.get(&preview) {
            return Ok(picture);
        }
        let _turn = self.drawing.acquire().await.map_err(|_| stopping())?;
        // Somebody else may have waited for the same.
        if let Some(picture) = self.drawn.get(&preview) {
            return Ok(picture);
        }
        let (key, drawing) = (preview.clone(), move || preview.draw());
        let drawn = tokio::task::spawn_blocking(drawing).await;
        let drawn = drawn.map_err(|_| stopping())?.ok_or_else(|| {
            let detail = "the picture cannot be drawn";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
        })?;
        let picture = Bytes::from(drawn);
        self.drawn.insert(key, picture.clone());
        Ok(picture)
    }
}
