//! `--output`: files of results, whole or not at all.

use crate::harness::{signal, wait_within};
use crate::piped::{
    Live, PATIENCE, await_until, command_in, complaint, folder, names, results, run_in, total,
};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A one-dimensional array of 64-bit integers, as version 1.0 of NumPy's format has it.
#[track_caller]
fn npy(path: &Path) -> Vec<i64> {
    let bytes = fs::read(path).expect("a file");
    let (magic, rest) = bytes.split_at(8);
    assert_eq!(magic, b"\x93NUMPY\x01\x00");
    let header_len = usize::from(u16::from_le_bytes([rest[0], rest[1]]));
    let (header, data) = rest[2..].split_at(header_len);
    assert_eq!((10 + header_len) % 64, 0, "padded as NumPy pads it");
    let header = std::str::from_utf8(header).expect("ASCII");
    let (header, count) = header
        .trim_end_matches('\n')
        .trim_end()
        .split_once("'shape': (")
        .unwrap();
    assert_eq!(header, "{'descr': '<i8', 'fortran_order': False, ");
    let count: usize = count
        .strip_suffix(",), }")
        .expect("one dimension")
        .parse()
        .unwrap();
    let (items, rest) = data.as_chunks::<8>();
    assert_eq!(
        (items.len(), rest.len()),
        (count, 0),
        "as long as its header says"
    );
    items.iter().map(|item| i64::from_le_bytes(*item)).collect()
}

/// Inputs in a folder with `n.txt`, which has 1 to 60,000.
fn inputs() -> Vec<(&'static str, Vec<i64>)> {
    vec![
        ("1..100_001", (1..100_001).collect()),
        ("2,3,6,7,8,8,9,3,3,3", vec![2, 3, 6, 7, 8, 8, 9, 3, 3, 3]),
        (
            "1000..-1000,5,-7 --step -1",
            (-999..=1000).rev().chain([5, -7]).collect(),
        ),
        (
            "9,-30000..30000",
            [9].into_iter().chain(-30_000..30_000).collect(),
        ),
        (
            "1e6..-1e6 --step -7",
            (0..285_715).map(|i| 1_000_000 - 7 * i).collect(),
        ),
        ("@n.txt", (1..=60_000).collect()),
        (
            "1..4,@n.txt,-3",
            (1..4).chain(1..=60_000).chain([-3]).collect(),
        ),
        ("5..5", Vec::new()),
        ("@empty.txt", Vec::new()),
    ]
}

fn folder_with_numbers() -> tempfile::TempDir {
    let folder = folder();
    let text: String = (1..=60_000).map(|x| format!("{x}\n")).collect();
    fs::write(folder.path().join("n.txt"), text).unwrap();
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    folder
}

#[test]
fn files_hold_every_result_in_order() {
    let folder = folder_with_numbers();
    let at = folder.path();
    for (input, numbers) in inputs() {
        let expected = results(2, numbers.iter().copied());
        let squares: Vec<i64> = numbers.iter().map(|x| x * x).collect();
        for workers in [1, 8] {
            for name in ["x.txt", "x.csv", "x.npy"] {
                let line = format!("squares {input} -q --workers {workers} --output {name}");
                let run = run_in(at, &line);
                assert_eq!(run.succeeded(), total(2, numbers.clone()) + "\n", "{line}");
                match name {
                    "x.npy" => assert!(npy(&at.join(name)) == squares, "{line}"),
                    _ => assert!(
                        fs::read_to_string(at.join(name)).unwrap() == expected,
                        "{line}"
                    ),
                }
            }
        }
    }
    assert_eq!(names(at), ["empty.txt", "n.txt", "x.csv", "x.npy", "x.txt"]);
    let line = "cubes -2097152..=2097151 --step 1024 -q --chunk-size 1 -o x.npy";
    run_in(at, line).succeeded();
    let cubes: Vec<i64> = (-2048i64..2048).map(|i| (1024 * i).pow(3)).collect();
    assert_eq!(npy(&at.join("x.npy")), cubes);
}

