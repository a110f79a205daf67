//! Every option of GNU parallel (of 20221122, and what came until 2025) and xargs (4.9) is taken or
//! answered; none is met by a suggestion that is wrong.

use crate::harness::{Run, run};

/// The options of GNU parallel's manual, then the other spellings that only its source has.
const PARALLEL: &str = "
    -0 -a -B -C -D -d -E -e -H -I -i -J -j -k -L -l -m -N -n -o -P -p -q -r -S -s -t -T -U -u -v
    -W -X -x -g -M --arg-file --arg-file-sep --arg-sep --bar --basefile
    --basenameextensionreplace --basenamereplace --bf --bg --bibtex --bin --block --block-size
    --block-timeout --blocksize --bner --bnr --bt --cat --cf --citation --cleanup --color
    --color-failed --colour --colsep --combine-executable --combineexec --compress
    --compress-program --controlmaster --csv --ctag --ctag-string --ctagstring
    --decompress-program --delay --delimiter --dirnamereplace --dnr --dry-run --dryrun --embed
    --env --eof --er --eta --exit --extensionreplace --fast --match --milestone --unsafe --fg --fifo --files --files0
    --filter --filter-hosts --gnu --group --group-by --halt --halt-on-error --hashbang --header
    --hgrp --hostgroups --id --interactive --jl --joblog --jobs --keep-alive --keep-order
    --latest-line --lb --limit --line-buffer --link --ll --load --max-args --max-chars
    --max-line-length-allowed --max-lines --max-procs --max-replace-args --memfree --memsuspend
    --minversion --nice --no-keep-order --no-run-if-empty --nonall --noswap --null
    --number-of-cores --number-of-cpus --number-of-sockets --number-of-threads --onall
    --open-tty --output-as-files --outputasfiles --parens --pipe --pipe-part --pipepart --plain
    --plus --process-slot-var --profile --progress --quote --recend --record-env --recstart
    --regexp --remove-rec-sep --removerecsep --replace --res --results --resume --resume-failed
    --retries --retry-failed --return --round --round-robin --roundrobin --rpl --rrs
    --rsync-opts --semaphore --semaphore-name --semaphore-timeout --seqreplace --session --shard
    --shebang --shebang-wrap --shell-completion --shell-quote --shellquote --show-limits --shuf
    --silent --skip-first-line --slf --slotreplace --spreadstdin --sql --sql-and-worker
    --sql-master --sql-worker --sqlandworker --sqlmaster --sqlworker --ssh --ssh-delay
    --sshdelay --sshlogin --sshloginfile --st --tag --tagstring --tee --tempdir --template
    --term-seq --tf --timeout --tmpdir --tmpl --tmux --tmuxpane --tollef --total --total-jobs
    --transfer --transferfile --trc --trim --tty --ungroup --use-cores-instead-of-threads
    --use-cpus-instead-of-cores --use-sockets-instead-of-threads --verbose --wait --wd
    --will-cite --willcite --workdir --xapply --xargs
    --resumefailed --retryfailed --keeporder --nokeeporder --nok --no-k --line-buffered
    --linebuffer --linebuffered --tmux-pane --maxlinelengthallowed --numberofcpus
    --numberofsockets --numberofcores --numberofthreads --usesocketsinsteadofthreads
    --usecoresinsteadofthreads --usecpusinsteadofcores --tag-string --filterhosts
    --filter-host --transfer-file --transfer-files --transferfiles --ctrl-c --ctrlc
    --no-ctrl-c --no-ctrlc --noctrlc --work-dir --rsyncopts --use-compress-program
    --use-decompress-program --totaljobs --maxprocs --maxchars --argfile --norunifempty
    --processslotvar --maxargs --maxreplaceargs --maxlines --showlimits --skipfirstline --bug
    --regex --hostgrp --hostgroup --shellcompletion --haltonerror";

