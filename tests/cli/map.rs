//! `partask map`: a line in, a line out, in order, through workers of several kinds.

use crate::harness::{Run, installed, partask};
use crate::piped::PATIENCE;

/// Answers each line in brackets, at once, with what it reads one byte at a time.
pub const BRACKETS: &str = r#"while IFS= read -r x; do printf '<%s>\n' "$x"; done"#;

/// Runs a map with `text` on standard input.
pub fn map(words: &[&str], text: impl AsRef<[u8]>) -> Run {
    let (stdout, stderr, code) = map_bytes(words, text);
    Run {
        stdout: String::from_utf8(stdout).expect("text"),
        stderr,
        code,
    }
}

/// The same of workers that do not answer in text.
pub fn map_bytes(words: &[&str], text: impl AsRef<[u8]>) -> (Vec<u8>, String, Option<i32>) {
    let command = partask(["map"].iter().chain(words));
    let mut command = assert_cmd::Command::from_std(command);
    let fed = command.write_stdin(text.as_ref()).timeout(4 * PATIENCE);
    let output = fed.output().expect("the binary starts");
    let stderr = String::from_utf8(output.stderr).expect("text");
    (output.stdout, stderr, output.status.code())
}

/// `1` to `count`, one a line, as text.
pub fn numbers(count: u64) -> String {
    (1..=count).map(|i| format!("{i}\n")).collect()
}

fn squares(count: u64) -> String {
    (1..=count).map(|i| format!("{}\n", i * i)).collect()
}

