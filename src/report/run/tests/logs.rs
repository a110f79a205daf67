//! The logs of made-up runs, and what is read back from them.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;
use std::fs;

/// A made-up clock: 1.2 s after the start.
pub(super) fn later() -> Instant {
    base() + ms(1200)
}

fn with_later(mut log: Log) -> Log {
    log.set_now(&run_info(), later);
    log
}

#[test]
fn a_log_has_one_line_an_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    record_sample(&mut with_later(Log::create(&path, &run_info()).unwrap()));
    let log = fs::read_to_string(&path).unwrap();
    let expected = [
        r#"{"schema":"partask.run/1","event":"run","partask_version":"VERSION","continues":false,"command":["echo",":::","a","b"],"workers":2,"start_s":1700000000.0}"#,
        r#"{"event":"start","key":"00000000000000000000000000000001","seq":1,"inputs":["a"],"argv":["echo","a"],"slot":1,"attempt":1,"pid":1001,"start_s":1700000000.0}"#,
        r#"{"event":"start","key":"00000000000000000000000000000002","seq":2,"inputs":[{"base64":"/w=="},"b c"],"argv":["echo",{"base64":"/w=="},"b c"],"slot":2,"attempt":1,"pid":1002,"start_s":1700000000.1}"#,
        r#"{"event":"exit","key":"00000000000000000000000000000001","seq":1,"inputs":["a"],"slot":1,"attempt":1,"pid":1001,"start_s":1700000000.0,"end_s":1700000000.25,"elapsed_s":0.25,"exit_code":0,"signal":null,"signal_name":null,"core_dumped":false,"ended_by":"itself","killed":false,"leaked":false,"background_ended":0,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096,"stdout_bytes":2,"stderr_bytes":0,"error":null,"success":true}"#,
        r#"{"event":"attempt","key":"00000000000000000000000000000002","seq":2,"inputs":[{"base64":"/w=="},"b c"],"slot":2,"attempt":1,"pid":1002,"start_s":1700000000.1,"end_s":1700000000.6,"elapsed_s":0.5,"exit_code":null,"signal":9,"signal_name":"SIGKILL","core_dumped":false,"ended_by":"timeout","killed":true,"leaked":true,"background_ended":0,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096,"stdout_bytes":2,"stderr_bytes":0,"error":null,"retry_after_s":0.5,"success":false}"#,
        r#"{"event":"start","key":"00000000000000000000000000000002","seq":2,"inputs":[{"base64":"/w=="},"b c"],"argv":["echo",{"base64":"/w=="},"b c"],"slot":2,"attempt":2,"pid":1002,"start_s":1700000001.1}"#,
        r#"{"event":"exit","key":"00000000000000000000000000000002","seq":2,"inputs":[{"base64":"/w=="},"b c"],"slot":2,"attempt":2,"pid":1002,"start_s":1700000001.1,"end_s":1700000001.2,"elapsed_s":0.1,"exit_code":3,"signal":null,"signal_name":null,"core_dumped":false,"ended_by":"itself","killed":false,"leaked":false,"background_ended":0,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096,"stdout_bytes":2,"stderr_bytes":0,"error":null,"success":false}"#,
        r#"{"event":"exit","key":"00000000000000000000000000000003","seq":3,"inputs":[],"slot":1,"attempt":1,"pid":null,"start_s":1700000001.2,"end_s":1700000001.2,"elapsed_s":0.0,"exit_code":127,"signal":null,"signal_name":null,"core_dumped":false,"ended_by":null,"killed":false,"leaked":false,"background_ended":0,"user_cpu_s":0.0,"system_cpu_s":0.0,"peak_memory_bytes":null,"stdout_bytes":0,"stderr_bytes":0,"error":"cannot find 'x'","success":false}"#,
        r#"{"event":"skip","key":"00000000000000000000000000000004","seq":4,"inputs":["d"]}"#,
        r#"{"event":"not-started","first_seq":5,"tasks":2}"#,
        r#"{"event":"summary","status":"halted","succeeded":1,"failed":2,"stopped":0,"skipped":1,"not_started":2,"retries":1,"leaked":1,"background_ended":0,"workers":2,"elapsed_s":1.25,"cpu_s":0.075}"#,
    ];
    let expected: Vec<String> = expected
        .iter()
        .map(|line| line.replace("VERSION", env!("CARGO_PKG_VERSION")))
        .collect();
    assert_eq!(log.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_job_log_has_gnu_parallels_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joblog");
    let [a, b, c, d] = [
        about(1, &[b"a b"]),
        about(2, &[b"it's\n\t\xff"]),
        about(3, &[]),
        about(4, &[]),
    ];
    let killed = |ended_by| {
        let status = Status::Signal {
            number: 15,
            core_dumped: false,
        };
        let exit = exit(12_345_678, 12_345_778, status);
        Attempted::Exited(Exit { ended_by, ..exit })
    };
    let mut joblog = JobLog::create(&path, &run_info()).unwrap();
    for event in [
        finished(&b, 2, 1, killed(EndedBy::Itself), [b"", b""]),
        finished(&a, 1, 2, failed(1, 2001, 3), [b"", b""]),
    ] {
        joblog.hear(&event).unwrap();
    }
    let mut joblog = JobLog::append(&path, &run_info()).unwrap();
    joblog.set_now(&run_info(), later);
    for event in [
        finished(&c, 1, 1, not_found(), [b"", b""]),
        finished(&d, 1, 1, killed(EndedBy::Timeout), [b"", b""]),
    ] {
        joblog.hear(&event).unwrap();
    }
    joblog.end(&Totals::new(2)).unwrap();
    let mut expected =
        b"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n\
        2\t:\t1700012345.678\t     0.100\t0\t2\t0\t15\techo 'it'\\''s'$'\\n'''$'\\t''"
            .to_vec();
    expected.extend_from_slice(
        b"\xff'\n\
        1\t:\t1700000000.001\t     2.000\t0\t2\t3\t0\techo 'a b'\n\
        3\t:\t1700000001.200\t     0.000\t0\t0\t127\t0\techo\n\
        4\t:\t1700012345.678\t     0.100\t0\t2\t-1\t15\techo\n",
    );
    assert_eq!(
        String::from_utf8_lossy(&fs::read(&path).unwrap()),
        String::from_utf8_lossy(&expected)
    );
}

