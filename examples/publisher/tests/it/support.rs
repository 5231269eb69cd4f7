//! A server of the test's own, with files of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use publisher::client::{Answer, Client};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long something may take that should be there at once, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The files of a server.
pub(crate) struct Files(TempDir);

impl Files {
    /// An empty site, without plug-ins, settings or a database.
    pub(crate) fn new() -> Self {
        let files = Self(tempfile::tempdir().expect("a place for files"));
        for directory in ["site", "plugins"] {
            fs::create_dir(files.at(directory)).unwrap();
        }
        files
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, whole: beside it, and then in its place.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let (path, beside) = (self.at(name), self.at("beside"));
        let beside = beside.with_extension(name.replace('/', "-"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, &path).unwrap();
    }

    pub(crate) fn database(&self) -> rusqlite::Connection {
        let database = rusqlite::Connection::open(self.at("book.db")).unwrap();
        database.busy_timeout(PATIENCE).unwrap();
        database
    }

    /// How many entries there are, and how many there are said to be.
    pub(crate) fn entries(&self) -> (i64, i64) {
        let both = "SELECT (SELECT count(*) FROM entries), (SELECT entries FROM total)";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.database().query_row(both, [], row).unwrap()
    }

    /// How a server for these files is started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_publisher"));
        for (option, file) in [
            ("--root", "site"),
            ("--plugins", "plugins"),
            ("--settings", "settings.toml"),
            ("--database", "book.db"),
        ] {
            command.arg(option).arg(self.at(file));
        }
        command.args(["--listen", "127.0.0.1:0", "--check-every", "50"]);
        // What a test says comes last, and counts.
        command.args(arguments);
        command.env("RUST_BACKTRACE", "0").env("NO_COLOR", "1");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    #[track_caller]
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        let mut child = self.command(arguments).spawn().expect("it can be started");
        let mut line = String::new();
        let said = child.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut line).unwrap();
        let log = Log::of(&mut child);
        let address = line.trim().strip_prefix("listening on http://");
        let Some(address) = address.and_then(|address| address.parse().ok()) else {
            let _ = child.wait();
            panic!("it does not serve: {line}{}", log.text());
        };
        Server {
            child,
            address,
            log,
            runtime: Runtime::new().unwrap(),
        }
    }

    /// What a server says that does not begin.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let mut child = self.command(arguments).spawn().expect("it can be started");
        let mut line = String::new();
        let said = child.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut line).unwrap();
        if !line.is_empty() {
            child.kill().unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "it does begin: {line}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// What a process has written to its log, up to now.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<String>>);

impl Log {
    pub(crate) fn of(child: &mut Child) -> Self {
        let log = Self(Arc::default());
        let (mut from, to) = (child.stderr.take().unwrap(), log.clone());
        thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut some) {
                let text = String::from_utf8_lossy(&some[..read]);
                to.0.lock().unwrap().push_str(&text);
            }
        });
        log
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        until(|| self.text().contains(text).then_some(()), || self.text());
    }
}

/// A server that is up. It is killed when this goes.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) log: Log,
    pub(crate) runtime: Runtime,
}

impl Server {
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await.expect("it is up")
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.answer(async { self.connect().await.get(path).await })
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        self.answer(async { self.connect().await.post(path, form).await })
    }

    /// Waits for an answer.
    #[track_caller]
    fn answer(&self, asking: impl Future<Output = Result<Answer, publisher::Error>>) -> Answer {
        let in_time = async { tokio::time::timeout(2 * PATIENCE, asking).await };
        let answer = self.runtime.block_on(in_time);
        answer.expect("an answer, in time").expect("an answer")
    }

    /// The text of a page that is there.
    #[track_caller]
    pub(crate) fn text(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", self.log.text());
        answer.text().to_string()
    }

    #[track_caller]
    pub(crate) fn code(&self, path: &str) -> u16 {
        self.get(path).status.as_u16()
    }

    /// A figure of `/status.json`, by its path.
    #[track_caller]
    pub(crate) fn figure(&self, path: &str) -> Value {
        let report: Value = serde_json::from_str(&self.text("/status.json")).unwrap();
        let steps = path.split('.').filter(|step| !step.is_empty());
        let path: String = steps.flat_map(|step| ["/", step]).collect();
        report.pointer(&path).expect("it is reported").clone()
    }

    #[track_caller]
    pub(crate) fn number(&self, path: &str) -> u64 {
        self.figure(path).as_u64().expect("a number")
    }

    /// Asks until the page is as it should be.
    #[track_caller]
    pub(crate) fn wait_for(&self, path: &str, is_right: impl Fn(&str) -> bool) {
        let look = || Some(self.get(path)).filter(|answer| is_right(answer.text()));
        until(|| look().map(drop), || self.get(path).text().to_string());
    }

    /// Asks until the figure is as it should be.
    #[track_caller]
    pub(crate) fn wait_for_figure(&self, path: &str, is_right: impl Fn(&Value) -> bool) {
        let look = || Some(self.figure(path)).filter(|figure| is_right(figure));
        until(|| look().map(drop), || self.figure(path).to_string());
    }

    pub(crate) fn signal(&self, signal: i32) {
        let process = i32::try_from(self.child.id()).unwrap();
        // SAFETY: a signal to a child that was not waited for yet, so that the number is its own.
        assert_eq!(unsafe { libc::kill(process, signal) }, 0);
    }

    /// Has settings and plug-ins read at once, and waits until they are.
    #[track_caller]
    pub(crate) fn hang_up(&self) {
        const READ: &str = "settings and plug-ins were read";
        let before = self.log.text().matches(READ).count();
        self.signal(libc::SIGHUP);
        let read = || self.log.text().matches(READ).count() > before;
        until(|| read().then_some(()), || self.log.text());
    }

    /// Waits until the process ends.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        let log = self.log.clone();
        until(|| self.child.try_wait().unwrap(), || log.text())
    }

    /// Kills it.
    pub(crate) fn kill(mut self) {
        self.signal(libc::SIGKILL);
        assert_eq!(self.end().signal(), Some(libc::SIGKILL));
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again; `otherwise` says what there is instead, when patience ends.
#[track_caller]
pub(crate) fn until<R>(mut look: impl FnMut() -> Option<R>, otherwise: impl Fn() -> String) -> R {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "it does not come: {}",
            otherwise()
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// What stands between two marks.
#[track_caller]
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> Vec<&'t str> {
    let parts = text.split(before).skip(1);
    parts
        .map(|part| part.split_once(after).expect("the end of a mark").0)
        .collect()
}

pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
