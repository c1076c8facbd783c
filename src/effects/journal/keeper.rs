//! What is secret in a journal: nothing of it can be read there.
//!
//! What a cloud tells once, and text that holds a secret of the run, is sealed with the run's key, so that the same text is sealed
//! the same way and records can be compared. What can be asked for again (a parameter, an answer, the environment) is there as its
//! source and sixteen bits of a code: a wrong one is noticed, a guess is not confirmed.

use crate::cloud::Secret;
use crate::effects::token::RunKey;
use crate::effects::value::Secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Shorter ones are hidden only where they are the whole text.
const SHORT: usize = 8;

/// What the keys of a map that hold a secret begin with; what they were is sealed behind it.
const SEALED_KEY: &str = "$key:";

/// Text without the secrets that the session knows.
pub type Hide = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The secrets of a run.
pub struct Keeper {
    key: RunKey,
    hide: Hide,
    /// What can be asked for again, with where from: `param:pw`, `env:NAME`, `ask:7`.
    known: Mutex<Vec<(String, String)>>,
}

impl Keeper {
    /// With the run's key, and what else the session hides.
    pub fn new(key: RunKey, hide: Hide) -> Keeper {
        Keeper { key, hide, known: Mutex::default() }
    }

    /// From now on this text is a secret that can be had again from its source.
    pub fn learn(&self, source: &str, text: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !text.is_empty() && !known.iter().any(|(other, of)| other == text && of == source) {
            known.push((text.to_string(), source.to_string()));
        }
    }

    /// A secret by its source and a code of sixteen bits.
    pub fn sourced(&self, source: &str, text: &str) -> Json {
        json!({ "$secret": source, "check": self.check(text) })
    }

    /// Whether a secret is the one that was written so.
    pub fn is_same(&self, written: &Json, text: &str) -> bool {
        written.get("check").and_then(Json::as_str) == Some(&*self.check(text))
    }

    fn check(&self, text: &str) -> String {
        let code = self.key.code(format!("check {text}").as_bytes());
        format!("{:02x}{:02x}", code[0], code[1])
    }

    /// A code of what is only compared.
    pub fn hash(&self, value: &Json) -> Json {
        let text = value.to_string();
        let code = self.key.code(format!("hash {text}").as_bytes());
        let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "$hash": hex, "bytes": text.len() })
    }

    /// A record without readable secrets: text that holds one is sealed.
    pub fn scrub(&self, json: Json) -> Json {
        match json {
            Json::String(text) if self.holds_secret(&text) => json!({ "$text": self.seal(&text) }),
            Json::Array(items) => items.into_iter().map(|item| self.scrub(item)).collect(),
            Json::Object(map) if map.keys().any(|key| matches!(key.as_str(), "$sealed" | "$secret")) => {
                Json::Object(map)
            }
            Json::Object(map) => {
                let scrubbed = map.into_iter().map(|(key, item)| match self.holds_secret(&key) {
                    true => (format!("{SEALED_KEY}{}", self.seal(&key)), self.scrub(item)),
                    false => (key, self.scrub(item)),
                });
                Json::Object(scrubbed.collect::<Map<_, _>>())
            }
            other => other,
        }
    }

    /// The same record with its sealed text as it was; `Null` where the key does not fit.
    pub fn restore(&self, json: Json) -> Json {
        match json {
            Json::Array(items) => items.into_iter().map(|item| self.restore(item)).collect(),
            Json::Object(map) => match map.get("$text").and_then(Json::as_str) {
                Some(sealed) => self.open(sealed).map_or(Json::Null, Json::from),
                None => {
                    let restored = map.into_iter().map(|(key, item)| {
                        let opened = key.strip_prefix(SEALED_KEY).and_then(|sealed| self.open(sealed));
                        (opened.unwrap_or(key), self.restore(item))
                    });
                    Json::Object(restored.collect::<Map<_, _>>())
                }
            },
            other => other,
        }
    }

    fn holds_secret(&self, text: &str) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |secret: &str| match secret.len() < SHORT {
            true => text == secret,
            false => text.contains(secret),
        };
        known.iter().any(|(secret, _)| holds(secret)) || (self.hide)(text) != text
    }

    /// The same text is sealed the same way: the key of each seal comes from what is sealed.
    fn seal(&self, text: &str) -> String {
        let code = self.key.code(format!("seal {text}").as_bytes());
        let mut sealed = code[..24].to_vec();
        let mut bytes = text.as_bytes().to_vec();
        if let Some(key) = self.key_of(&code[..24])
            && key.seal_in_place_append_tag(nonce(), Aad::empty(), &mut bytes).is_ok()
        {
            sealed.extend(bytes);
        }
        STANDARD.encode(sealed)
    }

    fn open(&self, sealed: &str) -> Option<String> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let (code, bytes) = sealed.split_at_checked(24)?;
        let mut bytes = bytes.to_vec();
        let opened = self.key_of(code)?.open_in_place(nonce(), Aad::empty(), &mut bytes).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    fn key_of(&self, code: &[u8]) -> Option<LessSafeKey> {
        let key = self.key.code(&[b"key ", code].concat());
        UnboundKey::new(&CHACHA20_POLY1305, &key).ok().map(LessSafeKey::new)
    }
}

/// Each seal has a key of its own, so one nonce does for all.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

impl Secrets for Keeper {
    fn write(&self, secret: &Secret) -> Json {
        let text = secret.reveal();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.iter().find(|(known, _)| known == text) {
            Some((_, source)) => self.sourced(source, text),
            None => json!({ "$sealed": self.seal(text) }),
        }
    }

    fn read(&self, json: &Json) -> Option<Secret> {
        if let Some(sealed) = json.get("$sealed").and_then(Json::as_str) {
            return self.open(sealed).map(Secret::new);
        }
        let source = json.get("$secret").and_then(Json::as_str)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|(text, of)| of == source && self.is_same(json, text));
        found.map(|(text, _)| Secret::new(text.as_str()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn keeper(key: u8) -> Keeper {
        Keeper::new(RunKey::new([key; 32]), Arc::new(|text| text.replace("hunter2", "••")))
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        let written = keeper(1).write(&Secret::new("correct horse"));
        assert!(!written.to_string().contains("horse"));
        assert_eq!(keeper(1).read(&written).unwrap().reveal(), "correct horse");
        assert_eq!(keeper(2).read(&written), None);
        assert_eq!(keeper(1).write(&Secret::new("correct horse")), written);
        assert_ne!(keeper(2).write(&Secret::new("correct horse")), written);
    }

    #[test]
    fn what_can_be_asked_for_again_is_there_by_its_source() {
        let first = keeper(1);
        first.learn("param:pw", "topsecret");
        let written = first.write(&Secret::new("topsecret"));
        assert_eq!(written.get("$secret").unwrap(), "param:pw");
        assert_eq!(first.read(&written).unwrap().reveal(), "topsecret");
        let second = keeper(1);
        second.learn("param:pw", "another");
        assert_eq!(second.read(&written), None, "a wrong one is noticed");
    }

    #[test]
    fn text_that_holds_a_secret_is_sealed_wherever_it_stands() {
        let keeper = keeper(1);
        keeper.learn("env:TOKEN", "abcdefgh");
        let record = json!({ "a": ["x abcdefgh y", "plain"], "ok": { "out": "pw hunter2", "n": 1 } });
        let scrubbed = keeper.scrub(record.clone());
        let text = scrubbed.to_string();
        assert!(!text.contains("abcdefgh") && !text.contains("hunter2") && text.contains("plain"), "{text}");
        assert_eq!(keeper.restore(scrubbed), record);
    }
}
