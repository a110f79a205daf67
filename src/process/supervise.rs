//! Watches one process to its end: passes on what it writes, ends it when its time is over or the
//! run is stopped, and leaves nothing of its group behind.

use crate::event::task::{EndedBy, Exit, Status, Stream};
use crate::machine::child::{Awaited, Readiness, Ready, Signal};
use crate::process::{LostError, Running};
use crate::stop::{Stop, StopReason, Urgency};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How long a process may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run before it is sent SIGTERM, with its group.
    pub timeout: Option<Duration>,
    /// How long it may take to end once it was told to, before its group is sent SIGKILL.
    pub grace: Duration,
}

/// How long after the end of a process something that it has started may hold its output open: long
/// enough for a pipeline's last lines, short enough not to be taken for a hang.
const LEAK_WAIT: Duration = Duration::from_millis(200);

/// How often what is left of a group is looked at once its leader has ended.
const LEFT_LOOK: Duration = Duration::from_millis(20);

impl Default for Limits {
    /// No timeout, and 5 s of grace.
    fn default() -> Limits {
        Limits {
            timeout: None,
            grace: Duration::from_secs(5),
        }
    }
}

/// Where output is read to; one serves any number of processes, one after the other.
#[derive(Debug)]
pub struct ReadBuffer(Box<[u8]>);

impl ReadBuffer {
    /// As much as a pipe of Linux holds.
    const LEN: usize = 64 * 1024;

    /// An empty one.
    #[must_use]
    pub fn new() -> ReadBuffer {
        ReadBuffer(vec![0; ReadBuffer::LEN].into_boxed_slice())
    }
}

impl Default for ReadBuffer {
    fn default() -> ReadBuffer {
        ReadBuffer::new()
    }
}

/// How far a process was urged to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    /// Told to end with its group, and killed at that time; `None` is never.
    Told(Option<Instant>),
    /// There is nothing to do to it any more.
    Over,
}

struct Supervision<'a> {
    running: Running,
    limits: &'a Limits,
    stop: &'a Stop,
    stage: Stage,
    /// When the process was seen to have ended; once it was told to, when the last of its group was,
    /// so that whoever holds the output open after that has left the group.
    exited_at: Option<Instant>,
    ended_by: EndedBy,
    killed: bool,
    output_bytes: [u64; 2],
}

impl Running {
    /// Watches the process to its end. Each piece of output is handed to `on_output` as it comes, in
    /// order for each stream, and no piece is empty.
    ///
    /// A process that is told to end gets SIGTERM with its whole group, or SIGINT when the run was
    /// stopped by an interrupt; whatever has not ended after the grace is killed, and at once when
    /// `stop` says so. When the process has ended, the rest of its group is killed. Something that
    /// has left the group and still holds the output open is left alone after a short wait, and
    /// [told](Exit::leaked).
    ///
    /// # Errors
    /// When the process may not be killed, as it belongs to somebody else by now, or the operating
    /// system fails.
    pub fn supervise(
        self,
        limits: &Limits,
        stop: &Stop,
        buffer: &mut ReadBuffer,
        on_output: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Exit, LostError> {
        let pid = self.pid();
        let lost = |what| move |source| LostError { pid, what, source };
        let mut supervision = Supervision {
            running: self,
            limits,
            stop,
            stage: Stage::Free,
            exited_at: None,
            ended_by: EndedBy::Itself,
            killed: false,
            output_bytes: [0; 2],
        };
        let mut now = Instant::now();
        while !supervision.is_over(now) {
            let ready = supervision.wait(now).map_err(lost("cannot wait for it"))?;
            let read = supervision.read(&ready, buffer, on_output);
            read.map_err(lost("cannot read what it writes"))?;
            now = Instant::now();
            if ready.exited {
                supervision.exited_at = Some(now);
            }
            supervision.urge(now).map_err(lost("cannot kill it"))?;
        }
        supervision.end().map_err(lost("cannot reap it"))
    }
}

impl Supervision<'_> {
    fn is_over(&self, now: Instant) -> bool {
        let Some(exited_at) = self.exited_at else {
            return false;
        };
        let is_silent = self.running.streams.iter().all(Option::is_none);
        let is_leak = || now >= exited_at + LEAK_WAIT && !self.running.overlap.lasts();
        !matches!(self.stage, Stage::Told(_)) && (is_silent || is_leak())
    }

    fn timeout_at(&self) -> Option<Instant> {
        let timeout = self.limits.timeout?;
        self.running.started.checked_add(timeout)
    }

