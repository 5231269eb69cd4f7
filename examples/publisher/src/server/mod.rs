//! Requests and their answers.

mod answer;
mod book;
mod faults;

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{
    complaints::complain,
    site::Site,
    status::{self, Report},
};

pub use self::answer::{Asked, ready, serve};

/// All that the site answers.
pub fn router(site: &'static Site, with_faults: bool) -> Router {
    let mut router = Router::new()
        .route("/guestbook", get(book::show).post(book::sign))
        .route("/status", get(status_html))
        .route("/status.json", get(status_json))
        .route("/metrics", get(metrics))
        .fallback(answer::page);
    if with_faults {
        router = router.nest("/faults", faults::router());
    }
    router
        .layer(middleware::from_fn_with_state(site, measured))
        .with_state(site)
}

async fn measured(State(site): State<&'static Site>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let in_flight = site.metrics.begin();
    let response = next.run(request).await;
    drop(in_flight);
    site.metrics
        .answered(response.status().as_u16(), began.elapsed());
    response
}

async fn status_html(State(site): State<&'static Site>) -> Response {
    match status::html(&Report::of(site)) {
        Ok(page) => Html(page).into_response(),
        Err(error) => went_wrong(error),
    }
}

async fn status_json(State(site): State<&'static Site>) -> Response {
    let json = serde_json::to_string_pretty(&Report::of(site));
    let kind = [(header::CONTENT_TYPE, "application/json")];
    json.map_or_else(went_wrong, |json| (kind, json).into_response())
}

async fn metrics(State(site): State<&'static Site>) -> Response {
    let kind = [(header::CONTENT_TYPE, status::CONTENT_TYPE)];
    (kind, status::text(&Report::of(site))).into_response()
}

/// Runs what may block on a thread that may wait. A panic is an answer, too.
async fn waiting(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(error) => went_wrong(error),
    }
}

/// Runs what does not block, but may panic.
pub fn caught(work: impl FnOnce() -> Option<Response>) -> Option<Response> {
    // What it leaves behind is locked or atomic, and in order after a panic.
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(work));
    outcome.unwrap_or_else(|_| Some(went_wrong("a handler has panicked")))
}

/// Visitors are told that something went wrong; the log, what.
fn went_wrong(why: impl ToString) -> Response {
    complain(why.to_string());
    (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong\n").into_response()
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "there is no such page\n").into_response()
}
