//! Results as decimal text, a line each, many lines at a time.
//!
//! A result is cut into numbers of sixteen digits, with one of eight before them where that is enough.
//! From there on it is cut in halves, the numbers of many lines at once, in vector code: into blocks
//! of eight digits, then four, two, and one. Each time the lanes have half the width, so a vector
//! register holds twice as many of them. Last, the lines are put together from the last to the first:
//! the leading zeros of a line end up where the line before it is written next, so nothing has to be
//! shifted.

use super::dispatch;
use super::instruction_set::InstructionSet;

/// How many lines are worked on at a time: few enough to stay in a core's first cache.
pub(super) const LINES: usize = 64;

/// The digits of a block.
pub(super) const DIGITS: usize = 8;

/// What the number of a block is below.
const BLOCK_END: u64 = 10u64.pow(8);

/// What the number of two blocks is below.
const PAIR_END: u64 = 10u64.pow(16);

/// The most blocks that a result of 128 bits has.
const BLOCKS_MAX: usize = 5;

/// The most a line needs: its blocks, leading zeros included, a sign and a line feed.
const LINE_LEN_MAX: usize = BLOCKS_MAX * DIGITS + 2;

/// Two blocks, the first of which is the lower half of a 64-bit number.
pub(super) type Pair = [u8; 8];

/// Appends each result to `out`, in decimal, a line feed after each.
pub(super) fn append_lines<N: Decimal>(results: &[N], out: &mut Vec<u8>) {
    let mut lines = Lines::new();
    for results in results.chunks(LINES) {
        let text = match N::cut(results, &mut lines) {
            1 => lines.render::<1, N>(results),
            2 => lines.render::<2, N>(results),
            3 => lines.render::<3, N>(results),
            4 => lines.render::<4, N>(results),
            _ => lines.render::<5, N>(results),
        };
        out.extend_from_slice(text);
    }
}

/// A result of a width that is written as lines.
pub(super) trait Decimal: Copy {
    fn is_negative(self) -> bool;

    /// How many digits it has; 0 has one.
    fn digits(self) -> u32;

    /// Cuts up to [`LINES`] results; returns how many blocks the longest of them has.
    fn cut(results: &[Self], lines: &mut Lines) -> usize;
}

impl Decimal for i64 {
    fn is_negative(self) -> bool {
        self < 0
    }

    fn digits(self) -> u32 {
        self.unsigned_abs().max(1).ilog10() + 1
    }

    fn cut(results: &[i64], lines: &mut Lines) -> usize {
        let numbers = &mut lines.numbers[0];
        match dispatch::take_magnitudes(lines.set, results, numbers) {
            0..BLOCK_END => {
                lines.firsts = numbers.map(u64::to_le_bytes);
                1
            }
            BLOCK_END..PAIR_END => 2,
            _ => {
                dispatch::cut_off_pairs(lines.set, numbers, &mut lines.firsts);
                3
            }
        }
    }
}

impl Decimal for i128 {
    fn is_negative(self) -> bool {
        self < 0
    }

    fn digits(self) -> u32 {
        self.unsigned_abs().max(1).ilog10() + 1
    }

    fn cut(results: &[i128], lines: &mut Lines) -> usize {
        const THREE_BLOCKS_END: u128 = 10u128.pow(24);
        const FOUR_BLOCKS_END: u128 = 10u128.pow(32);
        match results.iter().fold(0, |bits, x| bits | x.unsigned_abs()) {
            0..THREE_BLOCKS_END => cut_wide::<3>(results, lines),
            THREE_BLOCKS_END..FOUR_BLOCKS_END => cut_wide::<4>(results, lines),
            _ => cut_wide::<5>(results, lines),
        }
    }
}

