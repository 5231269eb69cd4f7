//! The guest book's page, which reads it, and its form, which writes into it.

use axum::{
    Form,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use minijinja::{Value, value::Serde};
use serde::Deserialize;

use super::{Asked, not_found, serve, waiting, went_wrong};
use crate::{
    database::Failed,
    extensions::{EXTENSIONS, Event, tell},
    guest_book::{self, NotSigned},
    site::Site,
};

/// Says which entry was made.
const ENTRY: HeaderName = HeaderName::from_static("x-entry");

pub(super) async fn show(State(site): State<&'static Site>) -> Response {
    waiting(|| {
        let Some(asked) = Asked::new("/guestbook", None) else {
            return not_found();
        };
        let shown = site.settings.load().plain.guest_book.shown;
        match guest_book::read(&site.database, shown) {
            Ok(book) => serve(site, &asked.with(Value::from(Serde(book)))),
            Err(error) => went_wrong(error),
        }
    })
    .await
}

/// What stands in the form.
#[derive(Deserialize)]
pub(super) struct Signature {
    name: String,
    text: String,
}

pub(super) async fn sign(
    State(site): State<&'static Site>,
    Form(signature): Form<Signature>,
) -> Response {
    waiting(move || signed(site, &signature, || ())).await
}

/// The answer means that the entry is there for good.
pub(super) fn signed(site: &Site, by: &Signature, between: impl FnOnce()) -> Response {
    let known = EXTENSIONS.snapshot();
    let settings = site.settings.load();
    let book = &settings.plain.guest_book;
    if !book.open {
        return refused(StatusCode::FORBIDDEN, "the guest book is closed");
    }
    let entry = (by.name.trim(), by.text.trim());
    match guest_book::sign(&site.database, book.room, entry, between) {
        Ok(id) => {
            tell(known, Event::Signed { name: entry.0 });
            let headers = [
                (header::LOCATION, "/guestbook".into()),
                (ENTRY, id.to_string()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(Failed::Work(error @ NotSigned::Full)) => refused(StatusCode::CONFLICT, error),
        Err(Failed::Work(error @ NotSigned::Refused)) => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        Err(error) => went_wrong(error),
    }
}

fn refused(status: StatusCode, why: impl ToString) -> Response {
    (status, format!("{}\n", why.to_string())).into_response()
}

impl Signature {
    pub(super) fn of(name: &str) -> Self {
        let (name, text) = (name.into(), String::new());
        Self { name, text }
    }
}
