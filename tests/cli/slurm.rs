//! Shards under a real Slurm: a controller and two nodes on this machine's loopback.
//!
//! Skipped out loud where Slurm is not installed (Debian's package slurm-wlm).

use crate::harness::{PARTASK, Run, run_to_end};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long Slurm may take for anything; on an idle machine it is two seconds.
const LIMIT: Duration = Duration::from_secs(300);

/// A Slurm of its own, ended with this.
struct Slurm {
    folder: tempfile::TempDir,
}

/// Whether there is a Slurm to start; says so when there is none.
fn is_installed() -> bool {
    let has = |program: &str| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
        let sbin = PathBuf::from("/usr/sbin");
        folders
            .iter()
            .chain([&sbin])
            .any(|folder| folder.join(program).exists())
    };
    let all = ["slurmctld", "slurmd", "sbatch", "srun"]
        .into_iter()
        .all(has);
    if !all {
        eprintln!("skipped: Slurm is not installed (slurm-wlm)");
    }
    all
}

fn free_ports<const N: usize>() -> [u16; N] {
    let sockets = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    sockets.map(|socket| socket.local_addr().expect("a port").port())
}

impl Slurm {
    /// Starts one; `None` where it does not come up.
    fn start() -> Option<Slurm> {
        let slurm = Slurm {
            folder: tempfile::tempdir().unwrap(),
        };
        for name in ["state", "spool-n1", "spool-n2", "work"] {
            fs::create_dir(slurm.path(name)).unwrap();
        }
        let word = |program: &str, argument: &str| {
            let output = Command::new(program).arg(argument).output().unwrap().stdout;
            String::from_utf8(output).unwrap().trim().to_owned()
        };
        let [controller, n1, n2] = free_ports();
        let template = include_str!("../slurm/slurm.conf");
        let conf = template
            .replace("@dir@", slurm.folder.path().to_str().unwrap())
            .replace("@host@", &word("uname", "-n"))
            .replace("@user@", &word("id", "-un"))
            .replace("@controller@", &controller.to_string())
            .replace("@n1@", &n1.to_string())
            .replace("@n2@", &n2.to_string());
        fs::write(slurm.path("slurm.conf"), conf).unwrap();
        for line in ["slurmctld -c", "slurmd -N n1", "slurmd -N n2"] {
            let started = slurm.shell(line);
            if started.code != Some(0) {
                eprintln!("skipped: Slurm does not start here: {line}: {started:?}");
                return None;
            }
        }
        let comes_up = "for i in $(seq 300); do [ \"$(sinfo -h -o '%D %T')\" = '2 idle' ] && break; sleep 0.2; done; timeout 60 srun true";
        let came_up = slurm.shell(comes_up);
        if came_up.code != Some(0) {
            eprintln!("skipped: Slurm does not come up here: {came_up:?}");
            return None;
        }
        Some(slurm)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a line of shell that Slurm's commands and the binary are known to.
    fn shell(&self, line: &str) -> Run {
        let binaries = Path::new(PARTASK).parent().unwrap().to_str().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.path("work"))
            .env("PATH", format!("{binaries}:{path}:/usr/sbin"))
            .env("SLURM_CONF", self.path("slurm.conf"))
            .env_remove("PARTASK_WORKERS")
            .stdin(Stdio::null());
        run_to_end(command)
    }

    /// Waits until a line of shell prints what is waited for.
    #[track_caller]
    fn wait_for(&self, line: &str, is_it: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + LIMIT;
        loop {
            let run = self.shell(line);
            if is_it(&run.stdout) {
                return run.stdout;
            }
            assert!(Instant::now() < deadline, "{line}: {run:?}");
            sleep(Duration::from_millis(100));
        }
    }

    /// The total of the parts in a folder, which all must be there.
    #[track_caller]
    fn merged(&self, folder: &str) -> String {
        let merged = self.shell(&format!("partask merge {folder} --quiet"));
        merged.succeeded().trim_end().to_owned()
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        let _ = self.shell("scancel -u $(id -un)");
        for name in ["slurmd-n1.pid", "slurmd-n2.pid", "slurmctld.pid"] {
            if let Ok(process) = fs::read_to_string(self.path(name)) {
                let _ = Command::new("kill").arg(process.trim()).status();
            }
        }
    }
}

/// The script that the README shows.
fn readme_script() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(readme).unwrap();
    let (_, script) = text
        .split_once("```bash\n#!/bin/bash\n#SBATCH")
        .expect("a script");
    let (script, _) = script.split_once("```").unwrap();
    format!("#!/bin/bash\n#SBATCH{script}")
}

/// Σ n² for n = 1 … 10^10 - 1.
const TOTAL: &str = "333333333283333333335000000000";

