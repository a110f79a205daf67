//! The fast path: wrapped 64-bit results added up in vector registers, and the exact sum recovered
//! from them group by group.
//!
//! # How a sum modulo 2^64 becomes exact
//! For n numbers from a to b with mean m = (a+b)/2 and a function f that is convex on [a, b],
//! Jensen's inequality and the chord give n·f(m) ≤ Σf ≤ n·(f(a)+f(b))/2. The group length n is
//! chosen (`Element::group_len`) so that the two ends lie less than 2^64 apart; then exactly one
//! number in between is congruent to the wrapped sum, and that is the sum. For a concave function
//! the same holds downwards from n·f(m). Any error in the low 64 bits of any result stays an error
//! of the total: the bound supplies only the bits above them.
//!
//! Why the optimiser can't put a formula in place of the loop stands in `offsets`.

use super::element::{BLOCK_LEN, Element};
use super::offsets::Offsets;
use super::scalar;
use crate::exact::{I256, Partial};
use crate::input::Progression;
use multiversion::multiversion;

/// The longest group: recovering its sum costs nothing beside adding it up.
const GROUP_LEN_MAX: u64 = 1 << 14;

/// The shortest group worth vector code; also makes n·f(m) whole, as n is a multiple of 8.
const GROUP_LEN_MIN: u64 = 64;

/// How many groups are added up before their sums are recovered.
const BATCH_LEN: usize = 64;

/// A function over a progression, summed exactly.
pub(super) fn sum_progression<E: Element>(run: Progression) -> Partial {
    let numbers = super::numbers_of(run);
    if numbers == 0 {
        return Partial::EMPTY;
    }
    let Some(convex) = E::convex(run) else {
        let (below, above) = split_at_zero(run);
        let mut both = sum_progression::<E>(below);
        both.merge(sum_progression::<E>(above));
        return both;
    };
    let offsets = Offsets::new(run.step(), numbers);
    let mut group_len = E::group_len(run, GROUP_LEN_MAX);
    let mut sum = I256::ZERO;
    let mut start = 0;
    while group_len >= GROUP_LEN_MIN {
        let groups = (numbers - start) / group_len;
        let part = run.part(u128::from(start)..u128::from(start + groups * group_len));
        sum += sum_groups::<E>(part, group_len, convex, &offsets);
        start += groups * group_len;
        group_len /= 2;
    }
    let rest = run.part(u128::from(start)..u128::from(numbers));
    Partial {
        numbers,
        vectorised: start,
        sum: sum + scalar::sum_progression::<E>(rest),
    }
}

/// The numbers on either side of the place where a progression changes its sign.
fn split_at_zero(run: Progression) -> (Progression, Progression) {
    let magnitude = u128::from(run.first().unsigned_abs());
    let crossing = magnitude.div_ceil(u128::from(run.step().unsigned_abs()));
    (run.part(0..crossing), run.part(crossing..run.numbers()))
}

/// The exact sum over a progression of whole groups, of a length that `Element::group_len` allows.
fn sum_groups<E: Element>(
    run: Progression,
    group_len: u64,
    convex: bool,
    offsets: &Offsets,
) -> I256 {
    let step = run.step();
    let span = i128::from(step) * i128::from(group_len - 1);
    let stride = step.wrapping_mul(group_len.cast_signed());
    let scale = group_len.cast_signed() / E::HALVES;
    let mut batch = [0i64; BATCH_LEN];
    let mut first = run.first();
    let mut groups = super::numbers_of(run) / group_len;
    let (mut bounds, mut beyond) = (I256::ZERO, 0u128);
    while groups > 0 {
        let len = usize::try_from(groups).map_or(BATCH_LEN, |groups| groups.min(BATCH_LEN));
        let batch = &mut batch[..len];
        wrapped_sums::<E>(offsets.first(group_len), first, step, group_len, batch);
        for wrapped in batch {
            let bound = E::at_half(2 * i128::from(first) + span);
            let low = low_bits(bound).wrapping_mul(scale);
            let distance = if convex {
                wrapped.wrapping_sub(low)
            } else {
                low.wrapping_sub(*wrapped)
            };
            bounds += bound;
            beyond += u128::from(distance.cast_unsigned());
            first = first.wrapping_add(stride);
        }
        groups -= len as u64;
    }
    let bounds = bounds * I256::from(scale);
    if convex {
        bounds + I256::from(beyond)
    } else {
        bounds - I256::from(beyond)
    }
}

/// The value modulo 2^64.
#[inline]
fn low_bits(value: I256) -> i64 {
    value.as_i64()
}

/// Numbers given one by one, summed exactly: in vector code block by block where every result fits
/// 64 bits, else by the reference loop.
pub(super) fn sum_list<E: Element>(list: &[i64]) -> Partial {
    let mut total = Partial::EMPTY;
    for block in list.chunks(BLOCK_LEN) {
        let numbers = block.len() as u64;
        let (sum, bits) = sum_of_small::<E>(block);
        total.merge(match bits <= E::SMALL_MAX {
            true => Partial {
                numbers,
                vectorised: numbers,
                sum: I256::from(sum),
            },
            false => Partial {
                numbers,
                vectorised: 0,
                sum: scalar::sum_list::<E>(block),
            },
        });
    }
    total
}

