//! The integration tests: the real binary, the library's promises, and the rules of the house.
//!
//! Whoever breaks a promise of the command line is told by a test here; what one file of `src/`
//! promises to another is tested beside its code.

mod architecture;
mod bad_streams;
mod compare_commands;
mod compare_errors;
mod compare_exports;
mod compare_figures;
mod compare_gates;
mod compare_hyperfine;
mod compare_interrupts;
mod compare_jobs;
mod compare_page;
mod compare_programs;
mod compare_reports;
mod compare_rivals;
mod compare_sessions;
mod compare_weak;
mod compare_width;
mod documentation;
mod edges;
mod errors;
mod examples;
mod faults;
mod files;
mod flow_memory;
mod harness;
mod interrupts;
mod known_answers;
mod live_streams;
mod options;
mod piped;
mod properties;
mod reports;
mod run_background;
mod run_failures;
mod run_foreign;
mod run_limits;
mod run_order;
mod run_resume;
mod run_signals;
mod run_stops;
mod run_table;
mod run_table_failures;
mod run_table_habits;
mod run_table_inputs;
mod run_table_output;
mod run_table_words;
mod run_terminal;
mod scanner;
mod streams;
mod table_numbers;
mod targets;
mod values;
mod verification;
