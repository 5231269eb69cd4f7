//! Tries each mutant: builds it and runs the models until one fails.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    baseline::Model,
    bench::{Bench, End},
    mutant::Mutant,
    rooms,
    trouble::Trouble,
    verdict::{Judged, Verdict},
    workers,
};

/// A model hangs when it takes so many times longer than without the mutant (of the processor: the
/// machine may be busy),
const PATIENCE: u32 = 5;
/// and longer than this.
const LEAST: Duration = Duration::from_secs(20);
/// So many models that hang are enough, if none fails.
const HANGS: usize = 3;

/// In the order of the mutants. `limit` is what a model may take at most, if that is given.
pub(crate) fn run<B: Bench>(
    benches: &mut [B],
    models: &[Model],
    mutants: &[Mutant],
    limit: Option<Duration>,
    progress: impl Fn(&Judged) + Sync,
) -> Result<Vec<Judged>, Trouble> {
    let judged = Mutex::new(Vec::new());
    let numbered: Vec<_> = mutants.iter().enumerate().collect();
    workers::share(benches, &numbered, |bench, &(number, mutant)| {
        let start = Instant::now();
        let verdict = judge(bench, models, mutant, limit)?;
        let one = Judged {
            id: mutant.id.clone(),
            verdict,
            took: start.elapsed(),
        };
        progress(&one);
        let mut all = judged.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((number, one));
        Ok(())
    })?;
    let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner);
    judged.sort_by_key(|&(number, _)| number);
    Ok(judged.into_iter().map(|(_, one)| one).collect())
}

fn judge<B: Bench>(
    bench: &mut B,
    models: &[Model],
    mutant: &Mutant,
    limit: Option<Duration>,
) -> Result<Verdict, Trouble> {
    if let Err(trouble) = bench.build(Some(mutant)) {
        return Ok(Verdict::Broken {
            said: trouble.to_string(),
        });
    }
    let mut hangs = Vec::new();
    for model in rooms::first(models, &mutant.file) {
        let limit = limit.unwrap_or_else(|| LEAST.max(model.took * PATIENCE));
        let run = bench.run(&model.name, limit)?;
        match run.end {
            End::Passed => {}
            // A failure that another model sees says more.
            End::TimedOut => {
                hangs.push(model.name.clone());
                if hangs.len() == HANGS {
                    break;
                }
            }
            End::Failed => {
                return Ok(Verdict::Caught {
                    model: model.name.clone(),
                    message: told(model, run.said),
                });
            }
        }
    }
    let first = hangs.into_iter().next();
    Ok(first.map_or(Verdict::Survived, |model| Verdict::Hangs { model }))
}

/// The first message that does not belong to the model.
fn told(model: &Model, said: Vec<String>) -> String {
    let mut own = said.into_iter().filter(|text| !model.said.contains(text));
    own.next()
        .unwrap_or_else(|| "the process ended without a word".to_owned())
}
