//! Placeholders and what becomes of them.

use super::*;
use proptest::prelude::*;

fn parse(word: &[u8]) -> Vec<Piece> {
    let pieces = Notation::default().parse(word);
    pieces.expect("no names are needed")
}

fn task(inputs: &[&str]) -> Task {
    Task {
        seq: 7,
        inputs: inputs.iter().map(|text| text.as_bytes().to_vec()).collect(),
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// The arguments for task 7 in slot 2.
fn direct(command: &[&str], inputs: &[&str]) -> Vec<OsString> {
    let template = Template::direct(&words(command), &Notation::default()).expect("a command");
    template.render(&task(inputs), 2)
}

/// The text that `sh -c` gets for task 7 in slot 2.
fn shell(command: &[&str], inputs: &[&str]) -> String {
    let template =
        Template::shell("sh".into(), &words(command), &Notation::default()).expect("a command");
    let argv = template.render(&task(inputs), 2);
    assert_eq!(argv[..2], words(&["sh", "-c"]));
    argv[2].to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_program_that_depends_on_the_input_is_known() {
    let direct = |words: &[&str]| {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Template::direct(&words, &Notation::default())
            .unwrap()
            .has_fixed_program()
    };
    assert!(direct(&["echo", "{}"]) && direct(&["echo"]));
    assert!(!direct(&["{}"]) && !direct(&["./{/}", "x"]));
    let shell = Template::shell("sh".into(), &["{} | wc".into()], &Notation::default()).unwrap();
    assert!(shell.has_fixed_program());
}

#[test]
fn placeholders_stand_for_what_gnu_parallel_says() {
    for (word, inputs, rendered) in [
        ("{}", &["a b"][..], "a b"),
        ("x{}y", &["a"], "xay"),
        ("{.}", &["sub.dir/foo.jpg"], "sub.dir/foo"),
        ("{/}", &["sub.dir/foo.jpg"], "foo.jpg"),
        ("{//}", &["sub.dir/foo.jpg"], "sub.dir"),
        ("{/.}", &["sub.dir/foo.jpg"], "foo"),
        ("{#}-{%}", &["a"], "7-2"),
        ("{2}{1}", &["a", "b"], "ba"),
        ("{02}", &["a", "b"], "b"),
        ("{-1}", &["a", "b"], "b"),
        ("{-2}", &["a", "b"], "a"),
        ("{2.}", &["a", "x/b.c"], "x/b"),
        ("{2/}", &["a", "x/b.c"], "b.c"),
        ("{2//}", &["a", "x/b.c"], "x"),
        ("{2/.}", &["a", "x/b.c"], "b"),
        ("{-1/.}", &["a", "x/b.c"], "b"),
        ("x{}y", &["a", "c"], "xa cy"),
        ("{}{}", &["a b", "c"], "a b ca b c"),
        ("<{.}>", &["a.b", "c.d"], "<a c>"),
        ("{1}{2}", &["$(x)", "'"], "$(x)'"),
        ("{{}}", &["a"], "{a}"),
        ("{1}}{", &["a"], "a}{"),
        ("{}", &["{1}{}"], "{1}{}"),
        ("{3}", &["a", "b"], ""),
        ("{-3//}", &["a", "b"], ""),
        ("{99999999999999999999}", &["a"], ""),
        ("{-99999999999999999999}", &["a"], ""),
    ] {
        assert_eq!(
            direct(&["p", word], inputs),
            words(&["p", rendered]),
            "{word}"
        );
    }
}

#[test]
fn other_texts_in_braces_stay() {
    for word in [
        "{foo}", "{", "}", "{.", "{-}", "{1..}", "{1 }", "{ }", "{1/./}", "{/..}", "{1#}", "{+/}",
        "{..}", "{+1}", "{%#}", "{1,2}", "${x}", "{-/}", "{#1}", "{1.5}",
    ] {
        let expected = words(&["p", word, "a"]);
        assert_eq!(
            direct(&["p", word], &["a"]),
            expected,
            "{word}: text, so {{}} is added"
        );
    }
}

#[test]
fn a_word_of_its_own_becomes_an_argument_for_each_input() {
    for (command, inputs, argv) in [
        (&["echo"][..], &["a", "b c"][..], &["echo", "a", "b c"][..]),
        (
            &["echo", "{}", "x"],
            &["a", "b c"],
            &["echo", "a", "b c", "x"],
        ),
        (&["echo", "{/}"], &["x/a", "b"], &["echo", "a", "b"]),
        (&["echo", "{#}"], &["a", "b"], &["echo", "7"]),
        (&["echo", ""], &[""], &["echo", "", ""]),
        (&["{}", "x"], &["a b"], &["a b", "x"]),
        (&["./{1}.sh", "{2}"], &["a", "b"], &["./a.sh", "b"]),
        (&["{}"], &["echo", "a"], &["echo", "a"]),
    ] {
        assert_eq!(direct(command, inputs), words(argv), "{command:?}");
    }
}

#[test]
fn a_shell_gets_one_text_with_quoted_inputs() {
    for (command, inputs, text) in [
        (&["sleep {}"][..], &["5"][..], "sleep 5"),
        (&["echo"], &["a b"], "echo 'a b'"),
        (&["echo", "a  b", "|", "cat"], &["x"], "echo a  b | cat x"),
        (
            &["echo {} | tr a-z A-Z"],
            &["it's"],
            r"echo 'it'\''s' | tr a-z A-Z",
        ),
        (
            &["echo {} >{1/.}.txt"],
            &["x/a.b", ""],
            "echo x/a.b '' >a.txt",
        ),
        (&["echo {1}{2}"], &["$(x)", "b"], "echo '$(x)'b"),
        (&["echo {#} {%} $HOME"], &["a"], "echo 7 2 $HOME"),
        (&["echo \"{}\""], &["a b"], "echo \"'a b'\""),
        (&["{}"], &["-x"], " -x"),
        (&["{}"], &["+x"], " +x"),
        (&["{} {2}"], &["a b"], "'a b' ''"),
    ] {
        assert_eq!(shell(command, inputs), text, "{command:?}");
    }
}

#[test]
fn a_command_must_be_there() {
    for (result, message) in [
        (
            Template::direct(&[], &Notation::default()),
            "there is no command: write it before the inputs, as in `gzip ::: a b`; to run each input as a command of its own, write `sh -c {}`",
        ),
        (
            Template::direct(&words(&["", "x"]), &Notation::default()),
            "the command is empty: name a program, as in `gzip ::: a b`",
        ),
        (
            Template::shell("sh".into(), &words(&[" ", "\t"]), &Notation::default()),
            "the command is empty: name a program, as in `gzip ::: a b`",
        ),
    ] {
        assert_eq!(result.expect_err(message).to_string(), message);
    }
    assert!(matches!(
        Template::shell("sh".into(), &[], &Notation::default()),
        Err(TaskError::NoCommand)
    ));
}

#[test]
fn a_position_without_an_input_is_refused_when_that_is_known() {
    let check = |word: &str, sources| {
        let template =
            Template::direct(&words(&["echo", word]), &Notation::default()).expect("a command");
        template
            .check_positions(sources)
            .err()
            .map(|error| error.to_string())
    };
    for (word, sources) in [
        ("{}", Some(1)),
        ("{1}{-1}", Some(1)),
        ("{-3/}", Some(3)),
        ("{9}{-9}", None),
        ("{4,}", Some(1)),
    ] {
        assert_eq!(check(word, sources), None, "{word}");
    }
    for (word, sources, message) in [
        (
            "x{3/.}",
            Some(2),
            "'{3/.}' names no input: there are 2 input sources, {1} to {2}; to have the text itself, give it as an input",
        ),
        (
            "[0-9]{4}",
            Some(1),
            "'{4}' names no input: there is one input source, {1}; to have the text itself, give it as an input",
        ),
        (
            "{-2}",
            Some(1),
            "'{-2}' names no input: there is one input source, {1}; to have the text itself, give it as an input",
        ),
        (
            "{0}",
            None,
            "'{0}' names no input: positions count from {1}; to have the text itself, give it as an input",
        ),
    ] {
        assert_eq!(check(word, sources).as_deref(), Some(message));
    }
}

#[test]
fn the_key_knows_the_command_and_the_inputs_but_not_the_number() {
    let template = |command: &[&str]| {
        Template::direct(&words(command), &Notation::default()).expect("a command")
    };
    let echo = template(&["echo"]);
    let first = echo.key(&task(&["a"]));
    assert_eq!(first, "338098a90fe9c618d165ba432a10f2c2");
    let later = Task {
        seq: 99,
        ..task(&["a"])
    };
    assert_eq!(first, echo.key(&later));
    assert_eq!(
        first,
        template(&["echo", "{}"]).key(&later),
        "the same command"
    );
    assert_ne!(first, echo.key(&task(&["b"])));
    assert_ne!(first, echo.key(&task(&["a", ""])));
    assert_ne!(first, template(&["echo", "{1}"]).key(&later));
    let by_shell =
        Template::shell("sh".into(), &words(&["echo"]), &Notation::default()).expect("a command");
    assert_ne!(first, by_shell.key(&later));
}

#[test]
fn says_whether_the_slot_matters() {
    for (word, uses) in [("{%}", true), ("x{%}{}", true), ("{}", false), ("%", false)] {
        let template =
            Template::direct(&words(&["echo", word]), &Notation::default()).expect("a command");
        assert_eq!(template.uses_slot(), uses, "{word}");
    }
}

proptest! {
    #[test]
    fn what_was_parsed_is_printed_as_it_was(
        word in "([{}#%./a-]|1|\\{\\}|\\{#\\}|\\{%\\}|\\{-?[1-9]?(\\.|//?|/\\.)?\\}){0,12}",
        odd in prop::collection::vec(0u8.., 0..12),
    ) {
        for text in [word.as_bytes(), &odd] {
            let pieces = parse(text);
            let printed = print(&pieces);
            prop_assert_eq!(&parse(&printed), &pieces);
            prop_assert_eq!(printed, text);
        }
    }

    #[test]
    fn inputs_reach_the_argument_byte_for_byte(
        inputs in prop::collection::vec(prop::collection::vec(0u8.., 0..9), 1..4),
    ) {
        let template = Template::direct(&words(&["p", "<{1}>"]), &Notation::default()).expect("a command");
        let task = Task { seq: 1, inputs };
        let bytes = [&b"<"[..], &task.inputs[0], b">"].concat();
        prop_assert_eq!(&template.render(&task, 1)[1], &OsString::from_vec(bytes));
        let appended = Template::direct(&words(&["p"]), &Notation::default()).expect("a command").render(&task, 1);
        let arguments: Vec<Vec<u8>> =
            appended.into_iter().skip(1).map(OsString::into_vec).collect();
        prop_assert_eq!(arguments, task.inputs);
    }
}

#[test]
fn another_text_may_stand_for_the_input() {
    let notation = Notation {
        replacement: Some(b"%".to_vec()),
        names: None,
    };
    let template = Template::direct(&words(&["echo", "a%b%", "{}", "{.}"]), &notation).unwrap();
    let task = Task {
        seq: 1,
        inputs: vec![b"x.y".to_vec()],
    };
    assert_eq!(template.render(&task, 1), ["echo", "ax.ybx.y", "{}", "x"]);
}

#[test]
fn columns_may_have_names() {
    let notation = Notation {
        replacement: None,
        names: Some(vec![b"name".to_vec(), b"file".to_vec()]),
    };
    let direct = |command: &[&str]| Template::direct(&words(command), &notation);
    let task = Task {
        seq: 1,
        inputs: vec![b"a".to_vec(), b"d/b.c".to_vec()],
    };
    let template = direct(&["echo", "{name}-{file/.}", "${file}", "{a b}", "{}"]).unwrap();
    let expected = ["echo", "a-b", "${file}", "{a b}", "a", "d/b.c"];
    assert_eq!(template.render(&task, 1), expected);
    let error = direct(&["echo", "{nam}"]).unwrap_err().to_string();
    assert_eq!(error, "'{nam}' names no column: there are name, file");
}

#[test]
fn a_word_may_stand_once_for_each_input() {
    let command = words(&["cp", "-v", "pre-{}", "{}", "{1}.{#}"]);
    let template = Template::direct(&command, &Notation::default()).unwrap();
    let task = Task {
        seq: 3,
        inputs: vec![b"a".to_vec(), b"b c".to_vec()],
    };
    let joined = ["cp", "-v", "pre-a b c", "a", "b c", "a.3"];
    assert_eq!(template.render(&task, 1), joined);
    let repeated = ["cp", "-v", "pre-a", "pre-b c", "a", "b c", "a.3"];
    assert_eq!(template.repeating().render(&task, 1), repeated);
}
