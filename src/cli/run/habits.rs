//! The words of `partask run` before clap reads them: options of other programs are answered, and the
//! few that clap has no notation for are written in one that it has.

use super::foreign;
use crate::cmd::Usage;
use clap::Command;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// The words after `run`, for clap. Options end where the command begins.
pub(in crate::cli) fn translate(
    words: Vec<OsString>,
    run: &Command,
) -> Result<Vec<OsString>, Usage> {
    let mut translated = Vec::with_capacity(words.len());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let bytes = word.as_bytes();
        let is_option = bytes.len() > 1 && bytes[0] == b'-' && bytes != b"--";
        if !is_option {
            let command: Vec<OsString> = std::iter::once(word).chain(words).collect();
            let is_perl = |word: &OsString| foreign::has_perl(word.as_bytes());
            let mut own = command
                .iter()
                .take_while(|word| !word.as_bytes().starts_with(b":::"));
            if own.any(is_perl) {
                return Err(Usage(foreign::PERL.to_owned()));
            }
            translated.extend(command);
            return Ok(translated);
        }
        let (word, takes_next) = match bytes[1] {
            b'-' => long(word, words.peek(), run)?,
            _ => short(word, run)?,
        };
        translated.push(word);
        if takes_next {
            translated.extend(words.next());
        }
    }
    Ok(translated)
}

/// A long option, and whether the next word is its value.
fn long(word: OsString, next: Option<&OsString>, run: &Command) -> Result<(OsString, bool), Usage> {
    let text = word.to_string_lossy();
    let name = text.split_once('=').map_or(&*text, |(name, _)| name);
    if let Some(answer) = foreign::answer(name) {
        return Err(Usage(answer));
    }
    let has_value = text.contains('=');
    // Its value may be left out, and what follows then is the command.
    if name == "--progress" && !has_value {
        let is_mode = |next: &OsString| ["auto", "always", "never"].iter().any(|mode| next == mode);
        return Ok(match next.is_some_and(is_mode) {
            true => (word, true),
            false => ("--progress=always".into(), false),
        });
    }
    if name == "--replace" && !has_value {
        return Ok(("--replace={}".into(), false));
    }
    let option = run.get_arguments().find(|option| {
        let names = option.get_long_and_visible_aliases().unwrap_or_default();
        let hidden = option.get_all_aliases().unwrap_or_default();
        names
            .iter()
            .chain(&hidden)
            .any(|known| name.strip_prefix("--") == Some(*known))
    });
    let takes_next = option.is_some_and(takes_value) && !has_value;
    Ok((word, takes_next))
}

/// A cluster of short options, and whether the next word is the value of its last one.
fn short(word: OsString, run: &Command) -> Result<(OsString, bool), Usage> {
    let bytes = word.as_bytes();
    for (at, letter) in bytes.iter().enumerate().skip(1) {
        let letter = char::from(*letter);
        // xargs' own, whose value may be left out and is never a word of its own.
        if letter == 'i' {
            let text = match &bytes[at + 1..] {
                b"" => b"{}",
                text => text,
            };
            let replace = [b"--replace=", text].concat();
            if at > 1 {
                let rest = OsStr::from_bytes(&bytes[..at]).to_string_lossy();
                return Err(Usage(format!(
                    "'{}': write -i apart from {rest}",
                    word.to_string_lossy()
                )));
            }
            return Ok((OsString::from_vec(replace), false));
        }
        if let Some(answer) = foreign::answer(&format!("-{letter}")) {
            return Err(Usage(answer));
        }
        let option = run.get_arguments().find(|option| {
            let known = option.get_short_and_visible_aliases().unwrap_or_default();
            let hidden = option.get_all_short_aliases().unwrap_or_default();
            known.contains(&letter) || hidden.contains(&letter)
        });
        if option.is_some_and(takes_value) {
            return Ok((word.clone(), at + 1 == bytes.len()));
        }
    }
    Ok((word, false))
}

/// Whether an option has a value that may be the word after it.
fn takes_value(option: &clap::Arg) -> bool {
    option.get_action().takes_values() && !option.is_require_equals_set()
}
