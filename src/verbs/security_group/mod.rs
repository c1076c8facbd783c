//! Security groups: what may reach a server, and what it may reach.

pub mod authorize;
pub mod create_security_group;
pub mod read;
pub mod revoke;
pub mod rule;

use super::argument::{Name, Ref};
use super::call::Call;
use super::verb::Key;
use crate::cloud::{Cloud, Resource, Result, Rule, SecurityGroup, call_scope};
use rule::{RuleMap, rule_of};
use std::sync::Arc;

/// The group that a rule is about.
pub const GROUP: Key<Ref<SecurityGroup>> =
    Key::required("security_group", "A security group, its id or unique name, or an array of them.");
/// A rule.
pub const RULE: Key<RuleMap> = Key::required(
    "rule",
    "#{protocol, ports: 80 or \"8000-8010\", cidr} or #{group: other}; of icmp #{type, code}; direction is ingress unless given. \
     `cidr` may be a prefix list's id, and `group` another account's, with its `account`, where the cloud has those.",
);
/// A protocol, where a rule is written without a map.
pub const PROTOCOL: Key<Name> = Key::required("protocol", "tcp, udp, icmp or a number.");
/// The first port.
pub const FROM_PORT: Key<i64> = Key::required("from_port", "The first port; -1 for all of them.");
/// The last port.
pub const TO_PORT: Key<i64> = Key::required("to_port", "The last port; -1 for all of them.");
/// From where.
pub const CIDR: Key<Name> = Key::required("cidr", "The addresses: \"10.0.0.0/8\".");

/// The group of a call, its cloud, and the rule that is meant, a source group resolved to its id.
async fn open(call: &Call) -> Result<(Arc<dyn Cloud>, Resource, Rule)> {
    let group = call.one(&GROUP).await?;
    let cloud = call.host.clouds.get(Some(group.cloud()))?;
    let rule = rule_of(call).await?;
    Ok((cloud, group, rule))
}

/// Whether a group lets just this through.
fn holds(group: &Resource, rule: &Rule) -> bool {
    let bare = |rule: &Rule| Rule { id: None, ethertype: None, ..rule.clone() };
    matches!(group, Resource::SecurityGroup(group) if group.rules.iter().any(|held| bare(held) == bare(rule)))
}

/// Whether a group lets nothing through that a rule could mean.
fn lacks(group: &Resource, rule: &Rule) -> bool {
    let may_be_meant = |held: &Rule| {
        held.direction == rule.direction
            && held.ports == rule.ports
            && (rule.id.is_none() || held.id == rule.id)
    };
    matches!(group, Resource::SecurityGroup(group) if !group.rules.iter().any(may_be_meant))
}

/// A call that a run began before it died: where the group, as it was then, tells that the cloud refuses it, there is nothing to look
/// for, and what is found there is not its own.
fn refused_before(refused: bool) {
    if refused && call_scope::unsure().is_some_and(|unsure| !unsure.named) {
        call_scope::nothing_was_sent();
    }
}
