//! Guest networks, which are the world's networks with their one subnet.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::address::AddressNote;
use super::call::{Command, Told, asks};
use super::network_offering::{NetworkOffering, OFFERINGS, services};
use super::refused::Outcome;
use super::scope::{Cloud, stamp};
use super::zone::Zone;
use crate::world::{Network, Port, Server, Subnet};

pub(super) static COMMANDS: &[Command] = &[asks(
    "cloudstack.listNetworks",
    &[
        "account",
        "acltype",
        "canusefordeploy",
        "domainid",
        "forvpc",
        "id",
        "isrecursive",
        "issystem",
        "keyword",
        "listall",
        "name",
        "networkofferingid",
        "page",
        "pagesize",
        "projectid",
        "supportedservices",
        "tags",
        "traffictype",
        "type",
        "vpcid",
        "zoneid",
        "networkfilter",
        "restartrequired",
        "physicalnetworkid",
        "specifyipranges",
        "displaynetwork",
    ],
    list,
)];

/// The domain that machines of a network are named in.
pub(super) const DOMAIN: &str = "cloud.internal";

/// What CloudStack alone knows of a network.
#[derive(Debug, Clone, Default)]
pub(super) struct NetworkNote {
    pub(super) display: Option<String>,
    pub(super) zone: String,
    /// By its place among the offerings.
    pub(super) offering: Option<usize>,
    /// It was brought up: by its first machine.
    pub(super) up: bool,
    pub(super) vpc: Option<String>,
    pub(super) acl: Option<String>,
}

impl Cloud<'_> {
    pub(super) fn network_note(&self, network: &Network) -> NetworkNote {
        self.ledger.networks.get(&network.id).cloned().unwrap_or_default()
    }

    /// The offering of a network; those of other faces are isolated ones with a way out.
    pub(super) fn network_offering(&self, network: &Network) -> &'static NetworkOffering {
        let own = self.network_note(network).offering;
        let default = if network.shared { 0 } else { 2 };
        OFFERINGS.get(own.unwrap_or(default)).unwrap_or(&OFFERINGS[2])
    }

    /// The subnet of a network.
    pub(super) fn subnet_of(&self, network: &Network) -> Option<Subnet> {
        self.world.subnets_of(&network.id).next().cloned()
    }

    /// Whether the caller may use a network.
    pub(super) fn may_use(&self, network: &Network) -> bool {
        network.shared || self.may(&network.project)
    }

    /// The network of an id that a parameter names.
    pub(super) fn network_named(&self, name: &str, id: &str) -> Outcome<Network> {
        let guest = |network: &&Network| !network.external;
        let network = self.world.network(id).filter(guest).ok_or_else(|| self.params.unknown(name, id))?;
        if self.may_use(network) { Ok(network.clone()) } else { Err(Self::forbidden()) }
    }

    /// A number that stands for a network's VLAN.
    pub(super) fn vlan(&self, network: &Network) -> usize {
        self.world.networks.iter().position(|other| other.id == network.id).unwrap_or(0) + 200
    }

    fn is_up(&self, network: &Network) -> bool {
        let inside = |server: &Server| server.ports.iter().any(|port| port.network == network.id);
        // Of another face's network the machines tell it.
        let note = self.network_note(network);
        note.up || note.offering.is_none() && self.world.servers.iter().any(inside)
    }

    pub(super) fn network_view(&self, network: &Network) -> Value {
        let (note, offering) = (self.network_note(network), self.network_offering(network));
        let (zone, subnet) = (self.zone_of(&note.zone), self.subnet_of(network));
        let up = self.is_up(network);
        let mut view = json!({
            "id": network.id,
            "name": network.name,
            "displaytext": note.display.unwrap_or_else(|| network.name.clone()),
            "broadcastdomaintype": "Vlan",
            "traffictype": "Guest",
            "zoneid": zone.id,
            "zonename": zone.name,
            "networkofferingid": offering.id(),
            "networkofferingname": offering.name,
            "networkofferingdisplaytext": offering.display,
            "networkofferingconservemode": true,
            "networkofferingavailability": offering.availability,
            "issystem": false,
            "state": if offering.shared { "Setup" } else if up { "Implemented" } else { "Allocated" },
            "related": network.id,
            "dns1": Zone::DNS,
            "type": if offering.shared { "Shared" } else { "Isolated" },
            "acltype": if offering.shared { "Domain" } else { "Account" },
        });
        if let Some(subnet) = &subnet {
            let gateway = subnet.gateway.map(|gateway| gateway.to_string());
            super::merge(
                &mut view,
                json!({"gateway": gateway, "netmask": netmask(subnet.prefix), "cidr": subnet.cidr()}),
            );
        }
        if offering.shared || up {
            view["broadcasturi"] = json!(format!("vlan://{}", self.vlan(network)));
            view["vlan"] = json!(self.vlan(network).to_string());
        }
        self.network_owner(network, offering.shared, &mut view);
        for (name, own) in [("vpcid", &note.vpc), ("aclid", &note.acl)] {
            if let Some(id) = own {
                view[name] = json!(id);
            }
        }
        let mut rest = json!({
            "service": services(offering),
            "networkdomain": DOMAIN,
            "physicalnetworkid": zone.physical,
            "restartrequired": false,
            "specifyvlan": offering.shared,
            "specifyipranges": offering.shared,
            "canusefordeploy": true,
            "ispersistent": false,
            "tags": self.tags_of("Network", &network.id),
            "details": {},
            "displaynetwork": true,
            "strechedl2subnet": false,
            "redundantrouter": false,
            "supportsvmautoscaling": !offering.shared,
            "created": stamp(network.standing.created),
            "receivedbytes": 0,
            "sentbytes": 0,
            "publicmtu": 1500,
            "privatemtu": 1500,
            "hasannotations": false,
        });
        if !offering.shared {
            rest["egressdefaultpolicy"] = json!(false);
        }
        if !self.caller.admin() {
            super::drop(&mut rest, "details");
            super::drop(&mut rest, "displaynetwork");
        }
        super::merge(&mut view, rest);
        view
    }

    fn network_owner(&self, network: &Network, shared: bool, view: &mut Value) {
        let Value::Object(fields) = view else { return };
        if shared {
            fields.insert("subdomainaccess".to_owned(), json!(true));
        }
        self.owned(&network.project, fields);
        if shared {
            fields.remove("account");
        }
    }

    /// An interface of a machine in a network.
    pub(super) fn nic_view(&self, server: &Server, place: usize, port: &Port) -> Value {
        let network = self.world.network(&port.network);
        let subnet = network.and_then(|network| self.subnet_of(network));
        let vlan = network.map(|network| format!("vlan://{}", self.vlan(network)));
        let shared = network.is_some_and(|network| self.network_offering(network).shared);
        let mut view = Map::new();
        let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
        put("id", json!(port.id));
        put("networkid", json!(port.network));
        put("networkname", json!(network.map(|network| network.name.clone())));
        put("netmask", json!(subnet.as_ref().map(|subnet| netmask(subnet.prefix))));
        put("gateway", json!(subnet.and_then(|subnet| subnet.gateway).map(|gateway| gateway.to_string())));
        put("ipaddress", json!(port.ip().map(|ip| ip.to_string())));
        // Where it is on the wire is known once it ran, and to administrators.
        if self.caller.admin() && server.launched.is_some() {
            put("isolationuri", json!(vlan));
            put("broadcasturi", json!(vlan));
        }
        put("traffictype", json!("Guest"));
        put("type", json!(if shared { "Shared" } else { "Isolated" }));
        put("isdefault", json!(place == 0));
        put("macaddress", json!(port.mac));
        put("secondaryip", json!([]));
        put("extradhcpoption", json!([]));
        put("deviceid", json!(place.to_string()));
        if let Some(floating) = self.world.floating_to(&port.id).next() {
            put("publicipid", json!(floating.id));
            put("publicip", json!(floating.address.to_string()));
        }
        Value::Object(view)
    }
}