#[test]
fn numpy_reads_them_back() {
    let numpy = Command::new("python3")
        .args(["-c", "import numpy"])
        .output();
    if !numpy.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with numpy is not at hand");
        return;
    }
    let folder = folder();
    let script = "import numpy\n\
        a = numpy.load('x.npy'); assert a.dtype == numpy.int64 and a.shape == (300000,)\n\
        assert numpy.array_equal(a, numpy.arange(1, 300001, dtype=numpy.int64) ** 2)\n\
        e = numpy.load('e.npy'); assert e.shape == (0,)\n\
        assert numpy.load('n.npy', mmap_mode='r').tolist() == [-27, 0, 9261000]\n\
        assert numpy.array_equal(numpy.loadtxt('x.txt', dtype=numpy.int64), a)";
    for line in [
        "squares 1..=300000 -o x.npy",
        "squares 1..=300000 -o x.txt",
        "cubes 5..5 -o e.npy",
        "cubes -3,0,210 -o n.npy",
    ] {
        assert_eq!(run_in(folder.path(), line).code, Some(0), "{line}");
    }
    let mut python = Command::new("python3");
    let output = python
        .args(["-c", script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// What a failed run may leave: the old file, whole, and nothing else.
#[track_caller]
fn assert_untouched(folder: &Path, name: &str, others: &[&str], what: &str) {
    let mut expected: Vec<&str> = others.iter().copied().chain([name]).collect();
    expected.sort_unstable();
    assert_eq!(names(folder), expected, "{what}: no stray");
    assert_eq!(
        fs::read_to_string(folder.join(name)).unwrap(),
        "old",
        "{what}"
    );
}

#[test]
fn bad_input_leaves_the_old_file() {
    let folder = folder();
    let numbers: String = (0..200_000).map(|x| format!("{x}\n")).collect();
    fs::write(folder.path().join("bad"), numbers + "x12\n7").unwrap();
    for name in ["x.txt", "x.npy"] {
        let target = folder.path().join(name);
        fs::write(&target, "old").unwrap();
        let run = run_in(
            folder.path(),
            &format!("squares 1..100000,@bad -w 8 -o {name}"),
        );
        assert!(complaint(&run, 2).starts_with("bad:200001:1: 'x12' is not an integer"));
        assert_untouched(folder.path(), name, &["bad"], "bad input");
        for line in [
            "squares 1..2x",
            "squares 1..5,@none",
            "sum-of-squares 1..5",
            "squares 1..5 --values",
        ] {
            let run = run_in(folder.path(), &format!("{line} -o {name}"));
            assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
            assert_untouched(folder.path(), name, &["bad"], line);
        }
        fs::remove_file(target).unwrap();
    }
}

#[test]
fn a_result_beyond_64_bits_is_named_and_leaves_the_old_file() {
    let folder = folder();
    fs::write(folder.path().join("x.npy"), "old").unwrap();
    fs::write(folder.path().join("s"), "1 2 3037000500 x").unwrap();
    for (input, first, result) in [
        (
            "squares 3036900000..3037100000",
            "3037000500",
            "9223372037000250000",
        ),
        (
            "squares 3037100000..3036900000 --step -1",
            "3037100000",
            "9223976410000000000",
        ),
        (
            "squares 1,-3037000500,4e9",
            "-3037000500",
            "9223372037000250000",
        ),
        ("cubes 2000000..1e15", "2097152", "9223372036854775808"),
        ("cubes -2097155..0", "-2097155", "-9223411619329998875"),
        ("squares @s", "3037000500", "9223372037000250000"),
        ("squares 4..7,@s", "3037000500", "9223372037000250000"),
    ] {
        for workers in [1, 8] {
            let run = run_in(folder.path(), &format!("{input} -w {workers} -o x.npy"));
            let told = complaint(&run, 1);
            let expected =
                format!("the result for {first} is {result}, beyond the 64-bit integers");
            assert!(told.starts_with(&expected), "{told}, not {expected}");
            assert_untouched(folder.path(), "x.npy", &["s"], input);
        }
    }
    let fits = run_in(
        folder.path(),
        "squares -3037000499..=-3037000490 -q -o x.npy",
    );
    assert_eq!(fits.code, Some(0));
    assert_eq!(
        npy(&folder.path().join("x.npy"))[0],
        9_223_372_030_926_249_001
    );
}

/// Whether a temporary file stands beside the target and grows.
fn await_started(folder: &Path) {
    await_until("a file is in the making", || {
        let sizes = fs::read_dir(folder)
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.metadata().ok());
        sizes
            .map(|metadata| metadata.len())
            .any(|len| len > 100_000)
    });
}

#[test]
fn a_signal_in_the_middle_leaves_the_old_file() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        for target in ["x.txt", "x.npy"] {
            let folder = folder();
            fs::write(folder.path().join(target), "old").unwrap();
            let line = format!("squares 1..3e9 -w 2 -o {target}");
            let mut live = Live::of(command_in(folder.path(), &line));
            await_started(folder.path());
            signal(&live.child, name);
            let ended = wait_within(&mut live.child, PATIENCE).expect("it ends");
            assert_eq!(ended.code(), Some(code), "{line}");
            assert_untouched(folder.path(), target, &[], &format!("SIG{name}"));
        }
    }
}

