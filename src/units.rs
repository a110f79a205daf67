//! Durations, counts and rates: how they are read and how they are printed for people.

use std::time::Duration;

/// A count with a comma between each three digits: `99,999,999`.
#[must_use]
pub fn count(n: u128) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A signed number with a comma between each three digits: `-1,000`.
#[must_use]
pub fn number(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", count(u128::from(n.unsigned_abs())))
}

/// A number of 128 bits with its digits in groups of three.
#[must_use]
pub fn wide_number(n: i128) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", count(n.unsigned_abs()))
}

/// A text that may hold anything, such as a file's name, with its control characters escaped.
#[must_use]
pub fn printable(text: &str) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// `1 number`, `2 numbers`: a count with its noun in the singular or plural.
#[must_use]
pub fn count_of(n: u128, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(n))
}

/// Seconds in the unit that suits them, to three significant digits: `850 ns`, `3.10 ms`,
/// `2 min 5 s`.
#[must_use]
pub fn seconds(elapsed_s: f64) -> String {
    if elapsed_s < 1e-6 {
        format!("{:.0} ns", elapsed_s * 1e9)
    } else if elapsed_s < 999.5e-6 {
        format!("{} µs", significant(elapsed_s * 1e6))
    } else if elapsed_s < 999.5e-3 {
        format!("{} ms", significant(elapsed_s * 1e3))
    } else if elapsed_s < 60.0 {
        format!("{} s", significant(elapsed_s))
    } else {
        whole_units(elapsed_s.round())
    }
}

/// A unit that all times are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// `ns`
    Nanoseconds,
    /// `µs`
    Microseconds,
    /// `ms`
    Milliseconds,
    /// `s`
    Seconds,
}

impl TimeUnit {
    /// The unit in which a time has one to three digits before its point, up to seconds.
    #[must_use]
    pub fn suiting(elapsed_s: f64) -> TimeUnit {
        match elapsed_s {
            s if s < 1e-6 => TimeUnit::Nanoseconds,
            s if s < 1e-3 => TimeUnit::Microseconds,
            s if s < 1.0 => TimeUnit::Milliseconds,
            _ => TimeUnit::Seconds,
        }
    }

    /// How many there are in a second.
    #[must_use]
    pub fn per_s(self) -> f64 {
        match self {
            TimeUnit::Nanoseconds => 1e9,
            TimeUnit::Microseconds => 1e6,
            TimeUnit::Milliseconds => 1e3,
            TimeUnit::Seconds => 1.0,
        }
    }

    /// Its sign: `ms`.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            TimeUnit::Nanoseconds => "ns",
            TimeUnit::Microseconds => "µs",
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Seconds => "s",
        }
    }

    /// Seconds in this unit, to three significant digits; larger ones whole: `0.0123 s`, `12345 ms`.
    #[must_use]
    pub fn show(self, elapsed_s: f64) -> String {
        let (time, sign) = (elapsed_s * self.per_s(), self.sign());
        match time.abs() {
            // Noughts after the point are no digits that count.
            small if small > 0.0 && small < 0.9995 => {
                let digits = (2.0 - small.log10().floor()).min(9.0) as usize;
                format!("{time:.digits$} {sign}")
            }
            _ => format!("{} {sign}", significant(time)),
        }
    }
}

/// A size in the unit of 1024 that suits it, to three significant digits: `11.4 MiB`.
#[must_use]
pub fn bytes(size: u64) -> String {
    let (unit, prefix) = match size {
        0..1024 => return count_of(u128::from(size), "byte"),
        0x400..0x10_0000 => (10, "KiB"),
        0x10_0000..0x4000_0000 => (20, "MiB"),
        0x4000_0000..0x100_0000_0000 => (30, "GiB"),
        _ => (40, "TiB"),
    };
    let scaled = size as f64 / (1_u64 << unit) as f64;
    format!("{} {prefix}", significant(scaled))
}

