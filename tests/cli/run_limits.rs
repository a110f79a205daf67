//! `partask run` under the limits of ordinary machines: open files, processes, cgroups. No task fails
//! for what the runner itself takes.

use crate::harness::{PARTASK, Run, installed, run_shell};
use crate::piped::folder;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The numbers up to `last`, one a line.
fn lines(last: u32) -> String {
    (1..=last).map(|number| format!("{number}\n")).collect()
}

/// Every task succeeded, and one line says how many there was room for, and why.
#[track_caller]
fn assert_fitted(run: &Run, last: u32, why: &str) {
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), &*lines(last)),
        "{run:?}"
    );
    let said = run.stderr.strip_prefix("! room for ").expect(&run.stderr);
    let (count, rest) = said.split_once(' ').expect("a count");
    let count: u32 = count.parse().expect("a number");
    let tasks = if count == 1 { "task" } else { "tasks" };
    assert!((1..100).contains(&count), "{run:?}");
    assert_eq!(rest, format!("{tasks} at a time: {why}\n"));
}

#[test]
fn a_low_limit_on_open_files_fails_no_task() {
    for limit in [20, 64, 256] {
        let folder = folder();
        let line = format!(
            "ulimit -n {limit}; partask run -w 100 --shell 'sleep 0.02; echo {{}}' ::: 1..=200"
        );
        let run = run_shell(&line, folder.path());
        assert_fitted(&run, 200, &format!("open files are limited to {limit}"));
    }
}

/// The limit on open files that this process may raise its own to.
fn hard_limit() -> u64 {
    let said = run_shell("ulimit -Hn", Path::new("/")).succeeded();
    said.trim().parse().unwrap_or(u64::MAX)
}

#[test]
fn a_soft_limit_is_raised_for_partask_and_not_for_its_tasks() {
    if hard_limit() < 3000 {
        eprintln!("skipped: open files are limited to {} here", hard_limit());
        return;
    }
    let folder = folder();
    let line =
        "ulimit -Sn 1024; partask run -w 400 --shell 'ulimit -Sn; sleep 0.2; : {}' ::: 1..=800";
    let run = run_shell(line, folder.path());
    assert_eq!(run.succeeded(), "1024\n".repeat(800));
    let line = "ulimit -Sn 100; partask run -w 60 --order input env ::: A=1 B=2";
    let with_limit = run_shell(&format!("{line} | grep -c PARTASK_SEQ"), folder.path());
    assert_eq!(with_limit.succeeded(), "2\n");
}

#[test]
fn a_raised_limit_changes_nothing_that_is_said_of_a_command() {
    let folder = folder();
    fs::write(folder.path().join("plain"), "no program").unwrap();
    for (command, code, words) in [
        ("no-such-program", 2, "command not found: 'no-such-program'"),
        ("./plain", 2, "cannot execute './plain': permission denied"),
        ("sh -c 'exit 3'", 6, "exit code 3"),
    ] {
        let line = format!("ulimit -Sn 64; partask run -w 100 {command} ::: $(seq 100)");
        let run = run_shell(&line, folder.path());
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
}

/// A place that every user can execute the binary from.
fn public_binary() -> Option<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir_in("/tmp").ok()?;
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), open).ok()?;
    let binary = folder.path().join("partask");
    // By another process: what is open for writing here, a child that is just being started has
    // open, too, and such a file can't be executed.
    let copied = Command::new("cp")
        .args([Path::new(PARTASK), &binary])
        .status();
    copied.ok()?.success().then_some((folder, binary))
}

/// How many threads this user has now.
fn threads_of_this_user() -> u64 {
    let own = fs::metadata("/proc/self").expect("/proc").uid();
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let tasks = entries.filter(|entry| entry.metadata().is_ok_and(|of| of.uid() == own));
    let tasks = tasks.filter_map(|entry| fs::read_dir(entry.path().join("task")).ok());
    tasks.map(|tasks| tasks.count() as u64).sum()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout == b"0\n"
}

#[test]
fn a_low_limit_on_memory_fails_no_task() {
    let folder = folder();
    let line = "ulimit -v 800000; partask run -w 100 --shell 'sleep 0.02; echo {}' ::: 1..=100";
    let run = run_shell(line, folder.path());
    assert_fitted(&run, 100, "memory is limited to 781 MiB");
}

#[test]
fn a_low_limit_on_processes_fails_no_task() {
    if !installed("prlimit") {
        return;
    }
    let (_folder, binary) = public_binary().expect("a folder for everybody");
    // Root has no limit. Nobody else is this user, so that the processes are those of the test.
    let (user, taken) = match is_root() {
        true if !installed("setpriv") => return,
        true => {
            let id = 20_000 + std::process::id() % 40_000;
            let user = format!("setpriv --reuid={id} --regid={id} --clear-groups");
            (user, 0)
        }
        false => (String::new(), threads_of_this_user()),
    };
    for limit in [taken + 16, taken + 60] {
        let line = format!(
            "cd /; {user} prlimit --nproc={limit} {} run -w 100 --shell 'sleep 0.02; echo {{}}' ::: 1..=100",
            binary.display()
        );
        let run = run_shell(&line, Path::new("/"));
        let why = format!("processes of this user are limited to {limit}");
        assert_fitted(&run, 100, &why);
    }
}

/// A cgroup of its own with room for so many processes, removed when it is dropped.
struct Cgroup(PathBuf);

impl Cgroup {
    fn new(processes: u32) -> Option<Cgroup> {
        let name = format!("partask-test-{}", std::process::id());
        let roots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
        let folders = roots.iter().map(|root| Path::new(root).join(&name));
        let made = folders.map(Cgroup).find(|group| {
            let is_made = fs::create_dir(&group.0).is_ok();
            is_made && fs::write(group.0.join("pids.max"), processes.to_string()).is_ok()
        });
        if made.is_none() {
            eprintln!("skipped: no cgroup for processes can be made here");
        }
        made
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_small_cgroup_fails_no_task() {
    let Some(group) = Cgroup::new(40) else { return };
    let folder = folder();
    let line = format!(
        "echo $$ > {}/cgroup.procs; partask run -w 100 --shell 'sleep 0.02; echo {{}}' ::: 1..=100",
        group.0.display()
    );
    let run = run_shell(&line, folder.path());
    assert_fitted(&run, 100, "processes of this cgroup are limited to 40");
}
