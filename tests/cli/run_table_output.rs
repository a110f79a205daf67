//! The table of output: its order, tags, the two streams, standard input of tasks, and the records.
//! Its form stands in `run_table.rs`.
//!
//! Where an order is to be shown, the tasks wait for each other by files, or for what partask has
//! written; none depends on how fast the machine is.

/// What is shown of what the tasks write, and what is written down about them.
pub const TABLE: &str = r#####"
# four processes, each printing its own number
$ partask run echo "this is process {}" ::: 1 2 3 4
| this is process 1
| this is process 2
| this is process 3
| this is process 4

# [GNU] outputs come in the order of the inputs, whichever task ends first
$ partask run --shell -j2 'if [ {} = 1 ]; then until [ -e go ]; do sleep 0.01; done; fi; touch go; echo {}' ::: 1 2
| 1
| 2

# --order completion: in the order in which tasks end
$ partask run -j2 --order completion --joblog jobs --shell 'if [ {} = 1 ]; then until grep -q ^2 jobs; do sleep 0.01; done; fi; echo {}' ::: 1 2
| 2
| 1

# --order completion keeps the lines of a task together
$ partask run -j2 --order completion --shell 'echo {} one; touch {}; until [ -e 1 ] && [ -e 2 ]; do sleep 0.01; done; echo {} two' ::: 1 2 | cut -d ' ' -f 2
| one
| two
| one
| two

# --order line: each line as it comes
$ partask run -j2 --order line --shell 'case {} in 1) echo 1a; until grep -q 2a out; do sleep 0.01; done; echo 1b;; 2) until grep -q 1a out; do sleep 0.01; done; echo 2a;; esac' ::: 1 2 >out; cat out
| 1a
| 2a
| 1b

# --order line never tears a line
$ partask run -j2 --order line --shell 'case {} in 1) printf 1; touch half; until grep -q 2 out; do sleep 0.01; done; echo 1;; 2) until [ -e half ]; do sleep 0.01; done; echo 2;; esac' ::: 1 2 >out; cat out
| 2
| 11

# [GNU] a half line at the end of a task stays one
$ partask run printf '%s' ::: a b 'c d'
| abc d\c

# with --order line a half line is ended only where another task's line follows
$ partask run -j1 --order line printf '%s' ::: a b
| a
| b\c

# the same with tags
$ partask run -j1 --order line --tag printf 'x\n%s' ::: a b
| a	x
| a	a
| b	x
| b	b\c

# a task's bytes are its own in every order
$ for order in input completion line; do partask run --order $order --shell 'printf "a\0b\r\nc"; : {}' ::: 1 | od -An -c | tr -s ' '; done
|  a \0 b \r \n c
|  a \0 b \r \n c
|  a \0 b \r \n c

# a long line without an end stays one
$ partask run --order line --shell 'head -c 3000000 /dev/zero; : {}' ::: 1 | wc -c
| 3000000

# lines may be long
$ partask run --shell 'head -c 1000000 /dev/zero | tr "\0" {}' ::: a b | wc -c
| 2000000

# much that ends before its turn is kept
$ partask run -j2 --shell 'if [ {} = 1 ]; then until [ -e go ]; do sleep 0.01; done; else seq 200000; touch go; fi' ::: 1 2 | tail -n 1
| 200000

# [GNU] output is bytes
$ partask run printf '\377\200%s' ::: a | od -An -tx1
|  ff 80 61

# [GNU] --tag puts the input and a tab before each line
$ partask run --tag printf '%s\nmore\n' ::: a 'b c'
| a	a
| a	more
| b c	b c
| b c	more

# [GNU] the tag of several sources
$ partask run --tag echo {2} ::: a b ::: 1 2
| a 1	1
| a 2	2
| b 1	1
| b 2	2

# [GNU] no lines, no tags
$ partask run --tag true ::: a b

# --tag ends a half line, so that every tag starts one
$ partask run --tag printf 'x\n%s' ::: a b
| a	x
| a	a
| b	x
| b	b

