//! `--output`: which targets there can be, and what they are afterwards.

use crate::harness::{PARTASK, run_shell};
use crate::piped::{complaint, folder, is_root, names, run_in};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn targets_that_cannot_be_are_a_clear_error() {
    let folder = folder();
    let at = folder.path();
    fs::create_dir(at.join("d.txt")).unwrap();
    symlink("/dev/full", at.join("full.txt")).unwrap();
    fs::write(at.join("f"), "").unwrap();
    for (target, code, reason) in [
        (
            "none/x.txt",
            1,
            "cannot write none/x.txt: No such file or directory",
        ),
        ("f/x.txt", 1, "cannot write f/x.txt: Not a directory"),
        (
            "d.txt",
            1,
            "cannot write d.txt: it exists and is not a regular file",
        ),
        (
            "full.txt",
            1,
            "cannot write full.txt: it exists and is not a regular file",
        ),
        ("/dev/full", 2, "--output '/dev/full': end the name in"),
        ("x.json", 2, "--output 'x.json': end the name in"),
        ("x", 2, "--output 'x': end the name in"),
        (".npy", 2, "--output '.npy': end the name in"),
        ("-", 2, "--output '-': end the name in"),
    ] {
        let run = run_in(at, &format!("squares 1..100 --output {target}"));
        let told = complaint(&run, code);
        assert!(told.starts_with(reason), "{told}, not {reason}");
        assert_eq!(
            (run.stdout.as_str(), names(at)),
            ("", vec!["d.txt".into(), "f".into(), "full.txt".into()])
        );
    }
    let both = run_in(at, "squares 1..10 --values --output x.txt");
    assert_eq!((both.code, both.stdout.as_str()), (Some(2), ""));
    assert!(
        both.stderr.contains("--values") && both.stderr.contains("--output"),
        "{both:?}"
    );
}

#[test]
fn a_folder_that_is_read_only_is_a_clear_error() {
    if is_root() {
        return;
    }
    let folder = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let run = run_in(folder.path(), "squares 1..100 --output x.txt");
    assert!(
        complaint(&run, 1).starts_with("cannot write x.txt: Permission denied"),
        "{run:?}"
    );
}

#[test]
fn links_are_followed_and_permissions_kept() {
    let folder = folder();
    let at = folder.path();
    fs::create_dir(at.join("far")).unwrap();
    fs::write(at.join("far/x.txt"), "old").unwrap();
    fs::set_permissions(at.join("far/x.txt"), Permissions::from_mode(0o600)).unwrap();
    symlink("far/x.txt", at.join("link.txt")).unwrap();
    run_in(at, "squares 1..4 -q -o link.txt").succeeded();
    assert!(
        fs::symlink_metadata(at.join("link.txt"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::read_to_string(at.join("far/x.txt")).unwrap(),
        "1\n4\n9\n"
    );
    let mode = fs::metadata(at.join("far/x.txt"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(
        (names(at), names(&at.join("far"))),
        (vec!["far".into(), "link.txt".into()], vec!["x.txt".into()])
    );
    let line = format!("umask 027; {PARTASK} squares 1..4 -q -o new.txt");
    assert_eq!(run_shell(&line, at).code, Some(0));
    let mode = fs::metadata(at.join("new.txt"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(
        mode & 0o7777,
        0o640,
        "a new file gets what the umask leaves"
    );
}

#[test]
fn the_report_stays_on_standard_output() {
    let folder = folder();
    let run = run_in(folder.path(), "squares 1..=30 -o x.npy");
    assert_eq!(run.row("total"), "9455  (verified)");
    assert_eq!(run.row("values"), "1, 4, 9, 16, …, 841, 900");
    let progress = run_in(
        folder.path(),
        "squares 1..1e6 -q -o x.npy --progress always",
    );
    assert_eq!(
        (progress.code, progress.stdout.as_str()),
        (Some(0), "333332833333500000\n")
    );
    assert!(progress.stderr.contains('%'), "{progress:?}");
}
