//! Drawing only: `&App` becomes a frame. One file per pane and per overlay; nothing is decided here and nothing is
//! kept. Only rows that are on the screen are ever built, and all text goes through `text::Shown`.

mod canvas;
mod compare;
mod connections;
mod convert;
mod dialog;
mod feed;
mod form;
mod found;
mod frame;
mod groups;
mod import;
mod overlay;
mod people;
mod profile;
mod queue;
mod table;
mod text;
mod theme;

#[cfg(test)]
mod long_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{App, Pane, layout};
use crate::config::Look;
use canvas::Canvas;

/// Draws the console.
pub fn draw(app: &App, look: Look, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), look);
    if app.cramped() {
        frame::cramped(app, &mut canvas, area);
        return;
    }
    let parts = Parts::of(area);
    frame::header(app, &mut canvas, parts.header);
    frame::tabs(app, &mut canvas, parts.tabs);
    frame::counts(app, &mut canvas, parts.counts);
    if !overlay::covers(app) {
        match app.pane {
            Pane::Assignments => people::draw(app, &mut canvas, parts.pane),
            Pane::Groups => groups::draw(app, &mut canvas, parts.pane),
            Pane::Profile => profile::draw(app, &mut canvas, parts.pane),
            Pane::Audit => feed::draw(app, &mut canvas, parts.pane),
            Pane::Tasks => queue::draw(app, &mut canvas, parts.pane),
            Pane::Provisioning => overlay::connection(app, &mut canvas, parts.pane),
        }
        frame::detail(app, &mut canvas, parts.detail);
    }
    let cursor = overlay::draw(app, &mut canvas, parts.cover);
    let typed = frame::message(app, &mut canvas, parts.message);
    frame::keys(app, &mut canvas, parts.keys);
    if let Some(place) = cursor.or(typed) {
        frame.set_cursor_position(place);
    }
}

/// The parts of the screen; their heights are [`layout`]'s.
struct Parts {
    header: Rect,
    tabs: Rect,
    counts: Rect,
    pane: Rect,
    detail: Rect,
    cover: Rect,
    message: Rect,
    keys: Rect,
}

impl Parts {
    fn of(area: Rect) -> Self {
        let row = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        let (pane, detail) = (layout::pane_rows(area.height), layout::detail_rows(area.height));
        Self {
            header: row(0, 1),
            tabs: row(1, 1),
            counts: row(2, 1),
            pane: row(3, pane),
            detail: row(3 + pane, detail),
            cover: row(2, area.height - 4),
            message: row(area.height - 2, 1),
            keys: row(area.height - 1, 1),
        }
    }
}
