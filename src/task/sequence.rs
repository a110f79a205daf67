//! The sequence of tasks: linked sources side by side, the product of the others, one task at a time.

use super::Task;
use super::error::TaskError;
use super::records::Look;
use super::source::Source;
use crate::stop::Stop;
use memchr::memmem::Finder;
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// How long input is waited for before a look at the stop.
const POLL: Duration = Duration::from_millis(20);

/// What a look for the next task came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next task.
    Task(Task),
    /// An input that it needs was not there in the time allowed.
    NotYet,
    /// There are no more.
    End,
}

/// Sources linked with one another: as many inputs as the shortest has.
#[derive(Debug)]
struct Group {
    sources: Vec<Source>,
    /// The position that `inputs` are at.
    position: u128,
    /// One of each source, once the first ones have been read.
    inputs: Vec<Vec<u8>>,
    /// How many positions there are, once the end was met.
    end: Option<u128>,
    /// The source that an input is waited for from.
    awaited: Option<usize>,
}

impl Group {
    fn new(sources: Vec<Source>) -> Group {
        Group {
            sources,
            position: 0,
            inputs: Vec::new(),
            end: None,
            awaited: None,
        }
    }

    /// Goes to a position; stays where it is when there is no such position or not yet.
    fn go(&mut self, position: u128, limit: Duration) -> Result<Look<()>, TaskError> {
        self.awaited = None;
        let mut inputs = Vec::with_capacity(self.sources.len());
        for (i, source) in self.sources.iter_mut().enumerate() {
            match source.get(position, limit)? {
                Look::Found(input) => inputs.push(input),
                Look::NotYet => {
                    self.awaited = Some(i);
                    return Ok(Look::NotYet);
                }
                Look::End => {
                    self.end = Some(position);
                    return Ok(Look::End);
                }
            }
        }
        self.position = position;
        self.inputs = inputs;
        Ok(Look::Found(()))
    }

    /// How many positions there are, as soon as it is known.
    fn count(&self) -> Option<u128> {
        let counts = || self.sources.iter().map(Source::count);
        // Whatever the others have, nothing is linked with nothing.
        let empty = counts().any(|count| count == Some(0)).then_some(0);
        let shortest = || counts().try_fold(u128::MAX, |min, count| Some(min.min(count?)));
        self.end.or(empty).or_else(shortest)
    }
}

/// The tasks of a command line in order, each made when it is asked for.
///
/// Of several groups of linked sources, the last varies fastest. Memory holds the inputs of one task,
/// a buffer for each file, and what was read of a file that is not in the first group: the product
/// needs its inputs again. Reading starts with the first task and never goes further ahead than the
/// buffer.
#[derive(Debug)]
pub struct Tasks {
    /// At least one; the first is gone through once.
    groups: Vec<Group>,
    /// Splits each input into columns.
    column_separator: Option<Finder<'static>>,
    stop: Stop,
    /// The number of the last task that was handed out.
    seq: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not all groups have their first inputs.
    Starting,
    Running,
    /// All tasks were handed out.
    Ended,
    /// An error ended it.
    Failed,
}

impl Tasks {
    /// The tasks of groups of linked sources.
    pub(super) fn new(
        groups: Vec<Vec<Source>>,
        column_separator: Option<&[u8]>,
        stop: &Stop,
    ) -> Tasks {
        Tasks {
            groups: groups.into_iter().map(Group::new).collect(),
            column_separator: column_separator.map(|text| Finder::new(text).into_owned()),
            stop: stop.clone(),
            seq: 0,
            state: State::Starting,
        }
    }