    /// What the time between now and the next thing to do is; `None` when only events bring it.
    fn limit(&self, now: Instant) -> Option<Duration> {
        let at = match (self.exited_at, self.stage) {
            (Some(_), Stage::Told(_)) => Some(now + LEFT_LOOK),
            (Some(exited_at), _) => Some((exited_at + LEAK_WAIT).max(now + LEFT_LOOK)),
            (None, Stage::Free) => {
                let deadlines = [self.timeout_at(), self.stop.deadline()];
                deadlines.into_iter().flatten().min()
            }
            (None, Stage::Told(kill_at)) => kill_at,
            (None, Stage::Over) => None,
        };
        at.map(|at| at.saturating_duration_since(now))
    }

    fn wait(&self, now: Instant) -> io::Result<Ready> {
        let bell = match self.stage {
            Stage::Free if self.exited_at.is_none() => Some(self.stop.bell(Urgency::Gently)?),
            Stage::Told(_) => Some(self.stop.bell(Urgency::AtOnce)?),
            // A bell that was heard once is not to be waited for again: it never falls silent.
            Stage::Free | Stage::Over => None,
        };
        let awaited = Awaited {
            streams: self
                .running
                .streams
                .each_ref()
                .map(|stream| stream.as_ref().map(AsFd::as_fd)),
            exit: self.exited_at.is_none(),
            bell,
        };
        self.running.leader.wait(&awaited, self.limit(now))
    }

