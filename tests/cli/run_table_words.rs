//! The table of words: placeholders, odd characters, the shell, dry runs, and which words are
//! partask's own. Its form stands in `run_table.rs`.

/// From the words of a command line to the arguments of a program.
pub const TABLE: &str = r#####"
# [GNU] a placeholder stands for the input wherever it is, as often as it is
$ partask run echo {} before{}after {}{} ::: x
| x beforexafter xx

# [GNU] the parts of a path
$ partask run echo '{} | {.} | {/} | {//} | {/.}' ::: dir/sub.d/foo.tar.gz
| dir/sub.d/foo.tar.gz | dir/sub.d/foo.tar | foo.tar.gz | dir/sub.d | foo.tar

# [GNU] {.} removes an extension after the last slash only
$ partask run echo {.} ::: foo.jpg sub.dir/foo.jpg sub.dir/bar .bashrc a/.x y.
| foo
| sub.dir/foo
| sub.dir/bar
|
| a/
| y

# [GNU] {//} is as dirname says, {/} what follows the last slash
$ partask run echo '{//}[{/}]' ::: a /a a/ a/b /a/b/ // ../x
| .[a]
| /[a]
| .[]
| a[b]
| /a[]
| /[]
| ..[x]

# [GNU] parts of one source among several
$ partask run echo {1/.}{2.}{2//}{1/}{1.} ::: p/q.r ::: s/t.u
| qs/tsq.rp/q

# [GNU] positions may be swapped, left out and given twice
$ partask run echo {3}{1}{3} ::: a b ::: x ::: 1 2
| 1a1
| 2a2
| 1b1
| 2b2

# [GNU] negative positions count from the last source
$ partask run echo {-1}{-2}{-3} ::: a ::: b ::: c
| cba

# [GNU] {#} is the number of the task
$ partask run echo {#}:{} ::: a b c
| 1:a
| 2:b
| 3:c

# [GNU] {#} alone is a placeholder: the input is not added
$ partask run echo {#} ::: a b
| 1
| 2

# [GNU] {%} is the slot, and one worker has one slot
$ partask run -j1 echo slot {%} {} ::: a b
| slot 1 a
| slot 1 b

# slots are numbered from 1 up to how many tasks run at a time
$ partask run -j2 --shell 'touch {%}; until [ -e 1 ] && [ -e 2 ]; do sleep 0.01; done; : {}' ::: a b; ls
| 1
| 2

# [GNU] a word that is only {} becomes as many arguments as there are sources
$ partask run printf '[%s]' {} ::: a ::: 'b c'
| [a][b c]\c

# within a word they are joined by spaces
$ partask run printf '[%s]' '<{}>' {/} ::: a/b ::: 'c d'
| [<a/b c d>][b][c d]\c

# [GNU] braces that hold no placeholder stay as they are
$ partask run echo '{x}' '{ }' '{{}}' '{}}' '{,}' '{1,2}' ::: a
| {x} { } {a} a} {,} {1,2}

# [GNU] an input that looks like a placeholder is not one
$ partask run echo {} ::: {} {#} {1} {.}x
| {}
| {#}
| {1}
| {.}x

# [GNU] the program may be an input, or be made of one
$ partask run -j1 {} x ::: echo printf; partask run ec{} y ::: ho
| x
| xy

# a position without a source is refused
$ partask run echo {3} ::: a ::: b
! error: '{3}' names no input: there are 2 input sources, {1} to {2}; to have the text itself, give it as an input
= 2

# positions count from 1
$ partask run echo {0} ::: a
! error: '{0}' names no input: there is one input source, {1}; to have the text itself, give it as an input
= 2

# [GNU] what a shell would read otherwise reaches the program as it is
$ partask run printf '[%s]\n' ::: 'a  b' "it's" '"' '$(echo x)' '`x`' '$HOME' '\n' '*' '~' '#' '!!' '&' ';' '|' '>f' '(' '=x'; ls
| [a  b]
| [it's]
| ["]
| [$(echo x)]
| [`x`]
| [$HOME]
| [\n]
| [*]
| [~]
| [#]
| [!!]
| [&]
| [;]
| [|]
| [>f]
| [(]
| [=x]

# the same characters in the command itself, where no shell reads them either
$ partask run printf '[%s]' '$HOME' '`x`' ';' '|' '>f' "'" '\t' ::: '*'; ls
| [$HOME][`x`][;][|][>f]['][\t][*]\c

# [GNU] an empty input is an empty argument
$ partask run printf '[%s]' ::: '' a ''
| [][a][]\c

# [GNU] UTF-8 is kept
$ partask run --tag echo {.} ::: Grüße.txt 日本.語
| Grüße.txt	Grüße
| 日本.語	日本

# bytes that are no UTF-8 are kept, in the command, in items and in lines
$ x=$(printf '\377'); partask run printf "%s$x" ::: "$x" | od -An -tx1; printf '\376\n' | partask run printf %s | od -An -tx1
|  ff ff
|  fe

# [GNU] inputs may start with a dash
$ partask run printf '[%s]' ::: -n --help - --
| [-n][--help][-][--]\c

# [GNU] options after the command are the command's
$ partask run echo -j9 --tag {} --no-such-option -k ::: a
| -j9 --tag a --no-such-option -k

# items are never options either
$ partask run echo ::: --quiet -- -j9
| --quiet
| --
| -j9

# [GNU] -- ends partask's options and goes no further
$ partask run -- echo a -- ::: b
| a -- b

# --timeline is taken off the end of the items
$ partask run echo ::: a --timeline 2>err; grep -c '^slot 1' err
| a
| 1

# [GNU] --shell runs one text through the shell
$ partask run --shell 'x={}; echo "$x" | tr a-z A-Z; test $x = b || echo no' ::: a b
| A
| no
| B

# [GNU] inputs are quoted for the shell
$ partask run --shell 'printf "[%s]\n" {}' ::: 'a  b' "it's" '$(echo x)' '`x`' '"' '\' '*' ';' '' '!' '=x'
| [a  b]
| [it's]
| [$(echo x)]
| [`x`]
| ["]
| [\]
| [*]
| [;]
| []
| [!]
| [=x]

# newlines are quoted for the shell too
$ printf 'a\n\nb\0' | partask run -0 --shell 'printf "[%s]" {}'
| [a
|
| b]\c

# [GNU] --shell without a placeholder has the input added
$ partask run --shell 'echo got' ::: 'a  b'
| got a  b

# [GNU] the words of a --shell command are joined by spaces
$ partask run --shell echo 'a | tr a {}' ::: x
| x

# [GNU] within quotes of the command an input is quoted twice
$ partask run --shell 'echo "{}"' ::: a 'b c'
| a
| 'b c'

# [GNU] the parts of an input are quoted too
$ partask run --shell 'printf "[%s]" {/.} {//}' ::: 'a b/c d.e'
| [c d][a b]\c

# with --shell a task can change nothing but itself
$ partask run -j1 --shell 'cd / && x={} && echo $x' ::: a; echo "${x-unset}"; ls
| a
| unset

# each task is told its number, slot and attempt
$ partask run -j1 --shell 'echo {} $PARTASK_SEQ $PARTASK_SLOT $PARTASK_ATTEMPT' ::: a b
| a 1 1 1
| b 2 1 1

# whatever these were before
$ PARTASK_SEQ=7 partask run -j1 printenv PARTASK_SEQ PARTASK_SLOT ::: PARTASK_ATTEMPT
| 1
| 1
| 1

# the environment and the folder are the caller's
$ mkdir d; cd d; X=y partask run --shell 'echo $X {} $(basename "$PWD")' ::: a
| y a d

# [GNU] a dry run executes nothing and prints what would be
$ partask run --dry-run touch {.} ::: a.x 'b c.y'; ls
| touch a
| touch 'b c'

# [GNU] a dry run has a line for each combination
$ printf '1\n2\n' | partask run --dry-run echo {#} {1} {2} ::: a b :::: -
| echo 1 a 1
| echo 2 a 2
| echo 3 b 1
| echo 4 b 2

# what a dry run prints can be pasted into a shell, however odd
$ printf '%s\0' "it's" '"' '$(x)' '`x`' '\' '' '*' '~' '!' '#' '=a' 'a
> b' 'a	b' Grüße >f; partask run -0 --dry-run printf '[%s]\n' :::: f >script; partask run -0 -j1 printf '[%s]\n' :::: f >a; sh script >b; cmp a b && cat b
| [it's]
| ["]
| [$(x)]
| [`x`]
| [\]
| []
| [*]
| [~]
| [!]
| [#]
| [=a]
| [a
| b]
| [a	b]
| [Grüße]

# a dry run of --shell prints the shell too
$ partask run --shell --dry-run 'echo {} | wc -l' ::: "a'b" >script; cat script; sh script
| sh -c 'echo '\''a'\''\'\'''\''b'\'' | wc -l'
| 1

# a program is quoted that a shell would take for its own
$ partask run --dry-run {} x ::: time if A=1 echo
| 'time' x
| 'if' x
| 'A=1' x
| echo x

# a dry run writes no records
$ partask run --dry-run --log log --joblog jobs --results r --junit j --trace t echo ::: a; ls
| echo a

# a command is needed
$ partask run ::: a
! error: there is no command: write it before the inputs, as in `gzip ::: a b`; to run each input as a command of its own, write `sh -c {}`
= 2

# lines that are commands of their own are run by sh -c
$ printf 'echo a | tr a b\necho c\n' | partask run sh -c
| b
| c

# a run within a run
$ partask run -j1 --shell 'partask run echo {}-{1} ::: x y' ::: a
| a-a x
| a-a y
"#####;
