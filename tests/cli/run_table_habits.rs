//! What users of GNU parallel and xargs type from habit. See [`run_table`](crate::run_table).

pub const TABLE: &str = r##"
# [GNU] -n gives each task so many inputs, and the last what is left
$ partask run -n 2 echo ::: a b c d e
| a b
| c d
| e

# [GNU] -N does, with positions
$ partask run -N 3 echo {3}-{1} {} ::: a b c d
| c-a a b c
| -d d

# --max-args is the long name, lines are inputs too
$ seq 5 | partask run --max-args 3 echo
| 1 2 3
| 4 5

# [GNU] within a word several inputs are joined
$ partask run -n 2 echo '<{}>' ::: a 'b c' d
| <a b c>
| <d>

# with --shell each is quoted
$ partask run -n 2 --shell 'printf "%s," {}; echo' ::: a 'b  c' d
| a,b  c,
| d,

# every input once, however long
$ seq 100000 >n; partask run -X -a n echo | tr ' ' '\n' | cmp - n

# -X gives every worker its share
$ seq 10 | partask run -w 4 -X echo
| 1 2
| 3 4 5
| 6 7
| 8 9 10

# -X repeats a word for each input, -m does not
$ partask run -w1 -X echo a{}b ::: 1 2; partask run -w1 -m echo a{}b ::: 1 2
| a1b a2b
| a1 2b

# -s keeps command lines short
$ seq 10 | partask run -w1 -s 14 echo; seq 10 | xargs -s 14 echo
| 1 2 3 4
| 5 6 7 8
| 9 10
| 1 2 3 4
| 5 6 7 8
| 9 10

# an input that is too long for a command line fails its own task and no other
$ { echo a; head -c 200000 /dev/zero | tr '\0' x; printf '\nb\nc\n'; } | partask run -j1 -X echo 2>err; code=$?; grep -o '2 succeeded, 1 failed' err; exit $code
| a
| b c
| 2 succeeded, 1 failed
= 6

# -m fills a word no further than the system takes it
$ seq 100000 | partask run -m -j1 printf 'x%s\n' '<{}>' | tr -d 'x<>' | tr ' ' '\n' | wc -l
| 100000

# -L N takes N lines a task
$ printf '%s\n' 'a b' c d | partask run -L 2 printf '<%s>\n'
| <a b>
| <c>
| <d>

# -d C ends inputs with another character, as in xargs
$ printf 'a b,c' | partask run -d , echo; printf 'x:y' | partask run --delimiter '\x3a' echo
| a b
| c
| x
| y

# -0 still does NUL
$ printf 'a\nb\0c' | partask run -0 -n 2 printf '<%s>'
| <a
| b><c>\c

# -r is the default
$ partask run -r echo </dev/null; partask run --no-run-if-empty echo :::

# -I lets another text stand for the input
$ partask run -I % echo %-% {} ::: a; partask run --replace=@ echo @@ ::: b
| a-a {}
| bb

# -i is {} or what is attached to it
$ partask run -i echo '<{}>' ::: a; partask run -i% echo '<%>' ::: b
| <a>
| <b>

# -P and --max-procs are workers, and so are shares and differences
$ for w in '-P 2' '--max-procs=2' '-P2' '-j 50%' '-j +1' '-j -1' '-j 0' '--threads 2'; do partask run $w echo ::: "$w"; done
| -P 2
| --max-procs=2
| -P2
| -j 50%
| -j +1
| -j -1
| -j 0
| --threads 2

# the workers' notation is told when it is wrong
$ partask run -j 0.5 echo ::: a 2>&1 | grep -c "share such as 50%"
| 1

# -t prints each command when it is started
$ partask run -j1 -t echo ::: 'a b' c
| a b
| c
! echo 'a b'
! echo c

# --verbose is its long name
$ partask run -j1 --verbose true ::: x
! true x

# -k, --keep-order and --group are the default
$ partask run -k -w2 --shell 'sleep 0.{}; echo {}' ::: 2 1; partask run --keep-order echo ::: a; partask run --group echo ::: b
| 2
| 1
| a
| b

