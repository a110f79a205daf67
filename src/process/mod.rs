//! One child process: started without a shell in a process group of its own, watched to its end,
//! and its output kept until its turn comes.
//!
//! ```
//! use partask::process::{Argv, Command, Environment, Limits, ReadBuffer};
//! use partask::stop::Stop;
//!
//! let argv: Argv = ["echo", "$HOME"].into_iter().collect();
//! let mut said = Vec::new();
//! let environment = Environment::inherited()?;
//! let exit = Command::new(&argv, &environment).spawn()?.supervise(
//!     &Limits::default(),
//!     &Stop::new(),
//!     &mut ReadBuffer::new(),
//!     &mut |_stream, bytes| said.extend_from_slice(bytes),
//! )?;
//! assert!(exit.is_success());
//! assert_eq!(said, b"$HOME\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a task started ends with it. In a program that is the [reaper](descendants::become_reaper) of
//! its descendants that holds for what has left the task's group too, as `setsid` does; elsewhere only
//! the group is killed. When this process itself is killed by SIGKILL, its children go on, unless it
//! has a [`Guard`].

pub mod conversation;
pub mod error;
pub mod line_assembler;
pub mod orphans;
pub mod spool;
pub mod supervise;
pub mod tail;

mod dialogue;
mod ending;
mod read_buffer;
mod starts;
mod store;

pub use dialogue::{Dialogue, Step, Wanted};
pub use ending::Limits;
pub use error::{LostError, SpawnError};
pub use orphans::end_orphans;
pub use read_buffer::ReadBuffer;
pub use spool::{Captured, Spool, SpoolError};
pub use store::{Store, StoreError};

pub use crate::machine::argv::Argv;
pub use crate::machine::child::Descendants;
pub use crate::machine::children::{Change, changes, end_for_terminal, suspend};
pub use crate::machine::descendants::{self, reap_orphans};
#[cfg(target_os = "linux")]
pub use crate::machine::guard::Guard;
pub use crate::machine::guard::{TASK_VARIABLE, run_name};
pub use crate::machine::spawn::Environment;
pub use crate::machine::terminal::Terminal;

use crate::clock;
use crate::machine::child::GroupLeader;
use crate::machine::limits;
use crate::machine::spawn::{self, Spawned};
use crate::process::starts::{Overlap, Start};
use std::fs::File;
use std::io::{self, PipeReader};
use std::time::{Instant, SystemTime};

/// Has what this process starts from now on end with it, however it ends; only for the program
/// `partask` itself, which is executed again to guard its tasks. What is returned is to be kept until
/// all have ended.
pub fn protect() -> impl Sized {
    descendants::become_reaper();
    // Where there can't be one, only SIGKILL leaves something behind.
    #[cfg(target_os = "linux")]
    return Guard::start().ok();
}

/// What to execute, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The program, looked up in `PATH` when it has no slash, and its arguments as they are.
    pub argv: &'a Argv,
    /// Its variables.
    pub environment: &'a Environment,
    /// Its standard input, empty without one.
    pub input: Option<&'a File>,
    /// Its standard output; without one it is read here.
    pub output: Option<&'a File>,
}

impl<'a> Command<'a> {
    /// A program with its arguments, and its variables.
    #[must_use]
    pub fn new(argv: &'a Argv, environment: &'a Environment) -> Command<'a> {
        Command {
            argv,
            environment,
            input: None,
            output: None,
        }
    }

    /// With this file for its standard input.
    #[must_use]
    pub fn reading(self, input: Option<&'a File>) -> Command<'a> {
        Command { input, ..self }
    }

    /// With this file for its standard output, none of which is read here then.
    #[must_use]
    pub fn writing(self, output: Option<&'a File>) -> Command<'a> {
        Command { output, ..self }
    }

    /// Starts it: with pipes for what it writes, unless that goes to a file, and in a process group that
    /// it leads.
    ///
    /// # Errors
    /// When there is no such program, it can't be executed, or the system has no room for it.
    pub fn spawn(&self) -> Result<Running, SpawnError> {
        self.spawn_by(|argv, environment| {
            spawn::spawn_between(self.input, self.output, argv, environment)
        })
    }

    /// Starts it with the terminal for its standard input, in the foreground of it, and with the
    /// standard output and standard error of this process, so that none of its output is read here.
    ///
    /// # Errors
    /// As [`spawn`](Command::spawn).
    pub fn spawn_on(&self, terminal: &Terminal) -> Result<Running, SpawnError> {
        self.spawn_by(|argv, environment| {
            let spawned = spawn::spawn_with(terminal.file(), argv, environment)?;
            terminal.lend(spawned.leader.id())?;
            Ok(spawned)
        })
    }

    fn spawn_by(
        &self,
        spawn: impl FnOnce(&Argv, &Environment) -> io::Result<Spawned>,
    ) -> Result<Running, SpawnError> {
        let program = self.argv.first().ok_or(SpawnError::Empty)?;
        let (started, started_at) = (clock::now(), SystemTime::now());
        if limits::are_raised() {
            // It is started by way of another program, which could only fail in its place.
            SpawnError::check_executable(program)?;
        }
        let start = Start::begin();
        let spawned = spawn(self.argv, self.environment);
        let overlap = start.end();
        let spawned = spawned.map_err(|error| SpawnError::explain(program, error))?;
        Ok(Running {
            leader: spawned.leader,
            streams: spawned.streams,
            started,
            started_at,
            overlap,
        })
    }
}

/// A process that was started, to be [supervised](Running::supervise). Dropped instead, it is killed
/// with its group.
#[derive(Debug)]
pub struct Running {
    leader: GroupLeader,
    /// By [`Stream::index`](crate::event::task::Stream::index); `None` once it has ended.
    streams: [Option<PipeReader>; 2],
    started: Instant,
    started_at: SystemTime,
    overlap: Overlap,
}

impl Running {
    /// The process id, which is its group's too.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.leader.id()
    }

    /// When it was started.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// When it was started, by the clock on the wall.
    #[must_use]
    pub fn started_at(&self) -> SystemTime {
        self.started_at
    }
}
