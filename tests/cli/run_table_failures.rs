//! The table of failures: exit codes, the summary, retries, time limits, halting and resuming. Its
//! form stands in `run_table.rs`.
//!
//! A task that is to succeed has no time limit, or one of seconds; a task that is to be ended sleeps
//! for minutes.

/// What becomes of tasks that fail, and of the others.
pub const TABLE: &str = r#####"
# [GNU] all succeeded
$ partask run true ::: 1 2 3

# some failed: the others are run and shown, and the code is 6
$ partask run -q -j1 --shell 'echo {}; exit {}' ::: 0 7 0
| 0
| 7
| 0
= 6

# the summary has the counts and names those that failed
$ partask run -j1 --shell '[ {} = 9 ] && kill -{} $$; exit {}' ::: 0 7 9 1 2>err; code=$?; grep -v ^elapsed err; exit $code
| tasks      1 succeeded, 3 failed
| failed     2: 7  exit code 7
|            3: 9  killed by SIGKILL
|            4: 1  exit code 1
= 6

# the summary is in the order of the inputs, and has the last lines of each that failed
$ partask run -j2 --joblog jobs --shell 'if [ {} = 1 ]; then until grep -q ^2 jobs; do sleep 0.01; done; fi; seq 3; exit {}' ::: 1 2 2>err >/dev/null; code=$?; grep -v ^elapsed err; exit $code
| tasks      0 succeeded, 2 failed
| failed     1: 1  exit code 1
|              1
|              2
|              3
|            2: 2  exit code 2
|              1
|              2
|              3
= 6

# -q leaves the summary out, and nothing else
$ partask run -q --shell 'echo bad {} >&2; exit 1' ::: a
! bad a
= 6

# a task that is killed leaves the others whole
$ partask run -q -j2 --shell 'echo {}; if [ {} = 2 ]; then kill -9 $$; fi; echo {} end' ::: 1 2 3
| 1
| 1 end
| 2
| 3
| 3 end
= 6

# a task that kills its process group kills itself alone
$ partask run -q -j2 --shell 'if [ {} = 2 ]; then kill 0; sleep 300; fi; echo {}' ::: 1 2 3
| 1
| 3
= 6

# a command that is not there is said once, and nothing is run
$ partask run no-such-program ::: a b c
! error: command not found: 'no-such-program' is in no folder of PATH
= 2

# a path that is not there
$ partask run ./program ::: a
! error: command not found: there is no file './program'
= 2

# a file that is no program
$ touch file; partask run ./file ::: a
! error: cannot execute './file': permission denied; a program needs the permission that chmod +x gives
= 2

# a command with a space in its name was meant for a shell
$ partask run 'echo a | wc' ::: b 2>err; code=$?; grep -o 'command not found: .echo a | wc.' err; grep -o 'give --shell' err; exit $code
| command not found: 'echo a | wc'
| give --shell
= 2

# one program among several that is not there is a task that fails
$ partask run -j1 {} x ::: echo no-such-program echo 2>err; code=$?; grep ^failed err; exit $code
| x
| x
| failed     2: no-such-program  command not found: 'no-such-program' is in no folder of PATH
= 6

# with --shell it is the shell that finds no command, and says so with 127
$ partask run -q --joblog jobs --shell 'no-such-program {}' ::: a 2>/dev/null; code=$?; tail -n +2 jobs | cut -f 7; exit $code
| 127
= 6

# an argument that is too long for the system fails its task alone
$ { head -c 3000000 /dev/zero | tr '\0' x; echo; echo short; } | partask run -q -j1 echo
| short
= 6

# a task that fails is tried again
$ partask run -j1 --retries 2 --shell 'echo x >>tries; [ $(wc -l <tries) = 3 ] && echo {}' ::: a; wc -l <tries
| a
| 3

# and fails when it fails every time; only its last attempt is shown
$ partask run -j1 --retries 2 --shell 'echo {} $PARTASK_ATTEMPT; false' ::: a 2>err; code=$?; grep -v ^elapsed err; exit $code
| a 3
| tasks      0 succeeded, 1 failed
|            2 attempts were retries
| failed     1: a  exit code 1, 3 attempts
|              a 3
= 6