/// Cuts results of 128 bits one by one: vector code has no products that wide.
fn cut_wide<const BLOCKS: usize>(results: &[i128], lines: &mut Lines) -> usize {
    for (line, result) in results.iter().enumerate().take(LINES) {
        let mut rest = result.unsigned_abs();
        for pair in (1 - BLOCKS % 2..BLOCKS / 2).rev() {
            let above = divided_by_pair_end(rest);
            lines.numbers[pair][line] = (rest - above * u128::from(PAIR_END)) as u64;
            rest = above;
        }
        match BLOCKS % 2 {
            1 => lines.firsts[line] = (rest as u64).to_le_bytes(),
            _ => lines.numbers[0][line] = rest as u64,
        }
    }
    BLOCKS
}

/// `x / 10^16`, for which the compiler would call a function.
///
/// 10^16 = 2^16·5^16, and n = x / 2^16 is below 2^112. The reciprocal 2^165 / 5^16 is rounded up, by
/// less than 1, so n times it exceeds n / 5^16 by less than 2^112 / 2^165. That is less than 1 / 5^16,
/// the least by which n / 5^16 falls short of the next integer.
fn divided_by_pair_end(x: u128) -> u128 {
    const DIVISOR: u128 = 5u128.pow(16);
    const SHIFT: u32 = 165 - 128;
    const RECIPROCAL: u128 = {
        let (quotient, rest) = (u128::MAX / DIVISOR, u128::MAX % DIVISOR + 1);
        (quotient << SHIFT) + (rest << SHIFT) / DIVISOR + 1
    };
    high_half(x >> 16, RECIPROCAL) >> SHIFT
}

/// The upper 128 bits of a product of 256.
fn high_half(x: u128, y: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (x_high, x_low, y_high, y_low) = (x >> 64, x & LOW, y >> 64, y & LOW);
    let middle = x_high * y_low + ((x_low * y_low) >> 64);
    let other = x_low * y_high + (middle & LOW);
    x_high * y_high + (middle >> 64) + (other >> 64)
}

/// Some lines in the making. Every step is done for all of them before the next one.
pub(super) struct Lines {
    set: InstructionSet,
    /// The first block of lines that have an odd number of them; each without a second.
    firsts: [Pair; LINES],
    /// The blocks after it, two of them as a number: the first two of all lines, then the others.
    numbers: [[u64; LINES]; BLOCKS_MAX / 2],
    /// Two of the blocks of all lines.
    pairs: [Pair; LINES],
    first_digits: [[u8; DIGITS]; LINES],
    digits: [[[u8; 2 * DIGITS]; LINES]; BLOCKS_MAX / 2],
    /// How many digits each line has, leading zeros not counted.
    lengths: [u32; LINES],
    text: [u8; LINES * LINE_LEN_MAX],
}

impl Lines {
    fn new() -> Lines {
        Lines {
            set: InstructionSet::best(),
            firsts: [[0; 8]; LINES],
            numbers: [[0; LINES]; BLOCKS_MAX / 2],
            pairs: [[0; 8]; LINES],
            first_digits: [[0; DIGITS]; LINES],
            digits: [[[0; 2 * DIGITS]; LINES]; BLOCKS_MAX / 2],
            lengths: [0; LINES],
            text: [0; LINES * LINE_LEN_MAX],
        }
    }

    /// The lines of up to [`LINES`] results that have been cut.
    fn render<const BLOCKS: usize, N: Decimal>(&mut self, results: &[N]) -> &[u8] {
        let mut all_counted = true;
        if BLOCKS % 2 == 1 {
            all_counted = dispatch::count_digits(self.set, &self.firsts, BLOCKS, &mut self.lengths);
            let blocks = self.firsts.map(|[a, b, c, d, ..]| [a, b, c, d]);
            dispatch::write_digits(self.set, &blocks, &mut self.first_digits);
        }
        for pair in 0..BLOCKS / 2 {
            dispatch::cut_in_half(self.set, &self.numbers[pair], &mut self.pairs);
            if BLOCKS.is_multiple_of(2) && pair == 0 {
                all_counted =
                    dispatch::count_digits(self.set, &self.pairs, BLOCKS, &mut self.lengths);
            }
            let (blocks, _) = self.pairs.as_flattened().as_chunks();
            let (digits, _) = self.digits[pair].as_flattened_mut().as_chunks_mut();
            dispatch::write_digits(self.set, blocks, digits);
        }
        if !all_counted {
            let lines = self.lengths.iter_mut().zip(results);
            for (length, result) in lines.filter(|(length, _)| **length == 0) {
                *length = result.digits();
            }
        }
        let start = self.join::<BLOCKS, N>(results);
        &self.text[start..]
    }