    fn read(
        &mut self,
        ready: &Ready,
        buffer: &mut ReadBuffer,
        on_output: &mut dyn FnMut(Stream, &[u8]),
    ) -> io::Result<()> {
        for stream in Stream::BOTH {
            let index = stream.index();
            let pipe = &mut self.running.streams[index];
            match (ready.streams[index], &mut *pipe) {
                (Readiness::Readable, Some(reader)) => match reader.read(&mut buffer.0) {
                    Ok(0) => *pipe = None,
                    Ok(len) => {
                        self.output_bytes[index] += len as u64;
                        on_output(stream, &buffer.0[..len]);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => (),
                    Err(error) => return Err(error),
                },
                (Readiness::Ended, _) => *pipe = None,
                (Readiness::Quiet, _) | (Readiness::Readable, None) => (),
            }
        }
        Ok(())
    }

    /// Takes the next step to the end of the process, if it is time for one.
    fn urge(&mut self, now: Instant) -> io::Result<()> {
        let is_reached = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        match (self.stage, self.stop.urgency()) {
            (Stage::Over, _) => (),
            (Stage::Free, _) if self.exited_at.is_some() => (),
            (Stage::Told(_), _) if self.is_group_gone() => {
                self.stage = Stage::Over;
                self.exited_at = Some(now);
            }
            (_, Some(Urgency::AtOnce)) => self.kill(EndedBy::Stop, now)?,
            (Stage::Told(kill_at), _) if is_reached(kill_at) => self.kill(self.ended_by, now)?,
            (Stage::Told(_), _) => (),
            (Stage::Free, Some(Urgency::Gently)) => {
                self.tell(stop_signal(self.stop), EndedBy::Stop, now);
            }
            (Stage::Free, None) if is_reached(self.timeout_at()) => {
                self.tell(Signal::Terminate, EndedBy::Timeout, now);
            }
            (Stage::Free, None) => (),
        }
        Ok(())
    }

    /// Whether the process and all of its group have ended.
    fn is_group_gone(&self) -> bool {
        self.exited_at.is_some() && !self.running.leader.has_company()
    }

    fn tell(&mut self, signal: Signal, reason: EndedBy, now: Instant) {
        // Whoever may not be told may not be killed either, and that is where it counts. One that
        // is stopped hears nothing until it goes on.
        let _ = self.running.leader.signal_group(signal);
        let _ = self.running.leader.signal_group(Signal::Continue);
        self.stage = Stage::Told(now.checked_add(self.limits.grace));
        self.ended_by = reason;
    }

    fn kill(&mut self, reason: EndedBy, now: Instant) -> io::Result<()> {
        self.stage = Stage::Over;
        if self.ended_by == EndedBy::Itself {
            self.ended_by = reason;
        }
        if self.exited_at.is_none() {
            self.killed = true;
            return self.running.leader.kill();
        }
        self.killed = true;
        self.exited_at = Some(now);
        self.running.leader.signal_group(Signal::Kill)
    }

    /// Kills what is left of the group, while its id can't be another's yet, and reaps the process.
    fn end(self) -> io::Result<Exit> {
        let Running {
            leader,
            streams,
            started,
            started_at,
            ..
        } = self.running;
        let leaked = streams.iter().any(Option::is_some);
        // What belongs to another user by now can't be killed, and the process itself has ended.
        let _ = leader.signal_group(Signal::Kill);
        let (status, usage) = leader.reap()?;
        Ok(Exit {
            status: Status::from(status),
            ended_by: self.ended_by,
            killed: self.killed,
            leaked,
            started,
            started_at,
            ended: Instant::now(),
            usage,
            output_bytes: self.output_bytes,
        })
    }
}

/// What a process is told when the run is stopped: what the run was told.
fn stop_signal(stop: &Stop) -> Signal {
    match stop.reason() {
        Some(StopReason::Interrupted) => Signal::Interrupt,
        Some(StopReason::Terminated | StopReason::TimeLimit) | None => Signal::Terminate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Command;
    use std::ffi::{OsStr, OsString};
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::Ordering;
    use std::thread;

    const LONG: Duration = Duration::from_secs(3600);

    struct Ran {
        pid: u32,
        exit: Exit,
        out: String,
        err: String,
    }

    fn start(script: &str) -> Running {
        let argv = ["sh", "-c", script].map(OsString::from);
        Command::new(&argv).spawn().expect("a shell")
    }

    /// Watches a process, and lets the run be stopped by `on_output` when it says something.
    fn watch(running: Running, limits: &Limits, stop: &Stop, on_output: impl Fn(&str)) -> Ran {
        let (mut said, pid) = ([Vec::new(), Vec::new()], running.pid());
        let exit = running.supervise(
            limits,
            stop,
            &mut ReadBuffer::new(),
            &mut |stream, bytes| {
                assert!(!bytes.is_empty());
                said[stream.index()].extend_from_slice(bytes);
                on_output(&String::from_utf8_lossy(&said[stream.index()]));
            },
        );
        let exit = exit.expect("a process to be watched to its end");
        assert!(!is_child(pid), "{pid} is left as a zombie");
        let lens = said.each_ref().map(|bytes| bytes.len() as u64);
        assert_eq!(exit.output_bytes, lens);
        let [out, err] = said.map(|bytes| String::from_utf8(bytes).expect("text"));
        Ran {
            pid,
            exit,
            out,
            err,
        }
    }

    fn run(script: &str) -> Ran {
        watch(start(script), &Limits::default(), &Stop::new(), |_| ())
    }

    fn timed_out(script: &str, timeout_ms: u64, grace: Duration) -> Ran {
        let timeout = Some(Duration::from_millis(timeout_ms));
        let ran = watch(
            start(script),
            &Limits { timeout, grace },
            &Stop::new(),
            |_| (),
        );
        assert_eq!(ran.exit.ended_by, EndedBy::Timeout, "{:?}", ran.exit);
        ran
    }

    /// Stops the run by a signal once the script has said `ready`.
    fn stopped(script: &str, grace: Duration, rings: usize) -> Ran {
        let (stop, limits) = (
            Stop::new(),
            Limits {
                timeout: None,
                grace,
            },
        );
        let ran = watch(start(script), &limits, &stop, |said| {
            if said == "ready\n" {
                stop.flag().store(Stop::TERMINATED, Ordering::Relaxed);
                (0..rings).for_each(|_| stop.ring());
            }
        });
        assert_eq!(ran.exit.ended_by, EndedBy::Stop, "{:?}", ran.exit);
        ran
    }

    #[allow(clippy::print_stderr)]
    fn skip(why: &str) {
        eprintln!("skipped: {why}");
    }

    fn signal(number: i32) -> Status {
        Status::Signal {
            number,
            core_dumped: false,
        }
    }

    /// State, parent and group of a process that has not been reaped.
    fn stat(pid: u32) -> Option<(String, u32, u32)> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let (state, parent, group) = (fields.next()?, fields.next()?, fields.next()?);
        Some((state.to_owned(), parent.parse().ok()?, group.parse().ok()?))
    }

    fn is_child(pid: u32) -> bool {
        stat(pid).is_some_and(|(_, parent, _)| parent == std::process::id())
    }

    fn is_at_work(pid: u32) -> bool {
        stat(pid).is_some_and(|(state, ..)| state != "Z" && state != "X")
    }

    /// Processes end soon after they were sent SIGKILL, not at once.
    #[track_caller]
    fn assert_soon(what: &str, is_so: impl Fn() -> bool) {
        let given_up = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < given_up, "{what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn group_at_work(group: u32) -> Vec<u32> {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let of_group = |pid: &u32| is_at_work(*pid) && stat(*pid).is_some_and(|(.., g)| g == group);
        pids.filter(of_group).collect()
    }

    #[test]
    fn every_exit_code_is_told() {
        for code in 0..=255 {
            let ran = run(&format!("exit {code}"));
            assert_eq!(ran.exit.status, Status::Code(code));
            assert_eq!(ran.exit.is_success(), code == 0);
            assert_eq!(ran.exit.ended_by, EndedBy::Itself);
            assert!(!ran.exit.killed && !ran.exit.leaked && ran.exit.ended >= ran.exit.started);
        }
    }

    #[test]
    fn a_signal_from_elsewhere_is_no_end_of_ours() {
        for number in [9, 15] {
            let ran = run(&format!("kill -{number} $$; sleep 100"));
            assert_eq!(ran.exit.status, signal(number));
            assert!(ran.exit.ended_by == EndedBy::Itself && !ran.exit.killed);
        }
    }

    #[test]
    fn both_streams_come_as_they_are_written_and_standard_input_is_empty() {
        let ran = run("cat; printf 'half'; printf 'other half' >&2");
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("half", "other half"));
        assert!(ran.exit.is_success());
    }