/// `255.255.255.0`
pub(super) fn netmask(prefix: u32) -> String {
    let bits = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
    Ipv4Addr::from(bits).to_string()
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.world.networks.iter().filter(|one| !one.external).map(|one| one.id.as_str()))?;
    if cloud.params.get("zoneid").is_some() {
        cloud.zone("zoneid")?;
    }
    let reach = cloud.reach()?;
    let wanted =
        |name: &str, own: &str| cloud.params.get(name).is_none_or(|word| super::page::same(word, own));
    let supported = cloud.params.list("supportedservices");
    let mut rows = Vec::new();
    // The newest first.
    for network in cloud.world.networks.iter().rev().filter(|network| !network.external) {
        let (note, offering) = (cloud.network_note(network), cloud.network_offering(network));
        let theirs = reach.covers(&network.project) || offering.shared;
        let fits = theirs
            && cloud.wanted(&network.id)
            && cloud.named(&network.name, &[note.display.as_deref().unwrap_or_default()])
            && wanted("zoneid", &cloud.zone_of(&note.zone).id)
            && wanted("type", if offering.shared { "Shared" } else { "Isolated" })
            && wanted("traffictype", "Guest")
            && wanted("networkofferingid", &offering.id())
            && cloud.params.get("vpcid").is_none_or(|id| note.vpc.as_deref() == Some(id))
            && cloud.params.flag("forvpc").is_none_or(|asked| asked == note.vpc.is_some())
            && !cloud.params.flag("issystem").unwrap_or(false)
            && supported.iter().all(|word| offering.services.iter().any(|own| super::page::same(own, word)))
            && cloud.tagged("Network", &network.id)?;
        if fits {
            rows.push(cloud.network_view(network));
        }
    }
    cloud.listed("network", rows)
}

impl Cloud<'_> {
    /// A network has its first machine: it is brought up, and goes out by an address of its own where its offering has that.
    pub(super) fn bring_up(&mut self, id: &str) {
        let Some(network) = self.world.network(id).cloned() else { return };
        let note = self.ledger.networks.entry(id.to_owned()).or_default();
        if std::mem::replace(&mut note.up, true) || note.vpc.is_some() || note.offering.is_none() {
            return;
        }
        if self.network_offering(&network).services.contains(&"SourceNat") {
            let own = AddressNote { network: Some(id.to_owned()), source: true, ..AddressNote::default() };
            // Where there is no address left the network stays without.
            let _ = self.take_address(&network.project, own);
        }
    }
}
