//! Security groups and what they let through, and key pairs.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Direction, Filter, Keypair, Noun, Result, Rule, SecurityGroup};

impl Overlay {
    pub(super) async fn make_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        if !self.all_others(Noun::Keypair, &Filter::named(name)).await?.is_empty() {
            return Err(self.conflict(format!("there is a keypair `{name}` already")));
        }
        let words = || format!("create_keypair {name}");
        let changed = self.is_changed(Noun::Keypair, name);
        self.shown(changed, words, self.inner.create_keypair(name, public_key)).await?;
        let keypair = Keypair {
            // On OpenStack a key's name is its id.
            id: if self.is_openstack() { name.to_string() } else { self.new_id() },
            name: name.to_string(),
            fingerprint: None,
            public_key: public_key.map(|key| key.trim().to_string()),
            private_key: None,
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        self.world().make(keypair.clone().into());
        Ok(keypair)
    }

    pub(super) async fn make_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        // Names are unique in a VPC, and not in Neutron.
        if !self.is_openstack() && network.is_none() {
            let there = self.all_others(Noun::SecurityGroup, &Filter::named(name)).await?;
            if !there.is_empty() {
                return Err(self.conflict(format!("there is a security group `{name}` already")));
            }
        }
        let changed = network.is_some_and(|network| self.is_changed(Noun::Network, network));
        let words = || format!("create_security_group {name}");
        self.shown(changed, words, self.inner.create_security_group(name, description, network)).await?;
        let everywhere = |cidr: Option<&str>, ethertype: Option<&str>| Rule {
            id: Some(self.new_id()),
            direction: Direction::Egress,
            cidr: cidr.map(str::to_string),
            ethertype: ethertype.map(str::to_string),
            ..Rule::default()
        };
        let group = SecurityGroup {
            id: self.new_id(),
            name: name.to_string(),
            description: description.to_string(),
            rules: match self.is_openstack() {
                // One for each kind of address.
                true => vec![everywhere(None, Some("IPv4")), everywhere(None, Some("IPv6"))],
                false => vec![everywhere(Some("0.0.0.0/0"), None)],
            },
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        self.world().make(group.clone().into());
        Ok(group)
    }

    pub(super) async fn allow(&self, id: &str, rule: &Rule) -> Result<()> {
        let group = self.group_now(id).await?;
        let rule = self.kept(rule);
        if group.rules.iter().any(|held| is_same(held, &rule)) {
            return Err(self.conflict(format!("`{}` is allowed in `{}` already", rule.words(), group.name)));
        }
        let words = || format!("authorize {} {}", group.name, rule.words());
        self.shown(self.is_rule_changed(id, &rule), words, self.inner.authorize(id, &rule)).await?;
        let rule = Rule { id: Some(self.new_id()), ..rule };
        self.edit_group(&group, |group| group.rules.push(rule));
        Ok(())
    }

    pub(super) async fn forbid(&self, id: &str, rule: &Rule) -> Result<()> {
        let group = self.group_now(id).await?;
        let rule = self.kept(rule);
        let meant = |held: &Rule| match &rule.id {
            Some(id) if self.is_openstack() => held.id.as_ref() == Some(id),
            _ => is_same(held, &rule),
        };
        if !group.rules.iter().any(meant) {
            let words = rule.words();
            return Err(self.not_found(format!("`{}` does not allow `{words}`", group.name)));
        }
        let words = || format!("revoke {} {}", group.name, rule.words());
        self.shown(self.is_rule_changed(id, &rule), words, self.inner.revoke(id, &rule)).await?;
        self.edit_group(&group, |group| group.rules.retain(|held| !meant(held)));
        Ok(())
    }

    fn is_rule_changed(&self, group: &str, rule: &Rule) -> bool {
        let peer = rule.group.as_deref();
        self.is_changed(Noun::SecurityGroup, group)
            || peer.is_some_and(|peer| self.is_changed(Noun::SecurityGroup, peer))
    }

    /// A rule as the cloud keeps it: protocols by name, and on OpenStack every port is no port.
    fn kept(&self, rule: &Rule) -> Rule {
        let mut kept = rule.clone();
        kept.protocol = rule.protocol.as_deref().and_then(protocol);
        let icmp = matches!(kept.protocol.as_deref(), Some("icmp" | "ipv6-icmp"));
        if self.is_openstack() && !icmp {
            kept.ports = match rule.ports {
                Some((0 | 1, 65535)) => None,
                Some((0, last)) => Some((1, last.max(1))),
                ports => ports,
            };
        }
        kept
    }
}

/// The word of a protocol, `None` for all of them.
fn protocol(word: &str) -> Option<String> {
    let word = match word {
        "any" | "-1" => return None,
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" | "icmpv6" => "ipv6-icmp",
        other => other,
    };
    Some(word.to_string())
}

/// Whether two rules let the same through; everywhere is no range, of either kind of address.
fn is_same(held: &Rule, meant: &Rule) -> bool {
    let range = |rule: &Rule| match rule.cidr.as_deref() {
        Some("0.0.0.0/0") => None,
        other => other.map(str::to_string),
    };
    held.direction == meant.direction
        && held.protocol.as_deref().and_then(protocol) == meant.protocol
        && held.ports == meant.ports
        && held.group == meant.group
        && range(held) == range(meant)
        && (held.ethertype.is_none() || meant.ethertype.is_none() || held.ethertype == meant.ethertype)
}