/// Standard output of a map that has answered all.
#[track_caller]
pub fn answered(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

#[test]
fn each_line_has_one_answer_in_order() {
    for count in [0, 1, 2, 3, 100, 20_000] {
        for workers in ["1", "2", "7"] {
            let run = map(&["-w", workers, "cat"], numbers(count));
            assert_eq!(answered(run), numbers(count), "{count} {workers}");
        }
    }
    let run = map(&["-w3", "sh", "-c", BRACKETS, ":::", "a", "", "1..4"], "");
    assert_eq!(answered(run), "<a>\n<>\n<1>\n<2>\n<3>\n");
}

#[test]
fn order_is_kept_when_workers_sleep_at_random() {
    let script = r#"while read -r x; do sleep "0.00$((x * 7 % 9))"; echo "$x"; done"#;
    let run = map(&["-w8", "sh", "-c", script], numbers(200));
    assert_eq!(answered(run), numbers(200));
}

#[test]
fn items_balance_by_who_has_room() {
    // The first worker to take the lock sleeps until the other has answered all the rest.
    let folder = crate::piped::folder();
    let script = r#"while read -r x; do
        if mkdir first 2>/dev/null; then until [ -e last ]; do sleep 0.01; done; fi
        if [ "$x" = 200 ]; then : > last; fi
        echo "$x"
    done"#;
    let path = folder.path().to_str().unwrap();
    let run = map(
        &["-w2", "--window", "1", "--wd", path, "sh", "-c", script],
        numbers(200),
    );
    assert_eq!(answered(run), numbers(200));
}

#[test]
fn the_languages_of_the_manual_work() {
    let flush = ["-w2", "awk", "{print $1*$1; fflush()}"];
    assert_eq!(answered(map(&flush, numbers(3000))), squares(3000));
    let run = map(&["-w2", "sed", "-u", "s/^/n/"], "1\n2\n");
    assert_eq!(answered(run), "n1\nn2\n");
    if installed("python3") {
        let code = "import sys\nfor line in sys.stdin:\n    print(int(line) ** 2)";
        let words = ["-w2", "python3", "-u", "-c", code];
        let run = map(&words, numbers(3000));
        assert!(!run.stderr.contains("buffered"), "{}", run.stderr);
        assert_eq!(answered(run), squares(3000));
    }
    if installed("jq") {
        let run = map(&["-w2", "jq", "--unbuffered", "-c", ". * ."], numbers(300));
        assert_eq!(answered(run), squares(300));
    }
}

#[test]
fn a_worker_that_buffers_is_found_out_and_works_all_the_same() {
    if installed("python3") {
        let code = "import sys\nfor line in sys.stdin:\n    print(int(line) ** 2)";
        let python = ["env", "-u", "PYTHONUNBUFFERED", "python3", "-c", code];
        let run = map(&[&["-w2"], &python[..]].concat(), numbers(3000));
        let mend = "its output is buffered: python3 -u, fflush(), stdbuf -oL";
        assert!(run.stderr.contains(mend), "{}", run.stderr);
        assert_eq!(answered(run), squares(3000));
        let run = map(&[&["-w2", "--whole"], &python[..]].concat(), numbers(3000));
        assert!(!run.stderr.contains("buffered"), "{}", run.stderr);
        assert_eq!(answered(run), squares(3000));
    }
    for options in [&["--batch", "10"][..], &["--batch", "1000"], &["--whole"]] {
        let run = map(&[options, &["awk", "{print $1*$1}"]].concat(), numbers(95));
        assert!(!run.stderr.contains("buffered"), "{}", run.stderr);
        assert_eq!(answered(run), squares(95));
    }
    let counting = r#"END { print NR }"#;
    let run = map(&["--batch", "10", "-w1", "awk", counting], numbers(1));
    assert_eq!(answered(run), "1\n");
}

#[test]
fn items_are_lines_nul_ended_texts_or_csv_records() {
    let run = map(&["cat"], "a\n\nb");
    assert_eq!(answered(run), "a\n\nb\n");
    let (stdout, stderr, code) = map_bytes(&["--null", "cat"], b"a\nb\0\0c");
    assert_eq!((stdout.as_slice(), code), (&b"a\nb\0\0c\0"[..], Some(0)));
    assert!(stderr.contains("3 answered"), "{stderr}");
    let csv = "\"a\nb\",1\n\"c \"\"\n\",2\nd,3\n";
    let run = map(&["--csv", "cat"], csv);
    assert!(run.stderr.contains("3 answered"), "{}", run.stderr);
    assert_eq!(answered(run), csv);
    let binary: Vec<u8> = (0..100_000u32)
        .map(|i| (i.wrapping_mul(i) >> 3) as u8)
        .collect();
    let (stdout, _, code) = map_bytes(&["-w3", "cat"], &binary);
    let end: &[u8] = if binary.ends_with(b"\n") { b"" } else { b"\n" };
    assert!(code == Some(0) && stdout == [&binary, end].concat());
}

#[test]
fn workers_have_the_folder_variables_and_shell_that_were_asked_for() {
    let folder = crate::piped::folder();
    let path = folder.path().canonicalize().unwrap();
    let path = path.to_str().unwrap();
    let text = r#"read -r x; echo "$x $PWD $A $PARTASK_SLOT""#;
    let words = ["--wd", path, "--env", "A=b=c", "--shell", "-w1", text];
    let run = map(&words, "x\n");
    assert_eq!(answered(run), format!("x {path} b=c 1\n"));
    let nice = [
        "--nice",
        "3",
        "-w1",
        "sh",
        "-c",
        "while read -r x; do nice; done",
    ];
    let own = std::process::Command::new("nice").output().unwrap().stdout;
    let own: i32 = String::from_utf8(own).unwrap().trim().parse().unwrap();
    assert_eq!(
        answered(map(&nice, "x\n")),
        format!("{}\n", (own + 3).min(19))
    );
}

#[test]
fn standard_error_passes_in_whole_lines_with_a_tag_if_asked() {
    let script = r#"while read -r x; do printf 'on ' >&2; echo "$x" >&2; echo; done"#;
    let run = map(&["-q", "-w1", "sh", "-c", script], "1\n2\n");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "on 1\non 2\n"));
    let run = map(&["-q", "-w1", "--tag", "sh", "-c", script], "1\n2\n");
    assert_eq!(run.stderr, "worker 1\ton 1\nworker 1\ton 2\n");
}

#[test]
fn the_summary_and_the_log_say_what_the_workers_did() {
    let folder = crate::piped::folder();
    let log = folder.path().join("log");
    let words = ["-w2", "--log", log.to_str().unwrap(), "cat"];
    let run = map(&words, numbers(5000));
    assert!(
        run.stderr
            .starts_with("items      5,000 answered\nelapsed "),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("items/s\nworkers      1  "));
    assert!(run.stderr.contains(", busy ") && run.stderr.contains(", waiting "));
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["schema"], "partask.map/1");
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["event"], &last["status"]),
        (&"summary".into(), &"complete".into())
    );
    assert_eq!(last["answered"], 5000);
    let exits = lines.iter().filter(|line| line["event"] == "exit");
    let items: u64 = exits.map(|exit| exit["items"].as_u64().unwrap()).sum();
    assert_eq!(items, 5000);
    let again = map(&words, "1\n");
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("give --overwrite"), "{again:?}");
    let progress = map(&["-q", "--progress", "always", "cat"], numbers(200_000));
    assert_eq!(progress.code, Some(0), "{progress:?}");
}
