//! The table of inputs: from which sources they come, how these combine, how they are cut, and what
//! is refused. Its form stands in `run_table.rs`.

/// Sources, lines, columns and ranges.
pub const TABLE: &str = r#####"
# [GNU] each item is an input, added at the end of the command
$ partask run -j1 echo Hello ::: World 'big blue' Moon
| Hello World
| Hello big blue
| Hello Moon

# [GNU] two sources: every pair, and the last varies fastest
$ partask run echo {1}-{2} ::: a b ::: 1 2 3
| a-1
| a-2
| a-3
| b-1
| b-2
| b-3

# [GNU] three sources, and no placeholder: one argument of each
$ partask run printf '<%s>' ::: 'a b' ::: 1 2 ::: x
| <a b><1><x><a b><2><x>\c

# [GNU] a linked source goes along with the one before
$ partask run echo ::: Seven Two Six :::+ 7 2 6
| Seven 7
| Two 2
| Six 6

# [GNU] linked sources end with the shortest
$ partask run echo ::: a b c :::+ 1 2
| a 1
| b 2

# [GNU] three sources linked
$ partask run echo {3}{2}{1} ::: a b :::+ c d :::+ e f
| eca
| fdb

# [GNU] a link binds to the source before it alone
$ partask run echo ::: a b ::: X Y :::+ 1 2
| a X 1
| a Y 2
| b X 1
| b Y 2

# [GNU] linked pairs times linked pairs
$ partask run echo ::: a b :::+ 1 2 ::: X Y :::+ 11 12
| a 1 X 11
| a 1 Y 12
| b 2 X 11
| b 2 Y 12

# [GNU] no items, no tasks
$ partask run echo :::

# a source without items leaves no combination
$ partask run echo ::: a b ::: ::: c

# [GNU] without a source, each line of standard input is an input
$ printf 'one\ntwo words\n' | partask run echo got
| got one
| got two words

# [GNU] the last line needs no newline
$ printf 'a\nb' | partask run echo
| a
| b

# [GNU] an empty line is an input too
$ printf 'a\n\nb\n\n' | partask run printf '[%s]'
| [a][][b][]\c

