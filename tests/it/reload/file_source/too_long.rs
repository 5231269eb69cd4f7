//! A file that is longer than any memory, though there is next to nothing in it.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use super::{Directory, assert_unread, reload, text, write};
use crate::support::{alone, assert_passed};

/// That is an error like any other, and not the end of the process.
#[test]
#[cfg(target_os = "linux")]
fn it_is_an_error() {
    let outcome = alone(module_path!(), "it_is_an_error", || {
        // Most file systems allow for no such length, but the one in memory does.
        let shared_memory = Path::new("/dev/shm");
        let directory = Directory::within(shared_memory);
        let path = directory.at("file");
        write(&path, "one.");
        let reload = reload(&path);
        assert_eq!(text(&reload), "one");
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(1 << 62).unwrap();
        assert_eq!(text(&reload), "one");
        let kind = fs::read(&path).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::OutOfMemory);
        assert_unread(&reload, kind);
    });
    if let Some(output) = outcome {
        assert_passed(&output);
    }
}
