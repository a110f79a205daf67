//! Products, links, columns and waiting.

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
    assert!(tasks.next_task().is_none());
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
