//! What was counted, in the wire form: what is not known is left out.

use crate::machine::counters::{Counting, Counts};
use serde::{Deserialize, Serialize};

/// The counts of a run, or the means of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::report::compare) struct WireCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) instructions: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) cycles: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) instructions_per_cycle: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) frequency_hz: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) cache_references: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) cache_misses: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) branch_misses: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) counted_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) voluntary_switches: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) involuntary_switches: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) minor_faults: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) major_faults: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) package_joules: Option<f64>,
}

impl WireCounts {
    /// `None` when nothing is known.
    pub(in crate::report::compare) fn of(counts: &Counts) -> Option<WireCounts> {
        let wire = WireCounts {
            instructions: counts.instructions,
            cycles: counts.cycles,
            instructions_per_cycle: counts.instructions_per_cycle(),
            frequency_hz: counts.frequency_hz(),
            cache_references: counts.cache_references,
            cache_misses: counts.cache_misses,
            branch_misses: counts.branch_misses,
            counted_share: counts.counted_share,
            voluntary_switches: counts.voluntary_switches,
            involuntary_switches: counts.involuntary_switches,
            minor_faults: counts.minor_faults,
            major_faults: counts.major_faults,
            package_joules: counts.joules,
        };
        (wire != WireCounts::default()).then_some(wire)
    }

    /// The columns of the CSV form.
    pub(in crate::report::compare) fn columns(&self) -> [(&'static str, Option<f64>); 13] {
        [
            ("instructions", self.instructions),
            ("cycles", self.cycles),
            ("instructions_per_cycle", self.instructions_per_cycle),
            ("frequency_hz", self.frequency_hz),
            ("cache_references", self.cache_references),
            ("cache_misses", self.cache_misses),
            ("branch_misses", self.branch_misses),
            ("counted_share", self.counted_share),
            ("voluntary_switches", self.voluntary_switches),
            ("involuntary_switches", self.involuntary_switches),
            ("minor_faults", self.minor_faults),
            ("major_faults", self.major_faults),
            ("package_joules", self.package_joules),
        ]
    }
}

/// What the counters of the CPU tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::report::compare) struct WireCounters {
    pub(in crate::report::compare) hardware: Option<String>,
    refused: Option<String>,
}

impl From<&Counting> for WireCounters {
    fn from(counting: &Counting) -> WireCounters {
        let (hardware, refused) = match counting {
            Counting::Untried => (None, None),
            Counting::Everything => (Some("user-and-system"), None),
            Counting::UserOnly => (Some("user"), None),
            Counting::Nothing(why) => (None, Some(why.clone())),
        };
        WireCounters {
            hardware: hardware.map(str::to_owned),
            refused,
        }
    }
}
