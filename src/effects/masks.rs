//! What the rest of a session learns from the calls that pass: secrets that are to be hidden, addresses of its own servers.

use super::observer::{Begin, End, Observer};
use crate::cloud::Value;
use crate::verbs::RunContext;
use std::sync::Arc;

/// Every secret that a call gave is hidden from then on, also where an observer answered it.
pub struct Masks(pub Arc<RunContext>);

impl Observer for Masks {
    fn ended(&self, _: &Begin<'_>, end: &End<'_>) {
        if let Ok(value) = end.result {
            secrets(value, &mut |secret| self.0.clouds.mask_secret(secret));
        }
    }
}

/// The addresses of the servers that calls gave: `wait_port` may ask them without a permission.
pub struct Addresses(pub Arc<RunContext>);

impl Observer for Addresses {
    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        if let (Ok(value), None) = (end.result, begin.path.member_index()) {
            self.0.learn_addresses(value);
        }
    }
}

/// Every secret in a value.
pub fn secrets(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Secret(secret) => found(secret.reveal()),
        Value::Array(items) => items.iter().for_each(|item| secrets(item, found)),
        Value::Map(map) => map.values().for_each(|item| secrets(item, found)),
        _ => {}
    }
}
