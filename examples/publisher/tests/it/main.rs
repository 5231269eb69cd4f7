//! The real server, started as a process, asked and troubled.
//!
//! | module | question |
//! |---|---|
//! | [`cold_start`] | how often is a page loaded that many ask for at once? |
//! | [`edits`] | files that change under load: does a request see one version of each? |
//! | [`broken`], [`settings`] | files that are wrong: what stays, and what is said? |
//! | [`gone`], [`paths`], [`missing`] | what is there, what is not, and what does that leave behind? |
//! | [`plugins`] | is all of a plug-in there, or nothing? |
//! | [`faults`], [`killed`] | panics, errors, threads that end, a process that is killed: what is committed? |
//! | [`stop`] | do requests in flight end, and connections close? |
//! | [`status`] | what people, machines and a browser see of it |
#![cfg(unix)]

mod broken;
mod cold_start;
mod edits;
mod faults;
mod gone;
mod killed;
mod missing;
mod paths;
mod plugins;
mod settings;
mod status;
mod stop;
mod support;
