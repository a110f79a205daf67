//! Words as a shell reads them back.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Bytes that mean nothing to a shell, wherever they stand in a word. `=` is not among them: it makes
/// an assignment of a first word, and zsh expands a word that starts with it.
const PLAIN: &[u8] = b"_@%+:,./-";

/// Words that bash, dash or zsh take for their own syntax where a command's name is expected.
const RESERVED: &[&str] = &[
    "case",
    "coproc",
    "declare",
    "do",
    "done",
    "elif",
    "else",
    "end",
    "esac",
    "export",
    "fi",
    "float",
    "for",
    "foreach",
    "function",
    "if",
    "in",
    "integer",
    "local",
    "nocorrect",
    "readonly",
    "repeat",
    "select",
    "then",
    "time",
    "typeset",
    "until",
    "while",
];

/// `word` quoted so that any POSIX shell, bash and zsh read it back as one argument, byte for byte.
///
/// Letters, digits and `_@%+:,./-` stand bare; everything else is put between single quotes, where
/// nothing has a meaning, and a single quote itself is written `'\''`. Newlines and bytes that are
/// no UTF-8 stand there as they are: `$'…'` would show them as text, but not every `sh` knows it.
/// An empty word is `''`.
///
/// ```
/// use partask::task::shell_quote;
/// assert_eq!(shell_quote(b"a/b-1.txt"), b"a/b-1.txt");
/// assert_eq!(shell_quote(b"it's $HOME"), br"'it'\''s $HOME'");
/// ```
#[must_use]
pub fn shell_quote(word: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(word.len() + 2);
    push_quoted(&mut text, word);
    text
}

/// A command as one line to paste into a shell: each argument as [`shell_quote`] writes it, with
/// spaces between.
///
/// The first word is also quoted when a shell would take it for its own syntax, such as `time`. What
/// a shell has as a builtin or an alias it still takes as that.
#[must_use]
pub fn shell_line<W: AsRef<OsStr>>(argv: impl IntoIterator<Item = W>) -> Vec<u8> {
    let mut text = Vec::new();
    for (i, word) in argv.into_iter().enumerate() {
        let word = word.as_ref();
        if i > 0 {
            text.push(b' ');
        }
        if i == 0 && RESERVED.iter().any(|reserved| word == *reserved) {
            text.push(b'\'');
            text.extend_from_slice(word.as_bytes());
            text.push(b'\'');
        } else {
            push_quoted(&mut text, word.as_bytes());
        }
    }
    text
}

/// Adds `word` to `text` as [`shell_quote`] writes it.
pub(super) fn push_quoted(text: &mut Vec<u8>, word: &[u8]) {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || PLAIN.contains(byte);
    if !word.is_empty() && word.iter().all(is_plain) {
        text.extend_from_slice(word);
        return;
    }
    text.push(b'\'');
    for (i, part) in word.split(|byte| *byte == b'\'').enumerate() {
        if i > 0 {
            text.extend_from_slice(br"'\''");
        }
        text.extend_from_slice(part);
    }
    text.push(b'\'');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::process::Command;

    /// The words that `sh` makes of a line.
    fn read_back(line: &[u8]) -> Vec<Vec<u8>> {
        let mut script = b"printf '%s\\0' ".to_vec();
        script.extend_from_slice(line);
        let shell = Command::new("sh")
            .arg("-c")
            .arg(OsStr::from_bytes(&script))
            .output();
        let printed = shell.expect("sh").stdout;
        let words = printed.strip_suffix(b"\0").expect("a NUL at the end");
        words.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn plain_words_stay_bare_and_the_rest_is_quoted() {
        for (word, quoted) in [
            ("", "''"),
            ("a", "a"),
            ("-n", "-n"),
            ("/usr/bin/env", "/usr/bin/env"),
            ("a_b@c%d+e:f,g.h/i-j", "a_b@c%d+e:f,g.h/i-j"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("'", r"''\'''"),
            ("~", "'~'"),
            ("#x", "'#x'"),
            ("A=b", "'A=b'"),
            ("$(x)", "'$(x)'"),
            ("a\nb", "'a\nb'"),
            ("{}", "'{}'"),
            ("é", "'é'"),
            ("a!b", "'a!b'"),
            ("a\\", "'a\\'"),
        ] {
            assert_eq!(shell_quote(word.as_bytes()), quoted.as_bytes(), "{word}");
        }
    }

    #[test]
    fn a_first_word_is_no_syntax_of_the_shell() {
        let line = |words: &[&str]| {
            let argv: Vec<OsString> = words.iter().map(OsString::from).collect();
            String::from_utf8(shell_line(&argv)).unwrap()
        };
        assert_eq!(line(&["echo", "a b", "time"]), "echo 'a b' time");
        assert_eq!(line(&["time", "time"]), "'time' time");
        assert_eq!(line(&["if"]), "'if'");
        assert_eq!(line(&["!", "x"]), "'!' x");
        assert_eq!(line(&["A=b", ""]), "'A=b' ''");
        assert_eq!(line(&[]), "");
    }

    #[test]
    fn a_shell_reads_the_awkward_ones_back() {
        let words: Vec<Vec<u8>> = [
            &b""[..],
            b"-e",
            b"--",
            b"~",
            b"~root",
            b"#",
            b"a=b",
            b"=ls",
            b"$(false)",
            b"`false`",
            b"$HOME",
            b"\"",
            b"'",
            b"''",
            b"\\",
            b"\\'",
            b"*",
            b"?",
            b"[a]",
            b"{a,b}",
            b"a;b",
            b"a|b",
            b"a&",
            b">x",
            b"\n",
            b"a\nb\n",
            b"\t",
            b"\r",
            b" ",
            b"\x01\x1b[31m\x7f",
            b"\xff\xfe",
            b"\xc3",
            "é€".as_bytes(),
            b"!!",
            b"!",
            b"%1",
            b"^a^b",
            b"(x)",
        ]
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect();
        let argv: Vec<OsString> = words.iter().cloned().map(OsString::from_vec).collect();
        assert_eq!(read_back(&shell_line(&argv)), words);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_shell_reads_any_words_back(
            words in prop::collection::vec(prop::collection::vec(1u8.., 0..24), 1..8),
            odd in prop::collection::vec("[ '\"$`\\\\\n!~#=*(){};&|a-]{0,8}", 1..8),
        ) {
            let odd = odd.into_iter().map(String::into_bytes);
            let words: Vec<Vec<u8>> = words.into_iter().chain(odd).collect();
            let quoted: Vec<Vec<u8>> = words.iter().map(|word| shell_quote(word)).collect();
            prop_assert_eq!(read_back(&quoted.join(&b' ')), words);
        }
    }
}
