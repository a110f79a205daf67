//! Options of GNU parallel and xargs that are not taken: what partask has instead, in one line each.

/// Options that have the same answer.
struct Foreign {
    /// Their names, each with its dashes, without values.
    names: &'static [&'static str],
    /// What partask has instead, or that it has nothing.
    instead: &'static str,
}

/// What is said of an option, given with its dashes; `None` for one that is nobody's.
pub(super) fn answer(option: &str) -> Option<String> {
    let found = FOREIGN
        .iter()
        .find(|foreign| foreign.names.contains(&option))?;
    Some(format!("{option} is not taken: {}", found.instead))
}

/// Whether a word of a command holds one of GNU parallel's Perl expressions.
pub(super) fn has_perl(word: &[u8]) -> bool {
    let find = |text: &[u8], pair| text.windows(2).position(|found| found == pair);
    let start = find(word, b"{=");
    start.is_some_and(|start| find(&word[start + 2..], b"=}").is_some())
}

pub(super) const PERL: &str = "{= perl =} is not a placeholder here: no program text is run within partask; have the task compute it, as in --shell 'echo $(({} * 2))'";

const FOREIGN: &[Foreign] = &[
    Foreign {
        names: &[
            "-S",
            "--sshlogin",
            "--sshloginfile",
            "--slf",
            "--basefile",
            "--bf",
            "--cleanup",
            "--controlmaster",
            "-M",
            "--filter-hosts",
            "--filterhosts",
            "--filter-host",
            "--hostgroups",
            "--hostgroup",
            "--hostgrp",
            "--hgrp",
            "--nonall",
            "--onall",
            "--return",
            "--rsync-opts",
            "--rsyncopts",
            "--ssh",
            "--sshdelay",
            "--ssh-delay",
            "--transfer",
            "--transferfile",
            "--transfer-file",
            "--transfer-files",
            "--transferfiles",
            "--tf",
            "--trc",
            "--cat-remote",
            "-B",
            "-W",
        ],
        instead: "partask run is for the CPUs of one machine; start one partask run a machine, each with its share of the inputs",
    },
    Foreign {
        names: &[
            "--pipe",
            "--spreadstdin",
            "--pipe-part",
            "--pipepart",
            "--block",
            "--block-size",
            "--blocksize",
            "--block-timeout",
            "--blocktimeout",
            "--bt",
            "--recstart",
            "--recend",
            "--regexp",
            "--regex",
            "--remove-rec-sep",
            "--removerecsep",
            "--rrs",
            "--round-robin",
            "--round",
            "--roundrobin",
            "--cat",
            "--fifo",
            "--tee",
            "--group-by",
            "--groupby",
            "--shard",
            "--bin",
            "--keep-alive",
            "-1",
        ],
        instead: "partask run has nothing to cut a stream into parts; give lines as inputs (-n N or -X for many a task), or cut files by split --filter",
    },
    Foreign {
        names: &[
            "--rpl",
            "--parens",
            "--plus",
            "--basenamereplace",
            "--bnr",
            "--basenameextensionreplace",
            "--bner",
            "--dirnamereplace",
            "--dnr",
            "--extensionreplace",
            "--er",
            "--seqreplace",
            "--slotreplace",
            "-U",
        ],
        instead: "the placeholders are {}, {.}, {/}, {//}, {/.}, {#}, {%} and {1} to {N}; only {} takes another name, by -I",
    },
    Foreign {
        names: &[
            "--link",
            "--xapply",
            "--linkinputsource",
            "--xapplyinputsource",
        ],
        instead: "write :::+ or ::::+ for a source that goes along with the one before",
    },
    Foreign {
        names: &["--arg-sep", "--argsep", "--arg-file-sep", "--argfilesep"],
        instead: "the separators are :::, ::::, :::+ and ::::+",
    },
    Foreign {
        names: &["-E", "-e", "--eof"],
        instead: "inputs end with their file; cut them before by sed '/END/,$d'",
    },
    Foreign {
        names: &["-l"],
        instead: "write -L N for N lines a task; one is the default",
    },
    Foreign {
        names: &["-x", "--exit"],
        instead: "an input that is too long for a command line fails its own task, and no other",
    },
    Foreign {
        names: &["-p", "--interactive"],
        instead: "nothing asks before each task; --dry-run shows all of them",
    },
    Foreign {
        names: &["--process-slot-var", "--processslotvar"],
        instead: "every task finds its slot in PARTASK_SLOT",
    },
    Foreign {
        names: &[
            "--show-limits",
            "--max-line-length-allowed",
            "--maxlinelengthallowed",
            "--showlimits",
        ],
        instead: "partask has nothing that prints limits; getconf ARG_MAX does",
    },
    Foreign {
        names: &[
            "--number-of-cpus",
            "--number-of-cores",
            "--number-of-sockets",
            "--number-of-threads",
            "--numberofcpus",
            "--numberofcores",
            "--numberofsockets",
            "--numberofthreads",
            "--usecpusinsteadofcores",
            "--usecoresinsteadofthreads",
            "--usesocketsinsteadofthreads",
            "--use-cpus-instead-of-cores",
            "--use-cores-instead-of-threads",
            "--use-sockets-instead-of-threads",
        ],
        instead: "the CPUs that this process may use count, as nproc prints them; -j 50% takes half",
    },
    Foreign {
        names: &["--quote"],
        instead: "nothing needs quotes: the program is executed directly, and --shell quotes inputs",
    },
    Foreign {
        names: &["--shellquote", "--shell-quote"],
        instead: "--dry-run prints commands quoted for a shell",
    },
    Foreign {
        names: &["--no-keep-order", "--nokeeporder", "--nok", "--no-k"],
        instead: "write --order completion for outputs in the order in which tasks end",
    },
    Foreign {
        names: &["--latest-line", "--latestline", "--ll"],
        instead: "--order line --tag shows the lines of all tasks, and the progress those that run the longest",
    },
    Foreign {
        names: &["--tmux", "--tmuxpane", "--tmux-pane"],
        instead: "--order line --tag shows the lines of all tasks as they come",
    },
    Foreign {
        names: &[
            "--files",
            "--files0",
            "--output-as-files",
            "--outputasfiles",
            "--files-as-output",
        ],
        instead: "--results DIR keeps each task's output in files",
    },
    Foreign {
        names: &[
            "--sql",
            "--sqlmaster",
            "--sql-master",
            "--sqlandworker",
            "--sql-and-worker",
            "--sqlworker",
            "--sql-worker",
        ],
        instead: "--log FILE has everything as JSON, an event a line, for any database to read",
    },
    Foreign {
        names: &["--memsuspend", "--noswap", "--limit"],
        instead: "--min-free-memory and --max-load hold tasks back; none is suspended",
    },
    Foreign {
        names: &["--term-seq", "--termseq"],
        instead: "a task is told by SIGTERM, and killed after --grace",
    },
    Foreign {
        names: &[
            "--ctrl-c",
            "--ctrlc",
            "--no-ctrl-c",
            "--no-ctrlc",
            "--noctrlc",
        ],
        instead: "Ctrl-C always reaches the tasks: once starts no more of them, twice kills those that run",
    },
    Foreign {
        names: &["-H"],
        instead: "write --halt",
    },
    Foreign {
        names: &["--shuf"],
        instead: "shuffle the inputs before: shuf -e a b c | partask run …",
    },
    Foreign {
        names: &["--skip-first-line", "--skipfirstline"],
        instead: "cut lines off before: tail -n +2 FILE | partask run …",
    },
    Foreign {
        names: &["--trim"],
        instead: "inputs are taken as they are; trim them before by sed",
    },
    Foreign {
        names: &["--filter"],
        instead: "leave inputs out before, by grep or awk",
    },
    Foreign {
        names: &["--total-jobs", "--totaljobs", "--total"],
        instead: "the number of tasks is known from the inputs, or once they are read to their end",
    },
    Foreign {
        names: &[
            "--ctag",
            "--ctagstring",
            "--ctag-string",
            "--color",
            "--colour",
            "--color-failed",
            "--colour-failed",
            "--colorfailed",
            "--colourfailed",
            "--color-fail",
            "--colour-fail",
            "--colorfail",
            "--colourfail",
            "--cf",
        ],
        instead: "outputs are not coloured; --tag and --tagstring tell them apart",
    },
    Foreign {
        names: &[
            "--bg",
            "--fg",
            "--semaphore",
            "--semaphorename",
            "--semaphore-name",
            "--id",
            "--semaphoretimeout",
            "--semaphore-timeout",
            "--st",
            "--wait",
        ],
        instead: "partask is no semaphore; flock(1) and the shell's own jobs are",
    },
    Foreign {
        names: &["--env", "--record-env", "--recordenv", "--session"],
        instead: "tasks have the environment of partask, functions that bash exports included (--shell=bash)",
    },
    Foreign {
        names: &["-J", "--profile", "--plain", "--embed"],
        instead: "there are no profiles; write an alias or a script",
    },
    Foreign {
        names: &["--template", "--tmpl"],
        instead: "partask has nothing that fills in files; have the task do so by sed",
    },
    Foreign {
        names: &[
            "--tmpdir",
            "--tempdir",
            "--compress",
            "--compress-program",
            "--compressprogram",
            "--decompress-program",
            "--decompressprogram",
            "--usecompressprogram",
            "--use-compress-program",
            "--usedecompressprogram",
            "--use-decompress-program",
        ],
        instead: "outputs that wait stay in memory up to a limit, and beyond it in one file in TMPDIR, not compressed",
    },
    Foreign {
        names: &["--shebang", "--hashbang", "--shebang-wrap", "--shebangwrap"],
        instead: "a script's first line can be #!/usr/bin/env -S partask run --shell … with its options",
    },
    Foreign {
        names: &[
            "--will-cite",
            "--willcite",
            "--nn",
            "--nonotice",
            "--no-notice",
            "--citation",
            "--bibtex",
            "--gnu",
            "--tollef",
            "-T",
        ],
        instead: "it is not needed: leave it out",
    },
    Foreign {
        names: &["--silent"],
        instead: "commands are not printed unless -t asks for it; -q leaves the summary out",
    },
    Foreign {
        names: &["--minversion", "--min-version"],
        instead: "partask --version prints the version",
    },
    Foreign {
        names: &["--shell-completion", "--shellcompletion"],
        instead: "partask completions SHELL prints completions",
    },
    Foreign {
        names: &[
            "-D",
            "--debug",
            "-Y",
            "-g",
            "--unsafe",
            "--fast",
            "--match",
            "--milestone",
            "--combine-executable",
            "--combineexec",
            "--combine-exec",
            "--dr",
            "--bug",
        ],
        instead: "partask has nothing of this kind",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_option_has_one_answer_in_one_line() {
        let mut seen = HashSet::new();
        for foreign in FOREIGN {
            assert!(!foreign.instead.contains('\n') && !foreign.instead.ends_with('.'));
            for name in foreign.names {
                assert!(name.starts_with('-') && seen.insert(*name), "{name}");
            }
        }
        assert!(answer("--sshlogin").is_some_and(|text| text.contains("one machine")));
        assert_eq!(answer("--jobs"), None);
    }

    #[test]
    fn perl_is_told_from_other_braces() {
        assert!(has_perl(b"echo {= $_++ =}") && has_perl(b"{=1 s/x// =}"));
        assert!(!has_perl(b"{=} {}") && !has_perl(b"=} {="));
    }
}