/// The sum over a block, which holds if every result fits 64 bits, and a number that no magnitude
/// in the block exceeds. The halves of the results are added up apart, so that nothing wraps.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw",
    "x86_64+avx2",
    "aarch64+neon"
))]
fn sum_of_small<E: Element>(block: &[i64]) -> (i128, u64) {
    let (mut low, mut high, mut bits) = (0i64, 0i64, 0u64);
    for x in block {
        let result = E::wrapped(*x);
        low += result & 0xffff_ffff;
        high += result >> 32;
        bits |= x.unsigned_abs();
    }
    ((i128::from(high) << 32) + i128::from(low), bits)
}

/// The sums modulo 2^64 of consecutive groups of `group_len` numbers, the first of which starts at
/// `first`: for each, `offsets` is added to the start of block after block.
///
/// The loop over a block is left to the loop vectoriser, which keeps four vector accumulators:
/// enough, as only the addition is carried from one number to the next.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw",
    "x86_64+avx2",
    "aarch64+neon"
))]
fn wrapped_sums<E: Element>(
    offsets: &[i64],
    first: i64,
    step: i64,
    group_len: u64,
    sums: &mut [i64],
) {
    let stride = step.wrapping_mul((offsets.len() as u64).cast_signed());
    let blocks = group_len / offsets.len() as u64;
    let mut base = first;
    for sum in sums {
        let mut group = 0i64;
        for _ in 0..blocks {
            let mut block = 0i64;
            for offset in offsets {
                block = block.wrapping_add(E::wrapped(base.wrapping_add(*offset)));
            }
            group = group.wrapping_add(block);
            base = base.wrapping_add(stride);
        }
        *sum = group;
    }
}

/// The instruction set that `wrapped_sums` runs with on this CPU: it has the same targets.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw",
    "x86_64+avx2",
    "aarch64+neon"
))]
pub(super) fn instruction_set() -> &'static str {
    multiversion::target::match_target! {
        "x86_64+avx512f+avx512dq+avx512vl+avx512bw" => "avx512",
        "x86_64+avx2" => "avx2",
        "aarch64+neon" => "neon",
        _ => "baseline",
    }
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
            Just(1i128 << 32),
            Just(1i128 << 53),
            Just((1i128 << 63) - 1),
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn equals_the_reference_at_every_magnitude(run in runs()) {
            prop_assert_eq!(sum_progression::<Square>(run).sum, one_by_one::<Square>(run));
            prop_assert_eq!(sum_progression::<Cube>(run).sum, one_by_one::<Cube>(run));
            prop_assert_eq!(scalar::sum_progression::<Square>(run), one_by_one::<Square>(run));
            prop_assert_eq!(scalar::sum_progression::<Cube>(run), one_by_one::<Cube>(run));
        }

        #[test]
        fn group_sums_lie_within_the_proven_interval(run in runs()) {
            check_interval::<Square>(run);
            check_interval::<Cube>(run);
        }

        #[test]
        fn lists_equal_the_reference(list in proptest::collection::vec(any::<i64>(), 0..2_000)) {
            let cubes = list.iter().fold(I256::ZERO, |sum, x| sum + Cube::exact(*x));
            prop_assert_eq!(scalar::sum_list::<Cube>(&list), cubes);
            prop_assert_eq!(sum_list::<Cube>(&list).sum, cubes);
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
        assert_eq!(sum_list::<E>(list).sum, sum);
        assert_eq!(scalar::sum_list::<E>(list), sum);
    }

    /// The first group of a run lies between the mean's bound and 2^64 from it.
    fn check_interval<E: Element>(run: Progression) {
        if run.numbers() == 0 {
            return;
        }
        let Some(convex) = E::convex(run) else { return };
        let group_len = u128::from(E::group_len(run, GROUP_LEN_MAX));
        if group_len < u128::from(GROUP_LEN_MIN) || run.numbers() < group_len {
            return;
        }
        let group = run.part(0..group_len);
        let twice = i128::from(group.first()) + i128::from(group.nth(group_len - 1));
        let scale = I256::from(group_len) / I256::from(E::HALVES);
        let bound = E::at_half(twice) * scale;
        let sum = one_by_one::<E>(group);
        let distance = if convex { sum - bound } else { bound - sum };
        assert!(
            distance >= 0 && distance < I256::from(1u128 << 64),
            "{group:?}: {distance}"
        );
    }

    #[test]
    fn long_groups_and_the_sign_change_are_exact() {
        for (first, numbers) in [
            (-40_000, 100_000),
            (1, 70_001),
            (i64::MAX - 99_999, 100_000),
        ] {
            let run = Progression::new(first, 1, numbers).unwrap();
            assert_eq!(
                sum_progression::<Square>(run).sum,
                one_by_one::<Square>(run)
            );
            assert_eq!(sum_progression::<Cube>(run).sum, one_by_one::<Cube>(run));
        }
    }

    #[test]
    fn the_instruction_set_is_one_this_cpu_has() {
        let name = instruction_set();
        #[cfg(target_arch = "x86_64")]
        match name {
            "avx512" => assert!(is_x86_feature_detected!("avx512dq")),
            "avx2" => assert!(is_x86_feature_detected!("avx2")),
            _ => assert_eq!(name, "baseline"),
        }
        #[cfg(not(target_arch = "x86_64"))]
        assert!(["neon", "baseline"].contains(&name));
    }
}
