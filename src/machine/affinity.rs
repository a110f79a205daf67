//! The CPUs that a thread, and what it starts, may use.

use std::io;

/// A thread that is held to some CPUs until this is dropped; what it starts meanwhile is held to them
/// for good.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct Pinned {
    before: nix::sched::CpuSet,
}

#[cfg(target_os = "linux")]
impl Pinned {
    /// Holds the calling thread to so many of the CPUs that it may use: to cores of their own first, and
    /// then to those that share one.
    ///
    /// # Errors
    /// When it may not use that many, or the operating system refuses.
    pub fn to(cpus: usize) -> io::Result<Pinned> {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        use nix::unistd::Pid;
        let this_thread = Pid::from_raw(0);
        let before = sched_getaffinity(this_thread)?;
        let usable = (0..CpuSet::count()).filter(|cpu| before.is_set(*cpu).unwrap_or(false));
        let ordered = cores_first(usable.collect(), first_sibling);
        if ordered.len() < cpus {
            return Err(io::Error::other(format!(
                "this process may use {} CPUs",
                ordered.len()
            )));
        }
        let mut chosen = CpuSet::new();
        for cpu in &ordered[..cpus] {
            chosen.set(*cpu)?;
        }
        sched_setaffinity(this_thread, &chosen)?;
        Ok(Pinned { before })
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        let this_thread = nix::unistd::Pid::from_raw(0);
        // It could be set before, and those CPUs are still there.
        let _ = nix::sched::sched_setaffinity(this_thread, &self.before);
    }
}

/// A thread that is held to some CPUs, which only Linux has.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub struct Pinned;

#[cfg(not(target_os = "linux"))]
impl Pinned {
    /// Refuses: there is no such call here.
    ///
    /// # Errors
    /// Always.
    pub fn to(_cpus: usize) -> io::Result<Pinned> {
        Err(io::Error::other("this system can't hold a program to CPUs"))
    }
}

/// The CPUs in an order in which those that share a core with an earlier one come last; `core_of` tells
/// which core a CPU is of.
#[cfg(target_os = "linux")]
fn cores_first(cpus: Vec<usize>, core_of: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    let (mut firsts, seconds): (Vec<usize>, Vec<usize>) =
        cpus.into_iter().partition(|cpu| seen.insert(core_of(*cpu)));
    firsts.extend(seconds);
    firsts
}

/// The lowest CPU of the same core, or itself where the system does not tell.
#[cfg(target_os = "linux")]
fn first_sibling(cpu: usize) -> usize {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let first = text.split(|c: char| !c.is_ascii_digit()).next();
    first.and_then(|text| text.parse().ok()).unwrap_or(cpu)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;

    fn usable() -> usize {
        let set = sched_getaffinity(Pid::from_raw(0)).unwrap();
        (0..CpuSet::count())
            .filter(|cpu| set.is_set(*cpu).unwrap())
            .count()
    }

    #[test]
    fn cores_come_before_their_second_threads() {
        let pairs = cores_first((0..6).collect(), |cpu| cpu / 2);
        assert_eq!(pairs, [0, 2, 4, 1, 3, 5]);
        let halves = cores_first((0..6).collect(), |cpu| cpu % 3);
        assert_eq!(halves, [0, 1, 2, 3, 4, 5]);
        assert!(cores_first(Vec::new(), |cpu| cpu).is_empty());
    }

    #[test]
    fn a_thread_is_held_until_the_end_and_no_longer() {
        let before = usable();
        let pinned = Pinned::to(1).unwrap();
        assert_eq!(usable(), 1);
        drop(pinned);
        assert_eq!(usable(), before);
        assert!(Pinned::to(before + 1).is_err());
        assert_eq!(usable(), before);
    }
}