/// The options of xargs' manual.
const XARGS: &str = "
    -0 --null -a --arg-file -d --delimiter -E -e --eof -I -i --replace -L --max-lines -l -n
    --max-args -o --open-tty -P --max-procs -p --interactive --process-slot-var -r
    --no-run-if-empty -s --max-chars --show-limits -t --verbose -x --exit";

/// Values that some option or other takes.
const VALUES: [Option<&str>; 7] = [
    None,
    Some("1"),
    Some(":"),
    Some("now,fail=1"),
    Some("1M"),
    Some("/dev/null"),
    Some("."),
];

/// What becomes of an option before a command, with the value that suits it best.
fn tried(option: &str) -> Run {
    let tries = VALUES.iter().map(|value| {
        // The log is what some options go on from.
        let words = ["run", "--dry-run", "--log", "/dev/null", option];
        let words = words.into_iter().chain(*value);
        run(words.chain(["true", ":::", "a"]))
    });
    let mut last = None;
    for tried in tries {
        let is_taken = tried.code == Some(0);
        last = Some(tried);
        if is_taken {
            break;
        }
    }
    last.expect("one try")
}

fn is_answered(option: &str, run: &Run) -> bool {
    let answer = format!("error: {option} is not taken: ");
    run.code == Some(2) && run.stderr.starts_with(&answer) && run.stderr.lines().count() == 1
}

#[test]
fn every_option_of_the_two_is_taken_or_answered_in_one_line() {
    let faults: Vec<String> = PARALLEL
        .split_whitespace()
        .chain(XARGS.split_whitespace())
        .map(|option| (option, tried(option)))
        .filter(|(option, run)| run.code != Some(0) && !is_answered(option, run))
        .map(|(option, run)| format!("{option}: {run:?}"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_taken_stands_in_the_help() {
    let help = run(["run", "--help"]).succeeded();
    for word in [
        "-n,",
        "-L,",
        "-X,",
        "-m",
        "-s,",
        "-d,",
        "-I,",
        "--header",
        "--csv",
        "--tagstring",
        "--wd",
        "-k,",
        "--group",
        "-u,",
        "--ungroup",
        "--lb",
        "--line-buffer",
        "--bar",
        "--eta",
        "-r,",
        "-t,",
        "--verbose",
        "--resume-failed",
        "--retry-failed",
        "--jobs",
        "-o,",
        "--open-tty",
        "now,fail=2",
        "50%",
        "200%",
        "PARTASK_SHELL",
        "-P",
        "--max-procs",
        "-i",
        "--workdir",
        "--memfree",
        "--load",
        "--dryrun",
        "Words from GNU parallel and xargs",
    ] {
        assert!(help.contains(word), "{word}\n{help}");
    }
}

#[test]
fn what_is_nobodys_is_told_without_a_wrong_tip() {
    for (words, answer) in [
        (
            &["--timelin", "true"][..],
            "unknown option '--timelin': did you mean --timeline?",
        ),
        (
            &["--no-such", "true"],
            "unknown option '--no-such': --help lists",
        ),
        (&["-Q", "true"], "unknown option '-Q'"),
        (&["-kQ", "true"], "unknown option '-Q'"),
        (
            &["-kS", "host", "true"],
            "-S is not taken: partask run is for the CPUs of one machine",
        ),
        (&["--block=1M", "--pipe", "wc"], "--block is not taken"),
        (
            &["echo", "{= $_++ =}"],
            "{= perl =} is not a placeholder here",
        ),
    ] {
        let run = run(["run"].iter().chain(words).chain(&[":::", "a"]));
        let said = run.stderr.strip_prefix("error: ").unwrap_or_default();
        assert!(
            run.code == Some(2) && said.starts_with(answer),
            "{words:?}: {run:?}"
        );
        assert!(
            !run.stderr.contains("tip:") && run.stderr.lines().count() == 1,
            "{run:?}"
        );
    }
    // Behind the command, options are its own.
    let run = run(["run", "echo", "-S", "--pipe", "{}", ":::", "a"]);
    assert_eq!(run.succeeded(), "-S --pipe a\n");
}