#[test]
fn a_command_of_a_job_log_is_one_line_that_bash_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joblog");
    let input = b"a\n\t'\\ $HOME\n\n\t\t'";
    let task = about(1, &[input]);
    let mut joblog = JobLog::create(&path, &run_info()).unwrap();
    joblog
        .hear(&finished(&task, 1, 1, ok(0, 1), [b"", b""]))
        .unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let fields: Vec<&str> = text.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!((text.lines().count(), fields.len()), (2, 9));
    let script = fields[8].replacen("echo", "printf %s", 1);
    let bash = std::process::Command::new("bash")
        .args(["-c", &script])
        .output();
    assert_eq!(bash.unwrap().stdout, input);
}

#[test]
fn a_log_says_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    record_sample(&mut Log::create(&path, &run_info()).unwrap());
    let again = about(1, &[b"a"]);
    let mut log = Log::append(&path, &run_info()).unwrap();
    for event in all_of(&again, 1, 0, 1) {
        log.hear(&event).unwrap();
    }
    let mut done = Done::read(&path).unwrap();
    // Task 4 was skipped by a run that had a log of its own, so that nothing else tells it is done.
    assert_eq!((done.left(), done.torn_lines()), (3, 0));
    let key = |seq| format!("{seq:032x}");
    let taken = [1, 1, 1, 2, 3, 4, 4, 5].map(|seq| done.take(&key(seq)));
    assert_eq!(taken, [true, true, false, false, false, true, false, false]);
    assert!(!done.take("") && !done.take("+0000000000000000000000000000001"));
}

#[test]
fn a_task_that_was_skipped_is_done_no_more_often_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let task = about(1, &[b"a"]);
    let mut log = Log::append(&path, &run_info()).unwrap();
    for event in all_of(&task, 1, 0, 1) {
        log.hear(&event).unwrap();
    }
    let mut log = Log::append(&path, &run_info()).unwrap();
    let skipped = TaskEvent::Skipped {
        task: Arc::new(task),
    };
    log.hear(&skipped).unwrap();
    assert_eq!(Done::read(&path).unwrap().left(), 1);
}

#[test]
fn what_is_no_log_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lo\ng");
    let message = |text: &[u8]| {
        fs::write(&path, text).unwrap();
        Done::read(&path).unwrap_err().to_string()
    };
    let is_none = "log' is no log of partask run: --resume needs a file that --log has written";
    for text in [
        &b"Seq\tHost\n"[..],
        b"\n",
        b"{}\n",
        b"{\"schema\":\"partask.report/1\"}\n",
        b"\0\0\0\0",
        b"{\n  \"schema\": \"partask.run/1\"\n}\n",
        b"{\n\n",
    ] {
        assert!(message(text).ends_with(&is_none.replace("log'", r"lo\ng'")));
    }
    let next = b"{\"schema\":\"partask.run/1\",\"event\":\"run\"}\n{\"schema\":\"partask.run/2\",\"event\":\"run\"}\n";
    assert!(
        message(next).contains(
            r"lo\ng' line 2: its form is 'partask.run/2', and 'partask.run/1' is expected"
        )
    );
    let missing = Done::read(&folder.path().join("none")).unwrap_err();
    assert!(missing.is_not_found() && missing.to_string().starts_with("cannot read '"));
    assert!(!Done::read(folder.path()).unwrap_err().is_not_found());
    for text in [
        &b""[..],
        b"{\"sch",
        b"{\"schema\":\"partask.run/1\",\"ev",
        b"{\"sch\n{\"s\n",
        b"{\n{\"schema\":\"partask.run/1\",\"event\":\"run\"}\n",
    ] {
        fs::write(&path, text).unwrap();
        assert_eq!(Done::read(&path).unwrap().left(), 0);
    }
}

