//! Histories of concurrent operations, recorded and checked against a sequential model.

pub mod catalogue;
pub mod checker;
pub mod cli;
pub mod history;
pub mod pool;
pub mod record;
pub mod run;
pub mod subject;
pub mod subjects;
pub mod timeline;