/// The two largest units of a minute or more.
fn whole_units(elapsed_s: f64) -> String {
    let parts = [
        ("d", (elapsed_s / 86_400.0).floor()),
        ("h", (elapsed_s / 3_600.0).floor() % 24.0),
        ("min", (elapsed_s / 60.0).floor() % 60.0),
        ("s", elapsed_s % 60.0),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .skip_while(|(_, n)| *n == 0.0)
        .take(2)
        .filter(|(_, n)| *n > 0.0)
        .map(|(unit, n)| format!("{n:.0} {unit}"))
        .collect();
    words.join(" ")
}

/// A rate with its decimal prefix, to three significant digits: `32.3 G numbers/s`.
#[must_use]
pub fn rate(per_s: f64, noun: &str) -> String {
    let (scaled, prefix) = prefixed(per_s);
    format!("{} {prefix}{noun}/s", significant(scaled))
}

/// How much or how many, with its decimal prefix, to three significant digits: `1.23 G`.
#[must_use]
pub fn amount(amount: f64) -> String {
    let (scaled, prefix) = prefixed(amount);
    format!("{} {prefix}", significant(scaled))
        .trim_end()
        .to_owned()
}

fn prefixed(figure: f64) -> (f64, &'static str) {
    [(1e12, "T "), (1e9, "G "), (1e6, "M "), (1e3, "k ")]
        .into_iter()
        .find(|(unit, _)| figure >= *unit)
        .map_or((figure, ""), |(unit, prefix)| (figure / unit, prefix))
}

/// A share in percent, to three significant digits: `1.95%`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{}%", significant(share * 100.0))
}

/// Three significant digits of a number under 1000; larger ones whole.
fn significant(x: f64) -> String {
    let digits = if x.abs() >= 99.95 {
        0
    } else if x.abs() >= 9.995 {
        1
    } else {
        2
    };
    if x == 0.0 {
        return "0".to_owned();
    }
    format!("{x:.digits$}")
}

/// Reads a duration: a number, with a fraction if need be, and its unit (`ms`, `s`, `m`, `h`, `d`).
///
/// # Errors
/// A sentence that quotes the text and says what was expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let expected = || {
        format!(
            "'{}' is not a duration: write a number and a unit, such as 500ms, 30s, 1.5m or 2h",
            text.escape_debug()
        )
    };
    let unit_at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(expected)?;
    let (digits, unit) = text.split_at(unit_at);
    let unit_s = match unit.trim() {
        "ms" => 1e-3,
        "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err(expected()),
    };
    let value: f64 = digits.parse().map_err(|_| expected())?;
    let duration = Duration::try_from_secs_f64(value * unit_s).map_err(|_| expected())?;
    if duration.is_zero() {
        return Err(format!(
            "'{text}' is no time at all: give a duration above 0"
        ));
    }
    Ok(duration)
}

/// Reads a size in bytes: a number, with a fraction if need be, and perhaps a unit of 1024 (`k`),
/// 1024² (`M`), 1024³ (`G`) or 1024⁴ (`T`) bytes, in either case.
///
/// # Errors
/// A sentence that quotes the text and says what was expected.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let expected = || {
        format!(
            "'{}' is not a size: write bytes, or a number and a unit, such as 500M or 1.5G",
            text.escape_debug()
        )
    };
    let trimmed = text.trim();
    let (digits, unit) = match trimmed.char_indices().next_back() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&trimmed[..at], unit),
        _ => (trimmed, ' '),
    };
    let factor = match unit.to_ascii_lowercase() {
        ' ' => 1u64,
        'k' => 1 << 10,
        'm' => 1 << 20,
        'g' => 1 << 30,
        't' => 1 << 40,
        _ => return Err(expected()),
    };
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = digits.parse().map_err(|_| expected())?;
    let bytes = number * factor as f64;
    // The largest number of bytes that is a u64 has no f64 of its own.
    (is_number && bytes < u64::MAX as f64)
        .then_some(bytes as u64)
        .ok_or_else(expected)
}

