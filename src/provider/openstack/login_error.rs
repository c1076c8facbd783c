//! What goes wrong before a service answers as one: a login that is refused, an address that is not Keystone's, a request that
//! is lost on the way. The errors of the services themselves are the driver's to read.

use super::service::Service;
use super::session::{Auth, Session};
use crate::cloud::{Error, Kind};
use crate::provider::lost::{self, Place};
use crate::provider::request_line;
use crate::provider::words::{code, plain};
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
    message.or_else(|| Some(plain(&body)).filter(|words| !words.is_empty()))
}

/// Whether an answer is an error of Keystone's own, and no other server's.
fn is_keystones(answer: &Answer) -> bool {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    json.is_some_and(|json| json["error"]["message"].is_string())
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
            // Keystone does not find what it revoked or forgot.
            404 if matches!(settings.auth, Auth::Token(_)) && is_keystones(answer) => (
                Kind::Unauthorized,
                format!("{name} does not know {}", settings.proof()),
                format!("get a new token and put it in {found}; it may have expired or been revoked"),
            ),
            400 => (
                Kind::InvalidArgument,
                format!("{name} rejected the login request (400)"),
                format!("check user, project and domains in {found}"),
            ),
            403 => (
                Kind::Unauthorized,
                format!("{name} accepts {} but does not let the user in", settings.proof()),
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

    /// What names the host of a service: a setting of the user's, or the catalog.
    fn named(&self, service: &Service) -> String {
        let settings = self.settings();
        let (key, found) = (service.key(), &settings.found);
        let own = settings.services.get(key).is_some_and(|own| own.endpoint.is_some());
        match (&settings.auth, service) {
            // Nothing else in the environment says where Heat is.
            _ if own && key == "orchestration" && found.contains("environment") => "`HEAT_URL`".to_string(),
            _ if own => format!("`{}_endpoint_override` in {found}", key.replace('-', "_")),
            (Auth::Fixed { .. }, _) => format!("`endpoint` in {found}"),
            (_, Service::Identity) => format!("`auth_url` in {found}"),
            _ => format!(
                "the {service} endpoint, which the cloud's catalog names (`{}_endpoint_override` in {found} sets another)",
                key.replace('-', "_")
            ),
        }
    }

    /// What became of a request that was not answered.
    pub(super) fn lost(&self, error: &wire::Error, service: &Service) -> Error {
        // The overlay of a dry run goes on from here.
        if error.kind == ErrorKind::Pretended {
            return self.error(Kind::Denied, error.detail.clone()).kept();
        }
        let place = Place {
            cloud: self.name(),
            named: self.named(service),
            trust: format!(
                "set `cacert` (or OS_CACERT) in {0} to the authority's PEM file, or `verify: false` to trust anything",
                self.settings().found
            ),
        };
        let (kind, message, help) = lost::told(error, &place);
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
