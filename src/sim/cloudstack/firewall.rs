//! Firewall rules: what a public address lets in, and what a network lets out.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::volume::begun;
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
const LIST: &[&str] = &[
    "account",
    "domainid",
    "id",
    "ipaddressid",
    "isrecursive",
    "keyword",
    "listall",
    "networkid",
    "page",
    "pagesize",
    "projectid",
    "tags",
];

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createFirewallRule", RULE, |cloud| create(cloud, false)),
    does("cloudstack.createEgressFirewallRule", RULE, |cloud| create(cloud, true)),
    does("cloudstack.deleteFirewallRule", &["id"], delete),
    does("cloudstack.deleteEgressFirewallRule", &["id"], delete),
    asks("cloudstack.listFirewallRules", LIST, |cloud| list(cloud, false)),
    asks("cloudstack.listEgressFirewallRules", LIST, |cloud| list(cloud, true)),
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

/// How an error names a rule.
pub(super) fn told(id: &str, number: usize, purpose: &str) -> String {
    format!(
        "FirewallRule {{\"id\":{number},\"networkId\":208,\"purpose\":\"{purpose}\",\"state\":\"Active\",\"uuid\":\"{id}\"}}"
    )
}

/// A number for a new rule.
pub(super) fn next_number(cloud: &mut Cloud<'_>) -> usize {
    cloud.ledger.rule_count += 1;
    cloud.ledger.rule_count
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
        let row = |span: Option<(i64, i64)>| {
            span.map_or_else(|| "all".to_owned(), |span| format!("{}-{}", span.0, span.1))
        };
        let text = format!(
            "The range specified, {}, conflicts with rule {} which has {}",
            row(span),
            told(&other.id, other.number, "Firewall"),
            row(other.span)
        );
        return Err(Refused::with(537, 4360, text));
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
    let id = rule.id.clone();
    cloud.ledger.others.insert(id.clone(), rule.project.clone());
    cloud.ledger.firewall.push(rule.clone());
    let plan = Plan::after(400, move |cloud| Ok(json!({"firewallrule": cloud.firewall_view(&rule)})));
    let job = cloud.start(plan.on("FirewallRule", &id));
    Ok(begun(&id, "", &job))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("id")?.to_owned();
    let rule = cloud
        .ledger
        .firewall
        .iter()
        .find(|rule| rule.id == id)
        .ok_or_else(|| cloud.params.unknown("id", &id))?;
    if !cloud.may(&rule.project) {
        return Err(Cloud::forbidden());
    }
    let own = id.clone();
    let plan = Plan::after(400, move |cloud| {
        cloud.ledger.firewall.retain(|rule| rule.id != own);
        cloud.ledger.others.remove(&own);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&id, ""))
}

fn list(cloud: &mut Cloud<'_>, egress: bool) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let is = |name: &str, own: Option<&str>| cloud.params.get(name).is_none_or(|wanted| own == Some(wanted));
    let narrowed = cloud.params.get("ipaddressid").or(cloud.params.get("networkid")).is_some();
    let fits = |rule: &&FirewallRule| {
        rule.address.is_none() == egress
            && (reach.covers(&rule.project) || narrowed && cloud.may(&rule.project))
            && cloud.wanted(&rule.id)
            && is("ipaddressid", rule.address.as_deref())
            && is("networkid", Some(&rule.network))
    };
    let rows = cloud.ledger.firewall.iter().filter(fits).map(|rule| cloud.firewall_view(rule)).collect();
    cloud.listed("firewallrule", rows)
}
