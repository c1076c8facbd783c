//! Virtual private clouds, whose tiers are networks, and lists of what tiers let through.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::ids::shown;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use super::volume::begun;
use crate::world::fresh_id;

pub(super) const LIST: &[&str] = &[
    "account",
    "aclid",
    "displaytext",
    "domainid",
    "id",
    "isrecursive",
    "keyword",
    "listall",
    "name",
    "networkid",
    "page",
    "pagesize",
    "projectid",
    "state",
    "tags",
    "vpcid",
    "zoneid",
];

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createVPC",
        &["account", "cidr", "displaytext", "domainid", "name", "projectid", "vpcofferingid", "zoneid"],
        create,
    ),
    does("cloudstack.deleteVPC", &["id"], delete),
    asks("cloudstack.listVPCs", LIST, list),
    asks("cloudstack.listVPCOfferings", LIST, offerings),
];

/// A virtual private cloud.
#[derive(Debug, Clone)]
pub(super) struct Vpc {
    pub(super) id: String,
    name: String,
    display: String,
    cidr: String,
    zone: String,
    pub(super) project: String,
    created: SystemTime,
}

const OFFERING: &str = "Default VPC offering";

impl Cloud<'_> {
    pub(super) fn vpc(&self, name: &str) -> Outcome<Vpc> {
        let id = self.params.need(name)?;
        let vpc =
            self.ledger.vpcs.iter().find(|vpc| vpc.id == id).ok_or_else(|| self.params.unknown(name, id))?;
        if self.may(&vpc.project) { Ok(vpc.clone()) } else { Err(Self::forbidden()) }
    }

    fn vpc_view(&self, vpc: &Vpc) -> Value {
        let zone = self.zone_of(&vpc.zone);
        let of = |network: &&crate::world::Network| self.network_note(network).vpc.as_ref() == Some(&vpc.id);
        let tiers: Vec<Value> =
            self.world.networks.iter().filter(of).map(|network| self.network_view(network)).collect();
        let mut view = json!({
            "id": vpc.id,
            "name": vpc.name,
            "displaytext": vpc.display,
            "created": stamp(vpc.created),
            "zoneid": zone.id,
            "zonename": zone.name,
            "state": "Enabled",
            "cidr": vpc.cidr,
            "vpcofferingid": shown("vpc offering", OFFERING),
            "vpcofferingname": OFFERING,
            "restartrequired": false,
            "networkdomain": super::network::DOMAIN,
            "network": tiers,
            "fordisplay": true,
            "tags": self.tags_of("Vpc", &vpc.id),
        });
        if let Value::Object(fields) = &mut view {
            self.owned(&vpc.project, fields);
        }
        view
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, zone) = (cloud.owner()?, cloud.zone("zoneid")?);
    let offering = cloud.params.need("vpcofferingid")?;
    if offering != shown("vpc offering", OFFERING) {
        return Err(cloud.params.unknown("vpcofferingid", offering));
    }
    let cidr = cloud.params.need("cidr")?.to_owned();
    let right = cidr.split_once('/').is_some_and(|(ip, bits)| {
        ip.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_private())
            && bits.parse::<u8>().is_ok_and(|bits| bits <= 29)
    });
    if !right {
        return Err(Refused::value(format!("Invalid CIDR specified {cidr}: it must be a private range")));
    }
    cloud.room_for(&owner, "vpc", 1)?;
    let name = cloud.params.need("name")?.to_owned();
    let vpc = Vpc {
        id: fresh_id(),
        name: name.clone(),
        display: cloud.params.get("displaytext").unwrap_or(&name).to_owned(),
        cidr,
        zone: zone.id,
        project: owner.project,
        created: cloud.now(),
    };
    let id = vpc.id.clone();
    cloud.ledger.others.insert(id.clone(), vpc.project.clone());
    cloud.ledger.vpcs.push(vpc.clone());
    let plan = Plan::after(1500, move |cloud| Ok(json!({"vpc": cloud.vpc_view(&vpc)})));
    let job = cloud.start(plan.on("Vpc", &id));
    Ok(begun(&id, &name, &job))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let vpc = cloud.vpc("id")?;
    let own = vpc.id.clone();
    let plan = Plan::after(900, move |cloud| {
        if cloud.ledger.networks.values().any(|note| note.vpc.as_ref() == Some(&own)) {
            return Err(Refused::internal("Can't delete VPC as its used by networks"));
        }
        cloud.ledger.vpcs.retain(|vpc| vpc.id != own);
        cloud.ledger.acls.retain(|list| list.vpc != own);
        cloud.ledger.others.remove(&own);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("Vpc", &vpc.id)).about(&vpc.id, &vpc.name))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.ledger.vpcs.iter().map(|vpc| vpc.id.as_str()))?;
    let reach = cloud.reach()?;
    let mut rows = Vec::new();
    for vpc in &cloud.ledger.vpcs {
        let zone = cloud.params.get("zoneid").is_none_or(|id| id == vpc.zone);
        let named = cloud.named(&vpc.name, &[&vpc.display]);
        if reach.covers(&vpc.project)
            && zone
            && named
            && cloud.wanted(&vpc.id)
            && cloud.tagged("Vpc", &vpc.id)?
        {
            rows.push(cloud.vpc_view(vpc));
        }
    }
    cloud.listed("vpc", rows)
}

fn offerings(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = shown("vpc offering", OFFERING);
    let view = json!({
        "id": id,
        "name": OFFERING,
        "displaytext": OFFERING,
        "isdefault": true,
        "state": "Enabled",
        "supportsregionLevelvpc": false,
        "distributedvpcrouter": false,
    });
    let fits = cloud.wanted(&id) && cloud.named(OFFERING, &[]);
    cloud.listed("vpcoffering", fits.then_some(view).into_iter().collect())
}
