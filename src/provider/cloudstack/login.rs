//! Logging in by name, password and domain: a session key and two cookies, which go with every call.
//!
//! A call that lacks one of the three is refused and ends the login, so that a login that was refused is made anew, once a call.

use super::call::Call;
use super::decode::{text, truth, unwrapped};
use super::fault;
use super::session::{Auth, Session};
use crate::cloud::{Kind, Result, Secret};
use crate::wire::{Answer, Body, Intent, Method, Request};
use serde_json::Value as Json;
use std::sync::Arc;

/// What is logged in with.
#[derive(Debug, Clone)]
pub struct Password {
    /// The user.
    pub username: String,
    /// Its password.
    pub password: Secret,
    /// Its domain: empty and `/` are the root, a sub-domain is `acme` or `/acme`.
    pub domain: String,
}

/// The login of a session.
#[derive(Default)]
pub struct Login(tokio::sync::Mutex<Option<Arc<Held>>>);

/// A login that was made.
pub(super) struct Held {
    key: String,
    cookies: String,
    /// What the cloud said of who this is.
    pub(super) identity: Json,
}

impl Held {
    /// A call with what proves the login.
    pub(super) fn prove(&self, session: &Session, call: &Call) -> Request {
        let mut pairs = call.pairs();
        pairs.push(("sessionkey".to_string(), self.key.clone()));
        session.request(call, pairs).header("Cookie", self.cookies.clone())
    }
}

impl Session {
    /// The session's login, made where there is none or the `ended` one is still held.
    pub(super) async fn logged_in(
        &self,
        password: &Password,
        ended: Option<&Arc<Held>>,
    ) -> Result<Arc<Held>> {
        let mut held = self.login_state().0.lock().await;
        if let Some(one) = held.as_ref().filter(|one| !ended.is_some_and(|ended| Arc::ptr_eq(one, ended))) {
            return Ok(one.clone());
        }
        *held = None;
        let made = Arc::new(self.log_in(password).await?);
        *held = Some(made.clone());
        Ok(made)
    }

    /// What the cloud said at the login of who this is; `None` with keys.
    pub(super) async fn identity(&self) -> Result<Option<Json>> {
        match &self.settings().auth {
            Auth::Keys(_) => Ok(None),
            Auth::Password(password) => Ok(Some(self.logged_in(password, None).await?.identity.clone())),
        }
    }

    async fn log_in(&self, password: &Password) -> Result<Held> {
        let call = Call {
            intent: Intent::Login,
            ..Call::once("login", "login")
                .with("username", &password.username)
                .with("password", password.password.reveal())
                .with("domain", domain(&password.domain))
        };
        let mut request = Request::new(call.operation, Method::Post, self.settings().endpoint.clone())
            .intent(Intent::Login)
            .header("Accept", "application/json");
        request.body = Body::Form(call.pairs());
        let answer = self.wire().send(&request).await.map_err(|error| self.lost(&call, &error))?;
        if !answer.is_success() {
            return Err(self.refused_login(password, &call, &answer));
        }
        let identity = unwrapped(&answer.body).map_err(|why| fault::nonsense(self, &call, &answer, &why))?;
        if identity.get("errorcode").is_some() {
            return Err(self.refused_login(password, &call, &answer));
        }
        let Some(key) = text(&identity, "sessionkey") else {
            return Err(fault::nonsense(self, &call, &answer, "it tells no session key"));
        };
        if truth(&identity, "is2faenabled") == Some(true) && truth(&identity, "is2faverified") != Some(true) {
            let message = format!("the account of `{}` wants a second factor", password.username);
            return Err(self
                .error(Kind::Unauthorized, message)
                .help(format!("use API keys of that account in {}", self.found())));
        }
        let cookies = cookies(&answer);
        self.mask_secret(&key);
        cookies
            .iter()
            .filter_map(|cookie| cookie.split_once('='))
            .for_each(|(_, value)| self.mask_secret(value));
        Ok(Held { key, cookies: cookies.join("; "), identity })
    }

    fn refused_login(&self, password: &Password, call: &Call, answer: &Answer) -> crate::cloud::Error {
        let mut error = fault::refusal(self, call, answer);
        if !matches!(answer.status, 401 | 531) {
            return error;
        }
        error.kind = Kind::Unauthorized;
        let domain = password.domain.trim();
        let within =
            if domain.is_empty() { "the root domain".to_string() } else { format!("domain `{domain}`") };
        error.message = format!("{} refuses the login of `{}` in {within}", self.name(), password.username);
        error.help = Some(format!(
            "check `username`, `password` and `domain` in {}; the root domain is `/` or empty, a sub-domain is `acme` or `/acme`, without ROOT",
            self.found()
        ));
        error.coded("config::credentials")
    }

    /// End the login, where there is one; whether that is heard matters to nobody.
    pub(super) async fn log_out(&self) {
        let held = self.login_state().0.lock().await.take();
        if let Some(held) = held {
            let call = Call { intent: Intent::Login, ..Call::once("logout", "logout") };
            let mut request = held.prove(self, &call);
            request.timeout = Some(std::time::Duration::from_secs(5));
            let _ = self.wire().send(&request).await;
        }
    }
}

/// The root domain as the API takes it: people write it `ROOT` too, and its sub-domains `/ROOT/acme`.
fn domain(given: &str) -> String {
    let inner = given.trim().trim_matches('/');
    let (first, rest) = inner.split_once('/').unwrap_or((inner, ""));
    match first.eq_ignore_ascii_case("ROOT") {
        true => format!("/{rest}"),
        false => format!("/{inner}"),
    }
}

/// The cookies that an answer sets, as they are sent back.
fn cookies(answer: &Answer) -> Vec<String> {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs = set.filter_map(|(_, value)| value.split(';').next()).map(|pair| pair.trim().to_string());
    pairs.filter(|pair| pair.contains('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_written_as_people_do() {
        for (given, sent) in [
            ("", "/"),
            ("/", "/"),
            ("ROOT", "/"),
            ("/ROOT/", "/"),
            ("acme", "/acme"),
            ("/acme/", "/acme"),
            ("ROOT/acme", "/acme"),
            ("/ROOT/acme/eu", "/acme/eu"),
        ] {
            assert_eq!(domain(given), sent, "{given}");
        }
    }
}
