//! Requests that make things go wrong, or stand still: for tests.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{
    book::{Signature, signed},
    caught, waiting,
};
use crate::site::Site;

pub(super) fn router() -> Router<&'static Site> {
    Router::new()
        .route("/panic-in-transaction", post(in_transaction))
        .route("/panic-at-once", get(at_once))
        .route("/together/{number}", get(together))
}

/// Panics when the entry is written, but not yet counted.
async fn in_transaction(State(site): State<&'static Site>) -> Response {
    let panics = || panic!("a planned fault, in the middle of a transaction");
    waiting(move || signed(site, &Signature::of("nobody"), panics)).await
}

/// Panics on a thread that answers requests.
async fn at_once() -> Response {
    caught(|| panic!("a planned fault, at once")).unwrap_or_default()
}

static INSIDE: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Stands still in a transaction until so many do: each on a thread of its own.
async fn together(State(site): State<&'static Site>, Path(number): Path<usize>) -> Response {
    waiting(move || {
        let met = site.database.transaction(|_| Ok::<_, String>(meet(number)));
        match met {
            Ok(true) => StatusCode::NO_CONTENT.into_response(),
            _ => StatusCode::GATEWAY_TIMEOUT.into_response(),
        }
    })
    .await
}

fn meet(number: usize) -> bool {
    let (inside, changed) = &INSIDE;
    let mut count = inside.lock().unwrap_or_else(PoisonError::into_inner);
    *count += 1;
    changed.notify_all();
    let patience = Duration::from_secs(20);
    let waited = changed.wait_timeout_while(count, patience, |count| *count % number != 0);
    !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
}
