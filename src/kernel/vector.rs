//! The fast path: sums modulo a power of two, made in the narrowest way that keeps them exact, and
//! the exact sum recovered from them group by group.
//!
//! # How a sum modulo M becomes exact
//! A progression is cut where its sign changes, and each side is taken by its magnitudes: f(-x) is
//! f(x) or -f(x). There f is convex, so for n numbers from a to b with mean m = (a+b)/2, Jensen's
//! inequality and the chord give n·f(m) ≤ Σf ≤ n·(f(a)+f(b))/2. If the two ends lie less than M
//! apart, exactly one number in between is congruent to the wrapped sum modulo M, and that is the
//! sum. Nothing in this asks M to be 2^64: with M = 2^52 the same holds for sums of which only 52
//! bits are kept, with M = 2^104 for those of twice as many. What M changes is how long a group may
//! be: `group_len` takes the longest for which `Element::spread_max` is below M. Any error in the
//! low bits of any result stays an error of the total: the bound supplies only the bits above them.
//!
//! Whether a product is right modulo M is a matter of its operands. A product of 64-bit operands
//! holds modulo 2^64 for all magnitudes; one of 32-bit operands (`Element::short`) for magnitudes
//! below 2^32; the 52-bit multiply-add drops the upper bits of its operands and keeps the low 52 of
//! the product, so modulo 2^52 it holds for all magnitudes again.
//!
//! Why the optimiser can't put a formula in place of the loop stands in `offsets`.

use super::dispatch;
use super::element::{BLOCK_LEN, Element};
use super::instruction_set::InstructionSet;
use super::loops::Groups;
use super::offsets::Offsets;
use super::scalar;
use crate::exact::{I256, PowerSum, Width, Widths};
use crate::input::Progression;

/// The longest group: recovering its sum costs nothing beside adding it up.
const GROUP_LEN_MAX: u64 = 1 << 14;

/// The shortest group worth vector code, and a whole row of every loop; also makes n·f(m) whole, as
/// n is a multiple of 8.
const GROUP_LEN_MIN: u64 = 64;

/// The shortest group for which sums modulo 2^52 are worth their more frequent recovery. Below it
/// squares are as fast by twice the multiplications; cubes, which take five instead of two, are so
/// only in shorter groups.
const fn fused_group_len_min(power: u32) -> u64 {
    match power {
        2 => 512,
        _ => 128,
    }
}

/// How many groups are added up before their sums are recovered.
const BATCH_LEN: usize = 64;

/// The magnitudes of a progression's numbers on one side of zero.
struct Side {
    first: u64,
    /// Modulo 2^64.
    step: u64,
    numbers: u64,
    step_len: u64,
    max: u64,
}

impl Side {
    /// Those of `run`, which does not change its sign and has a number.
    fn of(run: Progression) -> Side {
        let numbers = super::numbers_of(run);
        let (first, last) = (run.first(), run.nth(run.numbers() - 1));
        let step = run.step().cast_unsigned();
        Side {
            first: first.unsigned_abs(),
            step: if is_negative(run) {
                step.wrapping_neg()
            } else {
                step
            },
            numbers,
            step_len: run.step().unsigned_abs(),
            max: first.unsigned_abs().max(last.unsigned_abs()),
        }
    }
}

/// Whether a run that does not change its sign has numbers below 0.
fn is_negative(run: Progression) -> bool {
    run.first().min(run.nth(run.numbers() - 1)) < 0
}

/// A function over a progression, summed exactly.
pub(super) fn sum_progression<E: Element>(set: InstructionSet, run: Progression) -> PowerSum {
    if run.numbers() == 0 {
        return PowerSum::EMPTY;
    }
    let (first, last) = (run.first(), run.nth(run.numbers() - 1));
    if first.min(last) < 0 && first.max(last) > 0 {
        let (below, above) = split_at_zero(run);
        let mut both = sum_progression::<E>(set, below);
        both.merge(sum_progression::<E>(set, above));
        return both;
    }
    sum_side::<E>(set, run)
}

/// The numbers on either side of the place where a progression changes its sign.
fn split_at_zero(run: Progression) -> (Progression, Progression) {
    let magnitude = u128::from(run.first().unsigned_abs());
    let crossing = magnitude.div_ceil(u128::from(run.step().unsigned_abs()));
    (run.part(0..crossing), run.part(crossing..run.numbers()))
}

