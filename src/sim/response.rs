//! An answer of a service as HTTP carries it: its headers, compressed where the client takes that, or cut off.

use std::convert::Infallible;
use std::io::{self, Write as _};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::{Response, StatusCode};

use super::openstack::{Answer, Request};
use super::protocol;

/// Answers shorter than this are not compressed.
const GZIP_FROM: usize = 500;

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

pub(crate) fn respond(
    request: &Request,
    answer: Answer,
    date: &str,
    truncate: bool,
) -> io::Result<Response<Body>> {
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("date", date);
    if !protocol::is_aws(request) {
        response = response.header("x-openstack-request-id", &request.id);
    }
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let head = request.method == "HEAD";
    let mut body = answer.body;
    if !body.is_empty() {
        response = response.header("content-type", answer.kind);
    }
    let takes_gzip = request.header("accept-encoding").is_some_and(|value| value.contains("gzip"));
    if takes_gzip && body.len() >= GZIP_FROM && !head && answer.kind != "application/octet-stream" {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
        response = response.header("content-encoding", "gzip");
    }
    if answer.status != 204 {
        response = response.header("content-length", body.len());
    }
    let body: Body = if head {
        whole(Bytes::new())
    } else if truncate {
        body.truncate(body.len() / 2);
        let cut = io::Error::from(io::ErrorKind::ConnectionReset);
        StreamBody::new(stream::iter([Ok(Frame::data(Bytes::from(body))), Err(cut)])).boxed_unsync()
    } else {
        whole(Bytes::from(body))
    };
    response.body(body).map_err(io::Error::other)
}

pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync()
}