/// Reads a share: a number of percent with its sign (`80%`), or a fraction below 1 (`0.8`).
///
/// # Errors
/// A sentence that quotes the text and says what was expected.
pub fn parse_share(text: &str) -> Result<f64, String> {
    let expected = || {
        format!(
            "'{}' is not a share: write it in percent, such as 80%",
            text.escape_debug()
        )
    };
    let (digits, unit) = match text.trim().strip_suffix('%') {
        Some(digits) => (digits, 0.01),
        None => (text, 1.0),
    };
    let share: f64 = digits.trim().parse().map_err(|_| expected())?;
    // 80 without its sign may mean 80% as well as 80 times.
    let clear = unit < 1.0 || share < 1.0;
    let share = share * unit;
    (clear && share.is_finite() && share >= 0.0)
        .then_some(share)
        .ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_bytes_or_units_of_1024() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("1.5k", 1536),
            (" 2M ", 2 << 20),
            ("3g", 3 << 30),
            ("1T", 1 << 40),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "k", "-1", "1X", "1 2", "1e3", "inf", "99999999T", "1KB"] {
            let error = parse_bytes(text).expect_err(text);
            assert!(
                error.starts_with(&format!("'{text}' is not a size")),
                "{error}"
            );
        }
    }

    #[test]
    fn shares_are_percents_or_fractions() {
        for (text, share) in [
            ("80%", 0.8),
            (" 1.5 %", 0.015),
            ("0.8", 0.8),
            ("0%", 0.0),
            ("150%", 1.5),
        ] {
            assert!((parse_share(text).unwrap() - share).abs() < 1e-12, "{text}");
        }
        for text in [
            "80", "1", "-1%", "-0.1", "", "%", "x%", "1e400%", "nan", "inf%",
        ] {
            assert!(parse_share(text).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn counts_are_grouped_in_threes() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(1 << 64), "18,446,744,073,709,551,616");
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(count_of(1, "number"), "1 number");
        assert_eq!(count_of(0, "number"), "0 numbers");
    }

    #[test]
    fn seconds_take_the_unit_that_suits_them() {
        assert_eq!(seconds(0.0), "0 ns");
        assert_eq!(seconds(85e-9), "85 ns");
        assert_eq!(seconds(12.34e-6), "12.3 µs");
        assert_eq!(seconds(3.1e-3), "3.10 ms");
        assert_eq!(seconds(0.2504), "250 ms");
        assert_eq!(seconds(59.94), "59.9 s");
        assert_eq!(seconds(60.0), "1 min");
        assert_eq!(seconds(125.2), "2 min 5 s");
        assert_eq!(seconds(7_200.0), "2 h");
        assert_eq!(seconds(200_000.0), "2 d 7 h");
    }

    #[test]
    fn a_unit_that_is_given_is_kept() {
        for (unit, elapsed_s, shown) in [
            (TimeUnit::Milliseconds, 12.345, "12345 ms"),
            (TimeUnit::Milliseconds, 3.1e-3, "3.10 ms"),
            (TimeUnit::Seconds, 12.34e-3, "0.0123 s"),
            (TimeUnit::Seconds, 125.2, "125 s"),
            (TimeUnit::Seconds, 0.4567, "0.457 s"),
            (TimeUnit::Seconds, 0.99951, "1.00 s"),
            (TimeUnit::Seconds, 0.0, "0 s"),
            (TimeUnit::Seconds, 1e-12, "0.000000000 s"),
            (TimeUnit::Microseconds, 0.2504, "250400 µs"),
            (TimeUnit::Nanoseconds, 85e-9, "85.0 ns"),
        ] {
            assert_eq!(unit.show(elapsed_s), shown);
        }
    }

    #[test]
    fn sizes_take_the_unit_that_suits_them() {
        for (size, shown) in [
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1024, "1.00 KiB"),
            (11_943_936, "11.4 MiB"),
            (5 << 30, "5.00 GiB"),
            (3 << 50, "3072 TiB"),
        ] {
            assert_eq!(bytes(size), shown);
        }
    }

    #[test]
    fn rates_and_shares_keep_three_digits() {
        assert_eq!(rate(32.26e9, "numbers"), "32.3 G numbers/s");
        assert_eq!(rate(999.0, "numbers"), "999 numbers/s");
        assert_eq!(rate(1.5e3, "numbers"), "1.50 k numbers/s");
        assert_eq!(percent(0.0195), "1.95%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(-0.12176), "-12.2%");
    }

    #[test]
    fn durations_are_read_with_their_unit() {
        assert_eq!(parse_duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse_duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("500 ms"), Ok(Duration::from_millis(500)));
        for wrong in [
            "",
            "30",
            "s",
            "1..2s",
            "-1s",
            "1y",
            "0s",
            "1e3s",
            "٣s",
            "99999999999999999999d",
        ] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