    /// Puts the lines together at the end of the text; returns where they start.
    fn join<const BLOCKS: usize, N: Decimal>(&mut self, results: &[N]) -> usize {
        let results = &results[..results.len().min(LINES)];
        let mut start = self.text.len();
        for (line, result) in results.iter().enumerate().rev() {
            let whole = &mut self.text[start - BLOCKS * DIGITS - 1..start];
            if BLOCKS % 2 == 1 {
                whole[..DIGITS].copy_from_slice(&self.first_digits[line]);
            }
            for pair in 0..BLOCKS / 2 {
                let at = (BLOCKS % 2 + 2 * pair) * DIGITS;
                whole[at..at + 2 * DIGITS].copy_from_slice(&self.digits[pair][line]);
            }
            whole[BLOCKS * DIGITS] = b'\n';
            let sign = start - 1 - self.lengths[line] as usize - 1;
            // A line without a sign leaves this place to the line feed before it.
            self.text[sign] = b'-';
            start = sign + usize::from(!result.is_negative());
        }
        start
    }
}

/// Takes the magnitudes of results; returns the bits that any of them has.
#[inline(always)]
pub(super) fn take_magnitudes(results: &[i64], magnitudes: &mut [u64; LINES]) -> u64 {
    // What other lines have left there may be no block.
    magnitudes[results.len()..].fill(0);
    let mut bits = 0;
    for (magnitude, result) in magnitudes.iter_mut().zip(results) {
        *magnitude = result.unsigned_abs();
        bits |= *magnitude;
    }
    bits
}

/// Cuts numbers of up to 2^63 into a first block and a number of two blocks.
///
/// The quotient is computed from the upper 24 bits. It is too small by 1 at the most: the lower 40
/// bits add less than 2^40 / 10^16 to it, and the reciprocal, rounded down, takes away less than
/// 2^24 / 2^45.
#[inline(always)]
pub(super) fn cut_off_pairs(numbers: &mut [u64; LINES], firsts: &mut [Pair; LINES]) {
    const RECIPROCAL: u64 = ((1u128 << (40 + 45)) / PAIR_END as u128) as u64;
    for (number, first) in numbers.iter_mut().zip(firsts) {
        let quotient = ((*number >> 40) * RECIPROCAL) >> 45;
        let rest = *number - quotient * PAIR_END;
        let is_more = rest >= PAIR_END;
        *first = (quotient + u64::from(is_more)).to_le_bytes();
        *number = if is_more { rest - PAIR_END } else { rest };
    }
}

/// Cuts numbers of two blocks into these.
///
/// All products are of 32 bits, as vector code has them. 10^8 = 2^8·5^8, and x / 2^8 is below 2^46.
/// The quotient is computed from the upper 26 of these bits. It is too small by 3 at the most: the
/// lower 20 bits add less than 2^20 / 5^8 < 2.7 to it, and the reciprocal, rounded down, takes away
/// less than 2^26 / 2^30. What is left is below 4·10^8, of which the quotient is exact: the reciprocal,
/// rounded up, adds less than 4·10^8 / 2^56, which is less than 1 / 10^8.
#[inline(always)]
pub(super) fn cut_in_half(numbers: &[u64; LINES], pairs: &mut [Pair; LINES]) {
    const RECIPROCAL: u64 = (1 << (20 + 30)) / 5u64.pow(8);
    const EXACT: u64 = (1 << 56) / BLOCK_END + 1;
    for (pair, number) in pairs.iter_mut().zip(numbers) {
        let quotient = (u64::from((number >> 28) as u32) * RECIPROCAL) >> 30;
        let rest = number - u64::from(quotient as u32) * BLOCK_END;
        let rest = u64::from(rest as u32);
        let more = (rest * EXACT) >> 56;
        *pair = ((quotient + more) | (rest - more * BLOCK_END) << 32).to_le_bytes();
    }
}

