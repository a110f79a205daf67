//! The results folder, the JUnit report and the trace of made-up runs.

use super::logs::later;
use super::*;
use proptest::prelude::*;
use std::fs;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn each_task_has_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/results");
    let mut results = Results::create(&path, &run_info()).unwrap();
    results.set_now(&run_info(), later);
    record_sample(&mut results);
    assert_eq!(names(&path), ["1-00000000", "2-00000000", "3-00000000"]);
    let second = path.join("2-00000000");
    assert_eq!(names(&second), ["stderr", "stdout", "task.json"]);
    let read = |name: &str| fs::read_to_string(second.join(name)).unwrap();
    assert_eq!(
        (read("stdout"), read("stderr")),
        ("out\n".into(), "no\n".into())
    );
    assert_eq!(
        read("task.json"),
        concat!(
            r#"{"schema":"partask.run/1","event":"exit","key":"00000000000000000000000000000002","seq":2,"inputs":[{"base64":"/w=="},"b c"],"argv":["echo",{"base64":"/w=="},"b c"],"slot":2,"attempt":2,"pid":1002,"start_s":1700000001.1,"end_s":1700000001.2,"elapsed_s":0.1,"exit_code":3,"signal":null,"signal_name":null,"core_dumped":false,"ended_by":"itself","killed":false,"leaked":false,"background_ended":0,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096,"stdout_bytes":2,"stderr_bytes":0,"error":null,"success":false}"#,
            "\n"
        )
    );
}

#[test]
fn only_the_same_task_replaces_the_results_of_a_task() {
    let folder = tempfile::tempdir().unwrap();
    let mut results = Results::create(folder.path(), &run_info()).unwrap();
    let other = About {
        key: "f".repeat(32),
        ..about(1, &[b"b"])
    };
    for (task, text) in [
        (about(1, &[b"a"]), b"first"),
        (other, b"other"),
        (about(1, &[b"a"]), b"again"),
    ] {
        let event = finished(&task, 1, 1, ok(0, 1), [text, b""]);
        results.hear(&event).unwrap();
    }
    let stdout = |name: &str| fs::read_to_string(folder.path().join(name).join("stdout")).unwrap();
    assert_eq!(names(folder.path()), ["1-00000000", "1-ffffffff"]);
    assert_eq!(stdout("1-00000000"), "again");
    assert_eq!(stdout("1-ffffffff"), "other");
}

#[test]
fn what_cannot_be_written_is_told_before_the_first_task() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("x");
    let run = run_info();
    let errors = [
        Results::create(&file, &run).map(drop),
        Results::create(&below, &run).map(drop),
        Junit::create(&below, &run).map(drop),
        Junit::create(folder.path(), &run).map(drop),
        Trace::create(&below, &run).map(drop),
        Log::create(&below, &run).map(drop),
        JobLog::create(&below, &run).map(drop),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert!(error.path.starts_with(folder.path()), "{error}");
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_junit_report_has_a_case_for_each_task() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    record_sample(&mut Junit::create(&path, &run_info()).unwrap());
    let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"partask run\" tests=\"5\" failures=\"1\" errors=\"1\" time=\"1.250\">
<testsuite name=\"partask run\" tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"2\" time=\"1.250\">
<testcase classname=\"echo\" name=\"echo a\" time=\"0.250\"></testcase>
<testcase classname=\"echo\" name=\"echo &apos;\u{fffd}&apos; &apos;b c&apos;\" time=\"0.100\">\
<failure message=\"exit code 3, 2 attempts\" type=\"exit\">out\nno\n</failure>\
<system-out>out\n</system-out><system-err>no\n</system-err></testcase>
<testcase classname=\"echo\" name=\"echo\" time=\"0.000\">\
<error message=\"cannot find &apos;x&apos;\" type=\"start\"></error></testcase>
<testcase classname=\"echo\" name=\"echo d\" time=\"0.000\">\
<skipped message=\"done by an earlier run\"/></testcase>
<testcase classname=\"partask run\" name=\"2 tasks from number 5 on\" time=\"0.000\">\
<skipped message=\"not started\"/></testcase>
</testsuite>
</testsuites>
";
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(names(folder.path()), ["junit.xml"]);
}