    #[test]
    fn arguments_variables_and_folder_reach_the_program_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let script = "pwd -P; printf '%s|' \"$@\"; printf '%s' \"$PARTASK_SEQ\"";
        let odd = ["a b", "$(id)", "'\"\\", "line\nline", "", "*"];
        let argv = ["sh", "-c", script, "sh"].into_iter().chain(odd);
        let argv: Vec<OsString> = argv.map(OsString::from).collect();
        let env = [(OsStr::new("PARTASK_SEQ"), OsStr::new("7"))];
        let command = Command {
            argv: &argv,
            env: &env,
            folder: Some(folder.path()),
        };
        let ran = watch(
            command.spawn().unwrap(),
            &Limits::default(),
            &Stop::new(),
            |_| (),
        );
        let folder = folder.path().canonicalize().unwrap();
        let expected = format!("{}\n{}|7", folder.display(), odd.join("|"));
        assert_eq!(ran.out, expected);
    }

    #[test]
    fn much_output_comes_in_small_pieces() {
        let argv = ["head", "-c", "50000000", "/dev/zero"].map(OsString::from);
        let (mut pieces, mut longest) = (0u64, 0);
        let exit = Command::new(&argv).spawn().unwrap().supervise(
            &Limits::default(),
            &Stop::new(),
            &mut ReadBuffer::new(),
            &mut |stream, bytes| {
                assert_eq!(stream, Stream::Stdout);
                pieces += 1;
                longest = longest.max(bytes.len());
            },
        );
        assert_eq!(exit.unwrap().output_bytes, [50_000_000, 0]);
        assert!(longest <= ReadBuffer::LEN && pieces > 500);
    }

    #[test]
    fn one_that_closes_its_streams_is_waited_for_without_work() {
        let used = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let before = used();
        let ran = run("exec >&- 2>&-; sleep 0.5; exit 3");
        let used = used() - before;
        assert_eq!(ran.exit.status, Status::Code(3));
        assert!(
            used.tv_sec == 0 && used.tv_nsec < 100_000_000,
            "{used:?} of CPU time"
        );
    }

    #[test]
    fn its_use_of_cpu_and_memory_is_told() {
        let ran = run("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done");
        assert!(ran.exit.usage.user > Duration::ZERO);
        assert!(ran.exit.usage.user + ran.exit.usage.system <= ran.exit.elapsed() * 2);
        let (mib, peak) = (1 << 20, ran.exit.usage.peak_memory_bytes);
        assert!(peak > mib / 4 && peak < 1024 * mib, "{peak}");
    }

    #[test]
    fn a_timeout_ends_the_whole_tree() {
        let ran = timed_out(
            "sleep 100 & sleep 100 & (sleep 100; true) & wait",
            300,
            LONG,
        );
        assert_eq!(ran.exit.status, signal(15));
        assert!(!ran.exit.killed && !ran.exit.leaked, "{:?}", ran.exit);
        assert!(group_at_work(ran.pid).is_empty());
    }

    #[test]
    fn one_that_has_stopped_itself_hears_of_its_timeout() {
        let ran = timed_out("kill -STOP $$; sleep 100", 300, LONG);
        assert!(ran.exit.status == signal(15) && !ran.exit.killed);
    }

    #[test]
    fn one_that_does_not_listen_is_killed_after_the_grace() {
        let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
        let grace = Duration::from_millis(300);
        let ran = stopped(deaf, grace, 1);
        assert!(
            ran.exit.status == signal(9) && ran.exit.killed,
            "{:?}",
            ran.exit
        );
        assert!(ran.exit.elapsed() >= grace && !ran.exit.leaked);
        assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
    }

    #[test]
    fn a_second_request_kills_at_once() {
        let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
        let ran = stopped(deaf, LONG, 2);
        assert!(
            ran.exit.status == signal(9) && ran.exit.killed,
            "{:?}",
            ran.exit
        );
    }

    #[test]
    fn one_that_cleans_up_has_the_time_to() {
        let script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        let ran = stopped(script, LONG, 1);
        assert_eq!(
            (ran.exit.status, ran.out.as_str()),
            (Status::Code(3), "ready\nbye\n")
        );
        assert!(!ran.exit.killed);
    }

    #[test]
    fn so_have_those_it_started_when_it_is_gone_itself() {
        let cleaning =
            "trap 'sleep 0.5; echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done";
        for closing in ["", "exec >/dev/null; "] {
            let file = tempfile::NamedTempFile::new().unwrap();
            let path = file.path().display();
            let script = cleaning.replace(
                "sleep 0.5",
                &format!("{closing}sleep 0.5; echo done >{path}"),
            );
            let ran = stopped(&format!("({script}) & wait"), LONG, 1);
            assert!(ran.exit.status == signal(15) && !ran.exit.killed && !ran.exit.leaked);
            assert_eq!(fs::read_to_string(file.path()).unwrap(), "done\n");
            assert!(group_at_work(ran.pid).is_empty());
        }
    }

    #[test]
    fn those_it_started_are_killed_after_the_grace_when_it_is_gone_itself() {
        let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
        let ran = stopped(&format!("({deaf}) & wait"), Duration::from_millis(300), 1);
        assert!(ran.exit.status == signal(15) && ran.exit.killed && !ran.exit.leaked);
        assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
    }

    #[test]
    fn an_interrupt_is_passed_on_as_one() {
        if crate::machine::is_signal_ignored(2) {
            skip("SIGINT is ignored here, and no shell can change that");
            return;
        }
        let script = "trap 'echo bye; exit 4' INT; echo ready; while :; do sleep 0.05; done";
        let (stop, limits) = (
            Stop::new(),
            Limits {
                timeout: None,
                grace: LONG,
            },
        );
        let ran = watch(start(script), &limits, &stop, |said| {
            if said == "ready\n" {
                stop.flag().store(Stop::INTERRUPTED, Ordering::Relaxed);
                stop.ring();
            }
        });
        assert_eq!(ran.exit.status, Status::Code(4));
    }

    #[test]
    fn a_silent_process_is_woken_for_by_the_bell() {
        let stop = Stop::new();
        let ran = thread::scope(|scope| {
            let waiting =
                scope.spawn(|| watch(start("sleep 100"), &Limits::default(), &stop, |_| ()));
            thread::sleep(Duration::from_millis(100));
            stop.abandon();
            waiting.join().unwrap()
        });
        assert!(ran.exit.status == signal(15) && ran.exit.ended_by == EndedBy::Stop);
        let late = watch(start("sleep 100"), &Limits::default(), &stop, |_| ());
        assert!(late.exit.status == signal(15), "started after the stop");
    }

    #[test]
    fn a_time_limit_of_the_run_ends_it() {
        let stop = Stop::new().with_time_limit(Duration::from_millis(200));
        let ran = watch(start("sleep 100"), &Limits::default(), &stop, |_| ());
        assert!(ran.exit.status == signal(15) && ran.exit.ended_by == EndedBy::Stop);
    }

    #[test]
    fn what_a_thread_starts_gives_way_as_the_thread_does() {
        let nice = || run("nice").out.trim().parse::<i32>().unwrap();
        let before = nice();
        let after = thread::spawn(move || {
            crate::machine::child::lower_priority(5).unwrap();
            nice()
        });
        assert_eq!(after.join().unwrap(), (before + 5).min(19));
        assert_eq!(nice(), before);
    }

    #[test]
    fn one_left_behind_in_the_group_is_told_and_killed() {
        let ran = run("sleep 100 & echo $!");
        assert!(ran.exit.is_success() && ran.exit.leaked && !ran.exit.killed);
        let left: u32 = ran.out.trim().parse().unwrap();
        assert_soon("it is killed", || !is_at_work(left));
    }

    #[test]
    fn one_left_behind_that_writes_without_end_is_no_hang() {
        let ran = run("yes & sleep 0.1");
        assert!(ran.exit.is_success() && ran.exit.leaked && ran.out.starts_with("y\ny\n"));
        assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
    }

    #[test]
    fn one_left_behind_with_streams_of_its_own_is_killed_without_a_word() {
        let ran = run("sleep 100 >/dev/null 2>&1 & echo $!");
        assert!(ran.exit.is_success() && !ran.exit.leaked);
        let left: u32 = ran.out.trim().parse().unwrap();
        assert_soon("it is killed", || !is_at_work(left));
    }

    #[test]
    fn one_that_has_left_the_group_is_told_and_no_hang() {
        if !Path::new("/usr/bin/setsid").exists() {
            skip("there is no setsid here");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        let fifo = fifo.display();
        let ran = run(&format!(
            "mkfifo {fifo}; setsid sh -c 'echo $$; echo >{fifo}; exec sleep 100' & read x <{fifo}"
        ));
        let left: i32 = ran.out.trim().parse().unwrap();
        assert!(ran.exit.is_success() && ran.exit.leaked);
        assert!(is_at_work(left.unsigned_abs()), "it was never in the group");
        let left = rustix::process::Pid::from_raw(left).unwrap();
        rustix::process::kill_process(left, rustix::process::Signal::KILL).unwrap();
    }

    #[test]
    fn a_process_that_nobody_watches_is_killed() {
        let running = start("sleep 100 & sleep 100");
        let pid = running.pid();
        drop(running);
        assert!(!is_child(pid));
        assert_soon("it is killed", || group_at_work(pid).is_empty());

        let running = start("echo; sleep 100");
        let pid = running.pid();
        let panicked = std::panic::catch_unwind(|| {
            watch(running, &Limits::default(), &Stop::new(), |_| {
                panic!("on purpose")
            })
        });
        assert!(panicked.is_err() && !is_child(pid));
    }

    #[test]
    fn a_system_that_does_not_tell_of_ends_is_asked() {
        let blind = |script| {
            let mut running = start(script);
            running.leader.forget_exit_file();
            running
        };
        for (script, status, leaked) in [
            ("exit 7", Status::Code(7), false),
            ("exec >&- 2>&-; sleep 0.2; exit 3", Status::Code(3), false),
            ("kill -9 $$", signal(9), false),
            ("sleep 100 & exit 1", Status::Code(1), true),
        ] {
            let ran = watch(blind(script), &Limits::default(), &Stop::new(), |_| ());
            assert_eq!(
                (ran.exit.status, ran.exit.leaked),
                (status, leaked),
                "{script}"
            );
        }
        let limits = Limits {
            timeout: Some(Duration::from_millis(100)),
            grace: LONG,
        };
        let ran = watch(blind("sleep 100"), &limits, &Stop::new(), |_| ());
        assert_eq!(ran.exit.status, signal(15));
    }

    #[test]
    fn many_short_ones_in_two_threads_leave_no_zombie() {
        let many = || {
            let (argv, stop) = ([OsString::from("true")], Stop::new());
            let (limits, mut buffer) = (Limits::default(), ReadBuffer::new());
            let pids = (0..1000).map(|_| {
                let running = Command::new(&argv).spawn().unwrap();
                let pid = running.pid();
                let exit = running.supervise(&limits, &stop, &mut buffer, &mut |_, _| ());
                assert!(exit.unwrap().is_success());
                pid
            });
            pids.collect::<Vec<u32>>()
        };
        let pids = thread::scope(|scope| {
            let threads = [scope.spawn(many), scope.spawn(many)];
            threads.map(|thread| thread.join().unwrap())
        });
        let zombies = pids.concat().into_iter().filter(|pid| {
            stat(*pid)
                .is_some_and(|(state, parent, _)| state == "Z" && parent == std::process::id())
        });
        // An id may have been given to another test's process by now, for a moment.
        let left = zombies.filter(|pid| {
            thread::sleep(Duration::from_millis(500));
            is_child(*pid)
        });
        assert_eq!(left.count(), 0);
    }
}