# [GNU] blanks round a line stay, and quotes and backslashes in it mean nothing
$ printf '  a "b  \n\tit'\''s \\n\n' | partask run printf '[%s]'
| [  a "b  ][	it's \n]\c

# [GNU] a carriage return before the newline stays
$ printf 'a\r\nb\r\n' | partask run printf '%s.' | od -An -tx1
|  61 0d 2e 62 0d 2e

# [GNU] no lines, no tasks
$ partask run echo </dev/null

# inputs from a closed standard input are no inputs that end
$ partask run echo <&-
! error: cannot read standard input: it is closed; give <FILE, or </dev/null for nothing
= 1

# [GNU] -a reads the lines of a file
$ printf 'a\nb\n' >list; partask run -a list echo
| a
| b

# [GNU] files of -a are a product, in their order, and come before all other sources
$ echo f >f; printf 'g\nh\n' >g; partask run -a f -a g echo ::: 1 2
| f g 1
| f g 2
| f h 1
| f h 2

# [GNU] -a - is standard input
$ printf 'a\nb\n' | partask run -a - echo
| a
| b

# [GNU] files after :::: are a product
$ printf 'a\nb\n' >f; printf '1\n2' >g; partask run echo :::: f g
| a 1
| a 2
| b 1
| b 2

# [GNU] files after ::::+ are linked, whatever the source before is
$ printf '1\n2\n' >f; partask run echo ::: a b ::::+ f; partask run echo :::: f ::::+ f
| a 1
| b 2
| 1 1
| 2 2

# [GNU] items and a file make a product
$ printf 'a\nb\n' >f; partask run echo :::: f ::: 1 2; partask run echo ::: 1 2 :::: f
| a 1
| a 2
| b 1
| b 2
| 1 a
| 1 b
| 2 a
| 2 b

# [GNU] :::: - is standard input, again and again when another source is slower
$ printf '1\n2\n' | partask run echo ::: a b :::: -
| a 1
| a 2
| b 1
| b 2

# [GNU] an empty file leaves nothing to do
$ partask run echo :::: /dev/null

# a pipe is a file
$ mkfifo p; printf 'a\nb\n' >p & partask run echo :::: p ::: 1 2
| a 1
| a 2
| b 1
| b 2

# with --null inputs end with a NUL byte and may hold newlines
$ printf 'a\nb\0c d\0' | partask run --null printf '[%s]'
| [a
| b][c d]\c

# [GNU] -0 holds for files too; what stands between two NULs is an empty input
$ printf 'a\0\0b' >f; partask run -0 printf '[%s]' :::: f
| [a][][b]\c

# names of files as find prints them
$ mkdir d; touch 'd/a b' "d/c'd"; find d -type f -print0 | sort -z | partask run -0 mv {} {}.old; ls d
| a b.old
| c'd.old

# [GNU] columns of a line are {1}, {2}…
$ printf 'a,b c\nd,e\n' | partask run --colsep , echo {2} {1}
| b c a
| e d

# [GNU] without a placeholder every column is an argument
$ printf 'a b,c\nd\n' | partask run --colsep , printf '[%s]'
| [a b][c][d]\c

# [GNU] a column that a line has not is empty
$ printf 'a,b\nc\n' | partask run --colsep , echo '<{1}{2}>'
| <ab>
| <c>

# [GNU] a tab is written \t
$ printf 'a b\tc\n' | partask run --colsep '\t' echo {2} {1}
| c a b

# [GNU] columns have parts as all inputs do
$ echo a/b.c,d/e.f | partask run --colsep , echo {1/} {2/.} {1//} {2.}
| b.c e a d/e

# [GNU] columns of a product count on from those of the source before
$ printf 'a,b\nc,d\n' | partask run --colsep , echo {3}{2}{1} :::: - ::: X Y
| Xba
| Yba
| Xdc
| Ydc

# [GNU] items of ::: are split too
$ partask run --colsep - echo {2} {1} ::: a-b c-d
| b a
| d c

# [GNU] a separator may be long
$ echo 'a::b::c' | partask run --colsep :: echo {3} {2} {1}
| c b a

# a separator is a text: no regular expression
$ partask run --colsep . echo {2} {1} ::: a.b; partask run --colsep '|' echo {2} {1} ::: 'a|b'
| b a
| b a

# columns are not trimmed
$ echo 'a, b ,c' | partask run --colsep , echo '[{1}][{2}][{3}]'
| [a][ b ][c]

# a separator that looks like a regular expression is refused, with what is meant
$ partask run --colsep '\s+' echo ::: a
! error: --colsep: '\\s+' can't separate columns: it is a literal text, not a regular expression: write \t for a tab and \\ for a backslash
= 2

# a range is written as in Rust: without its end, or with it
$ partask run echo ::: 1..4 7..=8
| 1
| 2
| 3
| 7
| 8

# a range times a range
$ partask run echo {1}{2} ::: 1..3 ::: -1..=1
| 1-1
| 10
| 11
| 2-1
| 20
| 21

# numbers of a range may be written in many ways, and come in plain decimal
$ partask run echo ::: 01..03 1e3..=1e3 1_0..1_1 2^4..=16
| 1
| 2
| 1000
| 10
| 16

# a range may be empty
$ partask run echo ::: 5..5

# a range costs nothing until its numbers are wanted
$ partask run echo ::: 1..1000000000000 | head -n 3
| 1
| 2
| 3

# [GNU] what merely looks like a range is text
$ partask run echo ::: ../x a..b 1.2..1.3 v1..v2 1.. ..2 '1 .. 2'
| ../x
| a..b
| 1.2..1.3
| v1..v2
| 1..
| ..2
| 1 .. 2

# with --no-ranges every item is text
$ partask run --no-ranges echo ::: 1..3 5..1
| 1..3
| 5..1

# [GNU] lines are never ranges
$ printf '1..3\n' >f; partask run echo :::: f; echo 1..3 | partask run echo
| 1..3
| 1..3

# a range that runs backwards is refused, with what was meant
$ partask run echo ::: 5..3
! error: '5..3' is a range that runs backwards: did you mean 3..5? --no-ranges takes it as text
= 2

# values of another run are inputs
$ partask squares 1..4 --values 2>/dev/null | partask run echo square
| square 1
| square 4
| square 9

# standard input can be read only once
$ partask run -a - echo :::: - </dev/null
! error: '-' is named as an input source twice, but standard input can be read only once
= 2

# a link needs a source before it
$ partask run echo :::+ a
! error: ':::+' links with the input source before it, and there is none: write ::: for the first one
= 2

# :::: needs a file
$ partask run echo ::::
! error: '::::' names no file: write :::: FILE, or :::: - for standard input
= 2

# a file that is not there
$ partask run echo :::: nowhere
! error: cannot read nowhere: No such file or directory (os error 2)
= 1

# no argument can hold a NUL byte; the inputs before it are run
$ printf 'a\nb\0c\nd\n' | partask run -j1 echo 2>err; code=$?; grep -o 'line 2 of standard input holds a NUL byte' err; exit $code
| a
| line 2 of standard input holds a NUL byte
= 2
"#####;
