//! The colours of the picture, for light and dark paper, and the dashes of its lines.
//!
//! The picture is drawn in the light colours. Each has one meaning, so that a style sheet can pick
//! the shapes by their colour and give them their dark counterpart and their dashes.

use plotters::style::RGBColor;
use std::fmt::Write as _;

/// A colour with one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    light: u32,
    dark: u32,
    /// Lengths of dash and gap in turn, in pixels; none for an unbroken line.
    dashes: &'static [u32],
}

const fn ink(light: u32, dark: u32, dashes: &'static [u32]) -> Ink {
    Ink {
        light,
        dark,
        dashes,
    }
}

pub(super) const PAPER: Ink = ink(0xFFFFFF, 0x0D1117, &[]);
pub(super) const TEXT: Ink = ink(0x1F2328, 0xE6EDF3, &[]);
pub(super) const MUTED: Ink = ink(0x59636E, 0x9BA5AF, &[]);
pub(super) const GRID: Ink = ink(0xE6E9ED, 0x23292F, &[]);
pub(super) const AXIS: Ink = ink(0x818B98, 0x6E7681, &[]);
pub(super) const IDEAL: Ink = ink(0x6E7781, 0x8B949E, &[7, 5]);
pub(super) const CPUS: Ink = ink(0x7D8590, 0x7F8892, &[2, 3]);
pub(super) const RIVAL: Ink = ink(0x424A53, 0xC3CBD4, &[9, 4, 2, 4]);
/// The line from a rival's level line to its label.
pub(super) const LEADER: Ink = ink(0x424A54, 0xC3CBD5, &[]);

/// Hues that the common kinds of colour blindness keep apart, after Okabe and Ito's palette
/// (<https://jfly.uni-koeln.de/color/>), darkened or lightened until they stand out on their paper.
const SERIES: [Ink; 6] = [
    ink(0x0072B2, 0x58B4F0, &[]),
    ink(0xD55E00, 0xFF9B57, &[]),
    ink(0x008060, 0x3CCBA0, &[]),
    ink(0xA3468A, 0xE79CCB, &[]),
    ink(0x8A6D00, 0xE6C84A, &[]),
    ink(0x5B4FC4, 0xB3A9FF, &[]),
];

/// The colour of a series, by its index; they repeat.
pub(super) const fn series(index: usize) -> Ink {
    SERIES[index % SERIES.len()]
}

/// The colour of the curve fitted to a series: to the eye that of the series.
pub(super) const fn fitted(index: usize) -> Ink {
    let Ink { light, dark, .. } = series(index);
    ink(light + 1, dark, &[1, 5])
}

fn all() -> impl Iterator<Item = Ink> {
    let fixed = [PAPER, TEXT, MUTED, GRID, AXIS, IDEAL, CPUS, RIVAL, LEADER];
    let fitted = (0..SERIES.len()).map(fitted);
    fixed.into_iter().chain(SERIES).chain(fitted)
}

impl Ink {
    /// The colour to draw with.
    pub(super) fn colour(self) -> RGBColor {
        let [_, red, green, blue] = self.light.to_be_bytes();
        RGBColor(red, green, blue)
    }

    /// The colour as the value of an attribute.
    pub(super) fn attribute(self) -> String {
        format!("#{:06X}", self.light)
    }
}

/// The style sheet of a picture: fonts, joins, and the dark colours for readers who prefer them.
pub(super) fn style_sheet(picture: &str) -> String {
    let mut sheet = String::from(
        "text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,Helvetica,Arial,sans-serif}\n\
         polyline{stroke-linejoin:round}\n\
         @media (prefers-color-scheme:dark){\n",
    );
    for ink in all() {
        for property in ["fill", "stroke"] {
            let attribute = format!("{property}=\"{}\"", ink.attribute());
            if picture.contains(&attribute) {
                // Writing to a String can't fail.
                let _ = writeln!(sheet, "[{attribute}]{{{property}:#{:06X}}}", ink.dark);
            }
        }
    }
    sheet.push_str("}\n");
    sheet
}

/// Gives the lines of a picture their dashes, which the drawing library doesn't know, at `unit`s a
/// pixel. A text can't be mistaken for a line: its quotes are escaped.
pub(super) fn with_dashes(picture: &str, unit: u32) -> String {
    let broken = all().filter(|ink| !ink.dashes.is_empty());
    broken.fold(picture.to_owned(), |picture, ink| {
        let stroke = format!("stroke=\"{}\"", ink.attribute());
        let lengths: Vec<String> = ink
            .dashes
            .iter()
            .map(|length| (length * unit).to_string())
            .collect();
        let cap = if ink.dashes[0] == 1 { "round" } else { "butt" };
        let dashes = lengths.join(" ");
        picture.replace(
            &stroke,
            &format!("{stroke} stroke-dasharray=\"{dashes}\" stroke-linecap=\"{cap}\""),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |colour: u32| {
            let linear = |byte: u8| match f64::from(byte) / 255.0 {
                x if x <= 0.04045 => x / 12.92,
                x => ((x + 0.055) / 1.055).powf(2.4),
            };
            let [_, red, green, blue] = colour.to_be_bytes();
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_has_one_meaning() {
        let mut lights: Vec<u32> = all().map(|ink| ink.light).collect();
        let count = lights.len();
        lights.sort_unstable();
        lights.dedup();
        assert_eq!(lights.len(), count);
    }

    #[test]
    fn texts_and_lines_stand_out_on_light_and_on_dark_paper() {
        for ink in all().filter(|ink| ![PAPER, GRID].contains(ink)) {
            // What WCAG asks of texts (1.4.3) and of graphics (1.4.11).
            let least = match [TEXT, MUTED, RIVAL].contains(&ink) {
                true => 4.5,
                false => 3.0,
            };
            assert!(contrast(ink.light, PAPER.light) >= least, "{ink:X?}");
            assert!(contrast(ink.dark, PAPER.dark) >= least, "{ink:X?}");
        }
    }

    #[test]
    fn only_lines_of_their_colour_are_dashed() {
        let picture =
            "<line stroke=\"#6E7781\"/><text fill=\"#6E7781\">stroke=&quot;#6E7781</text>";
        assert_eq!(
            with_dashes(picture, 10),
            "<line stroke=\"#6E7781\" stroke-dasharray=\"70 50\" stroke-linecap=\"butt\"/>\
             <text fill=\"#6E7781\">stroke=&quot;#6E7781</text>"
        );
    }
}
