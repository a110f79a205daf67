//! The sequence of tasks: linked sources side by side, the product of the others, one task at a time.

mod group;

use super::Task;
use super::batch::{Batch, Gatherer, Inputs};
use super::error::TaskError;
use super::items::Block;
use super::records::Look;
use super::source::Source;
use super::template::Template;
use crate::stop::Stop;
use group::Group;
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
    /// How the lines of the sources are read as columns of quoted fields.
    csv: Option<u8>,
    gatherer: Option<Gathering>,
    stop: Stop,
    /// The number of the last task that was handed out.
    seq: u64,
    state: State,
}

/// Several inputs a task.
#[derive(Debug)]
struct Gathering {
    batch: Batch,
    gatherer: Gatherer,
    /// Tells how much room inputs take on a command line.
    template: Template,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not all groups have their first inputs.
    Starting,
    Running,
    /// All inputs were read, and not all tasks were handed out.
    Read,
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
            csv: None,
            gatherer: None,
            stop: stop.clone(),
            seq: 0,
            state: State::Starting,
        }
    }

    /// The same with several inputs a task, for a command.
    pub(super) fn in_batches(self, batch: Batch, template: &Template) -> Tasks {
        Tasks {
            gatherer: Some(Gathering {
                batch,
                gatherer: Gatherer::new(batch, template.fixed_len(batch.counts_addresses)),
                template: template.clone(),
            }),
            ..self
        }
    }

    /// The same with lines as columns of fields that may be quoted, apart by `separator`.
    pub(super) fn in_csv(self, separator: u8) -> Tasks {
        Tasks {
            csv: Some(separator),
            ..self
        }
    }

    /// Takes the first inputs of every source, which name the columns rather than make a task; `None`
    /// when there are none. Waits until they are there or the stop is requested.
    pub(super) fn take_header(&mut self) -> Result<Option<Vec<Vec<u8>>>, TaskError> {
        while !self.stop.is_requested() {
            match self.start_each(POLL)? {
                Look::Found(()) => break,
                Look::NotYet => (),
                Look::End => return Ok(None),
            }
        }
        let names = self.inputs();
        for group in &mut self.groups {
            group.first = 1;
            group.inputs.clear();
        }
        Ok(Some(names))
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
        if matches!(self.state, State::Ended | State::Failed) {
            return Ok(Next::End);
        }
        let next = match self.gatherer.take() {
            None => self.next_inputs(limit),
            Some(mut gathering) => {
                let next = self.gather(&mut gathering, limit);
                self.gatherer = Some(gathering);
                next
            }
        };
        match next {
            Ok(Look::Found(inputs)) => {
                self.seq += 1;
                let seq = self.seq;
                Ok(Next::Task(Task { seq, inputs }))
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

    /// All inputs that are there where there is one source, a file; else `None`.
    pub(super) fn next_block(&mut self, limit: Duration) -> Result<Option<Look<Block>>, TaskError> {
        let [group] = &mut self.groups[..] else {
            return Ok(None);
        };
        let [source] = &mut group.sources[..] else {
            return Ok(None);
        };
        source.next_block(limit)
    }

    /// One of each source, for the next combination.
    fn next_inputs(&mut self, limit: Duration) -> Result<Look<Inputs>, TaskError> {
        let step = match self.state {
            State::Read | State::Ended | State::Failed => return Ok(Look::End),
            State::Starting => self.start(limit),
            State::Running => self.advance(limit),
        };
        Ok(match step? {
            Look::Found(()) => {
                self.state = State::Running;
                Look::Found(self.inputs())
            }
            Look::NotYet => Look::NotYet,
            Look::End => Look::End,
        })
    }

    /// The next input where there is one source, which is not split into columns; else `None`.
    fn next_of_only_source(&mut self, limit: Duration) -> Result<Option<Look<Vec<u8>>>, TaskError> {
        let is_whole = self.csv.is_none() && self.column_separator.is_none();
        let [group] = &mut self.groups[..] else {
            return Ok(None);
        };
        let [source] = &mut group.sources[..] else {
            return Ok(None);
        };
        if !is_whole || self.state != State::Running {
            return Ok(None);
        }
        let look = source.get(group.position + 1, limit)?;
        group.awaited = matches!(look, Look::NotYet).then_some(0);
        match look {
            Look::Found(_) => group.position += 1,
            Look::End => group.end = Some(group.position + 1),
            Look::NotYet => (),
        }
        Ok(Some(look))
    }

    /// The inputs of the next task, several combinations one after the other.
    fn gather(
        &mut self,
        gathering: &mut Gathering,
        limit: Duration,
    ) -> Result<Look<Inputs>, TaskError> {
        let Gathering {
            batch,
            gatherer,
            template,
        } = gathering;
        while !gatherer.is_full() {
            // The commonest by far: one source, whose inputs are taken as they are.
            if let Some(look) = self.next_of_only_source(limit)? {
                match look {
                    Look::Found(input) => {
                        let len = template.input_len(&input, batch.counts_addresses);
                        gatherer.push([input], len);
                        continue;
                    }
                    Look::NotYet => return Ok(Look::NotYet),
                    Look::End => {
                        self.state = State::Read;
                        return Ok(gatherer.take(true).map_or(Look::End, Look::Found));
                    }
                }
            }
            match self.next_inputs(limit)? {
                Look::Found(inputs) => {
                    let len = inputs
                        .iter()
                        .map(|input| template.input_len(input, batch.counts_addresses))
                        .sum();
                    gatherer.push(inputs, len);
                }
                Look::NotYet => return Ok(Look::NotYet),
                Look::End => {
                    if matches!(self.state, State::Starting | State::Running) {
                        self.state = State::Read;
                    }
                    return Ok(gatherer.take(true).map_or(Look::End, Look::Found));
                }
            }
        }
        Ok(gatherer.take(false).map_or(Look::End, Look::Found))
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
        let all = counts().try_fold(1u128, |product, count| product.checked_mul(count?))?;
        match &self.gatherer {
            None => Some(all),
            Some(gathering) => gathering.batch.count(all),
        }
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
        self.start_each(limit)
    }

    fn start_each(&mut self, limit: Duration) -> Result<Look<()>, TaskError> {
        for group in self
            .groups
            .iter_mut()
            .filter(|group| group.inputs.is_empty())
        {
            match group.go(group.first, limit)? {
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
                        after.go(after.first, limit)?;
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
        if let Some(separator) = self.csv {
            return inputs.flat_map(|input| fields(input, separator)).collect();
        }
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

/// The fields of a CSV record (RFC 4180); an empty record has one, which is empty.
fn fields(record: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(record);
    let mut fields = csv::ByteRecord::new();
    match reader.read_byte_record(&mut fields) {
        Ok(true) => fields.iter().map(<[u8]>::to_vec).collect(),
        _ => vec![Vec::new()],
    }
}

#[cfg(test)]
mod tests;
