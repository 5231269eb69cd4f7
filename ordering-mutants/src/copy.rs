//! A copy of the workspace, with a target folder of its own: mutants never touch the real one.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cargo_metadata::Message;

use crate::{
    bench::{Bench, End, Run},
    mutant::Mutant,
    said,
    trouble::Trouble,
};

/// By the clock on the wall a model may take so many times longer: the machine may be busy with other
/// things, and a model that is deadlocked fails at once.
const ASLEEP: u32 = 10;

pub(crate) struct Copy {
    /// Of the copied workspace.
    tree: PathBuf,
    target: PathBuf,
    /// The file that differs from the real one, and its text there.
    mutated: Option<(PathBuf, String)>,
    models: PathBuf,
}

impl Copy {
    /// Copies the workspace `root` to `place`; what was built there before is kept.
    pub(crate) fn make(root: &Path, place: &Path) -> Result<Self, Trouble> {
        let tree = place.join("workspace");
        let of = |error| Trouble::of_io(tree.display(), &error);
        if tree.exists() {
            fs::remove_dir_all(&tree).map_err(of)?;
        }
        for entry in ignore::WalkBuilder::new(root).build() {
            let entry = entry
                .map_err(|error| Trouble::new(error.to_string(), "see whether it is readable"))?;
            let inside = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if is_file && !inside.starts_with("target") {
                let to = tree.join(inside);
                fs::create_dir_all(to.parent().unwrap_or(&tree)).map_err(of)?;
                fs::copy(entry.path(), to).map_err(of)?;
            }
        }
        Ok(Self {
            tree,
            target: place.join("target"),
            mutated: None,
            models: PathBuf::new(),
        })
    }

    fn restore(&mut self) -> Result<(), Trouble> {
        if let Some((path, original)) = self.mutated.take() {
            write(&path, &original)?;
        }
        Ok(())
    }

    fn apply(&mut self, mutant: &Mutant) -> Result<(), Trouble> {
        let path = self.tree.join(&mutant.file);
        let original =
            fs::read_to_string(&path).map_err(|error| Trouble::of_io(path.display(), &error))?;
        let text = mutant.applied(&original)?;
        self.mutated = Some((path.clone(), original));
        write(&path, &text)
    }

    /// Builds, and says whether anything was compiled.
    fn cargo(&mut self) -> Result<bool, Trouble> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let flags = env::var("RUSTFLAGS").unwrap_or_default();
        let output = Command::new(cargo)
            .args([
                "test",
                "--locked",
                "--package",
                "loom-tests",
                "--test",
                "models",
            ])
            .args(["--no-run", "--message-format", "json-render-diagnostics"])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "1")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // A mutant may leave something unused.
            .env("RUSTFLAGS", format!("{flags} --cap-lints warn"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .output()
            .map_err(|error| Trouble::of_io("cargo", &error))?;
        if !output.status.success() {
            let errors = said::errors(&String::from_utf8_lossy(&output.stderr));
            return Err(Trouble::new(
                format!("it does not compile: {errors}"),
                "see what the tool makes of the source (`--list` shows it), and teach it better",
            ));
        }
        let messages = Message::parse_stream(output.stdout.as_slice());
        let built = messages
            .filter_map(Result::ok)
            .find_map(|message| match message {
                Message::CompilerArtifact(artifact) if artifact.target.name == "models" => {
                    Some(artifact)
                }
                _ => None,
            });
        let path = built.as_ref().and_then(|built| built.executable.clone());
        let (Some(built), Some(path)) = (built, path) else {
            return Err(Trouble::new(
                "cargo built no `models`",
                "see whether the models are `loom-tests/tests/models` still",
            ));
        };
        self.models = path.into();
        Ok(!built.fresh)
    }
}

impl Bench for Copy {
    fn build(&mut self, mutant: Option<&Mutant>) -> Result<(), Trouble> {
        self.restore()?;
        let Some(mutant) = mutant else {
            return self.cargo().map(drop);
        };
        self.apply(mutant)?;
        if self.cargo()? {
            return Ok(());
        }
        Err(Trouble::new(
            format!("{} was not compiled again with the change", mutant.file),
            "see whether the models are built from it, and whether the clock of the file system is right",
        ))
    }

    fn models(&mut self) -> Result<Vec<String>, Trouble> {
        let output = Command::new(&self.models)
            .args(["--list", "--format", "terse", "--skip", "canaries::"])
            .output()
            .map_err(|error| Trouble::of_io(self.models.display(), &error))?;
        let list = String::from_utf8_lossy(&output.stdout);
        let models = list.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(models.map(str::to_owned).collect())
    }

    fn run(&mut self, model: &str, limit: Duration) -> Result<Run, Trouble> {
        // Not by pipes, which somebody would have to empty meanwhile.
        let path = self.target.join("said");
        let of = |error| Trouble::of_io(path.display(), &error);
        let start = Instant::now();
        let mut child = Command::new(&self.models)
            .args(["--exact", model, "--nocapture", "--test-threads", "1"])
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&path).map_err(of)?)
            .spawn()
            .map_err(|error| Trouble::of_io(self.models.display(), &error))?;
        let end = loop {
            if let Some(status) = child.try_wait().map_err(of)? {
                break if status.success() {
                    End::Passed
                } else {
                    End::Failed
                };
            }
            let wall = start.elapsed();
            let spent = processor_time(child.id()).unwrap_or(wall);
            if spent > limit || wall > limit * ASLEEP {
                child.kill().map_err(of)?;
                child.wait().map_err(of)?;
                break End::TimedOut;
            }
            thread::sleep(Duration::from_millis(2));
        };
        let took = start.elapsed();
        let text = fs::read(&path).map_err(of)?;
        let said = said::panics(&String::from_utf8_lossy(&text));
        Ok(Run { end, took, said })
    }
}

fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    fs::write(path, text).map_err(|error| Trouble::of_io(path.display(), &error))
}

/// What a process has had of the processors, where the system tells.
fn processor_time(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    processor_time_in(&stat)
}

/// The fields 14 and 15, in hundredths of a second; the second one is a name with anything in it.
fn processor_time_in(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    (ticks.len() == 2).then(|| Duration::from_millis(10 * (ticks[0] + ticks[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_process_is_that_of_the_user_and_the_system() {
        let stat = "12 (a ) b) S 1 1 1 0 -1 4194304 1 2 3 4 150 25 0 0 20 0 1 0 99";
        assert_eq!(processor_time_in(stat), Some(Duration::from_millis(1_750)));
        assert_eq!(processor_time_in("nothing"), None);
    }
}
