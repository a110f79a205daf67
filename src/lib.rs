//! Run a numeric job over a range on every core: exact totals, real work, every answer checked.
//!
//! ```
//! use partask::cmd::compute::{self, Spec};
//! use partask::job::Job;
//! use partask::report::Outcome;
//! use partask::stop::Stop;
//!
//! let spec = Spec::new(Job::sum_of_squares(), "1..100000000".parse()?);
//! let report = compute::run(&spec, &Stop::new(), |_numbers_done| ())?;
//! let Outcome::Complete(total) = &report.outcome else { unreachable!("no time limit") };
//! assert_eq!(total.to_string(), "333333328333333350000000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This is the library behind the command `partask`; whatever the command does can be done from
//! here.
//!
//! # Three promises
//! - **Exact.** Every total is exact for every input that is accepted. Nothing wraps or rounds:
//!   chunks are summed in 256 bits, totals are kept in integers without a bound.
//! - **Real work.** Every number is read, its result computed and added, and the optimiser can't
//!   know that the numbers form a series (see [`kernel`]).
//! - **Checked.** A total over ranges and numbers is compared with an independent closed form
//!   ([`closed_form`]) before anything is reported; a timing of a wrong answer is never shown. What
//!   is read from files and pipes has no closed form: it is computed twice when that is asked for,
//!   and the report says whether it was.
//!
//! # The way a job flows
//! ```text
//! cli → cmd → plan (chunks) → engine (rayon pool, kernel per chunk) ⇒ channel ⇒ aggregate → report
//!              ↘ shard K of N → part files → merge ↗
//! ```
//!
//! # The house, from the ground up
//! [`cmd::compare`] runs a job in several ways, as [`cmd::compute`] does each, and makes figures and
//! pictures of the times.
//!
//! A shard of a job leaves a [`part`], which [`cmd::merge`] joins with the others; [`cluster`] tells which
//! shard this process is.
//!
//! [`cmd::run`] computes nothing: it runs the tasks of [`task`], each as a [`process`], and
//! [`report::run`] writes down what happens to them.
//!
//! [`cmd::map`] feeds the items of [`task`] to long-lived processes, with which [`process::conversation`]
//! speaks, and puts their answers into order.
//!
//! A file imports only from layers below its own, and from its own folder; a test holds that.
//!
//! | layer | module | what lives there |
//! | --- | --- | --- |
//! | 0 | [`clock`] | the time that runs of tasks count, which stands still while the process is stopped |
//! | | [`digest`] | what tells long texts apart
//! | | [`exact`] | exact sums: a chunk's in 256 bits, totals without a bound |
//! | | [`machine`] | what differs between systems: CPUs, CPU time, child processes and what they start, limits on them, terminals, what else the machine does |
//! | | [`stop`] | why a run ends early: a signal, a deadline (on `clock`) |
//! | | [`units`] | durations, counts, rates: read and print |
//! | 1 | [`expression`] | a function of n as a text: read, checked, evaluated in big integers, its bounds |
//! | | [`input`] | ranges, lists, files and streams of numbers, and their notation |
//! | | [`reduction`] | what the results of many numbers come to, merged in any order |
//! | | [`job`] | the kinds of numeric job: a function and a reduction |
//! | | [`plan`] | how an input is cut into chunks |
//! | | [`lines`] | standard output that is never torn |
//! | | [`stats`] | medians, their confidence intervals, tests and outliers, as pure functions |
//! | | [`scaling`] | speedup, efficiency and the laws they follow, as pure functions |
//! | | [`output`] | files of results, put in place when they are whole |
//! | | [`closed_form`] | what a total must be, by formula (on `input` and `job`) |
//! | | [`task`] | the tasks of external commands: input sources, placeholders, quoting (on `input`) |
//! | 2 | [`event`] | what crosses the channel |
//! | | [`part`] | a part of a result: its file, and how parts make a whole
//! | | [`kernel`] | a job over a piece of input: the only hot code |
//! | 3 | [`cluster`] | who started this process, as one of how many
//! | | [`engine`] | workers that run a function on chunks; the home of rayon |
//! | | [`aggregate`] | events to totals, outputs in order |
//! | | [`process`] | one external command: started, watched to its end, its output kept; conversations with long-lived ones |
//! | 4 | [`report`] | what a run came to, in four forms; records of tasks; progress bars |
//! | 5 | [`cmd`] | the subcommands |
//! | 6 | [`cli`] | arguments to validated commands; the home of clap |
//!
//! # How to add
//! | what | where |
//! | --- | --- |
//! | a job kind | its name, function and reduction in [`job`]; its subcommand in `cli/definition.rs` and `cli/mod.rs` |
//! | a reduction | a variant in [`reduction`] and what merges it; its name in `cli/eval.rs` |
//! | an operation of expressions in lanes | its loop in `kernel/program/run.rs`, and whether it must fit in `compile.rs` |
//! | a job of your own, outside the crate | a chunk function for [`engine::Engine::run`], as in `examples/custom_job.rs` |
//! | an instruction set | a `Set` in `kernel/instruction_set.rs` and its line in `kernel/dispatch.rs` |
//! | a function of expressions | an operation in `expression/ast.rs`; its row in `expression/functions/table.rs`; its value in `expression/functions/`; its interval in `expression/bounds/` |
//! | a form of report | a writer in [`report`] |
//! | a record of tasks | a [`report::run::Recorder`], its line in `cmd/run/recorders.rs`, an option in `cli/run/` |
//! | a file format of a comparison | a variant of [`report::compare::Export`], an option in `cli/compare/arguments.rs` |
//! | a launcher that starts shards | a variant in `cluster/launcher.rs` |
//! | a subcommand | a file in [`cmd`], a variant in [`cli`] |
//!
//! # The JSON report
//! `--format json` writes one object, whose `schema` changes when a field changes its meaning or
//! goes away. Totals, results and numbers of the input are strings, as they exceed 2^53; durations
//! are seconds. An absent value is `null` unless the table says that the field is left out.
//!
//! | field | type | meaning |
//! | --- | --- | --- |
//! | `schema` | string | `partask.report/1` |
//! | `partask_version` | string | the version that wrote it |
//! | `status` | string | `complete`, `time-limit` when the run was cut short, or `shard` when one shard of the input was computed |
//! | `job` | string | `squares`, `cubes`, `sum-of-squares` or `eval` |
//! | `expression` | string | what `eval` computes |
//! | `reduction` | string | what is made of the results: `sum`, or another of `eval` |
//! | `input` | string | the input as it was written |
//! | `step` | string | the step given for its ranges |
//! | `input_read_as` | string | how the input was read, in words |
//! | `numbers` | integer | how many numbers the input has; `null` when it was not read to its end |
//! | `numbers_done` | integer | how many were computed |
//! | `resumed_from` | integer | how many of those earlier runs had computed, from whose checkpoint this one went on |
//! | `first`, `last` | string | the first and the last number |
//! | `total` | string | what the results of a complete run come to: the sum, or another reduction; a mean as a fraction; `null` of a histogram |
//! | `total_so_far` | string | the total of the first `numbers_done` numbers of one cut short |
//! | `total_of_shard` | string | what the results of one shard come to |
//! | `shard`, `shards` | integer | which shard of how many was computed; `null` when it was the whole |
//! | `at` | string | the number at which a minimum, a maximum, the first or the last result stands |
//! | `decimal` | string | a mean in decimal, rounded to 12 digits behind the point |
//! | `verified` | boolean | whether all that the total is made of was checked |
//! | `verified_by` | array of strings | `closed form`, `reference path`, `sample`: of an expression, results of some of the numbers |
//! | `checked_numbers` | integer | how many numbers that covers |
//! | `elapsed_s` | number | from before the workers were started until the total was there |
//! | `numbers_per_s` | number | `numbers_done` less `resumed_from`, over `elapsed_s` |
//! | `cpu_s` | number | user and system CPU time in that span |
//! | `cpus_busy` | number | `cpu_s` over `elapsed_s` |
//! | `cpus` | integer | the CPUs this process may use |
//! | `verify_s` | number | how long the checks took, after that span |
//! | `time_limit_s` | number | how long the run was allowed to last |
//! | `workers` | integer | worker threads asked for |
//! | `workers_started` | integer | how many of them worked, the main thread as the first of them where only a total counts: no more than there was work for |
//! | `chunks` | integer | chunks computed |
//! | `chunk_size` | integer | numbers in a chunk, the last perhaps fewer; `null` for files and pipes, which are cut as they are read |
//! | `kernel` | string | what was asked for: `auto`, `scalar`, `baseline`, `avx2`, `avx512`, `avx512-ifma`, `neon` |
//! | `instruction_set` | string | the code that did most of the work: an instruction set and, unless it took 64-bit operands, the width, such as `avx2-narrow`, `avx512`, `avx512-ifma`, `avx512-ifma-wide`; `wide` (128 bits in ordinary registers) or `scalar` |
//! | `vector_share` | number | the share of the numbers that was computed in vectors, 0 to 1 |
//! | `warnings` | array of strings | what to know before trusting the timings |
//! | `histogram` | array of objects | `value` and `count` of each distinct result; left out of other reductions |
//! | `values` | object | `head` and `tail`, arrays of strings: the first and last results; `complete`, whether `head` is all; left out for a fold |
//! | `timings` | array of objects | with `--timings`, one a worker: `worker`, `chunks`, `numbers`, `busy_s`, `idle_s`, `share`; left out otherwise |
//!
//! CSV has the fields that are one value each as columns, lists joined by `; `; with `--timings`
//! it has one row a worker, its figures in the columns `worker` to `worker_share`; of a histogram one row a
//! value, in the columns `value` and `count`.
//!
//! # Parts and checkpoints
//! `--partial` and `--checkpoint` write one JSON object a file, whose last field, `digest`, is XXH3 with 128
//! bits of all before it. It is read only as it was written, by the same job over the same numbers.
//!
//! | field | type | meaning |
//! | --- | --- | --- |
//! | `schema` | string | `partask.part/1`, `partask.checkpoint/1` |
//! | `status` | string | of a checkpoint: `running`, or `complete` when all was computed and checked |
//! | `fingerprint` | string | what tells jobs and their numbers apart |
//! | `job`, `expression`, `reduction`, `input`, `step` | | as in the report |
//! | `shard`, `shards` | integer | which shard of how many; 1 and 1 of the whole |
//! | `start`, `end` | integer | the positions in the whole input that a part covers, the end not included |
//! | `numbers` | integer | how many the shard has |
//! | `numbers_done` | integer | of a checkpoint: how many of the first of them were computed |
//! | `result` | object | what those come to, by the name of the reduction, with places and counts as it needs them for merging |
//! | `verified_by`, `checked_numbers` | | of a part: as in the report |
//! | `values` | object | of a part: the `name` of the file of results beside it, and its `digest`; `null` without |
//! | `host`, `started_unix_s`, `workers` | | of a part: where and when it was computed, with how many workers |
//! | `elapsed_s`, `cpu_s` | number | what that took, of a checkpoint in all runs so far |
//!
//! `partask merge --json` writes one object, `partask.merge/1`: `status` (`complete`, `incomplete`), the job
//! and the checked `total` as in the report, `shards`, those `missing` as `K/N`, `elapsed_s` from the first
//! start to the last end, `cpu_s`, `slowest_shard` with its `slowest_host` and `slowest_s`, and `hosts`, each
//! with `host`, `parts`, `numbers`, `busy_s`, `cpu_s`. CSV has one row a host.
//!
//! # The JSON comparison
//! `partask compare --format json`, `--export-json` and `--save-baseline` write one object. Shares and
//! fractions are 0 to 1, intervals have 95% confidence at least (that of a median of few runs has
//! `median_confidence`: with 5 runs 93.8%), and what is not known is `null`.
//!
//! | field | type | meaning |
//! | --- | --- | --- |
//! | `schema` | string | `partask.compare/1` |
//! | `partask_version` | string | the version that wrote it |
//! | `status` | string | `running`, `complete` or `interrupted` |
//! | `taken_unix_s` | integer | when it was begun, in seconds since 1970 |
//! | `title` | string | what is done, in words |
//! | `job` | object | `name`, `input` as it was written, `step`, `values`: whether results are rendered as text |
//! | `input_read_as` | string | how the input was read, in words |
//! | `numbers` | integer | how many numbers the input has |
//! | `total` | string | the total that every run came to |
//! | `shell_start` | object | what is subtracted from the times of programs that a shell runs: `shell`, `elapsed_s`, `cpu_s`, `system_cpu_s`, medians of some starts with nothing to do; left out without |
//! | `verified_by` | array of strings | what it was checked by before anything was timed |
//! | `output` | string | what is known of what programs print, in words: whether it was the same in every run |
//! | `machine` | object | `cpu_model`, `cpus` this process may use, `architecture`, `system`, `memory_bytes`, `instruction_set` |
//! | `settings` | object | `warmup`, `min_runs`, `max_runs`, `runs`, `precision`, `max_time_s`, `seed`, `confidence`, `weak`: whether N workers did N times the input, of which `numbers` is then once and `speedup` the scaled one |
//! | `rounds` | integer | rounds done, each with one run of every case |
//! | `ended_by` | string | `precision`, `runs`, `max-time`, `SIGINT` or `SIGTERM` |
//! | `precision_reached` | boolean | whether every median is known to the precision asked for |
//! | `reference` | string | the name of the case that speedups are over |
//! | `cases` | array of objects | see below |
//! | `scaling` | object | `amdahl_serial_fraction`; `usl_contention`, `usl_coherency`, `usl_best_workers`; `amdahl_refused`, `usl_refused`: why a law was not fitted; of growing work instead `gustafson_serial_fraction`, `gustafson_refused` |
//! | `evidence` | object | of the time of measuring: `elapsed_s`, `others_cpus` kept busy by other programs, `steal_s`, `throttled_periods`, `throttled_s`, `load_before`, `load_after`, `governor`, `own_peak_memory_bytes`: of partask itself; a program that needs less is not seen to |
//! | `counters` | object | `hardware`: whose instructions and cycles are counted, `user-and-system` or `user`, `null` when there are no hardware counters, or `refused` says why not |
//! | `drift` | object | of the second half of the rounds over the first: `ratio` of the times, `p_value` (Mann–Whitney) |
//! | `warnings` | array of strings | what to know before trusting the figures |
//! | `conclusion` | string | the result in one sentence |
//! | `command_line` | string | the command that makes it again, as a shell reads it |
//! | `gates` | array of objects | for every limit and case: `gate`, `limit`, `case`, `measured`, `low`, `high`, `verdict` (`passed`, `failed`, `inconclusive`), `settle`: what would settle one that can't be told |
//! | `baseline` | array of objects | for every case the baseline has, too: `case`, `ratio` of the times, `low`, `high`; how many `sessions` the baseline has and the factor by which they differ, `spread`; the ratio in `each` new session; `others_cpus` kept busy or stolen, when more than in any of the baseline's sessions; `p_value` (Mann–Whitney) of the latest session's samples; `cause` of a change, `program` or `machine`, by the `instructions_ratio`, with `frequency_then_hz` and `frequency_now_hz` |
//! | `confirmation` | array of objects | the cases with their samples in a second session, which was to confirm a regression; left out without |
//! | `sessions` | array of objects | in a baseline of several sessions, the earlier ones, the oldest first: `taken_unix_s`, `others_cpus` kept busy or stolen, `cases` with `subject`, `runs`, `median_s` and, where they were counted, the medians `instructions` and `frequency_hz`; left out otherwise |
//!
//! A case has `name`; `subject` (`workers`, `kernel`, `chunk_size` of a job, `command` of another
//! program, with `workers` where its own speedup is measured, whether its answer was `checked`, and the `parameters` of its lists, each with `name` and `value`); `repeats`, how often a run repeats work too short
//! to time; `runs`; `figures`; `counts`, the means of those of its samples; and its `samples`. Its `figures` are `median_s`, `median_low_s`,
//! `median_high_s`, `median_confidence`, `min_s`, `max_s`, `mean_s`, `stddev_s`, `mad_s` (median
//! absolute deviation), `user_s` and `system_s` (means), `peak_memory_bytes` (of programs, the largest of
//! all runs; of `run`, that of the largest task), `numbers_per_s`, `speedup`, `speedup_low`, `speedup_high`, `efficiency`, `efficiency_low`,
//! `efficiency_high`, `cpus_busy`, `serial_fraction` (Karp–Flatt), `outliers` (indices into the
//! samples), and `worker_time`: shares of the workers times the elapsed time (`computing`, `slower`,
//! `waiting`, `start_up`, `last_chunks`, `wrap_up`, see [`report::compare::Loss`]) and `aggregator_s`;
//! and `per_worker`: the mean `busy_s` and `idle_s` of each.
//! A sample has `round`, `elapsed_s`, `cpu_s`, `system_cpu_s`, `counts`, of a program `peak_memory_bytes` and,
//! where a failure was to be accepted, `exit_code` or `signal`; of a job, `inside`: the seconds that
//! [`report::compare::Inside`] tells apart.
//!
//! `counts` are of a run, from before its start until after its end, and what is not known is left out:
//! of the CPU `instructions`, `cycles`, `instructions_per_cycle`, `frequency_hz` (cycles over time on a
//! CPU), `cache_references`, `cache_misses`, `branch_misses`, and `counted_share` when the CPU had too few
//! counters for all: the least share of the time that one was at work, by which the counts are scaled up;
//! of the system `voluntary_switches`, `involuntary_switches` (the CPU was taken away), `minor_faults` and
//! `major_faults`; and `package_joules`, the energy of all CPU packages of the machine meanwhile. What the
//! CPU counts of work so short that it is repeated is that of one more run, which is not timed.
//!
//! # The log of a run
//! `partask run --log FILE` writes one JSON object a line, each when its event happens; several runs
//! may follow one another in a file. Times are seconds since 1970, text that is not UTF-8 is
//! `{"base64": "…"}`, and what is not known is `null`. The form has the name `partask.run/1`
//! ([`report::run::LOG_SCHEMA`]), which changes as that of the report does.
//!
//! | event | when | fields |
//! | --- | --- | --- |
//! | `run` | first, of each run | `schema`, `partask_version`; `continues`: whether it resumes what stands before it; `command`: the words given; `workers`, `start_s` |
//! | `start` | a process was started | `key`, `seq`, `inputs`, `slot`, `attempt`, `argv`, `pid`, `start_s` |
//! | `attempt` | an attempt is over, another one follows | as `exit`, and `retry_after_s` |
//! | `exit` | a task is over | see below |
//! | `skip` | a task was done by an earlier run | `key`, `seq`, `inputs` |
//! | `not-started` | the run ends before these | `first_seq`, and how many `tasks` |
//! | `summary` | last | `status` (`complete`, `halted`, `interrupted`, `terminated`, `time-limit`), `succeeded`, `failed`, `stopped` (told to end because the run was), `skipped`, `not_started`, `retries`, `leaked`, `background_ended`, `workers`, `elapsed_s`, `cpu_s` |
//!
//! An `exit` has the task's `key` (32 digits that stand for its command and inputs), `seq`, `inputs`;
//! of the last attempt its `slot`, the number `attempt`, `pid`, `start_s`, `end_s`, `elapsed_s`,
//! `exit_code`, or `signal` with `signal_name` and `core_dumped`; `ended_by` (`itself`, `timeout`,
//! `stop`, `terminal`: it wanted one), `killed` (SIGKILL was needed), `leaked` (something held its output
//! open after its end), `background_ended` (how many processes that it had left running were ended),
//! `user_cpu_s`, `system_cpu_s`, `peak_memory_bytes`, `stdout_bytes`, `stderr_bytes`, `error` (why no
//! process could be started); and `success`. A `task.json` of `--results` is the same with `schema`
//! and `argv`, and with `output_lost_bytes` when not all output could be kept.
//!
//! # The log of a map
//! `partask map --log FILE` writes one JSON object a line, each when its event happens, of the form
//! `partask.map/1` ([`report::map::LOG_SCHEMA`]). Times are as in the log of a run, items are text or
//! `{"base64": "…"}`.
//!
//! | event | when | fields |
//! | --- | --- | --- |
//! | `map` | first | `schema`, `partask_version`, `command`: the words given; `workers`, `start_s` |
//! | `start` | a process was started | `worker` (from 1), `pid`, `start_s` |
//! | `exit` | a process has ended | `worker`, `pid`, how many `items` it has answered, `exit_code` or `signal`, `ended_by` (`itself`; `map`: it was replaced; `stop`, `terminal`), `elapsed_s`, `user_cpu_s`, `system_cpu_s`, `peak_memory_bytes` |
//! | `again` | items are given out again | `first_seq`, how many `items`, and `why` |
//! | `failed` | an item has failed | `seq`, `item`, `why`, `attempts` |
//! | `note` | something was noticed | `text`: `buffered`, `silent` (no answer for long), `limited` (fewer workers fit) |
//! | `summary` | last | `status` (`complete`, `failed`, `interrupted`, `terminated`), `read`, `answered`, `failed`, `given_out_again`, `elapsed_s`, `workers`: an array with `items`, `processes`, `busy_s`, `waiting_s`, `cpu_s` of each |

// Only the library: examples, benches and tests have their own standard streams.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod aggregate;
pub mod cli;
pub mod clock;
pub mod closed_form;
pub mod cluster;
pub mod cmd;
pub mod digest;
pub mod engine;
pub mod event;
pub mod exact;
pub mod expression;
pub mod input;
pub mod job;
pub mod kernel;
pub mod lines;
pub mod machine;
pub mod output;
pub mod part;
pub mod plan;
pub mod process;
pub mod reduction;
pub mod report;
pub mod scaling;
pub mod stats;
pub mod stop;
pub mod task;
pub mod units;
