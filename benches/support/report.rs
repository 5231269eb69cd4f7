//! Where tables, charts and figures go, and which machine they speak of.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    cli::{Cli, Mode},
    team,
};

/// What a figure depends on beside the code.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    system: String,
    rustc: &'static str,
    command: String,
}

impl Machine {
    fn here() -> Self {
        Self {
            cores: team::cores(),
            processor: processor(),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            rustc: env!("ONSET_BENCHES_RUSTC"),
            command: command(),
        }
    }

    /// One line, for above a table.
    pub(crate) fn line(&self) -> String {
        let Self {
            cores,
            processor,
            system,
            rustc,
            command,
        } = self;
        format!("{cores} cores, {processor}, {system}; {rustc}; `{command}`")
    }

    /// The same without the command, for a chart.
    pub(crate) fn short_line(&self) -> String {
        let Self {
            cores,
            processor,
            rustc,
            ..
        } = self;
        let version = rustc.split(" (").next().unwrap_or(rustc);
        format!("{cores} cores, {processor}, {version}")
    }
}

/// One benchmark's tables and figures.
pub(crate) struct Report {
    name: &'static str,
    folder: PathBuf,
    pub(crate) machine: Machine,
    text: String,
    written: Vec<PathBuf>,
}

impl Report {
    pub(crate) fn new(name: &'static str, cli: &Cli) -> Self {
        let root = target_folder().unwrap_or_default();
        let folder = root.join("onset-report").join(cli.folder().unwrap_or(""));
        Self {
            name,
            folder,
            machine: Machine::here(),
            text: String::new(),
            written: Vec::new(),
        }
    }

    /// Prints one table under its title, and keeps it.
    pub(crate) fn table(&mut self, title: &str, table: &comfy_table::Table) {
        let machine = self.machine.line();
        let block = format!("\n{title}\n{machine}\n\n{table}\n");
        println!("{block}");
        let _ = writeln!(self.text, "{block}");
    }

    /// The file of that ending, in a folder that exists.
    pub(crate) fn file(&mut self, suffix: &str) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.folder)?;
        let file = self.folder.join(format!("{}{suffix}", self.name));
        self.written.push(file.clone());
        Ok(file)
    }

    /// Writes the tables and the figures and names everything that lies there now.
    pub(crate) fn finish(mut self, figures: &impl Serialize) -> io::Result<()> {
        #[derive(Serialize)]
        struct Whole<'r, F> {
            machine: &'r Machine,
            figures: &'r F,
        }
        let text = self.file(".txt")?;
        fs::write(text, &self.text)?;
        let json = self.file(".json")?;
        let whole = Whole {
            machine: &self.machine,
            figures,
        };
        serde_json::to_writer_pretty(fs::File::create(json)?, &whole)?;
        for file in &self.written {
            println!("{:<10} {}", kind(file), file.display());
        }
        println!("{:<10} {}", "all charts", self.folder.display());
        Ok(())
    }
}

/// Says where criterion's own report lies, if this run made one.
pub(crate) fn name_criterion_report(cli: &Cli) {
    if !matches!(cli.mode, Mode::Measure | Mode::Quick) {
        return;
    }
    let index = criterion_folder().join("report").join("index.html");
    if index.exists() {
        println!("{:<10} {}", "criterion", index.display());
    }
}

/// Where criterion writes: told by the environment, or beside this report.
pub(crate) fn criterion_folder() -> PathBuf {
    let told = env::var_os("CRITERION_HOME").map(PathBuf::from);
    told.unwrap_or_else(|| match target_folder() {
        Some(target) => target.join("criterion"),
        None => PathBuf::from("onset-report").join("criterion"),
    })
}

/// The target folder that this binary was built into (cargo marks its own), unless the binary was
/// copied away.
fn target_folder() -> Option<PathBuf> {
    let this = env::current_exe().ok()?;
    let mut folders = this.ancestors().skip(1);
    folders
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map(Path::to_path_buf)
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => "chart",
        Some("json") => "figures",
        _ => "tables",
    }
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(
        || "unknown processor".to_owned(),
        |(_, model)| model.trim().to_owned(),
    )
}

fn command() -> String {
    let this = env::current_exe().unwrap_or_default();
    let file = this
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut arguments: Vec<_> = env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if env::var_os("CARGO").is_none() {
        arguments.insert(0, file);
        return arguments.join(" ");
    }
    let bench = file
        .rsplit_once('-')
        .map_or(file.as_str(), |(bench, _)| bench);
    let separator = if arguments.is_empty() { "" } else { " -- " };
    format!(
        "cargo bench -p onset-benches --bench {bench}{separator}{}",
        arguments.join(" ")
    )
}