#[test]
fn a_junit_report_shows_the_end_of_long_output() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let mut junit = Junit::create(&path, &run_info()).unwrap();
    let output = [vec![b'a'; 100_000], vec![b'b'; 16_384]].concat();
    let failed = finished(&about(1, &[]), 1, 1, failed(0, 1, 1), [&output, b""]);
    junit.hear(&failed).unwrap();
    junit.end(&Totals::new(1)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let shown = format!("<system-out>{}</system-out>", "b".repeat(16_384));
    assert!(text.contains(&shown));
}

#[test]
fn a_trace_has_a_row_a_slot_and_a_span_an_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    let mut trace = Trace::create(&path, &run_info()).unwrap();
    trace.set_now(&run_info(), later);
    record_sample(&mut trace);
    let expected = r#"[
{"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"partask run"}}
,{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"slot 1"}}
,{"name":"a","cat":"task","ph":"X","ts":0.0,"dur":250000.0,"pid":1,"tid":1,"cname":"good","args":{"seq":1,"attempt":1,"inputs":["a"],"result":"exit code 0","retry_after_s":null,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096}}
,{"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"slot 2"}}
,{"name":"� b c","cat":"task","ph":"X","ts":100000.0,"dur":500000.0,"pid":1,"tid":2,"cname":"terrible","args":{"seq":2,"attempt":1,"inputs":[{"base64":"/w=="},"b c"],"result":"timed out, killed by SIGKILL","retry_after_s":0.5,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096}}
,{"name":"� b c (attempt 2)","cat":"task","ph":"X","ts":1100000.0,"dur":100000.0,"pid":1,"tid":2,"cname":"terrible","args":{"seq":2,"attempt":2,"inputs":[{"base64":"/w=="},"b c"],"result":"exit code 3","retry_after_s":null,"user_cpu_s":0.02,"system_cpu_s":0.005,"peak_memory_bytes":4096}}
,{"name":"echo","cat":"task","ph":"X","ts":1200000.0,"dur":0.0,"pid":1,"tid":1,"cname":"terrible","args":{"seq":3,"attempt":1,"inputs":[],"result":"cannot find 'x'","retry_after_s":null,"user_cpu_s":null,"system_cpu_s":null,"peak_memory_bytes":null}}
]
"#;
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_tasks_write_the_files_are_well_formed(
        tasks in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..40), "\\PC{0,8}", any::<bool>()),
            0..5,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut junit = Junit::create(&path("junit"), &run_info()).unwrap();
        let mut trace = Trace::create(&path("trace"), &run_info()).unwrap();
        for (i, (bytes, text, succeeds)) in tasks.iter().enumerate() {
            let task = about(i as u64 + 1, &[bytes, text.as_bytes()]);
            let end = if *succeeds { ok(0, 1) } else { failed(0, 1, 1) };
            for event in [
                attempt_ended(&task, i + 1, 1, end.clone(), None),
                finished(&task, i + 1, 1, end, [bytes, text.as_bytes()]),
            ] {
                junit.hear(&event).unwrap();
                trace.hear(&event).unwrap();
            }
            // A trace that is cut short here.
            let trace = fs::read_to_string(path("trace")).unwrap() + "]";
            let events: Vec<serde_json::Value> = serde_json::from_str(&trace).unwrap();
            prop_assert_eq!(events.len(), 1 + 2 * (i + 1));
        }
        junit.end(&Totals::new(1)).unwrap();
        let text = fs::read_to_string(path("junit")).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let count = |name| document.descendants().filter(|node| node.has_tag_name(name)).count();
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        let attribute = |name| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        prop_assert_eq!(count("testcase"), tasks.len());
        prop_assert_eq!((attribute("tests"), attribute("failures")), (tasks.len(), count("failure")));
    }
}
