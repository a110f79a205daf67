//! Drawing in pixels: shapes and texts in an ink, how wide a text is, how a picture is finished.

use super::super::shortened;
use super::palette::{self, Ink};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, ShapeStyle, TextStyle};
use std::io;
use unicode_width::UnicodeWidthChar;

/// The library draws on whole units; with ten to the pixel, curves have no steps.
pub(super) const UNIT: u32 = 10;

/// A place, in pixels from the upper left corner.
pub(super) type At = (f64, f64);

pub(super) type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

/// A text's looks: its size in pixels, its weight and colour.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) ink: Ink,
}

/// Where a text's place is on it; it is centred upright.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// The sheet that is drawn on.
pub(super) struct Canvas<'a> {
    pub(super) area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// A sheet of so many pixels, whose drawing goes to `picture`.
    pub(super) fn new(picture: &'a mut String, (width, height): (u32, u32)) -> Canvas<'a> {
        let size = (width * UNIT, height * UNIT);
        Canvas {
            area: SVGBackend::with_string(picture, size).into_drawing_area(),
        }
    }

    pub(super) fn line(&self, points: &[At], width: f64, ink: Ink) -> Drawn {
        let style = ShapeStyle::from(ink.colour()).stroke_width(units(width) as u32);
        let points: Vec<(i32, i32)> = points.iter().map(|at| place(*at)).collect();
        self.area.draw(&PathElement::new(points, style))
    }

    /// A filled polygon.
    pub(super) fn polygon(&self, corners: &[At], ink: Ink) -> Drawn {
        let corners: Vec<(i32, i32)> = corners.iter().map(|at| place(*at)).collect();
        self.area
            .draw(&Polygon::new(corners, ink.colour().filled()))
    }

    pub(super) fn disc(&self, centre: At, radius: f64, ink: Ink) -> Drawn {
        let style = ink.colour().filled();
        self.area
            .draw(&Circle::new(place(centre), units(radius), style))
    }

    /// A filled rectangle that lets through what is below it; `opacity` is from 0 to 1.
    pub(super) fn veil(&self, corners: [At; 2], opacity: f64, ink: Ink) -> Drawn {
        let style = ink.colour().mix(opacity).filled();
        self.area.draw(&Rectangle::new(corners.map(place), style))
    }

    pub(super) fn text(&self, text: &str, at: At, anchor: Anchor, looks: Type) -> Drawn {
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
        };
        let style = text_style(looks).pos(Pos::new(h_pos, VPos::Center));
        self.area.draw_text(text, &style, place(at))
    }
}

/// The looks of a text for the drawing library.
pub(super) fn text_style(looks: Type) -> TextStyle<'static> {
    // The library divides by this factor, as its sizes are those of the line, not of the letters.
    const LINE_OVER_LETTERS: f64 = 1.24;
    let style = match looks.bold {
        true => FontStyle::Bold,
        false => FontStyle::Normal,
    };
    let size = looks.size * f64::from(UNIT) * LINE_OVER_LETTERS;
    let font = ("sans-serif", size, style).into_font();
    font.color(&looks.ink.colour())
}

fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNIT)).round() as i32
}

fn place((x, y): At) -> (i32, i32) {
    (units(x), units(y))
}

/// The pixels a text takes at most, whichever common font the reader has: the widths are those of
/// DejaVu Sans, which is wider than most.
pub(super) fn width(text: &str, looks: Type) -> f64 {
    text.chars().map(|c| char_width(c, looks)).sum()
}

fn char_width(c: char, looks: Type) -> f64 {
    let of_size = match c {
        'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' => 0.34,
        'f' | 'r' | 't' | '!' | '/' | '\\' | '(' | ')' | '[' | ']' | '-' => 0.42,
        'c' | 's' | 'z' | 'J' => 0.56,
        'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' | '&' => 0.8,
        'w' | '+' | '<' | '>' | '=' | '~' | '^' | '#' | '×' => 0.84,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '—' => 1.0,
        'A'..='Z' => 0.7,
        _ if c.is_ascii() => 0.64,
        _ => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.8,
            Some(_) => 1.2,
        },
    };
    let weight = if looks.bold { 1.12 } else { 1.0 };
    of_size * weight * looks.size
}

/// As much of a text as fits into so many pixels.
pub(super) fn fitting(text: &str, room: f64, looks: Type) -> String {
    shortened(text, room, |c| char_width(c, looks))
}

/// Completes a drawn picture of so many pixels: its size, name, colours and dashes.
pub(super) fn finished(picture: &str, (width, height): (u32, u32), title: &str) -> String {
    let picture = palette::with_dashes(picture, UNIT);
    let shapes = picture.split_once(">\n").map_or("", |(_, shapes)| shapes);
    let view = format!("0 0 {} {}", width * UNIT, height * UNIT);
    let style = palette::style_sheet(&picture);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{view}\" role=\"img\">\n<title>{}</title>\n<style>\n{style}</style>\n{shapes}",
        escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_at_most_as_wide_as_estimated() {
        let looks = Type {
            size: 1_000.0,
            bold: false,
            ink: palette::TEXT,
        };
        // As the font DejaVu Sans itself says.
        for (text, actual) in [
            ("USL, 3.0% contention, 0.04% crosstalk", 19_377.0),
            ("python3 /srv/bench_OMP.py --jobs=4", 18_574.0),
        ] {
            let estimated = width(text, looks);
            assert!(
                (actual..actual * 1.12).contains(&estimated),
                "{text}: {estimated}"
            );
        }
        assert_eq!(width("漢字", looks), 2_400.0);
    }

    #[test]
    fn a_picture_is_finished_with_its_size_and_name() {
        let picture = finished("<svg old>\n<rect/>\n</svg>\n", (80, 50), "a < b & c");
        assert!(picture.starts_with("<svg xmlns"), "{picture}");
        assert!(picture.contains(r#"width="80" height="50" viewBox="0 0 800 500""#));
        assert!(picture.contains("<title>a &lt; b &amp; c</title>"));
        assert!(picture.ends_with("</style>\n<rect/>\n</svg>\n"));
    }
}
