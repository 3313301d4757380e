//! How many rows the parts of the screen get: one sum for the state (paging) and for drawing.
//!
//! ```text
//! header                                    1
//! tabs                                      1
//! counts                                    1
//! +- pane ------------------------------+   the rest
//! +-------------------------------------+
//! the row under the cursor, in words        1, 2 or 8
//! task, toast or the next step              1
//! keys                                      1
//! ```

use super::doc::Line;

/// Smaller than this, nothing can be worked with.
pub const MIN: (u16, u16) = (60, 16);

/// Rows of the frame that are not the pane: header, tabs, counts, message, keys.
pub const CHROME: u16 = 5;

/// Rows for the words about the row under the cursor.
pub fn detail_rows(height: u16) -> u16 {
    match height {
        0..20 => 1,
        20..34 => 2,
        _ => 8,
    }
}

/// Rows of the bordered pane.
pub fn pane_rows(height: u16) -> u16 {
    height.saturating_sub(CHROME + detail_rows(height))
}

/// Rows of a pane's table, below its heading.
pub fn table_rows(height: u16) -> usize {
    usize::from(pane_rows(height).saturating_sub(3))
}

/// Rows of the list of commands.
pub const PALETTE_ROWS: usize = 12;

/// Rows and columns of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

/// Room for text on a page that covers the pane.
pub fn page(size: (u16, u16)) -> Room {
    Room { rows: usize::from(size.1.saturating_sub(4 + 2)), columns: usize::from(size.0.saturating_sub(4)) }
}

/// Rows of the page of results: above the table for why the run stopped, the table's own below its heading, and below
/// it for the whole of the row under the cursor.
pub fn results(size: (u16, u16), stopped: &[Line]) -> (usize, usize, usize) {
    let Room { rows, columns } = page(size);
    let above: usize = stopped.iter().map(|line| line.rows(columns)).sum();
    let (above, below) = (above.min(rows / 2), (rows / 4).clamp(2, 4));
    (above, rows.saturating_sub(above + below + 1), below)
}

/// Rows of the table of an import's review: a page less its two lines of counts, its heading and two of detail.
pub fn import_rows(size: (u16, u16)) -> usize {
    page(size).rows.saturating_sub(5)
}

/// Room for text on the Provisioning pane, which is a page too.
pub fn pane_page(size: (u16, u16)) -> Room {
    Room { rows: usize::from(pane_rows(size.1).saturating_sub(2)), ..page(size) }
}

/// Room for text in a dialog, above its buttons.
pub fn dialog(size: (u16, u16)) -> Room {
    Room {
        rows: usize::from(size.1.saturating_sub(4 + 2 + 4).max(1)),
        columns: usize::from(dialog_columns(size.0)),
    }
}

/// Columns of text in a dialog.
pub fn dialog_columns(width: u16) -> u16 {
    width.saturating_sub(8).min(88)
}
