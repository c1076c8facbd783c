//! A request to a zone's secondary storage. It has an address of its own, is given no key, and answers in words of its own: what
//! it refuses is no refusal of the API.
//!
//! Statuses and words: CloudStack's `HttpUploadServerHandler` for uploads; for links the file server of the storage VM.

use super::CloudStack;
use crate::cloud::error::RequestLine;
use crate::cloud::{Error, Kind, Result};
use crate::provider::lost::{self, Place};
use crate::provider::words::plain;
use crate::provider::{fault, redirect, request_line};
use crate::wire::{Answer, ErrorKind, Request, Sent};

/// The kind of a refusal. The storage does not know who asks: what it does not find, or not let in, is a place that it no longer
/// has, and the API makes another for the next call.
fn kind(status: u16, words: &str) -> Kind {
    match status {
        401 | 403 | 404 | 410 => Kind::Unavailable,
        400 if words.contains("not valid anymore") => Kind::Unavailable,
        413 => Kind::OverQuota,
        other => fault::kind(other),
    }
}

impl CloudStack {
    /// A request to the storage, which has an address of its own and is given no key.
    pub(super) async fn send_to_storage(&self, request: &Request) -> Result<Answer> {
        if !["http://", "https://"].iter().any(|start| request.url.starts_with(start)) {
            let message = format!("the answer makes no sense: `{}` is no address of a storage", request.url);
            return Err(self.session.error(Kind::Protocol, message));
        }
        let answer = self.session.wire().send(request).await.map_err(|error| self.storage_lost(&error))?;
        match answer.is_success() {
            true => Ok(answer),
            false => Err(self.storage_refusal(request, &answer)),
        }
    }

    /// Who it is, in messages.
    fn storage(&self) -> String {
        format!("the secondary storage of {}", self.session.name())
    }

    /// Where the request went, without what it proves itself with.
    fn storage_line(&self, mut line: RequestLine, url: &str) -> RequestLine {
        line.path = format!("the storage at {}", request_line::host_of(url));
        line.outcome = self.session.hide(&line.outcome);
        line
    }

    fn storage_lost(&self, error: &crate::wire::Error) -> Error {
        if error.kind == ErrorKind::Pretended {
            return self.session.error(Kind::Denied, error.detail.clone()).kept();
        }
        let place = Place {
            cloud: &self.storage(),
            named: "the address that the cloud gives for it".to_string(),
            trust: format!("set `cacert` in {} to the authority's PEM file", self.session.found()),
        };
        let (kind, message, help) = lost::told(error, &place);
        let help = match kind {
            Kind::Network | Kind::Timeout if !matches!(error.kind, ErrorKind::Tls | ErrorKind::Proxy) => {
                "the address is the cloud's own: ask who runs it whether its secondary storage can be reached"
                    .to_string()
            }
            _ => help,
        };
        let mut lost = self.session.error(kind, message).help(help);
        lost.maybe = error.sent != Sent::No && error.method.as_str() != "GET";
        lost.request = Some(self.storage_line(request_line::lost(error, String::new()), &error.url));
        lost
    }

    fn storage_refusal(&self, request: &Request, answer: &Answer) -> Error {
        let (who, status) = (self.storage(), answer.status);
        let words = plain(&String::from_utf8_lossy(&answer.body));
        let (kind, message, help) =
            match redirect::told(&who, answer, "the address that the cloud gives for it") {
                Some((message, help)) => (Kind::Protocol, message, Some(help)),
                None => {
                    let kind = kind(status, &words);
                    let help = match kind {
                        Kind::OverQuota => {
                            Some("ask who runs the cloud for room, or send a smaller image".to_string())
                        }
                        Kind::Unavailable => Some(format!(
                            "try again: each call gets a new place there; if it goes on, ask who runs {}",
                            self.session.name()
                        )),
                        other => fault::help(other, self.session.name(), answer.header("retry-after")),
                    };
                    (kind, format!("{who} refuses ({status})"), help)
                }
            };
        let mut error = self.session.error(kind, message);
        error.help = help;
        error.status = Some(status);
        error.maybe = request.intent.writes() && fault::is_open(status);
        error.answer = (!words.is_empty()).then(|| self.session.hide(&words));
        error.request = Some(self.storage_line(request_line::answered(answer, String::new()), &request.url));
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_storage_refuses_is_not_what_the_api_refuses() {
        for (status, words, expected) in [
            (400, "request not valid anymore.", Kind::Unavailable),
            (400, "content length not set", Kind::InvalidArgument),
            (401, "", Kind::Unavailable),
            (403, "Forbidden", Kind::Unavailable),
            (404, "Not Found", Kind::Unavailable),
            (410, "", Kind::Unavailable),
            (413, "exceeds max allowed upload size", Kind::OverQuota),
            (429, "", Kind::RateLimited),
            (500, "", Kind::Unavailable),
        ] {
            assert_eq!(kind(status, words), expected, "{status} {words}");
        }
    }
}