# a task that succeeds is not tried again
$ partask run -j1 --retries 5 --shell 'echo {} >>ran' ::: a b; cat ran
| a
| b

# with --order line every attempt is seen
$ partask run -q -j1 --retries 1 --order line --shell 'echo {} $PARTASK_ATTEMPT; false' ::: a
| a 1
| a 2
= 6

# the job log has one line for a task, however often it was tried
$ partask run -q -j1 --retries 3 --joblog jobs --shell 'exit {}' ::: 1 0; tail -n +2 jobs | cut -f 1,7
| 1	1
| 2	0

# a task that takes too long is ended
$ partask run -q -j1 --timeout 200ms --joblog jobs sleep ::: 300; code=$?; tail -n +2 jobs | cut -f 7-; exit $code
| -1	15	sleep 300
= 6

# the others are not
$ partask run -j2 --timeout 10s --shell 'sleep {}; echo {}' ::: 300 0 2>err; code=$?; grep ^failed err; exit $code
| 0
| failed     1: 300  timed out, killed by SIGTERM
= 6

# each attempt has the whole time
$ partask run -j1 --timeout 200ms --retries 1 sleep ::: 300 2>err; code=$?; grep ^failed err; exit $code
| failed     1: 300  timed out, killed by SIGTERM, 2 attempts
= 6

# one that does not listen is killed after the grace
$ partask run -q -j1 --timeout 200ms --grace 200ms --shell 'trap "" TERM; while :; do sleep {}; done' ::: 300
= 6

# all that the task has started is ended with it
$ partask run -q -j1 --timeout 200ms --shell 'sleep {} | sleep {} | sleep {}' ::: 300
= 6

# --halt soon starts no more tasks after a failure
$ partask run -q -j1 --halt soon --shell 'echo {}; exit {}' ::: 0 3 0 0
| 0
| 3
= 5

# --halt soon lets those that run come to their end
$ partask run -j2 --halt soon --joblog jobs --shell 'case {} in 1) until [ -e 2 ]; do sleep 0.01; done; exit 3;; 2) touch 2; until grep -q ^1 jobs; do sleep 0.01; done; echo done;; esac' ::: 1 2 3 2>err; code=$?; grep ^tasks err; exit $code
| done
| tasks      1 succeeded, 1 failed, 1 not started (halted by a failure)
= 5

# --halt now ends those that run
$ partask run -j2 --halt now --shell 'case {} in 1) until [ -e 2 ]; do sleep 0.01; done; exit 3;; 2) trap "echo told; exit" TERM; touch 2; sleep 300 & wait;; esac' ::: 1 2 3 2>err; code=$?; grep ^tasks err; exit $code
| told
| tasks      0 succeeded, 1 failed, 1 stopped, 1 not started (halted by a failure)
= 5

# --halt never is the default
$ partask run -q -j1 --halt never --shell 'echo {}; exit {}' ::: 1 0
| 1
| 0
= 6

# --max-failures halts after so many
$ partask run -q -j1 --max-failures 2 --shell 'echo {}; exit {}' ::: 1 0 1 0
| 1
| 0
| 1
= 5

# when all were run by the time of the failure, nothing was halted
$ partask run -q -j1 --halt soon --shell 'echo {}; exit {}' ::: 0 1
| 0
| 1
= 6

# only the last attempt of a task counts as a failure
$ partask run -q -j1 --halt soon --retries 1 --shell 'echo {} $PARTASK_ATTEMPT; [ $PARTASK_ATTEMPT = 2 ]' ::: a b
| a 2
| b 2

# --resume skips what the log says has succeeded
$ partask run --log log -j1 --resume echo ::: a b; partask run -q --log log -j1 --resume echo ::: a b c
| a
| b
| c

# --resume tells tasks by command and input, wherever they stand
$ partask run --log log -j1 echo ::: a b >/dev/null; partask run -q --log log -j1 --resume echo {} ::: x b a; partask run -q --log log -j1 --resume echo new {} ::: a
| x
| new a

