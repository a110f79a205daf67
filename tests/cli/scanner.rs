//! Reads Rust source far enough for the rules of the house: what is code, which paths it names, how
//! long it is. The rules themselves stand in `architecture`.

/// A source file as the rules see it.
#[derive(Debug)]
pub struct Source {
    /// The path below the folder that was read, with `/`.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Its lines with comments, literals and unit tests blanked.
    pub code: Vec<String>,
}

/// A path that code names, such as `crate::engine::Engine`, and its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub line: usize,
    pub path: Vec<String>,
}

impl Source {
    pub fn new(file: &str, text: &str) -> Source {
        Source {
            file: file.to_owned(),
            text: text.to_owned(),
            code: without_tests(&without_comments(text)),
        }
    }

    /// The module's path within the crate: `report/human.rs` is `report::human`.
    pub fn module(&self) -> Vec<String> {
        let stem = self.file.trim_end_matches(".rs").trim_end_matches("/mod");
        let root = ["lib", "main"].contains(&stem);
        let segments = stem.split('/').filter(|_| !root);
        segments.map(str::to_owned).collect()
    }

    /// How many lines there are beside the unit tests.
    pub fn lines_without_tests(&self) -> usize {
        let (lines, tests) = (self.text.lines().count(), test_lines(&self.text));
        lines - tests.len()
    }

    /// Every path in the code, the groups of `use` written out.
    pub fn paths(&self) -> Vec<Named> {
        let tokens = self.tokens();
        let mut paths = Vec::new();
        let mut i = 0;
        while i < tokens.len() {
            if starts_path(&tokens, i) {
                let (line, mut found) = (tokens[i].0, Vec::new());
                i = walk(&tokens, i, &[], &mut found);
                paths.extend(found.into_iter().map(|path| Named { line, path }));
            } else {
                i += 1;
            }
        }
        paths
    }

    /// The lines on which a word stands.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        let tokens = self.tokens().into_iter();
        let found = tokens.filter(|(_, token)| token == word);
        found.map(|(line, _)| line).collect()
    }

    /// Functions with more than `max` lines: where they begin and how long they are.
    pub fn functions_longer_than(&self, max: usize) -> Vec<(usize, usize)> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let is_fn = |line: &str| {
            let words = words(line);
            words
                .windows(2)
                .any(|pair| pair[0] == "fn" && is_name(&pair[1]))
        };
        let starts = self.code.iter().enumerate().filter(|(_, line)| is_fn(line));
        starts
            .filter_map(|(start, line)| {
                let end = |l: &&String| l.trim() == "}" && indent(l) == indent(line);
                let body = &self.code[start..];
                // A function that a trait only declares ends without a body.
                let opens = body.iter().position(|l| l.contains(['{', ';']))?;
                if !body[opens].contains('{') {
                    return None;
                }
                let lines = body.iter().position(|l| end(&l))? + 1;
                (lines > max).then_some((start + 1, lines))
            })
            .collect()
    }

    fn tokens(&self) -> Vec<(usize, String)> {
        let lines = self.code.iter().enumerate();
        lines
            .flat_map(|(i, line)| words(line).into_iter().map(move |word| (i + 1, word)))
            .collect()
    }
}

/// Identifiers, lifetimes, `::`, and every other character by itself.
fn words(line: &str) -> Vec<String> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(c) = rest.chars().next() {
        let len = match c {
            c if in_word(c) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            '\'' => rest[1..].find(|c| !in_word(c)).unwrap_or(rest.len() - 1) + 1,
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        words.push(rest[..len].to_owned());
        rest = rest[len..].trim_start();
    }
    words
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Whether a path of more than one name begins at token `i`, or a whole crate is imported there.
fn starts_path(tokens: &[(usize, String)], i: usize) -> bool {
    let at = |i: Option<usize>| {
        i.and_then(|i| tokens.get(i))
            .map_or("", |(_, t)| t.as_str())
    };
    let (before, after) = (at(i.checked_sub(1)), at(Some(i + 1)));
    let goes_on = before == "::" && (is_name(at(i.checked_sub(2))) || at(i.checked_sub(2)) == ">");
    let whole = ["use", "crate"].contains(&before) && [";", "as"].contains(&after);
    is_name(at(Some(i))) && !goes_on && (after == "::" || whole)
}

/// Walks the path at token `i`, and each branch of its groups; gives the token after it.
fn walk(
    tokens: &[(usize, String)],
    mut i: usize,
    prefix: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let token = |i: usize| tokens.get(i).map_or("", |(_, token)| token.as_str());
    let mut path = prefix.to_vec();
    while is_name(token(i)) || token(i) == "*" {
        path.push(token(i).to_owned());
        i += 1;
        if token(i) != "::" {
            break;
        }
        i += 1;
    }
    if token(i) != "{" || token(i - 1) != "::" {
        found.push(path);
        return i;
    }
    while !["}", ""].contains(&token(i)) {
        let branch = ["{", ","].contains(&token(i));
        i += 1;
        if branch && (is_name(token(i)) || token(i) == "*") {
            i = walk(tokens, i, &path, found);
        }
    }
    i + 1
}

/// The text with comments and the insides of literals blanked, line by line.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = opaque_len(rest, code.chars().last()).unwrap_or(0);
        if len == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        code.extend(rest[..len].chars().map(blank));
        rest = &rest[len..];
    }
    code
}

