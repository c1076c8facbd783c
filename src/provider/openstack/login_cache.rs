//! A login that outlives its run: the token, what came with it, and what discovery found, so that the next run of the same user
//! sends its first real request first.
//!
//! It is kept under a key made of all that tells one login from another, and of no secret. A new password therefore finds the
//! login of the old one until that expires; `--no-cache` asks Keystone whatever is kept.

use super::keystone::{Auth, Settings, Token, v2, v3};
use super::service::{Range, Service, Version};
use super::session::Session;
use crate::cloud::{Kind, Time};
use crate::wire::Answer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where logins are kept between runs: a text under a key.
pub trait LoginCache: Send + Sync {
    /// What is kept; `None` where nothing is, or it cannot be read.
    fn load(&self, key: &str) -> Option<String>;
    /// Keep a text. What cannot be kept is asked for again by the next run, so nothing is told.
    fn save(&self, key: &str, text: &str);
    /// Forget it.
    fn remove(&self, key: &str);
}

/// How records are written; others are not read.
const FORM: u8 = 1;

/// A token that ends sooner is not begun with.
const LEFT: Duration = Duration::from_secs(60);

/// What is kept of a login.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    form: u8,
    /// Keystone's URL with its version, and the version.
    keystone: (String, u8),
    /// The token of v3, which stands in a header; empty for v2.0.
    token: String,
    /// Keystone's answer.
    answer: Value,
    /// By service: the URL that discovery found.
    endpoints: BTreeMap<String, String>,
    /// By service: its oldest and newest microversion.
    ranges: BTreeMap<String, (Option<Version>, Option<Version>)>,
}

/// The cache as one session uses it.
pub(super) struct Cached {
    store: Arc<dyn LoginCache>,
    key: String,
    /// What is kept now, by this run or an earlier one.
    record: Mutex<Option<Record>>,
}

impl Cached {
    /// `None` where there is nothing to keep: no Keystone, a token that was given, keys that stand in the manual.
    pub(super) fn of(settings: &Settings, store: Arc<dyn LoginCache>) -> Option<Cached> {
        let kept = matches!(settings.auth, Auth::Password { .. } | Auth::ApplicationCredential { .. });
        (kept && !settings.public).then(|| Cached { store, key: key(settings), record: Mutex::default() })
    }
}

/// A name for a login, the same in each run. Secrets show as their placeholder there, so that none is in it.
fn key(settings: &Settings) -> String {
    let settings = Settings { found: String::new(), ..settings.clone() };
    let digest = Sha256::digest(format!("{FORM} {settings:?}").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Record {
    fn token(&self) -> Result<Token, String> {
        match self.keystone.1 {
            2 => v2::token_of(&self.answer),
            _ => v3::token_of(&self.token, &self.answer),
        }
    }
}

impl Session {
    /// The login that an earlier run left, where it is another one than `stale` and has time left.
    pub(super) async fn kept_login(&self, stale: Option<&Token>) -> Option<Token> {
        let cached = self.0.cached.as_ref()?;
        let record: Record = serde_json::from_str(&cached.store.load(&cached.key)?).ok()?;
        let token = record.token().ok().filter(|_| record.form == FORM)?;
        let until = Time::from_system(self.0.wire.clock().now() + LEFT);
        if token.expires.is_none_or(|end| end < until) || stale.is_some_and(|stale| stale.id == token.id) {
            return None;
        }
        if let Ok(mut keystone) = self.0.keystone.lock() {
            *keystone = Some(record.keystone.clone());
        }
        if let Ok(mut known) = self.0.endpoints.lock() {
            let found = record.endpoints.iter();
            known.extend(found.map(|(name, url)| (Service::named(name), url.clone())));
        }
        let ranges = record.ranges.iter();
        let range =
            |(min, max): &(Option<Version>, Option<Version>)| Range { min: *min, max: *max, default: None };
        self.0.ranges.lock().await.extend(ranges.map(|(name, ends)| (Service::named(name), range(ends))));
        *cached.record.lock().ok()? = Some(record);
        Some(token)
    }

    /// Keep the login that Keystone answered with.
    pub(super) fn keep_login(&self, keystone: (String, u8), answer: &Answer) {
        let Ok(body) = serde_json::from_slice(&answer.body) else { return };
        let token = answer.header("x-subject-token").unwrap_or_default().to_string();
        let new = |before: &mut Option<Record>| {
            let (endpoints, ranges) =
                before.take().map(|before| (before.endpoints, before.ranges)).unwrap_or_default();
            *before = Some(Record { form: FORM, keystone, token, answer: body, endpoints, ranges });
        };
        self.keep(new);
    }

    /// Keep what discovery found of a service.
    pub(super) fn keep_discovery(&self, service: &Service, url: &str, range: Option<Range>) {
        self.keep(|record| {
            if let Some(record) = record {
                record.endpoints.insert(service.key().to_string(), url.to_string());
                let ends = range.map(|range| (range.min, range.max));
                record.ranges.extend(ends.map(|ends| (service.key().to_string(), ends)));
            }
        });
    }

    fn keep(&self, change: impl FnOnce(&mut Option<Record>)) {
        let Some(cached) = &self.0.cached else { return };
        let Ok(mut record) = cached.record.lock() else { return };
        change(&mut record);
        if let Some(text) = record.as_ref().and_then(|record| serde_json::to_string(record).ok()) {
            cached.store.save(&cached.key, &text);
        }
    }

    /// What is kept did not serve: the next run asks Keystone.
    pub(super) fn forget_login(&self) {
        if let Some(cached) = &self.0.cached
            && let Ok(mut record) = cached.record.lock()
            && record.take().is_some()
        {
            cached.store.remove(&cached.key);
        }
    }

    /// After a login that was refused: what was kept of an earlier one goes with it.
    pub(super) fn refuse_login(&self, kind: Kind) {
        if let Some(cached) = self.0.cached.as_ref().filter(|_| kind == Kind::Unauthorized) {
            cached.store.remove(&cached.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Secret;

    #[test]
    fn a_key_tells_logins_apart_and_knows_no_secret() {
        let one = Settings::password("http://c:5000/v3", "ada", "first", "lab");
        let same = Settings {
            found: "elsewhere".into(),
            ..Settings::password("http://c:5000/v3", "ada", "second", "lab")
        };
        assert_eq!(key(&one), key(&same));
        let others = [
            Settings::password("http://d:5000/v3", "ada", "first", "lab"),
            Settings::password("http://c:5000/v3", "bob", "first", "lab"),
            Settings::password("http://c:5000/v3", "ada", "first", "prod"),
            Settings { region: Some("north".into()), ..one.clone() },
            Settings { identity_version: Some(2), ..one.clone() },
            Settings { auth: Auth::Token(Secret::new("first")), ..one.clone() },
        ];
        for other in others {
            assert_ne!(key(&one), key(&other), "{other:?}");
        }
    }
}