#[test]
fn a_time_limit_leaves_the_old_file() {
    for target in ["x.txt", "x.npy"] {
        let folder = folder();
        fs::write(folder.path().join(target), "old").unwrap();
        let line = format!("squares 1..3e9 --time-limit 100ms -o {target}");
        let run = run_in(folder.path(), &line);
        assert_eq!(run.code, Some(5), "{run:?}");
        assert_untouched(folder.path(), target, &[], "time limit");
    }
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = folder();
    let mut mount = Command::new("mount");
    mount
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(folder.path());
    if is_not_root() || !mount.output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no small file system can be mounted here");
        return;
    }
    let runs = ["x.txt", "x.npy"].map(|target| {
        fs::write(folder.path().join(target), "old").unwrap();
        let run = run_in(folder.path(), &format!("squares 1..1e7 -w 8 -o {target}"));
        let left = names(folder.path());
        let old = fs::read_to_string(folder.path().join(target)).unwrap();
        fs::remove_file(folder.path().join(target)).unwrap();
        (target, run, left, old)
    });
    let unmounted = Command::new("umount").arg(folder.path()).status();
    assert!(unmounted.expect("umount").success());
    for (target, run, left, old) in runs {
        let told = complaint(&run, 1);
        assert_eq!(
            told,
            format!("cannot write {target}: No space left on device (os error 28)")
        );
        assert_eq!((left, old.as_str()), (vec![target.to_owned()], "old"));
    }
}

fn is_not_root() -> bool {
    Command::new("id").arg("-u").output().expect("id").stdout != b"0\n"
}

/// The input is read whole before its file is replaced.
#[test]
fn a_file_may_be_its_own_input() {
    let folder = folder_with_numbers();
    for power in [2, 4] {
        assert_eq!(
            run_in(folder.path(), "squares @n.txt -q -o n.txt").code,
            Some(0)
        );
        let expected: String = (1..=60_000i128)
            .map(|x| format!("{}\n", x.pow(power)))
            .collect();
        let written = fs::read_to_string(folder.path().join("n.txt")).unwrap();
        assert!(written == expected, "to the {power}th");
        let failed = run_in(folder.path(), "squares @n.txt,@none -o n.txt");
        assert_eq!(failed.code, Some(1), "{failed:?}");
        assert!(fs::read_to_string(folder.path().join("n.txt")).unwrap() == expected);
    }
}
