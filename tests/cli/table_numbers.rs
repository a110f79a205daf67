//! What users of the numeric jobs type from habit, and streams that are closed. See
//! [`run_table`](crate::run_table).

pub const TABLE: &str = r##"
# several words are one input
$ partask squares 1 2 3 -q; partask squares 1..5 6..8 -q; partask cubes 3 -5 7 --values -q 2>/dev/null
| 14
| 115
| 27
| -125
| 343

# the report echoes them as one
$ partask squares 1..3 5 2>&1 | head -n 1 | tr -s ' '
| squares of 1..3,5 3 numbers, first 1, last 5

# a wrong one among them is quoted
$ partask squares 1 x 3 -q 2>&1 | grep -o "'x'"
| 'x'

# options may stand between them, and a leading minus is none
$ partask squares -5 -w 2 3 -q -1
| 35

# what is piped in needs no name
$ seq 5 | partask squares -q; printf '1,2' >n; partask cubes -q <n; seq 3 | partask squares --values -q 2>/dev/null
| 55
| 9
| 1
| 4
| 9

# other names of the jobs
$ partask square 3 -q; partask cube 3 -q; partask sum-squares 1..4 -q
| 9
| 27
| 14

# --json is a form of the report
$ partask squares 1..4 --json | grep -o '"total": *"14"' | tr -d ' '
| "total":"14"

# workers by other names and in other notations
$ for w in '-j 2' '-j2' '--jobs 2' '--threads 2' '-w 50%' '-j +1' '-j -1' '--workers=200%'; do partask squares 1..4 -q $w; done | sort | uniq -c | tr -s ' '
|  8 14

# no workers at all are told why not
$ partask squares 1..4 -j 0 2>&1 | sed 's/; leave.*//'; PARTASK_WORKERS=25% partask squares 1..4 -q
| error: --workers '0': more workers than CPUs bring nothing here
| 14

# words and lists may be mixed
$ partask squares 1,2 3..5 -q; partask sum-of-squares 10..0 5 --step -1 -q
| 30
| 410

# a comma behind a word is as good as a space
$ partask squares 1, 2 , 3 -q
| 14

# a file may be among them
$ echo 7 >n; partask squares 1 @n -q
| 50

# also in a comparison
$ partask compare squares 1..1000 2000 --runs 2 -j 1 --format json | grep -c '"input": "1..1000,2000"'
| 1

# a closed standard output loses nothing in silence
$ partask squares 1..4 >&-
! error: cannot write to standard output: it is closed; redirect it to a file, or to /dev/null to have nothing kept
= 1

# for values too
$ partask squares 1..4 --values >&- 2>err; code=$?; grep -c 'standard output: it is closed' err; exit $code
| 1
= 1

# for tasks
$ partask run echo ::: a >&-
! error: cannot write to standard output: it is closed; redirect it to a file, or to /dev/null to have nothing kept
= 1

# nothing to write is nothing lost
$ partask run true ::: a >&-; echo $?; partask run true ::: a 2>&-
| 0

# what a task writes to a closed standard error is
$ partask run --shell 'echo {} >&2' ::: a 2>&-
= 1

# a help text is something to write
$ partask --help >&-; echo $?; partask completions bash >&- 2>/dev/null; echo $?
| 1
| 1

# a closed standard input is no empty one
$ partask squares - -q <&-; echo $?; partask run echo <&-
! error: cannot read standard input: it is closed; give <FILE, or </dev/null for nothing
! error: cannot read standard input: it is closed; give <FILE, or </dev/null for nothing
| 1
= 1

# /dev/null is open, however it was opened
$ partask squares 1..4 -q >/dev/null; echo $?; partask squares 1..4 -q 1<>/dev/null; echo $?; partask squares - -q </dev/null
| 0
| 0
| 0
"##;