/// The sum over a progression of at least one number that does not change its sign.
fn sum_side<E: Element>(set: InstructionSet, run: Progression) -> PowerSum {
    let side = Side::of(run);
    let (width, longest) = narrowest::<E>(set, &side);
    let offsets = Offsets::new(side.step, side.numbers);
    let mut group_len = longest;
    let mut sum = I256::ZERO;
    let mut done = 0;
    while group_len >= GROUP_LEN_MIN {
        let count = (side.numbers - done) / group_len;
        let groups = Groups {
            offsets: offsets.first(group_len),
            first: side.first.wrapping_add(side.step.wrapping_mul(done)),
            step: side.step,
            len: group_len,
        };
        sum += sum_groups::<E>(set, width, groups, count);
        done += count * group_len;
        group_len /= 2;
    }
    if E::POWER % 2 == 1 && is_negative(run) {
        sum = -sum;
    }
    let rest = run.part(u128::from(done)..u128::from(side.numbers));
    PowerSum {
        numbers: side.numbers,
        widths: Widths::only(width, done),
        sum: sum + scalar::sum_progression::<E>(rest),
    }
}

/// The narrowest way in which a side can be summed, and the length of its longest group; 0 where
/// none is long enough.
fn narrowest<E: Element>(set: InstructionSet, side: &Side) -> (Width, u64) {
    let fused = |width, len_min| (set.has_fused(), width, len_min);
    let ways = [
        fused(Width::Fused, fused_group_len_min(E::POWER)),
        fused(Width::FusedWide, GROUP_LEN_MIN),
        (side.max >> 32 == 0, Width::Narrow, GROUP_LEN_MIN),
        (true, Width::Lanes, GROUP_LEN_MIN),
    ];
    let ways = ways.into_iter().filter(|(can_be_had, ..)| *can_be_had);
    let ways = ways.map(|(_, width, len_min)| (width, len_min, group_len::<E>(width, side)));
    let mut long_enough = ways.filter(|(_, len_min, len)| len >= len_min);
    match long_enough.next() {
        Some((width, _, len)) => (width, len),
        None => (Width::Wide, group_len::<E>(Width::Wide, side)),
    }
}

/// How many bits of a sum each way keeps.
fn bits(width: Width) -> u32 {
    match width {
        Width::Fused => 52,
        Width::Narrow | Width::Lanes => 64,
        Width::FusedWide => 104,
        Width::Wide => 128,
    }
}

/// How many numbers of a side may stand in one group: the largest power of two whose sums provably
/// lie in an interval shorter than 2 to the width's bits, or 0.
fn group_len<E: Element>(width: Width, side: &Side) -> u64 {
    let is_short = |n: &u64| {
        let spread = E::spread_max(*n, side.step_len, side.max);
        spread.is_some_and(|spread| spread.checked_shr(bits(width)).unwrap_or(0) == 0)
    };
    std::iter::successors(Some(GROUP_LEN_MAX), |n| Some(n / 2))
        .take_while(|n| *n >= GROUP_LEN_MIN)
        .find(is_short)
        .unwrap_or(0)
}

/// The exact sum over `count` groups, of a length that [`group_len`] allows.
fn sum_groups<E: Element>(
    set: InstructionSet,
    width: Width,
    mut groups: Groups<'_>,
    mut count: u64,
) -> I256 {
    let mut batch = [0u128; BATCH_LEN];
    let mut sum = I256::ZERO;
    while count > 0 {
        let len = usize::try_from(count).map_or(BATCH_LEN, |count| count.min(BATCH_LEN));
        let batch = &mut batch[..len];
        match width {
            Width::Narrow => dispatch::narrow::<E>(set, &groups, batch),
            Width::Fused => dispatch::fused::<E>(set, &groups, batch),
            Width::Lanes => dispatch::lanes::<E>(set, &groups, batch),
            Width::FusedWide => dispatch::fused_wide::<E>(set, &groups, batch),
            Width::Wide => dispatch::wide::<E>(set, &groups, batch),
        }
        sum += recovered::<E>(&groups, bits(width), batch);
        let numbers = groups.len * len as u64;
        groups.first = groups.first.wrapping_add(groups.step.wrapping_mul(numbers));
        count -= len as u64;
    }
    sum
}

/// The exact sum over groups of which `wrapped` are the sums modulo 2 to the `bits`.
fn recovered<E: Element>(groups: &Groups<'_>, bits: u32, wrapped: &[u128]) -> I256 {
    let mask = u128::MAX >> (128 - bits);
    let stride = groups.step.wrapping_mul(groups.len);
    let scale = groups.len >> E::POWER;
    let mut first = groups.first;
    let (mut bounds, mut large_bounds, mut beyond) = (0u128, I256::ZERO, I256::ZERO);
    let mut beyond_low = 0u128;
    for wrapped in wrapped {
        let last = first.wrapping_add(stride.wrapping_sub(groups.step));
        let twice = u128::from(first) + u128::from(last);
        let bound = E::at_half_wrapped(twice);
        let distance = wrapped.wrapping_sub(bound.wrapping_mul(u128::from(scale))) & mask;
        match twice <= E::HALF_NARROW_MAX {
            true => bounds += bound,
            false => large_bounds += E::at_half(twice),
        }
        match bits < 128 - BATCH_LEN.ilog2() {
            true => beyond_low += distance,
            false => beyond += I256::from(distance),
        }
        first = first.wrapping_add(stride);
    }
    (large_bounds + I256::from(bounds)) * I256::from(scale) + beyond + I256::from(beyond_low)
}