# a tag stays on one line, and ends at its first tab
$ printf 'a\nb\0c\td\0' | partask run -0 --tag echo x{#}
| a\nb	x1
| c\td	x2

# --tag tags standard error as well
$ partask run -j1 --tag --shell 'echo {} >&2' ::: a b
! a	a
! b	b

# standard error stays standard error, in the order of the inputs too
$ partask run -j2 --shell 'if [ {} = 1 ]; then until [ -e go ]; do sleep 0.01; done; fi; touch go; echo out {}; echo err {} >&2' ::: 1 2
| out 1
| out 2
! err 1
! err 2

# [GNU] either stream can be thrown away
$ partask run --shell 'echo out {}; echo err {} >&2' ::: 1 2 2>/dev/null; partask run --shell 'echo err {} >&2' ::: 1 >/dev/null 2>&1
| out 1
| out 2

# a task that reads standard input is at its end at once
$ echo text | partask run -j1 --shell 'cat; read line || echo {} end' ::: a b
| a end
| b end

# inputs on standard input are not the tasks' to read
$ printf 'a\nb\nc\n' | partask run -j1 --shell 'cat; echo {}'
| a
| b
| c

# with standard input closed tasks still have one that is empty
$ partask run cat - ::: /dev/null <&-

# a task may close its streams
$ partask run -j1 --shell 'echo {}; exec <&- >&- 2>&-; true' ::: a b
| a
| b

# nothing is lost in silence for a stream that the caller has closed
$ partask run --shell 'echo {}; echo err >&2' ::: a 2>&-
| a
= 1

# what a task leaves in the background does not hold it up
$ partask run -j1 --shell 'sleep 300 & echo {}' ::: a b 2>err; grep -o '2 background processes .*' err
| a
| b
| 2 background processes that tasks had started were ended

# PARTASK_WORKERS is the default of --workers
$ PARTASK_WORKERS=1 partask run echo {%} ::: a b c
| 1
| 1
| 1

# --timeline draws a row for each slot, and says when each task ran
$ partask run -j1 --timeline echo ::: a b 2>err; sed -n 's/^slot 1 .*/one slot/p; s/^\([12]: [ab]\) .* \(exit code 0\)$/\1 \2/p' err
| a
| b
| one slot
| 1: a exit code 0
| 2: b exit code 0

# [GNU] --joblog has the columns of GNU parallel
$ partask run -j1 --joblog jobs echo ::: a 'b c' >/dev/null; cut -f 1,2,5- jobs
| Seq	Host	Send	Receive	Exitval	Signal	Command
| 1	:	0	2	0	0	echo a
| 2	:	0	4	0	0	echo 'b c'

# exit codes and signals in the job log
$ partask run -q -j1 --joblog jobs --shell 'kill -{} $$; exit {}' ::: 0 9; partask run -q --joblog more false ::: a; tail -qn +2 jobs more | cut -f 7,8
| 0	0
| 0	9
| 1	0

# a command stands on one line of the job log, and can be pasted
$ printf 'a\nb\tc\0' | partask run -0 --joblog jobs echo >/dev/null; tail -n +2 jobs | cut -f 9
| echo 'a'$'\n''b'$'\t''c'

# --log has an event a line
$ partask run -j1 --log log echo ::: a b; sed 's/.*"event":"\([a-z]*\)".*/\1/' log
| a
| b
| run
| start
| exit
| start
| exit
| summary

# --log has the process, the times and the exit code of each task
$ partask run -q -j1 --log log --shell 'exit {}' ::: 0 3; sed -n 's/.*"event":"exit".*"inputs":\(.*\),"slot":1,"attempt":1,"pid":[1-9][0-9]*,"start_s":[0-9.]*,"end_s":[0-9.]*,.*"exit_code":\([0-9]*\),.*"user_cpu_s":[0-9.]*,.*"peak_memory_bytes":[1-9].*/\1 \2/p' log
| ["0"] 0
| ["3"] 3

# --results has a folder for each task, with what it wrote
$ partask run -j1 --results r --shell 'echo out {}; echo err {} >&2' ::: a b >/dev/null 2>&1; ls r | cut -d - -f 1; ls r/1-*; cat r/1-*/stdout r/2-*/stderr
| 1
| 2
| stderr
| stdout
| task.json
| out a
| err b

# results are shown all the same, and those of a second run replace the first
$ for i in 1 2; do partask run --results r --shell 'echo {} $X' ::: a; X=more; export X; done; cat r/*/stdout
| a
| a more
| a more

# --junit is a report of all tasks
$ partask run -q -j1 --junit j --shell 'echo {}; exit {}' ::: 0 1 >/dev/null; grep -o '<testsuite .* skipped="0"' j; grep -c '<testcase ' j; grep -o '<failure message="[^"]*"' j
| <testsuite name="partask run" tests="2" failures="1" errors="0" skipped="0"
| 2
| <failure message="exit code 1"

# --trace is a trace of all attempts
$ partask run -q -j1 --retries 1 --trace t --shell 'exit {}' ::: 0 1; grep -o '"name":"[^"]*","cat":"task"' t
| "name":"0","cat":"task"
| "name":"1","cat":"task"
| "name":"1 (attempt 2)","cat":"task"

# a record that cannot be written is said before anything is run
$ partask run --log no/log touch ::: a; code=$?; ls; exit $code
! error: cannot write 'no/log': No such file or directory (os error 2)
= 1
"#####;
