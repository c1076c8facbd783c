//! Port forwarding: a port of a public address that leads to one of a machine.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::refused::{Outcome, Refused};
use super::rule::{self, LIST, Rule, conflict, keep, next_number};
use super::scope::Cloud;
use super::state::Ledger;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createPortForwardingRule",
        &[
            "cidrlist",
            "ipaddressid",
            "networkid",
            "openfirewall",
            "privateendport",
            "privateport",
            "protocol",
            "publicendport",
            "publicport",
            "virtualmachineid",
            "vmguestip",
        ],
        create,
    ),
    does("cloudstack.deletePortForwardingRule", &["id"], rule::delete::<Forwarding>),
    asks("cloudstack.listPortForwardingRules", LIST, |cloud| rule::list::<Forwarding>(cloud, false)),
    asks(
        "cloudstack.listIpForwardingRules",
        &[
            "account",
            "domainid",
            "id",
            "ipaddressid",
            "isrecursive",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "virtualmachineid",
        ],
        none,
    ),
];

/// Rules of one port at a static NAT address are an old release's: nobody makes any here.
fn none(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.listed("ipforwardingrule", Vec::new())
}

/// A forwarded span of ports.
#[derive(Debug, Clone)]
pub(super) struct Forwarding {
    pub(super) id: String,
    number: usize,
    pub(super) address: String,
    network: String,
    protocol: String,
    public: (i64, i64),
    private: (i64, i64),
    pub(super) machine: String,
    guest: String,
    cidrs: String,
    project: String,
}

impl Rule for Forwarding {
    const NOUN: &'static str = "portforwardingrule";
    const PURPOSE: &'static str = "PortForwarding";

    fn held(ledger: &Ledger) -> &Vec<Self> {
        &ledger.forwardings
    }

    fn held_mut(ledger: &mut Ledger) -> &mut Vec<Self> {
        &mut ledger.forwardings
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
        Some(&self.address)
    }

    fn network(&self) -> &str {
        &self.network
    }

    fn range(&self) -> String {
        format!("{}-{}", self.public.0, self.public.1)
    }

    fn view(&self, cloud: &Cloud<'_>) -> Value {
        cloud.forwarding_view(self)
    }
}

impl Cloud<'_> {
    fn forwarding_view(&self, rule: &Forwarding) -> Value {
        let at = self.world.server_at(&rule.machine);
        let server = at.map(|at| &self.world.servers[at]);
        let display =
            server.map(|server| self.machine(server).display.unwrap_or_else(|| server.name.clone()));
        json!({
            "id": rule.id,
            "privateport": rule.private.0.to_string(),
            "privateendport": rule.private.1.to_string(),
            "protocol": rule.protocol,
            "publicport": rule.public.0.to_string(),
            "publicendport": rule.public.1.to_string(),
            "virtualmachineid": rule.machine,
            "virtualmachinename": server.map(|server| server.name.clone()),
            "virtualmachinedisplayname": display,
            "ipaddressid": rule.address,
            "ipaddress": self.world.floating(&rule.address).map(|floating| floating.address.to_string()),
            "state": "Active",
            "cidrlist": rule.cidrs,
            "tags": self.tags_of("PortForwardingRule", &rule.id),
            "vmguestip": rule.guest,
            "networkid": rule.network,
            "fordisplay": true,
        })
    }
}

/// A span of ports by the names of its two ends.
fn span(cloud: &Cloud<'_>, first: &str, last: &str) -> Outcome<(i64, i64)> {
    let start = cloud.params.number(first)?.ok_or_else(|| cloud.params.missing(first))?;
    let end = cloud.params.number(last)?.unwrap_or(start);
    if (1..=65_535).contains(&start) && (start..=65_535).contains(&end) {
        return Ok((start, end));
    }
    Err(Refused::value(format!("{first} is an invalid value: {start}-{end}")))
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (floating, at) = (cloud.address("ipaddressid")?, cloud.server("virtualmachineid")?);
    let protocol = cloud.params.need("protocol")?.to_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp") {
        return Err(Refused::value(format!("Protocol {protocol} is not supported in the network")));
    }
    let (public, private) =
        (span(cloud, "publicport", "publicendport")?, span(cloud, "privateport", "privateendport")?);
    if public.1 - public.0 != private.1 - private.0 {
        return Err(Refused::value("Source port and destination port ranges should be of equal sizes."));
    }
    if floating.port.is_some() {
        let text = format!(
            "Unable to create port forwarding rule for the ip address {}: it is a static NAT one",
            floating.address
        );
        return Err(Refused::with(537, 9999, text));
    }
    let meets = |other: &&Forwarding| {
        other.address == floating.id
            && other.protocol == protocol
            && public.0 <= other.public.1
            && other.public.0 <= public.1
    };
    if let Some(other) = cloud.ledger.forwardings.iter().find(meets) {
        return Err(conflict(&format!("{}-{}", public.0, public.1), other));
    }
    let wanted = cloud.params.get("networkid").map(str::to_owned);
    let network = wanted.map_or_else(|| cloud.address_network(&floating), Ok)?;
    let server = &cloud.world.servers[at];
    let port = server.ports.iter().find(|port| port.network == network);
    let guest = port.and_then(crate::world::Port::ip).map(|ip| ip.to_string());
    let guest = guest.ok_or_else(|| {
        Refused::value(format!(
            "Unable to create port forwarding rule: the machine {} is not in the network of the address",
            server.name
        ))
    })?;
    let (machine, project) = (server.id.clone(), floating.project.clone());
    let cidrs = cloud.params.list("cidrlist").join(",");
    let number = next_number(cloud);
    let rule = Forwarding {
        id: fresh_id(),
        number,
        address: floating.id,
        network,
        protocol,
        public,
        private,
        machine,
        guest,
        cidrs,
        project,
    };
    Ok(keep(cloud, rule))
}
