//! Making a [`Call`]: a command and its parameters as pairs. Nothing is sent here.

use crate::wire::Intent;
use serde_json::Value as Json;

/// The longest query of a GET; what is longer goes in a form.
pub const LONGEST_QUERY: usize = 2000;

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The operation's name for traces and faults: `server.create`.
    pub operation: &'static str,
    /// The command: `deployVirtualMachine`.
    pub command: String,
    /// Its parameters as they are sent.
    pub parameters: Vec<(String, String)>,
    /// What it means to do.
    pub intent: Intent,
    /// Whether it is about the session's project; what is known by its id need not be.
    pub of_project: bool,
}

impl Call {
    fn new(operation: &'static str, command: &str, intent: Intent) -> Call {
        Call { operation, command: command.to_string(), parameters: Vec::new(), intent, of_project: true }
    }

    /// A command that looks and changes nothing.
    pub fn read(operation: &'static str, command: &str) -> Call {
        Call::new(operation, command, Intent::Read)
    }

    /// A command that makes or starts something.
    pub fn once(operation: &'static str, command: &str) -> Call {
        Call::new(operation, command, Intent::Once)
    }

    /// A command that may be sent twice and leaves what it leaves once.
    pub fn idempotent(operation: &'static str, command: &str) -> Call {
        Call::new(operation, command, Intent::Idempotent)
    }

    /// With a parameter; one that has no value is left out, for an empty one is an error to the server.
    pub fn with(mut self, name: &str, value: impl Into<Parameter>) -> Call {
        if let Parameter(Some(value)) = value.into() {
            self.parameters.push((name.to_string(), value));
        }
        self
    }

    /// With a list, comma separated, where there are members.
    pub fn list(self, name: &str, members: impl IntoIterator<Item = impl AsRef<str>>) -> Call {
        let all: Vec<String> = members.into_iter().map(|one| one.as_ref().to_string()).collect();
        let joined = (!all.is_empty()).then(|| all.join(","));
        self.with(name, joined)
    }

    /// With a map whose names stand in the key: `details[0].cpuNumber=2`.
    pub fn map(mut self, name: &str, fields: impl IntoIterator<Item = (String, String)>) -> Call {
        let fields = fields.into_iter().map(|(key, value)| (format!("{name}[0].{key}"), value));
        self.parameters.extend(fields);
        self
    }

    /// With a map of entries: `tags[0].key=..&tags[0].value=..`.
    pub fn entries<'a>(
        mut self,
        name: &str,
        entries: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Call {
        for (index, (key, value)) in entries.into_iter().enumerate() {
            self.parameters.push((format!("{name}[{index}].key"), key.to_string()));
            if let Some(value) = value {
                self.parameters.push((format!("{name}[{index}].value"), value.to_string()));
            }
        }
        self
    }

    /// Not narrowed to the session's project.
    pub fn anywhere(mut self) -> Call {
        self.of_project = false;
        self
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter, set or changed.
    pub fn set(&mut self, name: &str, value: String) {
        match self.parameters.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.parameters.push((name.to_string(), value)),
        }
    }

    /// The pairs that are sent.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let own = [("command", self.command.as_str()), ("response", "json")];
        let own = own.into_iter().map(|(name, value)| (name.to_string(), value.to_string()));
        own.chain(self.parameters.iter().cloned()).collect()
    }
}

/// The value of a parameter, or that there is none.
pub struct Parameter(pub Option<String>);

impl From<&str> for Parameter {
    fn from(text: &str) -> Parameter {
        Parameter(Some(text.to_string()))
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Parameter {
        Parameter(Some(text))
    }
}

impl From<&String> for Parameter {
    fn from(text: &String) -> Parameter {
        Parameter(Some(text.clone()))
    }
}

impl From<bool> for Parameter {
    fn from(truth: bool) -> Parameter {
        Parameter(Some(truth.to_string()))
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Parameter {
        Parameter(Some(number.to_string()))
    }
}

impl<T: Into<Parameter>> From<Option<T>> for Parameter {
    fn from(value: Option<T>) -> Parameter {
        value.map_or(Parameter(None), Into::into)
    }
}

impl From<&Json> for Parameter {
    fn from(value: &Json) -> Parameter {
        Parameter(match value {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(truth) => Some(truth.to_string()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_flat_pairs() {
        let call = Call::once("server.create", "deployVirtualMachine")
            .with("zoneid", "z")
            .with("keypair", None::<&str>)
            .list("networkids", ["a", "b"])
            .list("securitygroupids", Vec::<String>::new())
            .map("details", [("cpuNumber".to_string(), "2".to_string())])
            .entries("tags", [("env", Some("prod")), ("old", None)]);
        let text: Vec<String> = call.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            text,
            [
                "command=deployVirtualMachine",
                "response=json",
                "zoneid=z",
                "networkids=a,b",
                "details[0].cpuNumber=2",
                "tags[0].key=env",
                "tags[0].value=prod",
                "tags[1].key=old"
            ]
        );
    }
}