# -u, --ungroup, --lb and --line-buffer show lines as they come
$ for o in -u --ungroup --lb --line-buffer; do partask run $o -w2 --shell '[ {} = 2 ] || until grep -q 2 out; do sleep 0.01; done; echo {}' ::: 1 2 >out; cat out; done
| 2
| 1
| 2
| 1
| 2
| 1
| 2
| 1

# --bar, --eta and --progress alone show the progress
$ for o in --bar --eta --progress '--progress always' --progress=always; do partask run $o true ::: a 2>&1 >/dev/null | tr '\r' '\n' | grep -c 'of 1 done' | sed 's/[1-9][0-9]*/shown/'; done
| shown
| shown
| shown
| shown
| shown

# --progress never is still a value
$ partask run --progress never echo ::: a
| a

# --tagstring is a tag with placeholders
$ partask run -k --tagstring '{#}:{/.}' echo ::: a/b.c d
| 1:b	a/b.c
| 2:d	d

# [GNU] --header : names columns
$ printf 'x\ty\n1\t2\n3\t4\n' | partask run --header : --colsep '\t' echo {y}{x}
| 21
| 43

# [GNU] also of items
$ partask run --header : echo {b}-{a} ::: a 1 2 ::: b x
| x-1
| x-2

# a name that is not there is refused with those there are
$ partask run --header : echo {c} ::: a 1 ::: b 2
! error: '{c}' names no column: there are a, b
= 2

# a header of nothing is told
$ partask run --header : echo {a} </dev/null
= 2

# --header knows only :
$ partask run --header 2 echo ::: a
= 2

# --csv reads quoted fields, with commas and newlines
$ printf 'a,"b, c"\n"d\ne",f\n"g ""h""",\n' | partask run --csv printf '<%s>' {2} {1}
| <b, c><a><f><d
| e><><g "h">\c

# --csv with names
$ printf 'name,age\n"Ann, B.",7\n' | partask run --csv --header : echo {age} {name}
| 7 Ann, B.

# --wd and --workdir say where tasks run
$ mkdir sub; partask run --wd sub --shell 'pwd | grep -o "[^/]*$"; touch {}' ::: x; ls sub; partask run --workdir / pwd ::: --
| sub
| x
| /

# --wd may hold placeholders, and one that is not there fails its task
$ mkdir a; partask run --wd {} --shell 'basename "$PWD"; : {}' ::: a b 2>err; code=$?; grep -o "cannot enter the folder 'b'.*" err; exit $code
| a
| cannot enter the folder 'b' to run it in: No such file or directory (os error 2)
= 6

# a fixed --wd that is not there is told before anything runs
$ partask run --wd nowhere touch ::: x
! error: --wd 'nowhere': there is no such folder
= 2

# --halt takes GNU parallel's notation
$ partask run -j1 --halt now,fail=1 false ::: 1 2 2>/dev/null
= 5

# a share of --halt is one of all tasks, once their number is known
$ partask run -j1 --halt soon,done=50% echo ::: a b c d e f 2>/dev/null; seq 4 | partask run -j1 --halt 50% false 2>&1 | grep -o '[12] not started'
| a
| b
| c
| 2 not started

# halted by successes, as --halt -1
$ partask run -j1 --halt -1 echo ::: a b 2>/dev/null
| a

# -k --lb is the default: in order, and the lines of the task whose turn it is as they come
$ partask run -k --lb -j2 --shell '[ {} = 1 ] && until [ -e 2 ]; do sleep 0.01; done; echo {}; touch {}' ::: 1 2
| 1
| 2

# --resume goes by a log, not by a joblog
$ partask run --joblog j --resume true ::: a
! error: --resume goes by the file of --log: give --log FILE, to the first run too (a --joblog does not tell inputs apart)
= 2

# --progress never holds beside --eta
$ partask run --eta --progress never true ::: a 2>&1 | grep -c done
| 0
= 1

