//! How much memory the real binary takes at most.

use crate::process::partask;
use anyhow::{Context, bail};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

/// The peak of resident memory in bytes of a partask that is done computing after `settle`, or
/// `None` where the system does not tell.
///
/// A process that has ended has no figures left to read. So its standard output is full before it
/// starts: it waits with its report in hand, its peak behind it, for as long as it takes to look.
pub fn peak_memory(arguments: &str, stdin: Stdio, settle: Duration) -> anyhow::Result<Option<u64>> {
    let (mut reader, writer) = UnixStream::pair()?;
    fill(&writer)?;
    let mut child = partask(arguments)
        .stdin(stdin)
        .stdout(OwnedFd::from(writer))
        .stderr(Stdio::null())
        .spawn()?;
    thread::sleep(settle);
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
    io::copy(&mut reader, &mut io::sink())?;
    child.wait()?;
    let Ok(status) = status else { return Ok(None) };
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .with_context(|| format!("partask {arguments} had ended before it was looked at"))?;
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    Ok(Some(kibibytes * 1024))
}

/// Writes until there is no more room.
fn fill(mut writer: &UnixStream) -> anyhow::Result<()> {
    writer.set_nonblocking(true)?;
    loop {
        match writer.write(&[0]) {
            Ok(_) => (),
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => bail!(error),
        }
    }
    writer.set_nonblocking(false)?;
    Ok(())
}
