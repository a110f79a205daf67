//! The parts of an input that is a path: what `{.}`, `{/}`, `{//}` and `{/.}` stand for.
//!
//! Pure functions on bytes, which never look at the file system. The rules are those of GNU
//! parallel's manual, and of dirname(1).

use memchr::memrchr;

/// Without its extension, `{.}`: when there is a dot after the last slash, all from the last dot on
/// is removed. So `sub.dir/bar` stays as it is, and `.bashrc` becomes empty.
pub(super) fn without_extension(path: &[u8]) -> &[u8] {
    let base = path.len() - base_name(path).len();
    memrchr(b'.', &path[base..]).map_or(path, |dot| &path[..base + dot])
}

/// What follows the last slash, `{/}`: unlike basename(1), nothing for `a/`.
pub(super) fn base_name(path: &[u8]) -> &[u8] {
    memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..])
}

/// The folder, `{//}`: as dirname(1) says, `.` for what has none.
pub(super) fn dir_name(path: &[u8]) -> &[u8] {
    let whole = without_slashes(path);
    if whole.is_empty() && !path.is_empty() {
        return b"/";
    }
    match memrchr(b'/', whole) {
        None => b".",
        Some(slash) => match without_slashes(&whole[..slash]) {
            b"" => b"/",
            folder => folder,
        },
    }
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/');
    &path[..end.map_or(0, |last| last + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As GNU parallel 20221122 answers; the names are its manual's and the awkward ones.
    #[test]
    fn parts_are_those_of_gnu_parallel() {
        for (path, no_extension, base, folder, base_no_extension) in [
            ("foo.jpg", "foo", "foo.jpg", ".", "foo"),
            ("subdir/foo.jpg", "subdir/foo", "foo.jpg", "subdir", "foo"),
            (
                "sub.dir/foo.jpg",
                "sub.dir/foo",
                "foo.jpg",
                "sub.dir",
                "foo",
            ),
            ("sub.dir/bar", "sub.dir/bar", "bar", "sub.dir", "bar"),
            ("bar", "bar", "bar", ".", "bar"),
            (".bashrc", "", ".bashrc", ".", ""),
            ("a/.bashrc", "a/", ".bashrc", "a", ""),
            ("/x", "/x", "x", "/", "x"),
            ("/", "/", "", "/", ""),
            ("//", "//", "", "/", ""),
            ("a/", "a/", "", ".", ""),
            ("a//", "a//", "", ".", ""),
            ("foo/bar/", "foo/bar/", "", "foo", ""),
            ("/a/b", "/a/b", "b", "/a", "b"),
            ("", "", "", ".", ""),
            (".", "", ".", ".", ""),
            ("..", ".", "..", ".", "."),
            ("a.", "a", "a.", ".", "a"),
            ("a b.c", "a b", "a b.c", ".", "a b"),
            ("foo.tar.gz", "foo.tar", "foo.tar.gz", ".", "foo.tar"),
            ("//a", "//a", "a", "/", "a"),
            ("a//b", "a//b", "b", "a", "b"),
            ("a/./b", "a/./b", "b", "a/.", "b"),
            ("///a", "///a", "a", "/", "a"),
        ] {
            let bytes = path.as_bytes();
            assert_eq!(without_extension(bytes), no_extension.as_bytes(), "{path}");
            assert_eq!(base_name(bytes), base.as_bytes(), "{path}");
            assert_eq!(dir_name(bytes), folder.as_bytes(), "{path}");
            let both = without_extension(base_name(bytes));
            assert_eq!(both, base_no_extension.as_bytes(), "{path}");
        }
    }
}
