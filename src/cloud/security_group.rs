//! Security groups and what they let through.

use super::described::{self, Described};
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A security group as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it lets through.
    pub rules: Vec<Rule>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

/// Which way traffic goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Direction {
    #[default]
    Ingress,
    Egress,
}

impl Direction {
    /// Its word in scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }
}

/// One thing that a security group lets through; as a request it has no id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id, where the cloud gives rules one.
    pub id: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// `tcp`, `udp`, `icmp`, `ipv6-icmp`, or a protocol number; `None` for every protocol.
    pub protocol: Option<String>,
    /// The first and last port, of ICMP the type and code; `None` for all of them.
    pub ports: Option<(i64, i64)>,
    /// From or to these addresses, or those of the prefix list of this id; neither this nor a group means everywhere.
    pub cidr: Option<String>,
    /// From or to members of the group of this id.
    pub group: Option<String>,
    /// The account that the group is of, where it is another one.
    #[serde(default)]
    pub account: Option<String>,
    /// `IPv4` or `IPv6`, where nothing else of the rule tells.
    #[serde(default)]
    pub ethertype: Option<String>,
}

/// Whether a text is the id of a list of address ranges: `pl-` and hexadecimal digits.
pub fn is_prefix_list(text: &str) -> bool {
    let digits = text.strip_prefix("pl-").unwrap_or_default();
    digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Rule {
    /// Whether the addresses are those of a prefix list.
    pub fn names_prefix_list(&self) -> bool {
        self.cidr.as_deref().is_some_and(is_prefix_list)
    }

    /// The kind of address that it is for, as far as it tells: of a group and a prefix list it may be either.
    pub fn family(&self) -> Option<&str> {
        match &self.cidr {
            _ if self.ethertype.is_some() => self.ethertype.as_deref(),
            Some(cidr) if cidr.contains(':') => Some("IPv6"),
            Some(cidr) if !is_prefix_list(cidr) => Some("IPv4"),
            _ => None,
        }
    }

    /// As scripts read it.
    pub fn value(&self) -> Value {
        let text = |text: &Option<String>| Value::optional_text(text.as_deref());
        let account = self.account.as_ref().map(|account| ("account", Value::text(account)));
        let fields = [
            ("id", text(&self.id)),
            ("direction", Value::text(self.direction.as_str())),
            ("protocol", text(&self.protocol)),
            ("from_port", described::number(self.ports.map(|ports| ports.0))),
            ("to_port", described::number(self.ports.map(|ports| ports.1))),
            ("cidr", text(&self.cidr)),
            ("group", text(&self.group)),
            ("ethertype", Value::optional_text(self.family())),
        ];
        let fields = fields.into_iter().chain(account);
        Value::Map(fields.map(|(name, value)| (name.to_string(), value)).collect())
    }

    /// In a few words: `tcp 8000-8010 from 10.0.0.0/8`.
    pub fn words(&self) -> String {
        let protocol = self.protocol.as_deref().unwrap_or("all traffic");
        let ports = match self.ports {
            None => String::new(),
            Some((first, last)) if first == last => format!(" {first}"),
            Some((first, last)) => format!(" {first}-{last}"),
        };
        let way = match self.direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        let peer = match (&self.cidr, &self.group) {
            (Some(cidr), _) => cidr.clone(),
            (None, Some(group)) => format!("group {group}"),
            (None, None) => "anywhere".to_string(),
        };
        format!("{protocol}{ports} {way} {peer}")
    }
}

impl SecurityGroup {
    /// The fields of a security group.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name.").changed_by(&["rename", "update"]),
        Field::shown("description", Ty::Text, "What it is for, or ().").changed_by(&["update"]),
        Field::new(
            "rules",
            Ty::ArrayOf(&Ty::MapOf(&Ty::Any)),
            "What it lets through: maps of id, direction, protocol, from_port, to_port, cidr, group and ethertype; () is all. Of ICMP the ports are type and code; `account` is there where the group is another account's.",
        ).changed_by(&["authorize", "revoke"]),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for SecurityGroup {
    fn noun(&self) -> Noun {
        Noun::SecurityGroup
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => Value::optional_text(Some(&self.name)),
            "description" => Value::optional_text(Some(&self.description)),
            "rules" => Value::Array(self.rules.iter().map(Rule::value).collect()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_in_a_few_words() {
        let web = Rule {
            protocol: Some("tcp".to_string()),
            ports: Some((80, 80)),
            cidr: Some("0.0.0.0/0".to_string()),
            ..Rule::default()
        };
        assert_eq!(web.words(), "tcp 80 from 0.0.0.0/0");
        let all = Rule { group: Some("sg-1".to_string()), ..Rule::default() };
        assert_eq!(all.words(), "all traffic from group sg-1");
        let Value::Map(map) = all.value() else { panic!("a map") };
        assert_eq!((&map["protocol"], &map["from_port"]), (&Value::Unit, &Value::Unit));
        assert_eq!((&map["ethertype"], map.get("account")), (&Value::Unit, None));
        let Value::Map(map) = web.value() else { panic!("a map") };
        assert_eq!(map["ethertype"], Value::text("IPv4"));
        let listed = Rule { cidr: Some("pl-63a5400a".to_string()), ..web };
        assert!(listed.names_prefix_list() && listed.family().is_none());
    }
}
