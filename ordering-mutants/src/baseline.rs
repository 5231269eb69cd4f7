//! The models on the sources as they are: all must pass, and say how long they take.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    bench::{Bench, End},
    trouble::Trouble,
    workers,
};

/// How a model does without a mutant.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) took: Duration,
    pub(crate) said: Vec<String>,
}

/// No model may take longer than this on its own.
const LIMIT: Duration = Duration::from_secs(600);

/// Builds all benches, and shares the models among them; the quick ones come first in the result.
pub(crate) fn measure<B: Bench>(benches: &mut [B]) -> Result<Vec<Model>, Trouble> {
    workers::each(benches, |bench| bench.build(None))?;
    let names = benches[0].models()?;
    if names.is_empty() {
        return Err(Trouble::new(
            "there are no models",
            "see whether `cargo test -p loom-tests` runs any",
        ));
    }
    let models = Mutex::new(Vec::new());
    workers::share(benches, &names, |bench, name| {
        let run = bench.run(name, LIMIT)?;
        if run.end != End::Passed {
            return Err(Trouble::new(
                format!("{name} fails on the sources as they are: {:?}", run.said),
                "mend that first: `cargo test -p loom-tests`",
            ));
        }
        models
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Model {
                name: name.clone(),
                took: run.took,
                said: run.said,
            });
        Ok(())
    })?;
    let mut models = models.into_inner().unwrap_or_else(PoisonError::into_inner);
    models.sort_by_key(|model| model.took);
    Ok(models)
}
