//! How what results come to stands in a file.

use crate::exact::BigInt;
use crate::reduction::{Found, Place, Product, Reduced};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What results come to, by the name of the reduction.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireReduced {
    Sum(String),
    Count(u128),
    Min(Option<WireFound>),
    Max(Option<WireFound>),
    /// `null` when it has too many digits.
    Product(Option<String>),
    Xor(String),
    Mean {
        sum: String,
        count: u128,
    },
    First(Option<WireFound>),
    Last(Option<WireFound>),
    /// `null` when there are too many distinct values.
    Histogram(Option<Vec<(String, u128)>>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireFound {
    value: String,
    number: i64,
    position: u128,
}

impl From<&Reduced> for WireReduced {
    fn from(reduced: &Reduced) -> WireReduced {
        let found = |found: &Option<Found>| {
            found.as_ref().map(|found| WireFound {
                value: found.value.to_string(),
                number: found.place.number,
                position: found.place.position,
            })
        };
        match reduced {
            Reduced::Sum(sum) => WireReduced::Sum(sum.value().to_string()),
            Reduced::Count(count) => WireReduced::Count(*count),
            Reduced::Min(smallest) => WireReduced::Min(found(smallest)),
            Reduced::Max(largest) => WireReduced::Max(found(largest)),
            Reduced::Product(product) => WireReduced::Product(match product {
                Product::Zero => Some("0".to_owned()),
                Product::Of(product) => Some(product.to_string()),
                Product::TooLarge => None,
            }),
            Reduced::Xor(value) => WireReduced::Xor(value.to_string()),
            Reduced::Mean(sum, count) => WireReduced::Mean {
                sum: sum.value().to_string(),
                count: *count,
            },
            Reduced::First(first) => WireReduced::First(found(first)),
            Reduced::Last(last) => WireReduced::Last(found(last)),
            Reduced::Histogram(counts) => WireReduced::Histogram(counts.as_ref().map(|counts| {
                let counts = counts.iter();
                counts
                    .map(|(value, count)| (value.to_string(), *count))
                    .collect()
            })),
        }
    }
}

impl WireReduced {
    /// `None` where a number is none.
    pub(super) fn reduced(&self) -> Option<Reduced> {
        Some(match self {
            WireReduced::Sum(sum) => Reduced::Sum(integer(sum)?.into()),
            WireReduced::Count(count) => Reduced::Count(*count),
            WireReduced::Min(found) => Reduced::Min(WireFound::found(found.as_ref())?),
            WireReduced::Max(found) => Reduced::Max(WireFound::found(found.as_ref())?),
            WireReduced::Product(None) => Reduced::Product(Product::TooLarge),
            WireReduced::Product(Some(product)) => match integer(product)? {
                zero if zero == BigInt::ZERO => Reduced::Product(Product::Zero),
                product => Reduced::Product(Product::Of(product)),
            },
            WireReduced::Xor(value) => Reduced::Xor(integer(value)?),
            WireReduced::Mean { sum, count } => Reduced::Mean(integer(sum)?.into(), *count),
            WireReduced::First(found) => Reduced::First(WireFound::found(found.as_ref())?),
            WireReduced::Last(found) => Reduced::Last(WireFound::found(found.as_ref())?),
            WireReduced::Histogram(None) => Reduced::Histogram(None),
            WireReduced::Histogram(Some(counts)) => {
                let counts = counts.iter();
                let counts = counts.map(|(value, count)| Some((integer(value)?, *count)));
                Reduced::Histogram(Some(counts.collect::<Option<BTreeMap<_, _>>>()?))
            }
        })
    }
}

impl WireFound {
    /// The inner `None` is none found, the outer one is a number that is none.
    #[allow(clippy::option_option)]
    fn found(wire: Option<&WireFound>) -> Option<Option<Found>> {
        let Some(wire) = wire else {
            return Some(None);
        };
        let place = Place {
            number: wire.number,
            position: wire.position,
        };
        let value = integer(&wire.value)?;
        Some(Some(Found { value, place }))
    }
}

fn integer(text: &str) -> Option<BigInt> {
    text.parse().ok()
}