/// Counts the digits of lines of so many blocks by the first of them, where that is not zero; says
/// whether it is so for all, the others get 0.
#[inline(always)]
pub(super) fn count_digits(
    firsts: &[Pair; LINES],
    blocks: usize,
    lengths: &mut [u32; LINES],
) -> bool {
    let digits_after = ((blocks - 1) * DIGITS) as u32;
    let mut least = u32::MAX;
    for (length, first) in lengths.iter_mut().zip(firsts) {
        // Signed, as older instruction sets can't compare vectors of others.
        let first = u64::from_le_bytes(*first) as i32;
        let mut digits = 0;
        let mut power = 1;
        for _ in 0..DIGITS {
            digits += u32::from(first >= power);
            power *= 10;
        }
        *length = if digits == 0 {
            0
        } else {
            digits + digits_after
        };
        least = least.min(*length);
    }
    least > 0
}

/// Writes blocks as text, leading zeros included; only whole multiples of [`LINES`].
///
/// Wherever x = q·d + r is cut, q goes to the lower half of its lane and r to the upper one: in
/// memory that is the order of digits. With h bits a half, q + (r << h) = (x << h) - q·((d << h) - 1).
#[inline(always)]
pub(super) fn write_digits(blocks: &[[u8; 4]], digits: &mut [[u8; DIGITS]]) {
    let (blocks, _) = blocks.as_chunks::<LINES>();
    let (digits, _) = digits.as_chunks_mut::<LINES>();
    for (eights, digits) in blocks.iter().zip(digits) {
        let mut fours = [[0; 4]; LINES];
        for (halves, x) in fours.iter_mut().zip(eights) {
            let x = u32::from_le_bytes(*x);
            let cut = (x << 16).wrapping_sub((x / 10_000).wrapping_mul((10_000 << 16) - 1));
            *halves = cut.to_le_bytes();
        }
        let (fours, _) = fours.as_flattened().as_chunks();
        let mut twos = [[0; 4]; 2 * LINES];
        for (halves, x) in twos.iter_mut().zip(fours) {
            let x = u16::from_le_bytes(*x);
            let quotient = u32::from(x / 100);
            let cut = (u32::from(x) << 16).wrapping_sub(quotient.wrapping_mul((100 << 16) - 1));
            *halves = cut.to_le_bytes();
        }
        let (twos, _) = twos.as_flattened().as_chunks();
        let (ones, _) = digits.as_flattened_mut().as_chunks_mut();
        for (halves, x) in ones.iter_mut().zip(twos) {
            let x = u16::from_le_bytes(*x);
            let cut = (x << 8).wrapping_sub((x / 10).wrapping_mul((10 << 8) - 1));
            *halves = (cut + u16::from_le_bytes(*b"00")).to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::fmt::Display;

    fn text_of<N: Decimal>(results: &[N]) -> String {
        let mut out = b"before\n".to_vec();
        append_lines(results, &mut out);
        let text = String::from_utf8(out).unwrap();
        text.strip_prefix("before\n").unwrap().to_owned()
    }

    fn expected<N: Display>(results: &[N]) -> String {
        results.iter().map(|x| format!("{x}\n")).collect()
    }

    proptest! {
        #[test]
        fn lines_are_what_to_string_gives(
            results in vec((0u32..64, any::<i64>()).prop_map(|(shift, x)| x >> shift), 0..300),
        ) {
            prop_assert_eq!(text_of(&results), expected(&results));
        }

        #[test]
        fn wide_lines_are_what_to_string_gives(
            results in vec((0u32..128, any::<i128>()).prop_map(|(shift, x)| x >> shift), 0..300),
        ) {
            prop_assert_eq!(text_of(&results), expected(&results));
        }

        #[test]
        fn lines_of_one_size_are_what_to_string_gives(
            shift in 0u32..128,
            results in vec(any::<i128>(), 0..2 * LINES),
        ) {
            let wide: Vec<i128> = results.iter().map(|x| x >> shift).collect();
            prop_assert_eq!(text_of(&wide), expected(&wide));
            let narrow: Vec<i64> = results.iter().map(|x| *x as i64 >> (shift / 2)).collect();
            prop_assert_eq!(text_of(&narrow), expected(&narrow));
        }

        #[test]
        fn reciprocals_divide(x: u128, shift in 0u32..128, high: u64, below in 0u128..3) {
            let multiple = u128::from(high) * u128::from(PAIR_END);
            for x in [x >> shift, multiple, multiple.saturating_sub(below), u128::MAX - (x >> shift)] {
                prop_assert_eq!(divided_by_pair_end(x), x / u128::from(PAIR_END));
            }
        }

        /// Next to the multiples of a block's end, where a quotient that is off by one shows.
        #[test]
        fn cuts_are_right_next_to_multiples(high: u64, beyond in 0u64..5, shift in 0u32..64) {
            let near = (high >> shift).saturating_add(beyond).saturating_sub(2);
            for block in [near % BLOCK_END * BLOCK_END, BLOCK_END * BLOCK_END - 1] {
                let number = block.saturating_add(beyond).saturating_sub(2) % PAIR_END;
                let mut pairs = [[0; 8]; LINES];
                cut_in_half(&[number; LINES], &mut pairs);
                let pair = (number / BLOCK_END) | (number % BLOCK_END) << 32;
                prop_assert_eq!(pairs, [pair.to_le_bytes(); LINES]);
            }
            let multiple = near % 923 * PAIR_END;
            let number = multiple.saturating_add(beyond).saturating_sub(2).min(1 << 63);
            let (mut numbers, mut firsts) = ([number; LINES], [[0; 8]; LINES]);
            cut_off_pairs(&mut numbers, &mut firsts);
            prop_assert_eq!(firsts, [(number / PAIR_END).to_le_bytes(); LINES]);
            prop_assert_eq!(numbers, [number % PAIR_END; LINES]);
        }
    }

    /// The first and the last number of every length, and those beside them, of either sign.
    fn ends(digits_max: u32) -> impl Iterator<Item = i128> {
        let powers = (0..=digits_max).map(|digits| 10i128.pow(digits));
        powers
            .flat_map(|power| [power - 1, power, power + 1])
            .flat_map(|x| [x, -x])
    }

    fn check_ends<N: Decimal + Display>(ends: &[N], divided: impl Fn(N, i32) -> N) {
        assert_eq!(text_of(ends), expected(ends));
        for end in ends {
            // Alone, and as the longest of many.
            assert_eq!(text_of(&[*end]), expected(&[*end]));
            let many: Vec<N> = (1..=LINES as i32 + 1).map(|i| divided(*end, i)).collect();
            assert_eq!(text_of(&many), expected(&many));
        }
    }

    #[test]
    fn every_length_has_its_first_and_last_number() {
        let narrow = ends(18).map(|x| x as i64);
        let narrow: Vec<i64> = narrow.chain([i64::MAX, i64::MIN, i64::MIN + 1]).collect();
        check_ends(&narrow, |x, by| x / i64::from(by));
        let wide = ends(38).chain([i128::MAX, i128::MIN, i128::MIN + 1]);
        let wide: Vec<i128> = wide.chain([i64::MAX.into(), i64::MIN.into()]).collect();
        check_ends(&wide, |x, by| x / i128::from(by));
    }

    #[test]
    fn digits_are_right_wherever_a_block_is_cut() {
        for high in (0..10_000u32).step_by(7).chain([9_999]) {
            for low in [0, 1, 9_999, high, 9_999 - high] {
                let block = high * 10_000 + low;
                let mut digits = [[0; DIGITS]; LINES];
                write_digits(&[block.to_le_bytes(); LINES], &mut digits);
                let text = format!("{block:08}");
                assert!(digits.iter().all(|digits| digits == text.as_bytes()));
            }
        }
    }
}