    /// The next task; waits for input until it is there or the stop is requested. `None` after the
    /// last one, after an error, and when the stop was requested: [`is_exhausted`](Self::is_exhausted)
    /// tells the first from the others.
    ///
    /// # Errors
    /// When a source can't be read, or holds what no argument can be; no task comes after it.
    pub fn next_task(&mut self) -> Option<Result<Task, TaskError>> {
        while !self.stop.is_requested() {
            match self.next_within(POLL) {
                Ok(Next::Task(task)) => return Some(Ok(task)),
                Ok(Next::NotYet) => {}
                Ok(Next::End) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    /// The next task if its inputs are there within `limit`, which may be zero; does not look at the
    /// stop.
    ///
    /// # Errors
    /// As [`next_task`](Self::next_task).
    pub fn next_within(&mut self, limit: Duration) -> Result<Next, TaskError> {
        let step = match self.state {
            State::Ended | State::Failed => return Ok(Next::End),
            State::Starting => self.start(limit),
            State::Running => self.advance(limit),
        };
        match step {
            Ok(Look::Found(())) => {
                self.state = State::Running;
                self.seq += 1;
                Ok(Next::Task(Task {
                    seq: self.seq,
                    inputs: self.inputs(),
                }))
            }
            Ok(Look::NotYet) => Ok(Next::NotYet),
            Ok(Look::End) => {
                self.state = State::Ended;
                Ok(Next::End)
            }
            Err(error) => {
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// How many tasks there are in all, as soon as it is known: at once without files and standard
    /// input, else when these have been read to their end. `None` also for more than 2^128 - 1.
    #[must_use]
    pub fn count(&self) -> Option<u128> {
        if self.state == State::Ended {
            return Some(u128::from(self.seq));
        }
        let counts = || self.groups.iter().map(Group::count);
        if counts().any(|count| count == Some(0)) {
            return Some(0);
        }
        counts().try_fold(1u128, |product, count| product.checked_mul(count?))
    }

    /// Whether all tasks were handed out.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.state == State::Ended
    }

    /// The file that was waited for when the last answer was [`Next::NotYet`], to wait for it along
    /// with other things.
    #[must_use]
    pub fn awaited(&self) -> Option<BorrowedFd<'_>> {
        let group = self.groups.iter().find(|group| group.awaited.is_some())?;
        group.sources.get(group.awaited?)?.file()
    }

    /// Reads the first inputs of every group.
    fn start(&mut self, limit: Duration) -> Result<Look<()>, TaskError> {
        // What is known to be empty needs nobody to be waited for.
        if self.count() == Some(0) {
            return Ok(Look::End);
        }
        for group in self
            .groups
            .iter_mut()
            .filter(|group| group.inputs.is_empty())
        {
            match group.go(0, limit)? {
                Look::Found(()) => {}
                other => return Ok(other),
            }
        }
        Ok(Look::Found(()))
    }

    /// Goes to the next combination: the last group that has a further input goes to it, and those
    /// after it start again.
    fn advance(&mut self, limit: Duration) -> Result<Look<()>, TaskError> {
        for i in (0..self.groups.len()).rev() {
            let next = self.groups[i].position + 1;
            match self.groups[i].go(next, limit)? {
                Look::Found(()) => {
                    for after in &mut self.groups[i + 1..] {
                        after.go(0, limit)?;
                    }
                    return Ok(Look::Found(()));
                }
                Look::NotYet => return Ok(Look::NotYet),
                Look::End => {}
            }
        }
        Ok(Look::End)
    }

    /// The inputs of the combination, split into columns if they are to be.
    fn inputs(&self) -> Vec<Vec<u8>> {
        let inputs = self.groups.iter().flat_map(|group| &group.inputs);
        match &self.column_separator {
            None => inputs.cloned().collect(),
            Some(separator) => inputs.flat_map(|input| columns(input, separator)).collect(),
        }
    }
}

/// The columns of a line, nothing trimmed from them; an empty line has one, which is empty.
fn columns(line: &[u8], separator: &Finder<'_>) -> Vec<Vec<u8>> {
    let len = separator.needle().len();
    let mut start = 0;
    let mut columns = Vec::new();
    for at in separator.find_iter(line) {
        columns.push(line[start..at].to_vec());
        start = at + len;
    }
    columns.push(line[start..].to_vec());
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::records::{Delimiter, Records};
    use crate::task::source::Stream;
    use crate::task::words::Given;
    use proptest::prelude::*;
    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{PipeWriter, Seek, Write, pipe};
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::sync::atomic::Ordering;
    use std::time::Instant;

    fn items(words: &[&str]) -> Source {
        let given = Given::Items(words.iter().map(OsString::from).collect());
        Source::open(given, true, Delimiter::Newline, true).unwrap()
    }

    fn stream(file: File, again: bool) -> Source {
        let records = Records::new(file, "a file".to_owned(), Delimiter::Newline);
        Source::Stream(Stream::new(records, again))
    }

    fn file(words: &[&str], again: bool) -> Source {
        let mut file = tempfile::tempfile().unwrap();
        for word in words {
            writeln!(file, "{word}").unwrap();
        }
        file.rewind().unwrap();
        stream(file, again)
    }

    fn piped(again: bool) -> (Source, PipeWriter) {
        let (reader, writer) = pipe().unwrap();
        (stream(File::from(OwnedFd::from(reader)), again), writer)
    }

    fn tasks(groups: Vec<Vec<Source>>) -> Tasks {
        Tasks::new(groups, None, &Stop::new())
    }

    fn print(task: &Task) -> String {
        String::from_utf8_lossy(&task.inputs.join(&b' ')).into_owned()
    }

    fn all(tasks: &mut Tasks) -> Vec<String> {
        std::iter::from_fn(|| tasks.next_task())
            .map(|task| print(&task.unwrap()))
            .collect()
    }

    #[test]
    fn the_last_group_varies_fastest_and_links_end_with_the_shortest() {
        for (groups, expected) in [
            (
                vec![vec![items(&["a", "b"])], vec![items(&["1..=3"])]],
                &["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"][..],
            ),
            (
                vec![
                    vec![items(&["a", "b", "c"]), items(&["1..=3"])],
                    vec![items(&["X", "Y"]), items(&["11", "22"])],
                ],
                &[
                    "a 1 X 11", "a 1 Y 22", "b 2 X 11", "b 2 Y 22", "c 3 X 11", "c 3 Y 22",
                ],
            ),
            (
                vec![vec![items(&["a", "b", "c"]), items(&["1", "2"])]],
                &["a 1", "b 2"],
            ),
            (
                vec![vec![
                    items(&["p", "q"]),
                    items(&["1..9"]),
                    file(&["x"], false),
                ]],
                &["p 1 x"],
            ),
            (vec![vec![items(&["a"])], vec![items(&[])]], &[]),
            (vec![vec![items(&["a", "", "a"])]], &["a", "", "a"]),
        ] {
            let mut tasks = tasks(groups);
            assert_eq!(all(&mut tasks), expected);
            assert_eq!(tasks.count(), Some(expected.len() as u128));
            assert!(tasks.is_exhausted());
        }
    }

    #[test]
    fn a_huge_product_costs_nothing_until_it_is_asked_for() {
        let huge = || vec![items(&["1..=1e18", "x"])];
        let mut tasks = tasks(vec![huge(), huge()]);
        assert_eq!(tasks.count(), Some((10u128.pow(18) + 1).pow(2)));
        for (seq, expected) in [(1, "1 1"), (2, "1 2"), (3, "1 3")] {
            let task = tasks.next_task().unwrap().unwrap();
            assert_eq!((task.seq, print(&task).as_str()), (seq, expected));
        }
        let beyond = super::Tasks::new(vec![huge(), huge(), huge()], None, &Stop::new());
        assert_eq!(beyond.count(), None, "more than 128 bits count");
    }

    #[test]
    fn a_stream_hands_tasks_out_as_its_lines_come() {
        for first in [true, false] {
            let (source, mut writer) = piped(!first);
            let mut groups = vec![vec![source], vec![items(&["1", "2"])]];
            if !first {
                groups.reverse();
            }
            let mut tasks = tasks(groups);
            let mut next = || match tasks.next_within(Duration::ZERO).unwrap() {
                Next::Task(task) => print(&task),
                Next::NotYet => {
                    assert!(tasks.awaited().is_some());
                    "not yet".to_owned()
                }
                Next::End => "end".to_owned(),
            };
            assert_eq!(next(), "not yet");
            writer.write_all(b"a\nb").unwrap();
            match first {
                true => assert_eq!([next(), next(), next()], ["a 1", "a 2", "not yet"]),
                false => assert_eq!([next(), next()], ["1 a", "not yet"]),
            }
            writer.write_all(b"c\n").unwrap();
            drop(writer);
            match first {
                true => assert_eq!([next(), next(), next()], ["bc 1", "bc 2", "end"]),
                false => assert_eq!(
                    [next(), next(), next(), next()],
                    ["1 bc", "2 a", "2 bc", "end"]
                ),
            }
            assert_eq!(tasks.count(), Some(4));
            assert!(tasks.awaited().is_none());
        }
    }

    #[test]
    fn linked_streams_lose_nothing_while_one_of_them_waits() {
        let ((one, mut to_one), (two, mut to_two)) = (piped(false), piped(false));
        let Some(two_file) = two.file().map(|file| file.as_raw_fd()) else {
            unreachable!()
        };
        let mut tasks = tasks(vec![vec![one, two]]);
        to_one.write_all(b"a\nb\nc\n").unwrap();
        assert_eq!(tasks.next_within(Duration::ZERO).unwrap(), Next::NotYet);
        assert_eq!(tasks.awaited().unwrap().as_raw_fd(), two_file);
        to_two.write_all(b"1\n2\n").unwrap();
        drop(to_two);
        assert_eq!(all(&mut tasks), ["a 1", "b 2"]);
        assert_eq!(tasks.count(), Some(2));
    }

    #[test]
    fn waiting_ends_when_the_stop_is_requested() {
        let (source, _writer) = piped(false);
        let stop = Stop::new().with_time_limit(Duration::from_millis(50));
        let mut tasks = Tasks::new(vec![vec![source]], None, &stop);
        let started = Instant::now();
        assert!(tasks.next_task().is_none());
        assert!(started.elapsed() < Duration::from_secs(10));
        assert!(!tasks.is_exhausted());
        assert_eq!(tasks.count(), None);
        let stop = Stop::new();
        let mut tasks = Tasks::new(vec![vec![items(&["a"])]], None, &stop);
        stop.flag().store(Stop::INTERRUPTED, Ordering::Relaxed);
        assert!(tasks.next_task().is_none() && !tasks.is_exhausted());
    }

    #[test]
    fn nothing_is_waited_for_when_the_product_is_empty() {
        let (source, _writer) = piped(false);
        let mut tasks = tasks(vec![vec![source], vec![items(&["5..5"])]]);
        assert_eq!(tasks.count(), Some(0));
        assert!(tasks.next_task().is_none() && tasks.is_exhausted());
    }

    #[test]
    fn an_error_ends_the_sequence() {
        let mut tasks = tasks(vec![vec![file(&["a", "b\0", "c"], false)]]);
        assert_eq!(print(&tasks.next_task().unwrap().unwrap()), "a");
        let error = tasks.next_task().unwrap().unwrap_err();
        assert!(matches!(error, TaskError::Nul { line: 2, .. }), "{error}");
        assert!(tasks.next_task().is_none() && !tasks.is_exhausted());
        assert_eq!(tasks.count(), None);
    }

    #[test]
    fn columns_of_all_sources_follow_one_another() {
        for (separator, first, second, columns) in [
            (":", "a:b", "c:d", &["a", "b", "c", "d"][..]),
            (":", "a", "", &["a", ""]),
            (":", ":a:", " b :c", &["", "a", "", " b ", "c"]),
            ("::", "a:::b", "::::", &["a", ":b", "", "", ""]),
        ] {
            let groups = vec![vec![items(&[first])], vec![items(&[second])]];
            let mut tasks = Tasks::new(groups, Some(separator.as_bytes()), &Stop::new());
            let inputs = tasks.next_task().unwrap().unwrap().inputs;
            assert_eq!(
                inputs,
                columns.iter().map(|c| c.as_bytes()).collect::<Vec<_>>()
            );
        }
    }

    /// What a source holds, and whether it is read from a file.
    type Listed = (Vec<String>, bool);

    fn source(again: bool, (words, is_file): &Listed) -> Source {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match is_file {
            true => file(&words, again),
            false => items(&words),
        }
    }

    /// Every combination, by recursion from the first group on.
    fn product(groups: &[Vec<Vec<String>>]) -> Vec<Vec<String>> {
        let Some((first, rest)) = groups.split_first() else {
            return vec![Vec::new()];
        };
        let rest = product(rest);
        let pairs = first
            .iter()
            .flat_map(|one| rest.iter().map(move |more| (one, more)));
        pairs
            .map(|(one, more)| [&one[..], &more[..]].concat())
            .collect()
    }

    proptest! {
        #[test]
        fn the_sequence_is_the_product_of_the_links(
            groups in prop::collection::vec(
                prop::collection::vec((prop::collection::vec("[a-c]{0,2}", 0..4), any::<bool>()), 1..3),
                1..4,
            ),
        ) {
            let linked = |group: &Vec<Listed>| {
                let len = group.iter().map(|(words, _)| words.len()).min().unwrap_or(0);
                let row = |i: usize| group.iter().map(|(words, _)| words[i].clone()).collect();
                (0..len).map(row).collect::<Vec<Vec<String>>>()
            };
            let linked: Vec<Vec<Vec<String>>> = groups.iter().map(linked).collect();
            let sources = groups.iter().enumerate().map(|(i, group)| {
                group.iter().map(|listed| source(i > 0, listed)).collect()
            });
            let mut tasks = tasks(sources.collect());
            let count = tasks.count();
            let mut found = Vec::new();
            while let Some(task) = tasks.next_task() {
                let task = task.unwrap();
                prop_assert_eq!(task.seq, found.len() as u64 + 1);
                let texts = task.inputs.into_iter().map(|input| String::from_utf8(input).unwrap());
                found.push(texts.collect::<Vec<_>>());
            }
            let lengths: usize = linked.iter().map(Vec::len).product();
            prop_assert_eq!(found.len(), lengths);
            prop_assert_eq!(tasks.count(), Some(lengths as u128));
            prop_assert!(count.is_none_or(|count| count == lengths as u128));
            prop_assert_eq!(found, product(&linked));
        }
    }
}