/// Numbers given one by one, summed exactly: in vector code block by block where every result fits
/// 64 bits, else by the reference loop.
pub(super) fn sum_list<E: Element>(set: InstructionSet, list: &[i64]) -> PowerSum {
    let mut total = PowerSum::EMPTY;
    for block in list.chunks(BLOCK_LEN) {
        let numbers = block.len() as u64;
        let (sum, bits) = dispatch::small::<E>(set, block);
        total.merge(match bits <= E::SMALL_MAX {
            true => PowerSum {
                numbers,
                widths: Widths::only(Width::Narrow, numbers),
                sum: I256::from(sum),
            },
            false => PowerSum {
                numbers,
                widths: Widths::NONE,
                sum: scalar::sum_list::<E>(block),
            },
        });
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::element::{Cube, Square};
    use super::*;
    use proptest::prelude::*;

    /// Progressions at every magnitude, close to the boundaries where code paths change.
    fn runs() -> impl Strategy<Value = Progression> {
        let near = prop_oneof![
            Just(0i128),
            (0u32..63).prop_map(|bits| 1i128 << bits),
            // Where the ways change: operands and sums of 32, 52 and 64 bits, and their halves.
            proptest::sample::select(vec![16u32, 21, 26, 31, 32, 34, 46, 51, 52, 53, 63])
                .prop_map(|bits| (1i128 << bits).min((1 << 63) - 1)),
        ];
        let step = prop_oneof![
            4 => Just(1i128),
            2 => 1i128..2_000,
            1 => (0u32..40, 0i128..1000).prop_map(|(bits, more)| (1i128 << bits) + more),
        ];
        (
            near,
            -3_000i128..3_000,
            any::<bool>(),
            step,
            any::<bool>(),
            0u128..5_000,
        )
            .prop_filter_map(
                "within the domain",
                |(near, delta, negative, step, down, numbers)| {
                    let first = if negative { -near - 1 } else { near } + delta;
                    let first = i64::try_from(first).ok()?;
                    let step = i64::try_from(if down { -step } else { step }).ok()?;
                    Progression::new(first, step, numbers)
                },
            )
    }

    fn one_by_one<E: Element>(run: Progression) -> I256 {
        (0..run.numbers()).fold(I256::ZERO, |sum, i| sum + E::exact(run.nth(i)))
    }

    fn check_run<E: Element>(run: Progression) {
        let exact = one_by_one::<E>(run);
        assert_eq!(scalar::sum_progression::<E>(run), exact, "{run:?}");
        for set in InstructionSet::available() {
            let partial = sum_progression::<E>(set, run);
            assert_eq!(partial.sum, exact, "{run:?} by {}", set.name());
            assert_eq!(u128::from(partial.numbers), run.numbers());
            assert!(partial.widths.all() <= run.numbers());
        }
    }

    /// The sums that a loop of this width is to make, number by number.
    fn model<E: Element>(width: Width, groups: &Groups<'_>, sums: &mut [u128]) {
        let mut x = groups.first;
        for sum in sums {
            *sum = 0;
            for _ in 0..groups.len {
                *sum = sum.wrapping_add(E::wide(x)) & (u128::MAX >> (128 - bits(width)));
                x = x.wrapping_add(groups.step);
            }
        }
    }

    /// Every width that is allowed for a side, not the narrowest alone: its loops make the sums they
    /// are to make, and the exact sum is recovered from those, on any CPU.
    fn check_widths<E: Element>(run: Progression) {
        let side = Side::of(run);
        for width in Width::ALL {
            let len = group_len::<E>(width, &side);
            let is_narrow = side.max < 1 << 32;
            if len < GROUP_LEN_MIN || side.numbers < len || (width == Width::Narrow && !is_narrow) {
                continue;
            }
            let offsets = Offsets::new(side.step, side.numbers);
            let groups = Groups {
                offsets: offsets.first(len),
                first: side.first,
                step: side.step,
                len,
            };
            let count = usize::try_from(side.numbers / len).unwrap().min(3);
            let mut expected = vec![0; count];
            model::<E>(width, &groups, &mut expected);
            for set in InstructionSet::available() {
                let mut sums = vec![1; count];
                match width {
                    Width::Fused | Width::FusedWide if !set.has_fused() => continue,
                    Width::Narrow => dispatch::narrow::<E>(set, &groups, &mut sums),
                    Width::Fused => dispatch::fused::<E>(set, &groups, &mut sums),
                    Width::Lanes => dispatch::lanes::<E>(set, &groups, &mut sums),
                    Width::FusedWide => dispatch::fused_wide::<E>(set, &groups, &mut sums),
                    Width::Wide => dispatch::wide::<E>(set, &groups, &mut sums),
                }
                assert_eq!(sums, expected, "{run:?}: {width:?} by {}", set.name());
            }
            let part = run.part(0..u128::from(len) * count as u128);
            let exact = one_by_one::<E>(part);
            let sum = recovered::<E>(&groups, bits(width), &expected);
            assert_eq!(sum, exact.abs(), "{run:?}: {width:?}");
        }
    }

    /// The part of a run on the side of zero where it begins.
    fn first_side(run: Progression) -> Progression {
        let (first, last) = (run.first(), run.nth(run.numbers() - 1));
        match first.min(last) < 0 && first.max(last) > 0 {
            true => split_at_zero(run).0,
            false => run,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn equals_the_reference_at_every_magnitude(run in runs()) {
            check_run::<Square>(run);
            check_run::<Cube>(run);
        }

        #[test]
        fn every_width_is_exact_within_its_bound(run in runs()) {
            if run.numbers() > 0 && first_side(run).numbers() > 0 {
                check_widths::<Square>(first_side(run));
                check_widths::<Cube>(first_side(run));
            }
        }

        #[test]
        fn lists_equal_the_reference(list in proptest::collection::vec(any::<i64>(), 0..2_000)) {
            check_list::<Square>(&list);
            check_list::<Cube>(&list);
        }

        #[test]
        fn short_lists_of_small_numbers_equal_the_reference(
            list in proptest::collection::vec((0u32..64, any::<i64>()).prop_map(|(shift, x)| x >> shift), 0..2_000),
            bits in 0u32..64,
        ) {
            let list: Vec<i64> = list.into_iter().map(|x| x >> bits).collect();
            check_list::<Square>(&list);
            check_list::<Cube>(&list);
        }

        #[test]
        fn an_exact_cube_is_the_product(x: i64, small in -(1i64 << 43)..1 << 43) {
            for x in [x, small, i64::MIN, i64::MAX] {
                let product = I256::from(x) * I256::from(x) * I256::from(x);
                prop_assert_eq!(Cube::exact(x), product);
            }
        }
    }

    fn check_list<E: Element>(list: &[i64]) {
        let sum = list.iter().fold(I256::ZERO, |sum, x| sum + E::exact(*x));
        assert_eq!(scalar::sum_list::<E>(list), sum);
        for set in InstructionSet::available() {
            assert_eq!(sum_list::<E>(set, list).sum, sum);
        }
    }

    #[test]
    fn long_groups_and_the_sign_change_are_exact() {
        for (first, numbers) in [
            (-40_000, 100_000),
            (1, 70_001),
            (i64::MAX - 99_999, 100_000),
            (i64::MIN, 100_000),
        ] {
            let run = Progression::new(first, 1, numbers).unwrap();
            check_run::<Square>(run);
            check_run::<Cube>(run);
        }
    }

    #[test]
    fn each_magnitude_is_summed_in_its_narrowest_width() {
        for (set, step, first, squares, cubes) in [
            ("avx2", 1, 1 << 20, Width::Narrow, Width::Narrow),
            ("avx2", 1, 1 << 40, Width::Lanes, Width::Lanes),
            ("avx2", 1, 1 << 60, Width::Lanes, Width::Wide),
            ("avx2", 1 << 30, 1 << 50, Width::Wide, Width::Wide),
            ("avx512-ifma", 1, 1 << 20, Width::Fused, Width::Fused),
            ("avx512-ifma", 1, 1 << 31, Width::Fused, Width::Fused),
            ("avx512-ifma", 1, 1 << 32, Width::Fused, Width::FusedWide),
            ("avx512-ifma", 1, 1 << 60, Width::Fused, Width::FusedWide),
            (
                "avx512-ifma",
                1 << 30,
                1 << 50,
                Width::FusedWide,
                Width::Wide,
            ),
        ] {
            let Some(set) = InstructionSet::named(set) else {
                continue;
            };
            let side = Side::of(Progression::new(first, step, 1 << 12).unwrap());
            assert_eq!(narrowest::<Square>(set, &side).0, squares, "{step} {first}");
            assert_eq!(narrowest::<Cube>(set, &side).0, cubes, "{step} {first}");
        }
    }
}
