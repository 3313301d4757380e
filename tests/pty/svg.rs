//! A screen as a picture. Text is placed cell by cell where fonts might disagree about widths, and lines are drawn as
//! lines, so that it looks the same with any monospace font.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

const CELL: (f32, f32) = (8.4, 19.0);
const EDGE: f32 = 18.0;
const BAR: f32 = 34.0;
const FONT: &str = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono', monospace";
const BACK: &str = "#12161d";
const FORE: &str = "#d3d9e3";
const BLUE: &str = "#5f93e6";
const COLOURS: [&str; 16] = [
    "#12161d", "#ff6b68", "#7bc77e", "#e5b567", "#3566b8", "#c297ff", "#5cc5d6", "#d3d9e3", "#6b7585",
    "#ff8a87", "#9be09d", "#f2cc8a", "#6c9cf0", "#d6b8ff", "#86dcea", "#ffffff",
];

/// How a cell looks.
#[derive(Debug, Clone, PartialEq)]
struct Look {
    fore: String,
    back: String,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (mut fore, mut back) = (colour(cell.fgcolor(), FORE), colour(cell.bgcolor(), BACK));
        // The blue that carries white text is too dark for text and lines of its own.
        if cell.fgcolor() == Color::Idx(4) {
            fore = BLUE.to_owned();
        }
        if cell.inverse() {
            std::mem::swap(&mut fore, &mut back);
        }
        Self {
            fore,
            back,
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
        }
    }

    fn attributes(&self) -> String {
        let mut all = String::new();
        let marks = [
            (self.fore != FORE, format!(" fill=\"{}\"", self.fore)),
            (self.bold, " font-weight=\"700\"".to_owned()),
            (self.dim, " opacity=\"0.62\"".to_owned()),
            (self.italic, " font-style=\"italic\"".to_owned()),
            (self.underline, " text-decoration=\"underline\"".to_owned()),
        ];
        marks.into_iter().filter(|(on, _)| *on).for_each(|(_, text)| all += &text);
        all
    }
}

fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(n @ 0..16) => COLOURS[usize::from(n)].to_owned(),
        Color::Idx(n @ 16..232) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = n - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        Color::Idx(n) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (n - 232)),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A border's character as a path from the middle of its cell.
fn border(symbol: &str, x: f32, y: f32) -> Option<String> {
    let (w, h) = CELL;
    let (cx, cy, right, bottom) = (x + w / 2.0, y + h / 2.0, x + w, y + h);
    let r = w / 2.0;
    Some(match symbol {
        "─" => format!("M{x:.1} {cy:.1}H{right:.1}"),
        "│" => format!("M{cx:.1} {y:.1}V{bottom:.1}"),
        "╭" => format!("M{cx:.1} {bottom:.1}V{:.1}Q{cx:.1} {cy:.1} {right:.1} {cy:.1}", cy + r),
        "╮" => format!("M{x:.1} {cy:.1}Q{cx:.1} {cy:.1} {cx:.1} {:.1}V{bottom:.1}", cy + r),
        "╰" => format!("M{cx:.1} {y:.1}V{:.1}Q{cx:.1} {cy:.1} {right:.1} {cy:.1}", cy - r),
        "╯" => format!("M{x:.1} {cy:.1}Q{cx:.1} {cy:.1} {cx:.1} {:.1}V{y:.1}", cy - r),
        _ => return None,
    })
}

/// One row: its cells in runs of one look.
struct Row {
    y: f32,
    backs: String,
    lines: String,
    texts: String,
    run: Option<(u16, Look, String)>,
}

impl Row {
    fn back(&mut self, x: f32, columns: u16, look: &Look) {
        if look.back != BACK {
            let (y, width) = (self.y, f32::from(columns) * CELL.0);
            // A little wider than its cells, so that no seam shows between two runs.
            let _ = write!(
                self.backs,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                width + 0.3,
                CELL.1,
                look.back
            );
        }
    }

    /// Writes the run that is open.
    fn close(&mut self) {
        let Some((column, look, text)) = self.run.take() else { return };
        let ink = text.trim_end();
        if ink.is_empty() {
            return;
        }
        let start = ink.len() - ink.trim_start().len();
        let (column, ink) = (column + u16::try_from(start).unwrap(), ink.trim_start());
        let length = ink.chars().count();
        self.text(column, length, &look, ink);
    }

    fn text(&mut self, column: u16, length: usize, look: &Look, text: &str) {
        let (x, y) = (EDGE + f32::from(column) * CELL.0, self.y + CELL.1 * 0.72);
        let _ = write!(
            self.texts,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{:.1}\"{}>{}</text>",
            length as f32 * CELL.0,
            look.attributes(),
            escaped(text)
        );
    }

    fn cell(&mut self, column: u16, cell: &Cell) {
        let x = EDGE + f32::from(column) * CELL.0;
        let columns = if cell.is_wide() { 2 } else { 1 };
        let look = Look::of(cell);
        self.back(x, columns, &look);
        let symbol = if cell.has_contents() { cell.contents() } else { " " };
        if let Some(path) = border(symbol, x, self.y) {
            self.close();
            let _ = write!(self.lines, "<path d=\"{path}\" stroke=\"{}\"/>", look.fore);
        } else if symbol.is_ascii() {
            match &mut self.run {
                Some((_, open, text)) if *open == look => text.push_str(symbol),
                _ => {
                    self.close();
                    self.run = Some((column, look, symbol.to_owned()));
                }
            }
        } else {
            self.close();
            self.text(column, columns.into(), &look, symbol);
        }
    }
}

/// The picture of a screen, with a title in its bar.
pub(crate) fn picture(screen: &Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let (width, height) =
        (f32::from(columns.get()) * CELL.0 + 2.0 * EDGE, f32::from(rows.get()) * CELL.1 + BAR + EDGE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{label}\">\n<title>{label}</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\" fill=\"{BACK}\" stroke=\"#39424f\"/>\n\
         <g fill=\"#39424f\"><circle cx=\"20\" cy=\"17\" r=\"5.5\"/><circle cx=\"38\" cy=\"17\" r=\"5.5\"/>\
         <circle cx=\"56\" cy=\"17\" r=\"5.5\"/></g>\n\
         <text x=\"{:.0}\" y=\"21.5\" text-anchor=\"middle\" font-family=\"{FONT}\" font-size=\"12.5\" \
         fill=\"#8b95a5\">{label}</text>\n",
        width - 1.0,
        height - 1.0,
        width / 2.0,
        label = escaped(title),
    );
    let (mut lines, mut texts) = (String::new(), String::new());
    for row in 0..rows.get() {
        let y = BAR + f32::from(row) * CELL.1;
        let mut drawn =
            Row { y, backs: String::new(), lines: String::new(), texts: String::new(), run: None };
        for column in 0..columns.get() {
            if let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) {
                drawn.cell(column, cell);
            }
        }
        drawn.close();
        out += &drawn.backs;
        lines += &drawn.lines;
        let _ = writeln!(texts, "{}", drawn.texts);
    }
    let _ = write!(
        out,
        "\n<g fill=\"none\" stroke-width=\"1.2\">{lines}</g>\n<g font-family=\"{FONT}\" font-size=\"14\" \
         fill=\"{FORE}\" xml:space=\"preserve\">\n{texts}</g>\n</svg>\n"
    );
    out
}
