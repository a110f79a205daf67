//! partask
pub mod aggregate;
pub mod cli;
pub mod closed_form;
pub mod cmd;
pub mod engine;
pub mod event;
pub mod exact;
pub mod input;
pub mod job;
pub mod kernel;
pub mod machine;
pub mod plan;
pub mod report;
pub mod stop;
pub mod units;
