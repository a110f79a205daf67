//! Shards under a real `mpirun`: OpenMPI's, skipped out loud where it is not installed.

use crate::harness::{installed, run, run_shell};

/// Σ n² for n = 1 … 10^8 - 1.
const TOTAL: &str = "333333328333333350000000\n";

#[test]
fn every_rank_of_mpirun_is_a_shard() {
    if !installed("mpirun") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mpirun = |line: &str| {
        // Tests may run as root, and with fewer CPUs than ranks.
        let line = format!("mpirun --allow-run-as-root --oversubscribe -n 3 {line}");
        run_shell(&line, folder.path())
    };
    let ranks = mpirun("partask squares 1..1e8 --shard auto --partial parts --quiet");
    if ranks.code != Some(0) && ranks.stdout.is_empty() && !ranks.stderr.contains("partask") {
        eprintln!("skipped: mpirun starts nothing here: {ranks:?}");
        return;
    }
    assert_eq!(
        (ranks.code, ranks.stdout.lines().count()),
        (Some(0), 3),
        "{ranks:?}"
    );
    let parts = folder.path().join("parts");
    let merged = run(["merge", parts.to_str().unwrap(), "--quiet"]);
    assert_eq!(merged.succeeded(), TOTAL);

    // A rank that another launcher is asked about says so, and mpirun ends them all.
    let other = mpirun("partask squares 1..9 --shard auto:slurm-array");
    assert_ne!(other.code, Some(0), "{other:?}");
    assert!(
        other.stderr.contains("SLURM_ARRAY_TASK_ID is not set"),
        "{other:?}"
    );
}
