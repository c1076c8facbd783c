//! What goes wrong before a service answers as one: a login that is refused, an address that is not Keystone's, a request that
//! is lost on the way. The errors of the services themselves are the driver's to read.

use super::service::Service;
use super::session::{Auth, Session};
use crate::cloud::{Error, Kind};
use crate::provider::request_line::{self, host_of};
use crate::provider::words::code;
use crate::wire::{self, Answer, ErrorKind, Sent};
use serde_json::Value;

/// The message of a Keystone error, or the start of whatever else came.
fn words(answer: &Answer) -> Option<String> {
    let body = String::from_utf8_lossy(&answer.body);
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let message = json.as_ref().and_then(|json| {
        let told = json["error"]["message"].as_str().or(json["message"].as_str());
        told.map(str::to_string)
    });
    // A page of HTML says less than its status.
    message.or_else(|| {
        let plain = !body.trim().is_empty() && !body.trim_start().starts_with('<');
        plain.then(|| body.trim().chars().take(300).collect())
    })
}

impl Session {
    /// An error of this session.
    pub(super) fn error(&self, kind: Kind, message: impl Into<String>) -> Error {
        let mut error = Error::new(kind, self.hide(&message.into())).coded(code(kind));
        error.cloud = Some(self.name().to_string());
        error.provider = Some("openstack");
        error
    }

    /// An error of this session with what an answer says.
    pub(super) fn answered(
        &self,
        kind: Kind,
        message: impl Into<String>,
        answer: &Answer,
        service: &Service,
    ) -> Error {
        let mut error = self.error(kind, message);
        error.service = service.word();
        error.status = Some(answer.status);
        error.request_id = answer.request_id().map(str::to_string);
        error.request = Some(Session::request_line(answer));
        error.answer = words(answer).map(|words| self.hide(&words));
        error
    }

    /// What Keystone's refusal means.
    pub(super) fn refused(&self, base: &str, answer: &Answer) -> Error {
        let (name, settings) = (self.name(), self.settings());
        let found = &settings.found;
        let (kind, message, help) = match answer.status {
            401 => {
                let check = match &settings.auth {
                    Auth::Password { .. } => "user, password, project and domains",
                    Auth::ApplicationCredential { .. } => "id and secret, and that it has not expired,",
                    _ => "the token, which may have expired,",
                };
                (
                    Kind::Unauthorized,
                    match &settings.auth {
                        // Keystone says the same to a wrong password and to a project that is not there.
                        Auth::Password { user, .. } => {
                            format!("{name} refuses the credentials of user `{}`", user.shown())
                        }
                        _ => format!("{name} refuses {}", settings.proof()),
                    },
                    format!("check {check} in {found}"),
                )
            }
            400 => (
                Kind::InvalidArgument,
                format!("{name} makes no sense of {}", settings.proof()),
                format!("check user, project and domains in {found}"),
            ),
            403 => (
                Kind::Forbidden,
                format!("{name} takes {} but lets nobody in with it", settings.proof()),
                format!("ask whether the user is locked or has no role in the project that {found} names"),
            ),
            301 | 302 | 307 | 308 => {
                let target = wire::mask::url(answer.header("location").unwrap_or("elsewhere"));
                let root = target.trim_end_matches("/tokens").trim_end_matches("/auth").to_string();
                (
                    Kind::Protocol,
                    format!("{name} sends logins elsewhere, and no password is sent on"),
                    format!("set `auth_url` in {found} to {root}, if you trust it"),
                )
            }
            429 => (
                Kind::RateLimited,
                format!("{name} takes no more logins for now"),
                "try again in a minute".to_string(),
            ),
            500.. => (
                Kind::Unavailable,
                format!("Keystone of {name} is in trouble"),
                "try again later; nothing was changed".to_string(),
            ),
            _ => (
                Kind::Protocol,
                format!("there is no Keystone of {name} at {base}"),
                format!("check `auth_url` in {found}"),
            ),
        };
        self.answered(kind, message, answer, &Service::Identity).help(help)
    }

    /// What became of a request that was not answered.
    pub(super) fn lost(&self, error: &wire::Error, service: &Service) -> Error {
        let (name, host) = (self.name(), host_of(&error.url));
        let found = &self.settings().found;
        let detail = &error.detail;
        let (kind, message, help) = match error.kind {
            ErrorKind::Form => (
                Kind::InvalidArgument,
                format!("a request to {name} cannot be formed: {detail}"),
                format!("check `auth_url` and the endpoints in {found}"),
            ),
            ErrorKind::Resolve => (
                Kind::Network,
                format!("no address is known for `{host}`, where {name} should be"),
                format!("check `auth_url` in {found}, and the network"),
            ),
            ErrorKind::Connect => (
                Kind::Network,
                format!("{name} does not answer at {host}: {detail}"),
                format!("check that it is up, and `auth_url` in {found}"),
            ),
            ErrorKind::Tls => (
                Kind::Network,
                format!("no trusted connection to {name} at {host}: {detail}"),
                format!("set `cacert`, `cert` or `key` in {found}, or `verify: false` to trust anything"),
            ),
            ErrorKind::Timeout if error.sent == Sent::No => (
                Kind::Timeout,
                format!("{name} at {host} takes no connection in time"),
                format!("check the network, a firewall on the way, and `auth_url` in {found}"),
            ),
            ErrorKind::Timeout => (
                Kind::Timeout,
                format!("{name} gave no answer in time"),
                "try again, or raise `--timeout`".to_string(),
            ),
            ErrorKind::Broken => (
                Kind::Network,
                format!("{name} stopped answering: {detail}"),
                "try again; a proxy on the way may have given up".to_string(),
            ),
            ErrorKind::TooLarge => (
                Kind::Protocol,
                format!("{name} sent too much: {detail}"),
                "ask for less at once, with a filter or `limit`".to_string(),
            ),
            ErrorKind::Malformed => (
                Kind::Protocol,
                format!("what {name} sent is no HTTP answer: {detail}"),
                format!("check that {host} is the cloud and not something before it"),
            ),
            // The overlay of a dry run goes on from here.
            ErrorKind::Pretended => return self.error(Kind::Denied, detail.clone()).kept(),
        };
        let maybe = error.sent != Sent::No;
        let mut lost = self.error(kind, message).help(help);
        lost.service = service.word();
        lost.maybe = maybe && !matches!(error.method, wire::Method::Get | wire::Method::Head);
        let mut line = request_line::lost(error, self.hide(&request_line::path_of(&error.url)));
        line.outcome = self.hide(&line.outcome);
        lost.request = Some(line);
        lost
    }
}