# soon,fail=20% of five tasks is one
$ partask run -j1 --halt soon,fail=20% --shell 'exit {}' ::: 1 0 0 0 0 2>err; code=$?; grep -o '[0-9]* not started' err; exit $code
| 4 not started
= 5

# one success may be all that is wanted
$ partask run -j1 --halt now,success=1 --shell 'echo {}; exit {}' ::: 1 0 0 2>err; code=$?; grep -o '1 not started (halted: enough have succeeded)' err; exit $code
| 1
| 0
| 1 not started (halted: enough have succeeded)

# or so many that are over
$ partask run -j1 --halt soon,done=2 echo ::: a b c 2>/dev/null
| a
| b

# 0, 1 and 2 are the old notation
$ partask run -j1 --halt 0 false ::: 1 2 2>/dev/null; echo $?; partask run -j1 --halt 1 false ::: 1 2 2>/dev/null
| 6
= 5

# --halt says what it takes
$ partask run --halt later echo ::: a
! error: --halt 'later': give never, soon or now, or as GNU parallel has it: soon or now, a comma, and fail=, success= or done= with a number or a share such as 20%
= 2

# plain numbers are seconds
$ partask run --timeout 0.2 sleep ::: 1000 2>/dev/null; echo $?; partask run -j1 --delay 0.01 --retry-delay 0 --grace 1 echo ::: a b
| 6
| a
| b

# --timeout 1000% is of the median
$ partask run -j1 --timeout 1000% sleep ::: 1 1 1 1000 2>err; code=$?; grep -o '4: 1000  timed out' err; exit $code
| 4: 1000  timed out
= 6

# throttles have their other names
$ partask run --memfree 1k --load 100000 --nice 1 echo ::: a
| a

# --dryrun, --results and --joblog are the same
$ partask run --dryrun echo ::: a; partask run --results r --joblog j true ::: a; ls r; wc -l <j
| echo a
| 1-480bb836
| 2

# --resume-failed is --resume
$ partask run --log log --shell '[ {} = 1 ]; echo {}' ::: 1 >/dev/null; partask run --log log --resume-failed --shell '[ {} = 1 ]; echo {}' ::: 1 2 -q 2>/dev/null
| 2
| -q

# --retry-failed runs only what failed
$ partask run -q --log log --shell '[ {} = 1 ] || [ -e ok ]' ::: 1 2; touch ok; partask run -q --log log --retry-failed --shell '[ {} = 1 ] || [ -e ok ]' ::: 1 2 3; grep -c '"event":"start"' log
| 3

# these need the log
$ partask run --retry-failed echo ::: a
= 2

# --shell=bash runs functions that bash exports
$ command -v bash >/dev/null || { echo x; exit; }; bash -c 'f() { echo "$1"; }; export -f f; partask run --shell=bash "f {}" ::: x'
| x

# PARTASK_SHELL names the shell that --shell takes
$ printf '#!/bin/sh\necho mine; exec sh "$@"\n' >mine; chmod +x mine; PARTASK_SHELL=./mine partask run --shell 'echo {}' ::: a
| mine
| a

# a shell with other quotes is refused
$ partask run --shell=fish 'echo {}' ::: a
= 2

# one that is not there is told once
$ partask run --shell=no-such-shell 'echo {}' ::: a b
! error: command not found: 'no-such-shell' is in no folder of PATH
= 2

# a line of shell as the program is the same mistake, whatever stands in it
$ partask run -j1 'echo {}' ::: a b; echo $?; partask run 'sleep 1; echo' ::: a
! error: command not found: 'echo a' is in no folder of PATH; the space is taken as part of its name: give --shell to have a line of shell run
! error: command not found: 'sleep 1; echo' is in no folder of PATH; the space is taken as part of its name: give --shell to have a line of shell run
| 2
= 2

# several at once
$ seq 4 | partask run -kn2 -P1 -t echo
| 1 2
| 3 4
! echo 1 2
! echo 3 4
"##;
