//! New networks: with a way out where their offering has one.

use std::net::Ipv4Addr;

use serde_json::json;

use super::call::{Command, Told, does};
use super::network::NetworkNote;
use super::network_offering::OFFERINGS;
use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::zone::Zone;
use crate::world::SubnetSpec;

pub(super) static COMMANDS: &[Command] = &[does(
    "cloudstack.createNetwork",
    &[
        "account",
        "aclid",
        "acltype",
        "displaytext",
        "domainid",
        "endip",
        "gateway",
        "name",
        "netmask",
        "networkofferingid",
        "projectid",
        "startip",
        "vlan",
        "vpcid",
        "zoneid",
    ],
    create,
)];

/// The addresses of a network.
type Range = (Ipv4Addr, u32, Option<Ipv4Addr>);

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (zone, owner) = (cloud.zone("zoneid")?, cloud.owner()?);
    let id = cloud.params.need("networkofferingid")?;
    let place = OFFERINGS.iter().position(|offering| offering.id() == id);
    let place = place.ok_or_else(|| cloud.params.unknown("networkofferingid", id))?;
    let name = cloud.params.need("name")?.to_owned();
    if OFFERINGS[place].shared && !cloud.caller.admin() {
        return Err(Refused::forbidden("Only Admin can create shared networks"));
    }
    let range = range(cloud)?;
    let id = cloud.new_network(&zone, &owner, &name, place, range)?;
    let network =
        cloud.world.network(&id).cloned().ok_or_else(|| Refused::internal("No network was made"))?;
    let view = cloud.network_view(&network);
    Ok(Told::from(json!({"network": view})).about(&id, &name))
}

/// The range that is asked for, where one is.
fn range(cloud: &Cloud<'_>) -> Outcome<Option<Range>> {
    let Some(gateway) = cloud.params.get("gateway") else { return Ok(None) };
    let read = |name: &str, text: &str| -> Outcome<Ipv4Addr> {
        text.parse().map_err(|_| Refused::value(format!("Invalid {name}: {text}")))
    };
    let mask = cloud.params.get("netmask").ok_or_else(|| Refused::value("gateway requires netmask"))?;
    let wrong = || Refused::value("Invalid gateway IP provided. Either the IP is broadcast or network IP.");
    let bits = mask.parse().map(|mask: Ipv4Addr| u32::from(mask)).map_err(|_| wrong())?;
    let gateway = read("gateway", gateway)?;
    if bits.leading_ones() + bits.trailing_zeros() != 32 {
        return Err(wrong());
    }
    let base = Ipv4Addr::from(u32::from(gateway) & bits);
    if gateway == base || u32::from(gateway) == (u32::from(base) | !bits) {
        return Err(wrong());
    }
    Ok(Some((base, bits.leading_ones(), Some(gateway))))
}

impl Cloud<'_> {
    /// Makes a network of an account in a zone, by the place of its offering. Gives its id.
    pub(super) fn new_network(
        &mut self,
        zone: &Zone,
        owner: &Account,
        name: &str,
        offering: usize,
        range: Option<Range>,
    ) -> Outcome<String> {
        let (base, prefix, gateway) = range.unwrap_or((Ipv4Addr::new(10, 1, 1, 0), 24, None));
        let made = self.world.create_network(name, &owner.project, false);
        let id = made.map_err(|refusal| self.refusal(&refusal, owner))?;
        let spec = SubnetSpec {
            name: name.to_owned(),
            network: id.clone(),
            project: owner.project.clone(),
            base,
            prefix,
            gateway: gateway.map(Some),
            pools: Vec::new(),
            dhcp: false,
            dns: vec![Zone::DNS.to_owned()],
            routes: Vec::new(),
        };
        let subnet = self.world.create_subnet(spec).map_err(|refusal| self.refusal(&refusal, owner))?;
        let shared = OFFERINGS.get(offering).is_some_and(|offering| offering.shared);
        if let Some(network) = self.world.networks.iter_mut().find(|network| network.id == id) {
            network.shared = shared;
        }
        if !shared {
            self.way_out(name, owner, &subnet)?;
        }
        let note = NetworkNote {
            display: self.params.get("displaytext").map(str::to_owned),
            zone: zone.id.clone(),
            offering: Some(offering),
            vpc: self.params.get("vpcid").map(str::to_owned),
            acl: self.params.get("aclid").map(str::to_owned),
            ..NetworkNote::default()
        };
        self.ledger.networks.insert(id.clone(), note);
        Ok(id)
    }

    /// A router from a subnet to the network outside.
    fn way_out(&mut self, name: &str, owner: &Account, subnet: &str) -> Outcome<()> {
        let outside =
            self.world.networks.iter().find(|network| network.external).map(|network| network.id.clone());
        let made = self.world.create_router(name, "");
        let router = made.map_err(|refusal| self.refusal(&refusal, owner))?;
        let wrong = |cloud: &Self, refusal| cloud.refusal(&refusal, owner);
        if let Some(outside) = outside {
            self.world
                .set_gateway(&router, Some(&outside), None, true)
                .map_err(|refusal| wrong(self, refusal))?;
        }
        self.world.join_subnet(&router, subnet).map_err(|refusal| wrong(self, refusal))?;
        Ok(())
    }
}
