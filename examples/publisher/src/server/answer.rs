//! Pages.

use std::path::{Path, PathBuf};

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use minijinja::Value;

use super::{caught, not_found, waiting, went_wrong};
use crate::{
    extensions::{EXTENSIONS, Event, Handler, Known, handler, tell},
    page::{NoPage, Page, Request},
    root::page_path,
    settings::Settings,
    site::Site,
    variables::Variables,
};

/// What is asked for.
pub struct Asked {
    /// The page's path below the root.
    path: PathBuf,
    /// What was registered when the request began.
    known: Known,
    handler: &'static Handler,
    /// What the visitor has already.
    has: Option<String>,
    /// What the page is given besides.
    extra: Value,
}

impl Asked {
    /// What a request asks for, if there can be such a page.
    #[must_use]
    pub fn new(url: &str, has: Option<String>) -> Option<Self> {
        let known = EXTENSIONS.snapshot();
        Self::by(url, has, known, |extension| handler(&known, extension))
    }

    /// The same, by a handler that `find` finds for the page's extension.
    pub fn by(
        url: &str,
        has: Option<String>,
        known: Known,
        find: impl FnOnce(&str) -> Option<&'static Handler>,
    ) -> Option<Self> {
        let path = page_path(url)?;
        let handler = find(path.extension()?.to_str()?)?;
        Some(Self {
            path,
            known,
            handler,
            has,
            extra: Value::UNDEFINED,
        })
    }

    /// The same, with something for the page besides.
    #[must_use]
    pub fn with(self, extra: Value) -> Self {
        Self { extra, ..self }
    }

    /// The page's path below the root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory that the page stands in.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// What listeners are told when it was answered.
    #[must_use]
    pub fn event(&self, response: &Response) -> Event<'_> {
        Event::Served {
            path: self.path.to_str().unwrap_or_default(),
            status: response.status().as_u16(),
        }
    }

    /// The answer, made of one version of everything.
    pub fn answer(&self, page: &Page, variables: &Variables, settings: &Settings) -> Response {
        let kind = (header::CONTENT_TYPE, self.handler.content_type);
        let Some(respond) = &self.handler.respond else {
            return self.as_it_is(kind, page);
        };
        let request = Request {
            page,
            variables,
            settings,
            known: &self.known,
            extra: self.extra.clone(),
        };
        match respond(&request) {
            Ok(body) => ([kind], body).into_response(),
            Err(error) => went_wrong(error),
        }
    }

    /// A text that is the same until its file changes.
    fn as_it_is(&self, kind: (header::HeaderName, &'static str), page: &Page) -> Response {
        let tag = page.tag();
        let known = [(header::ETAG, tag)];
        if self.has.as_deref() == Some(tag) {
            return (StatusCode::NOT_MODIFIED, known).into_response();
        }
        (known, [kind], page.text().to_string()).into_response()
    }
}

pub(super) async fn page(
    State(site): State<&'static Site>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let has = headers.get(header::IF_NONE_MATCH);
    let has = has.and_then(|tag| tag.to_str().ok()).map(str::to_string);
    let Some(asked) = Asked::new(uri.path(), has) else {
        return not_found();
    };
    match caught(|| ready(site, &asked)) {
        Some(response) => response,
        None => waiting(move || serve(site, &asked)).await,
    }
}

/// The answer, if nobody need wait for it: the page is there, and it is not yet time to look after it.
pub fn ready(site: &Site, asked: &Asked) -> Option<Response> {
    let page = site.pages.ready(&asked.path)?;
    let variables = site.variables.ready(asked.directory())?;
    Some(answer(site, asked, page.as_ref(), &variables))
}

/// The answer. May wait for files, or for those who wait for them.
pub fn serve(site: &Site, asked: &Asked) -> Response {
    let page = match site.pages.get(&asked.path) {
        Ok(page) => page,
        Err(NoPage::Missing) => return not_found(),
        Err(NoPage::Broken(error)) => return went_wrong(error),
    };
    match site.variables.of(asked.directory()).get() {
        Ok(variables) => answer(site, asked, page.as_ref(), &variables),
        Err(error) => went_wrong(error),
    }
}

fn answer(site: &Site, asked: &Asked, page: Option<&Page>, variables: &Variables) -> Response {
    let response = page.map_or_else(not_found, |page| {
        asked.answer(page, variables, &site.settings.load())
    });
    tell(asked.known, asked.event(&response));
    response
}
