//! The arithmetic on made-up counts, energy from made-up files, and what this machine counts.

use super::counts::{Hardware, Raw};
use super::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

fn raw(count: u64, enabled_ns: u64, running_ns: u64) -> Option<Raw> {
    Some(Raw {
        count,
        enabled_ns,
        running_ns,
    })
}

const HARDWARE: Hardware = Hardware {
    instructions: Some(Raw {
        count: 6_000,
        enabled_ns: 1_000,
        running_ns: 1_000,
    }),
    cycles: Some(Raw {
        count: 3_000,
        enabled_ns: 1_000,
        running_ns: 1_000,
    }),
    cache_references: None,
    cache_misses: None,
    branch_misses: None,
};

fn resources(user_s: f64, system_s: f64) -> Resources {
    Resources {
        user_s,
        system_s,
        voluntary_switches: 1,
        involuntary_switches: 2,
        minor_faults: 3,
        major_faults: 4,
    }
}

#[test]
fn a_frequency_is_cycles_over_the_time_they_were_counted() {
    let counts = Counts::new(&HARDWARE, Some(resources(3.0, 1.0)), Some(0.5), false);
    assert_eq!(counts.instructions_per_cycle(), Some(2.0));
    assert!((counts.frequency_hz().unwrap() - 3e9).abs() < 1.0);
    assert_eq!((counts.counted_share, counts.joules), (None, Some(0.5)));
    assert_eq!(counts.involuntary_switches, Some(2.0));
    assert_eq!(
        (counts.minor_faults, counts.faults()),
        (Some(3.0), Some(7.0))
    );
    // A quarter of the time was the system's, whose cycles are not counted.
    let counts = Counts::new(&HARDWARE, Some(resources(3.0, 1.0)), None, true);
    assert!((counts.frequency_hz().unwrap() - 4e9).abs() < 1.0);
    // How much of it was is not known, or was everything.
    for resources in [None, Some(resources(0.0, 0.0)), Some(resources(0.0, 1.0))] {
        let counts = Counts::new(&HARDWARE, resources, None, true);
        assert_eq!(counts.frequency_hz(), None);
        assert_eq!(counts.instructions_per_cycle(), Some(2.0));
    }
}

#[test]
fn what_was_counted_for_a_part_of_the_time_is_scaled_up() {
    let hardware = Hardware {
        cache_misses: raw(100, 1_000, 250),
        branch_misses: raw(100, 1_000, 0),
        cache_references: raw(100, 1_000, 1_001),
        ..HARDWARE
    };
    let counts = Counts::new(&hardware, None, None, false);
    assert_eq!(counts.cache_misses, Some(400.0));
    assert_eq!(counts.cache_references, Some(100.0));
    assert_eq!(counts.branch_misses, None, "it was never at work");
    assert_eq!(counts.counted_share, Some(0.25));
    assert_eq!((counts.faults(), counts.involuntary_switches), (None, None));
    // Some virtual machines have counters that stand still.
    let hardware = Hardware {
        cycles: raw(0, 1_000, 1_000),
        ..HARDWARE
    };
    let counts = Counts::new(&hardware, None, None, false);
    assert_eq!((counts.cycles, counts.frequency_hz()), (None, None));
    assert_eq!(counts.instructions_per_cycle(), None);
}

#[test]
fn repeated_runs_share_and_several_have_means() {
    let counts = |instructions, share| Counts {
        instructions,
        counted_share: share,
        ..Counts::default()
    };
    let each = counts(Some(100.0), Some(0.5)).of_each(4);
    assert_eq!(each, counts(Some(25.0), Some(0.5)));
    assert_eq!(counts(None, None).of_each(0), Counts::default());
    let runs = [
        counts(Some(1.0), Some(0.7)),
        counts(None, None),
        counts(Some(4.0), Some(0.5)),
    ];
    assert_eq!(Counts::mean(&runs), counts(Some(2.5), Some(0.5)));
    assert_eq!(Counts::mean([]), Counts::default());
}

