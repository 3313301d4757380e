//! `take-over`: the sending of a connection is taken from a process that lives and stands still.

use super::act::read_only_refused;
use super::face::Face;
use super::render;
use super::seam::Seam;
use crate::engine::Problem;

/// Takes it over from exactly this holder; nothing is sent by it.
pub(super) async fn take_over<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    holder: &str,
    read_only: bool,
) -> Result<u8, Problem> {
    if read_only {
        return Err(read_only_refused());
    }
    let was = seam.take_over(holder).await?;
    face.data(|_| render::taken_over_text(&was), || render::taken_over_json(&was))?;
    Ok(0)
}