/// How long the comment or literal is that `rest` begins with, in bytes.
fn opaque_len(rest: &str, before: Option<char>) -> Option<usize> {
    let until = |end: &str, from: usize| rest[from..].find(end).map(|at| from + at + end.len());
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with('"') {
        return quoted_len(rest, '"');
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() && c != 'b' && c != 'c');
    if let Some(hashes) = rest.strip_prefix('r').filter(|_| !in_word) {
        let count = hashes.len() - hashes.trim_start_matches('#').len();
        if hashes[count..].starts_with('"') {
            return until(&format!("\"{}", "#".repeat(count)), count + 2);
        }
    }
    // A lifetime has no second quote, a character of more than one has a backslash.
    let letter = rest.strip_prefix('\'')?;
    let mut letters = letter.chars();
    match (letters.next()?, letters.next()) {
        ('\\', _) => quoted_len(rest, '\''),
        (c, Some('\'')) => Some(2 + c.len_utf8()),
        _ => None,
    }
}

fn quoted_len(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let end = rest[1..].find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map(|at| at + 2)
}

/// The lines of unit tests: from a `#[cfg(test)]` to the end of the module under it.
fn test_lines(text: &str) -> std::ops::Range<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let is_start = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ");
    let Some(start) = lines.windows(2).position(is_start) else {
        return 0..0;
    };
    let module = &lines[start + 1..];
    let end = match module[0].ends_with(';') {
        true => 0,
        false => module.iter().position(|line| *line == "}").unwrap_or(0),
    };
    start..start + end + 2
}

fn without_tests(code: &str) -> Vec<String> {
    let tests = test_lines(code);
    let lines = code.lines().enumerate();
    lines
        .map(|(i, line)| if tests.contains(&i) { "" } else { line })
        .map(str::to_owned)
        .collect()
}

#[test]
fn paths_are_found_wherever_they_stand() {
    for (text, expected) in [
        ("use crate::a::b;", "crate::a::b"),
        (
            "use crate::{a, b::{self, C as D}, e::*};",
            "crate::a crate::b::self crate::b::C crate::e::*",
        ),
        (
            "use crate::{\n    a::{B, C},\n    d,\n};\nuse e::f;",
            "crate::a::B crate::a::C crate::d e::f",
        ),
        (
            "let x = crate::a::b::<i64>(super::c::D);",
            "crate::a::b super::c::D",
        ),
        ("fn f(x: &'a ::rayon::Scope) {}", "rayon::Scope"),
        ("use rayon;", "rayon"),
        ("use crate as root;", "crate"),
        ("extern crate rayon;", "rayon"),
        ("let c = '\"'; crate::a::b(); let d = '\"';", "crate::a::b"),
        ("$crate::a::b!()", "crate::a::b"),
    ] {
        let paths = Source::new("x.rs", text).paths();
        let joined: Vec<String> = paths.iter().map(|named| named.path.join("::")).collect();
        assert_eq!(joined.join(" "), expected, "{text}");
    }
}

#[test]
fn comments_literals_and_unit_tests_are_no_code() {
    for text in [
        "//! crate::a::b",
        "/// [`crate::a::b`]",
        "/* crate::a::b */",
        "let x = \"crate::a::b \\\" crate::c::d\";",
        "let x = r#\"crate::a::b\" crate::c::d\"#;",
        "#[cfg(test)]\nmod tests {\n    use crate::a::b;\n}\n",
    ] {
        assert_eq!(Source::new("x.rs", text).paths(), [], "{text}");
    }
    let after = "//! x\n#[cfg(test)]\nmod tests {\n}\nuse crate::a::b;\n";
    let after = Source::new("x.rs", after);
    assert_eq!((after.paths()[0].line, after.lines_without_tests()), (5, 2));
}

#[test]
fn long_functions_are_measured() {
    let body = "    x();\n".repeat(9);
    let text = format!("impl A {{\n    pub fn f() {{\n    {body}    }}\n}}\nfn g() {{\n}}\n");
    let source = Source::new("x.rs", &text);
    assert_eq!(source.functions_longer_than(10), [(2, 11)]);
    assert_eq!(source.functions_longer_than(11), []);
}

#[test]
fn a_file_is_the_module_it_declares() {
    for (file, module) in [
        ("engine.rs", "engine"),
        ("report/mod.rs", "report"),
        ("report/human.rs", "report::human"),
        ("lib.rs", ""),
        ("main.rs", ""),
    ] {
        assert_eq!(Source::new(file, "").module().join("::"), module);
    }
}