#[test]
fn what_is_counted_beside_the_timed_runs_is_the_hardwares() {
    let timed = Counts::new(
        &Hardware::default(),
        Some(resources(3.0, 1.0)),
        Some(0.5),
        false,
    );
    let beside = Counts::new(&HARDWARE, Some(Resources::default()), Some(9.0), false);
    let both = Counts::new(&HARDWARE, Some(resources(3.0, 1.0)), Some(0.5), false);
    assert_eq!(timed.with_hardware_of(&beside), both);
    assert!(!Meter::without_hardware().has_hardware());
    let counts = Meter::without_hardware().start(Whose::Threads).stop();
    assert_eq!((counts.instructions, counts.cycles_s), (None, None));
    assert!(counts.faults().is_some());
}

fn zone(root: &Path, folder: &str, name: &str, uj: &str) {
    let zone = root.join(folder);
    fs::create_dir_all(&zone).unwrap();
    for (file, text) in [
        ("name", name),
        ("energy_uj", uj),
        ("max_energy_range_uj", "262143328850"),
    ] {
        fs::write(zone.join(file), format!("{text}\n")).unwrap();
    }
}

#[test]
fn energy_is_the_sum_of_the_packages() {
    let root = TempDir::new().unwrap();
    let none = Energy::below(root.path());
    assert_eq!(none.read(), None);
    assert_eq!(Energy::below(&root.path().join("missing")).read(), None);
    fs::create_dir(root.path().join("intel-rapl")).unwrap();
    zone(root.path(), "intel-rapl:0", "package-0", "1000000");
    zone(root.path(), "intel-rapl:0:0", "core", "5");
    zone(root.path(), "intel-rapl:1", "package-1", "262143000000");
    zone(root.path(), "intel-rapl:2", "psys", "5");
    zone(root.path(), "intel-rapl-mmio:0", "package-0", "1000000");
    let energy = Energy::below(root.path());
    let before = energy.read().unwrap();
    zone(root.path(), "intel-rapl:0", "package-0", "3500000");
    // It has begun anew.
    zone(root.path(), "intel-rapl:1", "package-1", "171150");
    let after = energy.read().unwrap();
    assert_eq!((before.len(), after.len()), (2, 2));
    let second = Duration::from_secs(1);
    let joules = |before, after, elapsed| energy.joules(before, after, elapsed);
    assert_eq!(joules(&before, &after, second), Some(3.0));
    assert_eq!(joules(&before, &before, second), Some(0.0));
    // It might have begun anew twice.
    assert_eq!(joules(&before, &after, 1_000 * second), None);
    // Half of the packages would be taken for the whole.
    fs::remove_file(root.path().join("intel-rapl:1/energy_uj")).unwrap();
    assert_eq!(energy.read(), None);
    assert_eq!(Energy::below(root.path()).read(), None);
}

#[test]
fn faults_and_switches_of_programs_are_those_of_programs() {
    let meter = Meter::new();
    let run = || {
        let ran = Command::new("sh")
            .args(["-c", "ls / >/dev/null; true"])
            .status();
        assert!(ran.expect("a shell").success());
    };
    let metered = meter.start(Whose::Programs);
    run();
    let counts = metered.stop();
    let faults = counts.faults().expect("the system tells");
    assert!(faults >= 100.0, "two programs were loaded: {counts:?}");
    assert!(counts.voluntary_switches.is_some() && counts.involuntary_switches.is_some());
    match meter.counting() {
        Counting::Untried => panic!("it has been tried"),
        Counting::Nothing(why) => {
            assert!(!why.is_empty());
            assert_eq!((counts.instructions, counts.cycles), (None, None));
        }
        Counting::Everything | Counting::UserOnly => {
            assert!(counts.instructions.is_none_or(|count| count > 10_000.0));
        }
    }
}

#[test]
fn touching_memory_is_a_fault_of_ones_own_threads() {
    // More than an allocator keeps for the next one: it comes from the system, page by page.
    const PAGES: usize = 1 << 14;
    let meter = Meter::new();
    let metered = meter.start(Whose::Threads);
    let bytes = std::hint::black_box(vec![1u8; PAGES * 4096]);
    let counts = metered.stop();
    drop(bytes);
    assert!(
        counts.faults().expect("the system tells") > 0.0,
        "{counts:?}"
    );
}
