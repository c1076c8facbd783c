//! Making a [`Call`]: an action of a service and its parameters as nested values. Nothing is sent here.

use super::service::Service;
use crate::wire::{Intent, query};
use serde_json::{Map, Value as Json};

/// One call of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The operation's name for traces and faults: `server.create`.
    pub operation: &'static str,
    /// The service.
    pub service: Service,
    /// The action: `RunInstances`.
    pub action: String,
    /// Its parameters by the service's names, in order; lists and structures as such.
    pub parameters: Map<String, Json>,
    /// What it means to do.
    pub intent: Intent,
}

impl Call {
    /// A call of EC2 without parameters; what describes, gets or lists is a read, the rest happens once.
    pub fn ec2(operation: &'static str, action: &str) -> Call {
        Call::of(operation, Service::Ec2, action)
    }

    /// The same, of any service.
    pub fn of(operation: &'static str, service: Service, action: &str) -> Call {
        let intent = if is_read(action) { Intent::Read } else { Intent::Once };
        Call { operation, service, action: action.to_string(), parameters: Map::new(), intent }
    }

    /// With a parameter; null leaves it out.
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Call {
        let value = value.into();
        if !value.is_null() {
            self.parameters.insert(name.to_string(), value);
        }
        self
    }

    /// With a filter, where there are values to filter by.
    pub fn filter(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Call {
        let values: Vec<Json> = values.into_iter().map(|value| Json::from(value.into())).collect();
        if !values.is_empty() {
            let filter = serde_json::json!({"Name": name.into(), "Value": values});
            if let Json::Array(filters) =
                self.parameters.entry("Filter").or_insert_with(|| Json::Array(Vec::new()))
            {
                filters.push(filter);
            }
        }
        self
    }

    /// Doing it twice leaves what doing it once leaves.
    pub fn idempotent(mut self) -> Call {
        self.intent = Intent::Idempotent;
        self
    }

    /// The pairs that are sent; a version among the parameters wins.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![("Action".to_string(), self.action.clone())];
        if let Some(version) = self.service.version().filter(|_| !self.parameters.contains_key("Version")) {
            pairs.push(("Version".to_string(), version.to_string()));
        }
        pairs.extend(query::flatten(&Json::Object(self.parameters.clone()), self.service.lists()));
        pairs
    }
}

/// Whether an action only looks.
pub fn is_read(action: &str) -> bool {
    ["Describe", "Get", "List", "Estimate", "Validate", "Search"].iter().any(|start| {
        action.strip_prefix(start).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    })
}

/// A text that a filter's value takes for itself alone: `*`, `?` and `\` mean more there.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_flat_pairs() {
        let call = Call::ec2("server.list", "DescribeInstances")
            .filter("tag:Name", ["web"])
            .filter("image-id", Vec::<String>::new())
            .with("MaxResults", 5)
            .with("NextToken", Json::Null);
        let text: Vec<String> = call.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            text,
            [
                "Action=DescribeInstances",
                "Version=2016-11-15",
                "Filter.1.Name=tag:Name",
                "Filter.1.Value.1=web",
                "MaxResults=5"
            ]
        );
        assert_eq!(call.intent, Intent::Read);
        assert_eq!(Call::ec2("x", "RunInstances").intent, Intent::Once);
        assert!(!is_read("GetterInstall") && is_read("GetConsoleOutput") && !is_read("Listen"));
        assert_eq!(literal("a*b?\\"), "a\\*b\\?\\\\");
    }
}
