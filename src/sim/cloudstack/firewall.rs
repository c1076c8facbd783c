//! Firewall rules: what a public address lets in, and what a network lets out.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::refused::{Outcome, Refused};
use super::rule::{self, LIST, Rule, conflict, keep, next_number};
use super::scope::Cloud;
use super::state::Ledger;
use crate::world::fresh_id;

const RULE: &[&str] = &[
    "cidrlist",
    "destcidrlist",
    "endport",
    "icmpcode",
    "icmptype",
    "ipaddressid",
    "networkid",
    "protocol",
    "startport",
];
pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createFirewallRule", RULE, |cloud| create(cloud, false)),
    does("cloudstack.createEgressFirewallRule", RULE, |cloud| create(cloud, true)),
    does("cloudstack.deleteFirewallRule", &["id"], rule::delete::<FirewallRule>),
    does("cloudstack.deleteEgressFirewallRule", &["id"], rule::delete::<FirewallRule>),
    asks("cloudstack.listFirewallRules", LIST, |cloud| rule::list::<FirewallRule>(cloud, false)),
    asks("cloudstack.listEgressFirewallRules", LIST, |cloud| rule::list::<FirewallRule>(cloud, true)),
];

/// A rule of a firewall.
#[derive(Debug, Clone)]
pub(super) struct FirewallRule {
    pub(super) id: String,
    number: usize,
    /// The address whose way in it opens; none: a network's way out.
    pub(super) address: Option<String>,
    pub(super) network: String,
    protocol: String,
    /// Ports, or type and code.
    span: Option<(i64, i64)>,
    cidrs: String,
    destinations: String,
    project: String,
}

impl Rule for FirewallRule {
    const NOUN: &'static str = "firewallrule";
    const PURPOSE: &'static str = "Firewall";

    fn held(ledger: &Ledger) -> &Vec<Self> {
        &ledger.firewall
    }

    fn held_mut(ledger: &mut Ledger) -> &mut Vec<Self> {
        &mut ledger.firewall
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn number(&self) -> usize {
        self.number
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    fn network(&self) -> &str {
        &self.network
    }

    fn range(&self) -> String {
        range(self.span)
    }

    fn view(&self, cloud: &Cloud<'_>) -> Value {
        cloud.firewall_view(self)
    }
}

fn range(span: Option<(i64, i64)>) -> String {
    span.map_or_else(|| "all".to_owned(), |span| format!("{}-{}", span.0, span.1))
}

impl Cloud<'_> {
    fn firewall_view(&self, rule: &FirewallRule) -> Value {
        let mut view = json!({"id": rule.id, "protocol": rule.protocol});
        let (first, last) =
            if rule.protocol == "icmp" { ("icmptype", "icmpcode") } else { ("startport", "endport") };
        if let Some(span) = rule.span {
            super::merge(&mut view, json!({first: span.0, last: span.1}));
        }
        if let Some(id) = &rule.address {
            view["ipaddressid"] = json!(id);
        }
        view["networkid"] = json!(rule.network);
        if let Some(floating) = rule.address.as_deref().and_then(|id| self.world.floating(id)) {
            view["ipaddress"] = json!(floating.address.to_string());
        }
        super::merge(
            &mut view,
            json!({
                "state": "Active",
                "cidrlist": rule.cidrs,
                "tags": self.tags_of("FirewallRule", &rule.id),
                "fordisplay": true,
                "destcidrlist": rule.destinations,
                "traffictype": if rule.address.is_some() { "Ingress" } else { "Egress" },
            }),
        );
        view
    }

    /// The network that an address was acquired for.
    pub(super) fn address_network(&self, floating: &crate::world::Floating) -> Outcome<String> {
        self.address_note(floating).network.ok_or_else(|| {
            Refused::value("Unable to create firewall rule ; ip id is not associated with any network")
        })
    }
}

/// The ports of a rule, or its type and code.
fn span(cloud: &Cloud<'_>, protocol: &str) -> Outcome<Option<(i64, i64)>> {
    let params = cloud.params;
    if protocol == "icmp" {
        let (kind, code) =
            (params.number("icmptype")?.unwrap_or(-1), params.number("icmpcode")?.unwrap_or(-1));
        return Ok(Some((kind, code)));
    }
    let (first, last) = (params.number("startport")?, params.number("endport")?);
    let Some(first) = first.or(last) else { return Ok(None) };
    let last = last.unwrap_or(first);
    if !(1..=65_535).contains(&first) || !(1..=65_535).contains(&last) {
        return Err(Refused::value(format!("publicPort is an invalid value: {first}-{last}")));
    }
    if first > last {
        return Err(Refused::value("Start port can't be bigger than end port"));
    }
    Ok(Some((first, last)))
}

fn create(cloud: &mut Cloud<'_>, egress: bool) -> Outcome<Told> {
    let protocol = cloud.params.need("protocol")?.to_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "icmp" | "all") {
        return Err(Refused::value(format!("Protocol {protocol} is not supported by the firewall")));
    }
    let (address, network, project) = if egress {
        let network = cloud.network_named("networkid", cloud.params.need("networkid")?)?;
        (None, network.id, network.project)
    } else {
        let floating = cloud.address("ipaddressid")?;
        let network = cloud.address_network(&floating)?;
        (Some(floating.id), network, floating.project)
    };
    let span = span(cloud, &protocol)?;
    let cidrs = cloud.params.list("cidrlist");
    let cidrs = if cidrs.is_empty() { "0.0.0.0/0".to_owned() } else { cidrs.join(",") };
    let meets = |other: &&FirewallRule| {
        let (one, two) = (span.unwrap_or((0, 65_535)), other.span.unwrap_or((0, 65_535)));
        let apart = protocol != "icmp" && (one.1 < two.0 || two.1 < one.0);
        let same = other.address == address
            && other.network == network
            && other.protocol == protocol
            && other.cidrs == cidrs;
        same && !apart && (protocol != "icmp" || one == two)
    };
    if let Some(other) = cloud.ledger.firewall.iter().find(meets) {
        return Err(conflict(&range(span), other));
    }
    let number = next_number(cloud);
    let destinations = cloud.params.list("destcidrlist").join(",");
    let rule = FirewallRule {
        id: fresh_id(),
        number,
        address,
        network,
        protocol,
        span,
        cidrs,
        destinations,
        project,
    };
    Ok(keep(cloud, rule))
}
