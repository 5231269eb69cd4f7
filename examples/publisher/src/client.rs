//! A client that keeps its connection: what the tests and the load tool ask with.

use std::net::SocketAddr;

use axum::{
    body::Bytes,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Error;

/// A connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
}

/// An answer, as a whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as a text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or("not a text")
    }
}

impl Client {
    /// Connects to a server.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub async fn connect(to: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends when this is dropped, or the server goes; then `ask` fails.
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Asks for a page.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Error> {
        let request = Request::get(path).header(header::HOST, "localhost");
        self.ask(request.body(Full::default())?).await
    }

    /// Sends a form, encoded.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn post(&mut self, path: &str, form: &str) -> Result<Answer, Error> {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = Full::from(form.to_string());
        self.ask(request.body(body)?).await
    }

    /// Asks for anything.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Error> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let (head, body) = response.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await?.to_bytes(),
        })
    }
}
