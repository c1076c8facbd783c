//! Public addresses, which are the world's floating ones: acquired for a network, leading to one machine or by rules.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::ids::shown;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, gone, stamp};
use super::volume::begun;
use crate::world::{Floating, Network};

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.associateIpAddress",
        &["account", "domainid", "ipaddress", "networkid", "projectid", "vpcid", "zoneid"],
        acquire,
    ),
    does("cloudstack.disassociateIpAddress", &["id", "ipaddress"], release),
    asks(
        "cloudstack.listPublicIpAddresses",
        &[
            "account",
            "allocatedonly",
            "associatednetworkid",
            "domainid",
            "forvirtualnetwork",
            "id",
            "ipaddress",
            "isrecursive",
            "issourcenat",
            "isstaticnat",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "state",
            "tags",
            "vpcid",
            "zoneid",
        ],
        list,
    ),
];

/// What CloudStack alone knows of a public address.
#[derive(Debug, Clone, Default)]
pub(super) struct AddressNote {
    /// The guest network that it was acquired for, by id.
    pub(super) network: Option<String>,
    pub(super) vpc: Option<String>,
    /// What a whole network goes out by.
    pub(super) source: bool,
    pub(super) gone: bool,
}

impl Cloud<'_> {
    /// The address that a parameter names.
    pub(super) fn address(&self, name: &str) -> Outcome<Floating> {
        let id = self.params.need(name)?;
        let Some(found) = self.world.floating(id) else {
            let was = self.ledger.addresses.get(id).is_some_and(|note| note.gone);
            return Err(if was { gone("PublicIpAddress", 0) } else { self.params.unknown(name, id) });
        };
        if self.may(&found.project) { Ok(found.clone()) } else { Err(Self::forbidden()) }
    }

    pub(super) fn address_note(&self, floating: &Floating) -> AddressNote {
        let note = self.ledger.addresses.get(&floating.id).cloned().unwrap_or_default();
        let port = floating.port.as_deref().and_then(|port| self.world.port(port));
        let network = note.network.clone().or_else(|| port.map(|port| port.network.clone()));
        AddressNote { network, ..note }
    }

    fn outside(&self) -> Option<&Network> {
        self.world.networks.iter().find(|network| network.external)
    }

    /// Takes a public address for an account. Gives its id.
    pub(super) fn take_address(&mut self, project: &str, note: AddressNote) -> Outcome<String> {
        let outside = self.outside().map(|network| network.id.clone());
        let none =
            || Refused::with(533, 9999, "Insufficient address capacity: there are no public addresses");
        let wanted = match self.params.get("ipaddress") {
            Some(text) => Some(text.parse().map_err(|_| self.params.invalid("ipaddress", text))?),
            None => None,
        };
        let owner = self.ledger.account_of(project).cloned().unwrap_or_else(|| self.caller.account.clone());
        let wanted = wanted.filter(|_| !note.source);
        let made = self.world.allocate(&outside.ok_or_else(none)?, None, wanted, project);
        let id = made.map_err(|refusal| match refusal {
            crate::world::Refusal::NoAddress(_) => none(),
            other => self.refusal(&other, &owner),
        })?;
        self.ledger.addresses.insert(id.clone(), note);
        Ok(id)
    }

    fn address_view(&self, floating: &Floating) -> Value {
        let note = self.address_note(floating);
        let network = note.network.as_deref().and_then(|id| self.world.network(id));
        let zone = self.zone_of(&network.map(|network| self.network_note(network).zone).unwrap_or_default());
        let mut view = json!({
            "id": floating.id,
            "ipaddress": floating.address.to_string(),
            "allocated": stamp(floating.standing.created),
            "zoneid": zone.id,
            "zonename": zone.name,
            "issourcenat": note.source,
        });
        if let Value::Object(fields) = &mut view {
            self.owned(&floating.project, fields);
        }
        view["forvirtualnetwork"] = json!(true);
        if self.caller.admin() {
            super::merge(
                &mut view,
                json!({"vlanid": shown("public range", &floating.network), "vlanname": "vlan://50"}),
            );
        }
        super::merge(&mut view, json!({"isstaticnat": floating.port.is_some(), "issystem": false}));
        if let Some(at) = floating.port.as_deref().and_then(|port| self.server_with(port)) {
            let server = &self.world.servers[at];
            let display = self.machine(server).display.unwrap_or_else(|| server.name.clone());
            let more = json!({
                "virtualmachineid": server.id,
                "virtualmachinename": server.name,
                "virtualmachinedisplayname": display,
                "vmipaddress": floating.fixed.map(|ip| ip.to_string()),
            });
            super::merge(&mut view, more);
        }
        if let Some(network) = network {
            super::merge(
                &mut view,
                json!({"associatednetworkid": network.id, "associatednetworkname": network.name}),
            );
        }
        if let Some(vpc) = &note.vpc {
            view["vpcid"] = json!(vpc);
        }
        super::merge(
            &mut view,
            json!({
                "networkid": floating.network,
                "state": "Allocated",
                "physicalnetworkid": zone.physical,
                "tags": self.tags_of("PublicIpAddress", &floating.id),
                "isportable": false,
                "fordisplay": true,
                "hasrules": self.rules_of(&floating.id).is_some(),
                "forsystemvms": false,
                "forprovider": false,
                "hasannotations": false,
            }),
        );
        view
    }

    /// The index of the machine that has a port.
    fn server_with(&self, port: &str) -> Option<usize> {
        self.world.servers.iter().position(|server| server.ports.iter().any(|own| own.id == port))
    }

    /// What kind of rules an address has.
    pub(super) fn rules_of(&self, id: &str) -> Option<&'static str> {
        if self.ledger.forwardings.iter().any(|rule| rule.address == id) {
            return Some("PortForwarding");
        }
        self.ledger.firewall.iter().any(|rule| rule.address.as_deref() == Some(id)).then_some("Firewall")
    }
}

