//! `partask map` with readers and items that are slow: memory stays bounded, and nothing is lost.

use crate::harness::partask;
use crate::piped::{Live, PATIENCE, folder, status_of};
use crate::run_signals::code;
use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MEMORY_MAX_KIB: u64 = 64 << 10;

/// The peak of the resident memory so far, in KiB; `None` once the process has ended.
fn peak_while_running(child: &Child) -> Option<u64> {
    let peak = status_of(child, "VmHWM")?;
    peak.trim_end_matches("kB").trim().parse().ok()
}

#[track_caller]
fn peak(child: &Child) -> u64 {
    peak_while_running(child).expect("a running process")
}

/// Waits until the peak has stopped growing, which must be in time.
#[track_caller]
fn await_settled(child: &Child) {
    let deadline = Instant::now() + PATIENCE;
    let (mut last, mut same) = (peak(child), 0);
    while same < 8 {
        assert!(Instant::now() < deadline, "{last} KiB");
        sleep(Duration::from_millis(100));
        let next = peak(child);
        assert!(next <= MEMORY_MAX_KIB, "{next} KiB");
        same = if next == last { same + 1 } else { 0 };
        last = next;
    }
}

fn map(words: &[&str]) -> Command {
    partask(["map", "-q"].iter().chain(words))
}

#[test]
fn a_reader_that_reads_nothing_costs_no_memory() {
    for worker in [
        &["cat"][..],
        &["sed", "-u", "s/$/xxxxxxxxxxxxxxxxxxxxxxxxx/"],
    ] {
        let words = [&["-w4"], worker, &[":::", "1..1000000000"]].concat();
        let mut live = Live::of(map(&words));
        await_settled(&live.child);
        drop(live.child.stdout.take());
        assert_eq!(code(&mut live), Some(0));
    }
}

#[test]
fn an_item_that_holds_all_others_up_costs_no_memory() {
    let folder = folder();
    let script = r#"read -r x; if [ "$x" = 1 ]; then until [ -e go ]; do sleep 0.01; done; fi
        echo "$x"; exec cat"#;
    let words = ["-w2", "sh", "-c", script, ":::", "1..=3000000"];
    let mut command = map(&words);
    command.current_dir(folder.path());
    let mut live = Live::of(command);
    await_settled(&live.child);
    fs::write(folder.path().join("go"), "").unwrap();
    for i in 1..=3_000_000 {
        assert_eq!(live.line(), i.to_string());
        // The lines are read ahead of this, so that it may have ended by now.
        if i % 100_000 == 0 {
            assert!(peak_while_running(&live.child).is_none_or(|peak| peak <= MEMORY_MAX_KIB));
        }
    }
    assert_eq!(code(&mut live), Some(0));
}
