//! What a comparison is of, before anything of it is known.

use crate::cmd::{compute, run};
use crate::report::compare::{Program, Work};
use crate::{task, units};
use std::sync::Arc;

pub(super) fn work_of_numbers(job: &compute::Spec, values: bool, weak: bool) -> Work {
    let known = job.input.known();
    let title = job.job.title(&shown(job.input.text()));
    let name = &job.job.label();
    Work {
        title: match weak {
            true => format!("{title} for each worker"),
            false => title,
        },
        // A baseline of the same input that did not grow is one of another job.
        job: match weak {
            true => format!("{name} --weak"),
            false => name.to_owned(),
        },
        input: job.input.text().to_owned(),
        step: job.input.step(),
        values,
        read_as: known.map(ToString::to_string).unwrap_or_default(),
        items: known.map(|numbers| numbers.count()),
        items_are: "numbers",
        answer: None,
        answer_checked_by: Vec::new(),
        is_verified: false,
        output: None,
        is_pinned: false,
        shell_start: None,
        instruction_set: None,
    }
}

pub(super) fn work_of_tasks(tasks: &run::Spec) -> Work {
    let line = task::shell_line(&tasks.tasks.words);
    let line = units::printable(&String::from_utf8_lossy(&line));
    let shell = if tasks.tasks.shell.is_some() {
        "--shell "
    } else {
        ""
    };
    Work {
        title: format!("run {}", shown(&line)),
        job: "run".to_owned(),
        input: format!("{shell}{line}"),
        step: None,
        values: false,
        read_as: String::new(),
        items: None,
        items_are: "tasks",
        answer: None,
        answer_checked_by: Vec::new(),
        is_verified: false,
        output: None,
        is_pinned: false,
        shell_start: None,
        instruction_set: None,
    }
}

pub(super) fn work_of_commands(programs: &[Arc<Program>], weak: bool) -> Work {
    let lines: Vec<&str> = programs.iter().map(|program| &program.line[..]).collect();
    let title = lines.join("; ");
    // A baseline of commands that were run in another way is one of something else.
    let with_options = programs.iter().map(|program| {
        let mut words = program.execution.options();
        words.extend(program.size.map(|size| format!("--size {size}")));
        words.push(program.line.clone());
        words.join(" ")
    });
    let input = with_options.collect::<Vec<_>>().join("; ");
    Work {
        title: shown(&title),
        job: match weak {
            true => "command --weak".to_owned(),
            false => "command".to_owned(),
        },
        read_as: String::new(),
        input,
        step: None,
        values: false,
        items: None,
        items_are: "commands",
        answer: None,
        answer_checked_by: Vec::new(),
        is_verified: false,
        output: None,
        is_pinned: programs.iter().any(|program| program.execution.is_pinned),
        shell_start: None,
        instruction_set: None,
    }
}

/// The most characters of an input that a title has room for; a list may have any number.
const INPUT_LEN_MAX: usize = 60;

/// An input as a title has it.
fn shown(input: &str) -> String {
    let start: String = input.chars().take(INPUT_LEN_MAX).collect();
    let ellipsis = if start.len() < input.len() { "…" } else { "" };
    format!("{}{ellipsis}", units::printable(&start))
}
