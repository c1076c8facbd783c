//! Networks restarted, changed and taken away, and the list of what can be offered.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::network_offering::{NetworkOffering, OFFERINGS, services};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use crate::world::{Holder, Network, Port};

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.deleteNetwork", &["forced", "id"], delete),
    does("cloudstack.restartNetwork", &["cleanup", "id", "makeredundant"], restart),
    does("cloudstack.updateNetwork", &["displaytext", "id", "name"], update),
    asks(
        "cloudstack.listNetworkOfferings",
        &[
            "availability",
            "displaytext",
            "domainid",
            "forvpc",
            "guestiptype",
            "id",
            "isdefault",
            "keyword",
            "name",
            "page",
            "pagesize",
            "specifyvlan",
            "state",
            "supportedservices",
            "traffictype",
            "zoneid",
        ],
        offerings,
    ),
];

impl Cloud<'_> {
    /// The network that `id` names; one that was there once is told apart.
    fn network_asked(&self) -> Outcome<Network> {
        let id = self.params.need("id")?;
        if self.world.network(id).is_none()
            && let Some(place) = self.ledger.gone_networks.iter().position(|own| own == id)
        {
            return Err(Refused::value(format!("Network ID={} doesn't exist", place + 200)));
        }
        self.network_named("id", id)
    }

    /// Takes a network away with its router and its addresses.
    fn take_network(&mut self, id: &str) -> Outcome<()> {
        let in_use = |port: &&Port| port.network == id && port.holder == Holder::Server;
        if self.world.all_ports().any(|port| in_use(&port)) {
            return Err(Refused::internal("Failed to delete network"));
        }
        let failed = |_| Refused::internal("Failed to delete network");
        let of: Vec<String> = self
            .world
            .floating
            .iter()
            .filter(|floating| self.address_note(floating).network.as_deref() == Some(id))
            .map(|floating| floating.id.clone())
            .collect();
        for address in of {
            self.ledger.addresses.entry(address.clone()).or_default().gone = true;
            self.ledger.firewall.retain(|rule| rule.address.as_deref() != Some(&address));
            self.ledger.forwardings.retain(|rule| rule.address != address);
            self.world.deallocate(&address).map_err(failed)?;
        }
        let joins: Vec<(String, String)> = self
            .world
            .all_ports()
            .filter(|port| port.network == id && port.holder == Holder::Interface)
            .map(|port| (port.device.clone(), port.id.clone()))
            .collect();
        for (router, port) in joins {
            self.world.part_subnet(&router, None, Some(&port)).map_err(failed)?;
            // One that joins other subnets too stays.
            let _ = self.world.delete_router(&router);
        }
        self.world.delete_network(id).map_err(failed)?;
        self.ledger.firewall.retain(|rule| rule.network != id);
        self.ledger.networks.remove(id);
        self.ledger.gone_networks.push(id.to_owned());
        Ok(())
    }
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let network = cloud.network_asked()?;
    if !cloud.may(&network.project) {
        return Err(Cloud::forbidden());
    }
    let (id, own, other) = (network.id.clone(), network.id.clone(), network.id.clone());
    let in_use = move |cloud: &mut Cloud<'_>| {
        let held = |port: &Port| port.network == own && port.holder == Holder::Server;
        if cloud.world.all_ports().any(held) {
            Err(Refused::internal("Failed to delete network"))
        } else {
            Ok(())
        }
    };
    let plan = Plan::after(3500, move |cloud| {
        cloud.take_network(&other)?;
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("Network", "").checked(in_use)).about(&id, &network.name))
}

fn restart(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let network = cloud.network_asked()?;
    let plan = Plan::after(500, |_| Ok(json!({"success": true}))).on("Network", "");
    Ok(cloud.job(plan).about(&network.id, &network.name))
}

fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let network = cloud.network_asked()?;
    if !cloud.may(&network.project) {
        return Err(Cloud::forbidden());
    }
    let (name, display) =
        (cloud.params.get("name").map(str::to_owned), cloud.params.get("displaytext").map(str::to_owned));
    let own = network.id.clone();
    let plan = Plan::after(400, move |cloud| {
        if let (Some(name), Some(found)) =
            (name, cloud.world.networks.iter_mut().find(|other| other.id == own))
        {
            found.name = name;
        }
        if let Some(display) = display {
            cloud.ledger.networks.entry(own.clone()).or_default().display = Some(display);
        }
        let found =
            cloud.world.network(&own).cloned().ok_or_else(|| Refused::internal("The network is gone"))?;
        Ok(json!({"network": cloud.network_view(&found)}))
    });
    Ok(cloud.job(plan.on("Network", &network.id)).about(&network.id, &network.name))
}

fn view(cloud: &Cloud<'_>, offering: &NetworkOffering) -> Value {
    let mut list = services(offering);
    for service in list.as_array_mut().into_iter().flatten() {
        // An offering does not show what only networks have.
        let shown = ["Lb", "StaticNat", "SourceNat"].iter().any(|name| service["name"] == json!(name));
        if !shown {
            super::drop(service, "capability");
        }
    }
    json!({
        "id": offering.id(),
        "name": offering.name,
        "displaytext": offering.display,
        "created": stamp(cloud.ledger.since.unwrap_or(std::time::SystemTime::UNIX_EPOCH)),
        "traffictype": "Guest",
        "isdefault": true,
        "specifyvlan": offering.shared,
        "conservemode": true,
        "specifyipranges": offering.shared,
        "availability": offering.availability,
        "networkrate": 200,
        "state": "Enabled",
        "guestiptype": if offering.shared { "Shared" } else { "Isolated" },
        "serviceofferingid": super::ids::shown("router offering", "default"),
        "service": list,
        "forvpc": offering.vpc,
        "fornsx": false,
        "fortungsten": false,
        "ispersistent": false,
        "egressdefaultpolicy": false,
        "supportsstrechedl2subnet": false,
        "supportspublicaccess": false,
        "supportsinternallb": false,
        "internetprotocol": "IPv4",
        "specifyasnumber": false,
        "hasannotations": false,
    })
}

fn offerings(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let ids: Vec<String> = OFFERINGS.iter().map(NetworkOffering::id).collect();
    cloud.known("id", ids.iter().map(String::as_str))?;
    let is =
        |name: &str, own: &str| cloud.params.get(name).is_none_or(|wanted| super::page::same(wanted, own));
    let supported = cloud.params.list("supportedservices");
    let fits = |offering: &&NetworkOffering| {
        cloud.wanted(&offering.id())
            && cloud.named(offering.name, &[offering.display])
            && is("displaytext", offering.display)
            && is("guestiptype", if offering.shared { "Shared" } else { "Isolated" })
            && is("state", "Enabled")
            && is("traffictype", "Guest")
            && is("availability", offering.availability)
            && cloud.params.flag("forvpc").is_none_or(|asked| asked == offering.vpc)
            && cloud.params.flag("specifyvlan").is_none_or(|asked| asked == offering.shared)
            && supported.iter().all(|word| offering.services.iter().any(|own| super::page::same(own, word)))
    };
    let rows = OFFERINGS.iter().filter(fits).map(|offering| view(cloud, offering)).collect();
    cloud.listed("networkoffering", rows)
}
