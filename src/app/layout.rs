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

/// Rows of text on a page that covers the pane.
pub fn page_rows(height: u16) -> usize {
    usize::from(height.saturating_sub(4 + 2))
}

/// Rows of text in a dialog, above its buttons.
pub fn dialog_rows(height: u16) -> usize {
    usize::from(height.saturating_sub(4 + 2 + 4).max(1))
}

/// Columns of text in a dialog.
pub fn dialog_columns(width: u16) -> u16 {
    width.saturating_sub(8).min(88)
}