fn acquire(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let owner = cloud.owner()?;
    let network = cloud.params.get("networkid").map(|id| cloud.network_named("networkid", id)).transpose()?;
    let vpc = cloud.params.get("vpcid").map(str::to_owned);
    let mut network = network.map(|network| network.id);
    if network.is_none() && vpc.is_none() {
        // A zone alone means the account's only network in it.
        let zone =
            cloud.zone("zoneid").map_err(|_| Refused::value("Unable to figure out zone to assign ip to"))?;
        let own = |other: &&Network| {
            let note = cloud.network_note(other);
            !other.external && other.project == owner.project && cloud.zone_of(&note.zone).id == zone.id
        };
        network = cloud.world.networks.iter().find(own).map(|network| network.id.clone());
    }
    cloud.room_for(&owner, "public_ip", 1)?;
    let id = cloud.take_address(&owner.project, AddressNote { network, vpc, ..AddressNote::default() })?;
    let own = id.clone();
    let plan = Plan::after(400, move |cloud| {
        let found = cloud.world.floating(&own).ok_or_else(|| Refused::internal("The address is gone"))?;
        let mut view = cloud.address_view(found);
        view["state"] = json!("Allocating");
        Ok(json!({"ipaddress": view}))
    });
    let job = cloud.start(plan.on("IpAddress", &id));
    let text = cloud.world.floating(&id).map(|found| found.address.to_string()).unwrap_or_default();
    Ok(begun(&id, &text, &job))
}

fn release(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let found = match cloud.params.get("ipaddress") {
        Some(text) if cloud.params.get("id").is_none() => {
            let ip = text.parse().ok();
            let own =
                cloud.world.floating.iter().find(|one| Some(one.address) == ip && cloud.may(&one.project));
            own.cloned().ok_or_else(|| cloud.params.unknown("ipaddress", text))?
        }
        _ => cloud.address("id")?,
    };
    if cloud.address_note(&found).source {
        return Err(Refused::value("Ip address id could not be released: it is a source NAT address"));
    }
    let own = found.id.clone();
    let plan = Plan::after(400, move |cloud| {
        cloud.ledger.firewall.retain(|rule| rule.address.as_deref() != Some(&own));
        cloud.ledger.forwardings.retain(|rule| rule.address != own);
        cloud.ledger.addresses.entry(own.clone()).or_default().gone = true;
        cloud.world.deallocate(&own).map_err(|_| Refused::internal("Failed to release the address"))?;
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("IpAddress", &found.id)).about(&found.id, &found.address.to_string()))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.world.floating.iter().map(|one| one.id.as_str()))?;
    let reach = cloud.reach()?;
    let mut rows = Vec::new();
    for floating in &cloud.world.floating {
        let mine = reach.covers(&floating.project)
            || cloud.params.get("associatednetworkid").is_some() && cloud.may(&floating.project);
        if !mine || !cloud.wanted(&floating.id) || !cloud.tagged("PublicIpAddress", &floating.id)? {
            continue;
        }
        let view = cloud.address_view(floating);
        let is = |name: &str| {
            let own = match &view[name] {
                Value::Bool(own) => own.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            cloud.params.get(name).is_none_or(|wanted| super::page::same(wanted, &own))
        };
        if ["associatednetworkid", "ipaddress", "issourcenat", "isstaticnat", "zoneid", "vpcid", "state"]
            .iter()
            .all(|name| is(name))
        {
            rows.push(view);
        }
    }
    cloud.listed("publicipaddress", rows)
}
