//! How long a job takes on a cluster, by how it is cut: a simulation of parts with uneven costs on nodes of
//! uneven speed, some of which fail and are run again.
//!
//! `cargo run --release --example shard_makespan -- [NODES]`

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The work of a node at full speed, in seconds, when all have as much: an hour.
const WORK_PER_NODE_S: f64 = 3_600.0;

/// What it costs to start a part: the scheduler, the file system, the program.
const START_S: f64 = 2.0;

/// How often a node fails, in node-hours between two failures: what it was at is run again from its start.
const HOURS_BETWEEN_FAILURES: f64 = 100.0;

/// How many times as long the last number takes as the first, as with numbers that grow.
const GROWTH: f64 = 3.0;

/// The work of the numbers before the share `x` of all, as a share of all work.
fn work_before(x: f64) -> f64 {
    let growth = GROWTH - 1.0;
    (x + growth * x * x / 2.0) / (1.0 + growth / 2.0)
}

/// Shares of all numbers, from one end to the next.
fn even(parts: usize) -> Vec<f64> {
    (0..=parts).map(|i| i as f64 / parts as f64).collect()
}

/// Parts that get smaller: each a half of what is left for a node, down to a sixteenth of an even share.
fn guided(nodes: usize) -> Vec<f64> {
    let smallest = 1.0 / (16 * nodes) as f64;
    let mut ends = vec![0.0];
    let mut at = 0.0;
    while at < 1.0 {
        at += ((1.0 - at) / (2 * nodes) as f64).max(smallest);
        ends.push(at.min(1.0));
    }
    ends
}

/// When the last part ends. Parts are handed out in order, each to the node that is free first.
fn makespan_s(parts: &[f64], speeds: &[f64], rng: &mut fastrand::Rng) -> f64 {
    // Microseconds, as floating point has no order of its own.
    let mut free: BinaryHeap<Reverse<(u64, usize)>> =
        (0..speeds.len()).map(|node| Reverse((0, node))).collect();
    let mut last = 0.0f64;
    for work_s in parts {
        let Reverse((start_us, node)) = free.pop().expect("a node");
        let mut end = start_us as f64 / 1e6;
        loop {
            let takes = START_S + work_s / speeds[node];
            let until_failure =
                -rng.f64().max(f64::MIN_POSITIVE).ln() * HOURS_BETWEEN_FAILURES * 3_600.0;
            if until_failure >= takes {
                end += takes;
                break;
            }
            end += until_failure;
        }
        last = last.max(end);
        free.push(Reverse(((end * 1e6) as u64, node)));
    }
    last
}

fn main() {
    let nodes = std::env::args()
        .nth(1)
        .map_or(1_000, |text| text.parse().expect("a number of nodes"));
    let all_s = WORK_PER_NODE_S * nodes as f64;
    let by_ends = |ends: Vec<f64>| -> Vec<f64> {
        let works = ends
            .windows(2)
            .map(|ends| work_before(ends[1]) - work_before(ends[0]));
        works.map(|work| work * all_s).collect()
    };
    let cuts: Vec<(String, Vec<f64>)> = [1, 2, 4, 8, 16, 64]
        .into_iter()
        .map(|k| (format!("blocks, {k} a node"), by_ends(even(k * nodes))))
        .chain([
            (
                "cyclic, 1 a node".to_owned(),
                vec![all_s / nodes as f64; nodes],
            ),
            (
                "cyclic, 8 a node".to_owned(),
                vec![all_s / (8 * nodes) as f64; 8 * nodes],
            ),
            ("guided".to_owned(), by_ends(guided(nodes))),
        ])
        .collect();
    println!(
        "{nodes} nodes, an hour of work for each; time over the ideal, median and worst of 31"
    );
    println!(
        "{:<18} {:>9} {:>7} {:>6}",
        "cut", "parts", "median", "worst"
    );
    for (name, parts) in cuts {
        let mut ratios: Vec<f64> = (0..31)
            .map(|seed| {
                let mut rng = fastrand::Rng::with_seed(seed);
                let speeds: Vec<f64> = (0..nodes).map(|_| 0.8 + 0.2 * rng.f64()).collect();
                let ideal_s = all_s / speeds.iter().sum::<f64>();
                makespan_s(&parts, &speeds, &mut rng) / ideal_s
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{name:<18} {:>9} {:>7.2} {:>6.2}",
            parts.len(),
            ratios[15],
            ratios[30]
        );
    }
}
