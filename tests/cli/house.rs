//! The map of the house: the layer of every module, the home of every crate, where unsafe code stands.

/// Every module of `src/`, its layer from the ground up, and what belongs there.
pub const LAYERS: &[(&str, u8, &str)] = &[
    ("digest", 0, "what tells long texts apart"),
    ("exact", 0, "exact sums"),
    ("clock", 0, "the time that runs of tasks count"),
    ("stop", 5, "the request to stop"),
    ("machine", 0, "what differs between operating systems"),
    ("units", 0, "durations, counts and rates: read and printed"),
    ("expression", 8, "a function of n: text to checked nodes"),
    ("reduction", 8, "what the results of many numbers come to"),
    ("job", 10, "the kinds of job"),
    ("input", 10, "numbers: ranges, lists, files and streams"),
    ("lines", 10, "standard output that is never torn"),
    ("output", 10, "files of results"),
    ("plan", 10, "cutting an input into chunks"),
    ("stats", 10, "statistics as pure functions"),
    ("scaling", 10, "speedup and its laws as pure functions"),
    ("closed_form", 15, "the independent check of a total"),
    ("task", 15, "external commands, to exact arguments"),
    ("event", 20, "what crosses the channel"),
    ("kernel", 20, "the hot code"),
    (
        "part",
        20,
        "a part of a result: its file, and how parts make a whole",
    ),
    (
        "cluster",
        30,
        "who started this process, as one of how many",
    ),
    ("engine", 30, "the pool of workers"),
    ("aggregate", 30, "events to totals and ordered outputs"),
    ("process", 30, "one child process"),
    ("report", 40, "documents and the forms they are written in"),
    ("cmd", 50, "one file a subcommand: wires the parts together"),
    ("cli", 60, "arguments and environment to validated commands"),
    ("lib", 70, "the list of modules"),
    ("main", 80, "the real streams and the exit code"),
    ("tests", 90, "unit tests"),
    ("prelude", 90, "not wanted: it hides who uses whom"),
];

pub const WHERE_TO: &str = "what two modules of one layer both need moves to a layer below them \
    (src/event.rs, src/exact.rs, src/units.rs), and what wires them together moves up to src/cmd/";

/// From L3 up errors carry context; below they are types of their own.
const FROM_L3: &[&str] = &[
    "engine.rs",
    "aggregate.rs",
    "process/",
    "report/",
    "cmd/",
    "cli/",
    "main.rs",
];

/// The home of every dependency; a folder ends in `/`, and the empty one is everywhere.
pub const HOMES: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["expression/"]),
    ("anstyle", &["report/"]),
    ("anyhow", FROM_L3),
    ("base64", &["report/run/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("crossbeam_channel", &["event/", "aggregate.rs", "cmd/"]),
    ("console", &["report/progress/"]),
    ("csv", &["report/", "task/"]),
    ("ethnum", &["exact.rs"]),
    ("fastrand", &["stats/", "cmd/"]),
    ("indicatif", &["report/progress/"]),
    ("shell_words", &["cli/compare/", "cmd/compare/"]),
    (
        "memchr",
        &[
            "input/",
            "lines.rs",
            "process/",
            "report/run/",
            "task/",
            "cmd/run/",
        ],
    ),
    ("nix", &["machine/"]),
    ("num_bigint", &["exact.rs"]),
    ("num_integer", &["expression/", "reduction/"]),
    ("num_traits", &["expression/", "reduction/"]),
    ("perf_event", &["machine/"]),
    ("plotters", &["report/plot/"]),
    ("quick_xml", &["report/run/"]),
    ("rayon", &["engine.rs"]),
    ("rustix", &["machine/"]),
    ("serde", &["part/", "report/"]),
    ("serde_json", &["part/", "report/"]),
    ("signal_hook", &["cmd/"]),
    ("statrs", &["stats/"]),
    ("strsim", &["expression/"]),
    ("tempfile", &["output.rs", "process/", "report/run/tests/"]),
    ("thiserror", &[""]),
    ("unicode_width", &["report/plot/", "report/width.rs"]),
    ("wait4", &["machine/"]),
    ("xxhash_rust", &["digest.rs", "task/"]),
];

/// Where unsafe code stands, one small file for each need.
pub const UNSAFE: &[&str] = &["kernel/dispatch.rs", "machine/closed.rs"];