fn arrays(slurm: &Slurm) {
    fs::write(slurm.path("work/job.sh"), readme_script()).unwrap();
    let submitted = slurm.shell("sbatch --wait job.sh");
    assert_eq!(submitted.code, Some(0), "{submitted:?}");
    assert_eq!(slurm.merged("parts"), TOTAL);
    // Each task had the CPUs that it asked for, on a node that Slurm names.
    let hosts = slurm.shell("partask merge parts --format csv").succeeded();
    assert!(
        hosts.lines().count() >= 2 && hosts.contains(",n"),
        "{hosts}"
    );

    // A single task that is run again is refused until it is told of how many it is one.
    let lost = slurm.shell("rm parts/*-3-of-4.json; partask merge parts --missing");
    assert!(lost.stdout.contains("--shard 3/4"), "{lost:?}");
    let again = "sbatch --wait --array=3 -o again.txt job.sh; cat again.txt";
    let again = slurm.shell(again);
    assert!(
        again
            .stdout
            .contains("may be one of more that is run again"),
        "{again:?}"
    );
    let pinned =
        "sed -i 's/--shard auto/--shard auto --shards 4/' job.sh && sbatch --wait --array=3 job.sh";
    let pinned = slurm.shell(pinned);
    assert_eq!(pinned.code, Some(0), "{pinned:?}");
    assert_eq!(slurm.merged("parts"), TOTAL);
}

fn steps(slurm: &Slurm) {
    let step = "srun -n 3 partask sum-of-squares 1..1e10 --shard auto --partial steps --quiet";
    let step = slurm.shell(step);
    assert_eq!(
        (step.code, step.stdout.lines().count()),
        (Some(0), 3),
        "{step:?}"
    );
    assert_eq!(slurm.merged("steps"), TOTAL);
    // Within an array that has steps of several tasks it can't be told which is meant.
    let both = "#!/bin/bash\n#SBATCH --array=1-2 -n 2 -o both-%a.txt\nsrun partask squares 1..9 --shard auto";
    fs::write(slurm.path("work/both.sh"), both).unwrap();
    let both = slurm.shell("sbatch --wait both.sh; cat both-1.txt");
    assert!(
        both.stdout
            .contains("name one, as in --shard auto:slurm-step"),
        "{both:?}"
    );
}

fn cancelled(slurm: &Slurm) {
    let script = "#!/bin/bash\n#SBATCH --array=1-4 -o c-%a.txt\n\
        partask sum-of-squares 1..4e10 --kernel scalar --shard auto --partial cut --checkpoint cut-$SLURM_ARRAY_TASK_ID --checkpoint-every 10ms --resume\n";
    fs::write(slurm.path("work/cut.sh"), script).unwrap();
    slurm.shell("sbatch cut.sh").succeeded_loudly();
    slurm.wait_for("cat cut-1 cut-2 2>/dev/null | grep numbers_done", |done| {
        done.lines().any(|line| !line.contains(" 0,"))
    });
    slurm.shell("scancel -u $(id -un)").succeeded_loudly();
    slurm.wait_for("squeue -h", |jobs| jobs.trim().is_empty());
    let missing = slurm.shell("partask merge cut");
    assert!(matches!(missing.code, Some(2 | 5)), "{missing:?}");
    // What was cancelled goes on where it was, and comes to the exact total.
    slurm
        .shell("sed -i 's/--kernel scalar//' cut.sh && sbatch --wait cut.sh")
        .succeeded_loudly();
    assert_eq!(slurm.merged("cut"), "21333333332533333333340000000000");
}

impl Run {
    /// It went well, whatever it said.
    #[track_caller]
    fn succeeded_loudly(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }
}

fn node_lost(slurm: &Slurm) {
    let script = "#!/bin/bash\n#SBATCH --array=1-2 --requeue -o lost-%a.txt\n\
        sleep 3\npartask sum-of-squares 1..1e10 --shard auto --partial lost\n";
    fs::write(slurm.path("work/lost.sh"), script).unwrap();
    slurm.shell("sbatch lost.sh").succeeded_loudly();
    slurm.wait_for("squeue -h -t RUNNING", |jobs| !jobs.trim().is_empty());
    let node = fs::read_to_string(slurm.path("slurmd-n1.pid")).unwrap();
    slurm
        .shell(&format!("kill -9 {}", node.trim()))
        .succeeded_loudly();
    slurm.wait_for("squeue -h", |jobs| jobs.trim().is_empty());
    slurm.wait_for("partask merge lost --quiet", |total| {
        total.trim_end() == TOTAL
    });
    slurm.shell("slurmd -N n1").succeeded_loudly();
}

#[test]
fn shards_under_a_real_slurm() {
    if !is_installed() {
        return;
    }
    let Some(slurm) = Slurm::start() else { return };
    arrays(&slurm);
    steps(&slurm);
    cancelled(&slurm);
    node_lost(&slurm);
}