#[test]
fn a_line_that_runs_into_a_torn_one_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = Log::create(&path, &run_info()).unwrap();
    let head = fs::read(&path).unwrap();
    let [a, b] = [
        about(1, &[b"\",\"success\":true}{\"event\":"]),
        about(2, &[]),
    ];
    let mut line_of = |task: &About| {
        let before = fs::metadata(&path).unwrap().len() as usize;
        let event = finished(task, 1, 1, ok(0, 1), [b"", b""]);
        log.hear(&event).unwrap();
        fs::read(&path).unwrap().split_off(before)
    };
    let (first, second) = (line_of(&a), line_of(&b));
    let torn = folder.path().join("torn");
    for len in 0..=first.len() {
        fs::write(&torn, [&head, &first[..len], &second].concat()).unwrap();
        let mut done = Done::read(&torn).unwrap();
        let whole = [len == first.len(), len == 0 || len == first.len()];
        assert_eq!([done.take(&a.key), done.take(&b.key)], whole, "{len}");
    }
}

/// What a task of a made-up run does: of the few tasks there are, so that some are the same.
#[derive(Clone, Debug)]
struct Fate {
    input: Vec<u8>,
    retried: bool,
    succeeds: bool,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let input = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..3),
        Just(br#"","success":true}"#.to_vec()),
        Just(b"{\"event\":\"exit\",\"success\":true}\n".to_vec()),
    ];
    let fate = (input, any::<bool>(), any::<bool>()).prop_map(|(input, retried, succeeds)| Fate {
        input,
        retried,
        succeeds,
    });
    prop::collection::vec(fate, 0..6)
}

fn key_of(input: &[u8]) -> String {
    format!("{:032x}", xxh(input))
}

/// Some hash with 128 bits.
fn xxh(input: &[u8]) -> u128 {
    input
        .iter()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        })
}

/// The events of all tasks, those of different tasks mixed as `order` says.
fn mixed(fates: &[Fate], order: &[usize]) -> Vec<(TaskEvent<Output>, Option<String>)> {
    let of = |(i, fate): (usize, &Fate)| {
        let key = key_of(&fate.input);
        let task = About {
            key: key.clone(),
            ..about(i as u64 + 1, &[&fate.input])
        };
        let end = match fate.succeeds {
            true => ok(10, 20),
            false => failed(10, 20, 1),
        };
        let (slot, last) = (i + 1, if fate.retried { 2 } else { 1 });
        let mut events = Vec::new();
        if fate.retried {
            events.push((started(&task, slot, 1, 0), None));
            let again = attempt_ended(&task, slot, 1, ok(0, 5), Some(ms(5)));
            events.push((again, None));
        }
        events.push((started(&task, slot, last, 10), None));
        events.push((attempt_ended(&task, slot, last, end.clone(), None), None));
        let done = fate.succeeds.then_some(key);
        events.push((finished(&task, slot, last, end, [b"", b""]), done));
        events.into_iter()
    };
    let mut queues: Vec<_> = fates.iter().enumerate().map(of).collect();
    let mut events = Vec::new();
    for turn in order {
        if let Some(queue) = queues.get_mut(*turn) {
            events.extend(queue.next());
        }
    }
    events.extend(queues.into_iter().flatten());
    events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Runs that are killed at any byte of what they log, each resumed by the next one.
    #[test]
    fn nothing_done_is_lost_or_believed_done_when_it_was_not(
        runs in prop::collection::vec(
            (fates(), prop::collection::vec(0usize..6, 0..24), 0.0f64..1.3),
            1..4,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut truth: HashMap<String, u64> = HashMap::new();
        for (fates, order, killed_at) in &runs {
            let before = fs::read(&path).unwrap_or_default();
            let mut log = Log::append(&path, &run_info()).unwrap();
            // For each success where in the file its line ends, without the line feed.
            let mut successes = Vec::new();
            for (event, done) in mixed(fates, order) {
                log.hear(&event).unwrap();
                let len = fs::metadata(&path).unwrap().len() as usize;
                successes.extend(done.map(|key| (key, len - 1)));
            }
            log.end(&Totals::new(1)).unwrap();
            let after = fs::read(&path).unwrap();
            let written = after.len() - before.len();
            let cut = before.len() + ((written as f64 * killed_at) as usize).min(written);
            fs::write(&path, &after[..cut]).unwrap();
            for (key, _) in successes.into_iter().filter(|(_, end)| *end <= cut) {
                *truth.entry(key).or_default() += 1;
            }
            let mut done = Done::read(&path).unwrap();
            prop_assert_eq!(done.left(), truth.values().sum::<u64>());
            for (key, times) in &truth {
                prop_assert!((0..*times).all(|_| done.take(key)) && !done.take(key));
            }
        }
    }
}
