//! partask
#![warn(missing_docs)]
pub mod closed_form;
pub mod exact;
pub mod input;
pub mod job;
pub mod kernel;
pub mod machine;
pub mod plan;
pub mod stop;
pub mod units;