# --resume runs what has failed
$ partask run -q --log log -j1 --shell '[ -e ok ] || [ {} = b ] && echo {}' ::: a b c; touch ok; partask run -q --log log --resume -j1 --shell '[ -e ok ] || [ {} = b ] && echo {}' ::: a b c
| b
| a
| c

# an input that is there twice is done when it was done twice
$ partask run --log log -j1 echo ::: a >/dev/null; partask run -q --log log --resume -j1 echo {} ::: a a
| a

# the summary of a resumed run says what was skipped
$ partask run --log log -j1 echo ::: a b >/dev/null; partask run --log log --resume -j1 echo ::: a b c 2>err; grep ^tasks err
| c
| tasks      1 succeeded, 2 done by an earlier run

# a dry run with --resume prints what is left
$ partask run --log log -j1 echo ::: a b >/dev/null; partask run --log log --resume --dry-run echo ::: a b c
| echo c

# without --resume a log that is there is not thrown away
$ partask run --log log -j1 echo ::: a; partask run --log log --joblog jobs touch ::: b
| a
! error: --log 'log' is there already: give --resume to go on with it, --overwrite to replace it, or another name
= 2

# nor is anything else touched then
$ echo '{}' >log; echo old >jobs; partask run --log log --joblog jobs touch ::: b 2>err; ls; cat jobs
| err
| jobs
| log
| old

# --overwrite replaces it
$ for i in 1 2; do partask run --overwrite --log log -j1 echo ::: a; done; grep -c '"event":"exit"' log
| a
| a
| 1

# an empty file and what is no file hold no log
$ : >log; partask run --log log echo ::: a; partask run --log /dev/null echo ::: b
| a
| b

# --overwrite and --resume want different things
$ partask run --overwrite --resume --log log echo ::: a
= 2

# a report, a trace and a job log are those of the last run
$ for i in 1 2; do partask run --junit x --trace y --joblog z --results r echo ::: a; done; grep -c testcase x; grep -c . z; ls r
| a
| a
| 1
| 2
| 1-338098a9

# what was told to end has not failed
$ partask run -j2 --halt now --junit x --log log --shell '[ {} = 2 ] || { until [ -e up ]; do sleep 0.01; done; exit 1; }; touch up; exec sleep 1000' ::: 1 2 2>err; code=$?; grep -E '^(tasks|stopped)' err; grep -c '<skipped message="stopped, killed by SIGTERM"' x; grep -o '"failed":1,"stopped":1' log; exit $code
| tasks      0 succeeded, 1 failed, 1 stopped (halted by a failure)
| stopped    task 2
| 1
| "failed":1,"stopped":1
= 5

# a file that is no log is left alone
$ echo notes >log; partask run --resume --log log echo ::: a; code=$?; cat log; exit $code
| notes
= 2

# --resume needs a log
$ partask run --resume echo ::: a
= 2

# a reader that goes away ends the run, and that is no failure
$ (partask run --shell 'yes {}' ::: a b; echo $? >code) | head -n 1; cat code
| a
| 0

# a full disk is a failure of the run
$ partask run echo ::: a >/dev/full
! error: cannot write to standard output: No space left on device (os error 28)
= 1

# --nice is the tasks' alone, and goes no higher than 19
$ partask run --nice 19 --shell 'nice; : {}' ::: a; [ $(nice) = 19 ] || echo not mine
| 19
| not mine

# --delay 0 is none
$ partask run -j1 --delay 0 --retry-delay 0 echo ::: a
| a

# a time is seconds, or has a unit that is one
$ partask run --timeout 10x true ::: a
! error: --timeout: '10x' is not a duration: write a number and a unit, such as 500ms, 30s, 1.5m or 2h
= 2

# there is a limit to how many tasks run at a time
$ partask run -j1025 true ::: a 2>err; code=$?; grep -o "^error: --workers '1025': give a whole number from 1 to 1024" err; exit $code
| error: --workers '1025': give a whole number from 1 to 1024
= 2

# options that contradict each other
$ partask run --halt never --max-failures 2 true ::: a
! error: --max-failures halts the run, and --halt never does not: leave one of them out
= 2
"#####;
