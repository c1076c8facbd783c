//! Zones, hosts, and what the cloud can do.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::shape::RELEASE;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[
    asks(
        "cloudstack.listZones",
        &["available", "domainid", "id", "ids", "keyword", "name", "networktype", "page", "pagesize", "tags"],
        zones,
    ),
    asks("cloudstack.listCapabilities", &[], capabilities),
    does(
        "cloudstack.createZone",
        &["dns1", "internaldns1", "name", "networktype", "securitygroupenabled", "guestcidraddress"],
        create,
    )
    .admin(),
];

/// A zone.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: String,
    /// Its networks may have security groups.
    pub(super) groups: bool,
    /// All its machines are in one network, which nobody names.
    pub(super) basic: bool,
    pub(super) token: String,
    pub(super) pod: String,
    pub(super) cluster: String,
    pub(super) storage: String,
    /// Its hosts, by id.
    pub(super) hosts: Vec<String>,
    pub(super) physical: String,
}

impl Zone {
    /// A zone with two hosts.
    pub(super) fn seeded(name: &str, groups: bool) -> Self {
        Self {
            id: fresh_id(),
            name: name.to_owned(),
            groups,
            basic: false,
            token: fresh_id(),
            pod: fresh_id(),
            cluster: fresh_id(),
            storage: fresh_id(),
            hosts: vec![fresh_id(), fresh_id()],
            physical: fresh_id(),
        }
    }

    /// Its name servers, which administrators and networks are told.
    pub(super) const DNS: &'static str = "10.147.28.6";

    /// What a host is called.
    pub(super) fn host_name(id: &str) -> String {
        format!("SimulatedAgent.{id}")
    }
}

impl Cloud<'_> {
    /// The zone that a parameter names.
    pub(super) fn zone(&self, name: &str) -> Outcome<Zone> {
        let id = self.params.need(name)?;
        let zone = self.ledger.zones.iter().find(|zone| zone.id == id);
        zone.cloned().ok_or_else(|| self.params.unknown(name, id))
    }

    /// The zone of this id, or the first: what other faces make is in that.
    pub(super) fn zone_of(&self, id: &str) -> &Zone {
        // There is always one.
        self.ledger.zones.iter().find(|zone| zone.id == id).unwrap_or(&self.ledger.zones[0])
    }

    fn zone_view(&self, zone: &Zone) -> Value {
        let mut view = json!({"id": zone.id, "name": zone.name});
        if self.caller.admin() {
            view["dns1"] = json!(Zone::DNS);
            view["internaldns1"] = json!(Zone::DNS);
            if !zone.groups {
                view["guestcidraddress"] = json!("10.1.1.0/24");
            }
        }
        let rest = json!({
            "networktype": if zone.basic { "Basic" } else { "Advanced" },
            "securitygroupsenabled": zone.groups,
            "gputotal": 0,
            "gpuused": 0,
            "allocationstate": "Enabled",
            "zonetoken": zone.token,
            "dhcpprovider": "VirtualRouter",
            "localstorageenabled": false,
            "tags": [],
            "allowuserspecifyvrmtu": false,
            "routerprivateinterfacemaxmtu": 1500,
            "routerpublicinterfacemaxmtu": 1500,
            "type": "Core",
            "isnsxenabled": false,
            "ismultiarch": false,
            "asnrange": "",
            "routedmodeenabled": true,
            "hasannotations": false,
        });
        super::merge(&mut view, rest);
        view
    }
}

fn zones(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let tags = cloud.params.keyed("tags")?;
    cloud.known("id", cloud.ledger.zones.iter().map(|zone| zone.id.as_str()))?;
    // `available=false` adds those without a machine of the caller's; another word shows no zone.
    let shown = cloud
        .params
        .get("available")
        .is_none_or(|word| ["true", "false"].contains(&word.to_lowercase().as_str()));
    let kind = |zone: &Zone| if zone.basic { "Basic" } else { "Advanced" };
    let typed =
        |zone: &Zone| cloud.params.get("networktype").is_none_or(|word| super::page::same(word, kind(zone)));
    let fits = |zone: &&Zone| {
        tags.is_empty() && typed(zone) && shown && cloud.wanted(&zone.id) && cloud.named(&zone.name, &[])
    };
    let rows = cloud.ledger.zones.iter().filter(fits).map(|zone| cloud.zone_view(zone)).collect();
    cloud.listed("zone", rows)
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = cloud.params.need("name")?.to_owned();
    if cloud.ledger.zones.iter().any(|zone| zone.name == name) {
        return Err(Refused::value(format!("A zone with that name {name} already exists")));
    }
    let basic = super::page::same(cloud.params.need("networktype")?, "Basic");
    let groups = basic || cloud.params.flag("securitygroupenabled").unwrap_or(false);
    let zone = cloud.new_zone(&name, groups, basic)?;
    let view = cloud.zone_view(&zone);
    Ok(Told::from(json!({"zone": view})).about(&zone.id, &name))
}

impl Cloud<'_> {
    /// A further zone; one with security groups has the network that all may use.
    pub(super) fn new_zone(&mut self, name: &str, groups: bool, basic: bool) -> Outcome<Zone> {
        let zone = Zone { basic, ..Zone::seeded(name, groups) };
        let third = u8::try_from(31 + self.ledger.zones.len()).unwrap_or(u8::MAX);
        self.ledger.zones.push(zone.clone());
        if groups {
            let owner = self.ledger.accounts.iter().find(|account| account.name == "admin").cloned();
            let owner = owner.unwrap_or_else(|| self.caller.account.clone());
            let range = Some(([10, 147, third, 0].into(), 24, Some([10, 147, third, 1].into())));
            self.new_network(&zone, &owner, &format!("{name}-guest"), 0, range)?;
        }
        Ok(zone)
    }
}

fn capabilities(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let users =
        cloud.ledger.setting("allow.user.expunge.recover.vm", "false") == "true" || cloud.caller.admin();
    let body = json!({"capability": {
        "securitygroupsenabled": cloud.ledger.zones.iter().any(|zone| zone.groups),
        "dynamicrolesenabled": true,
        "cloudstackversion": RELEASE,
        "userpublictemplateenabled": true,
        "supportELB": "false",
        "projectinviterequired": false,
        "allowusercreateprojects": true,
        "customdiskofferingminsize": 1,
        "customdiskofferingmaxsize": 1024,
        "regionsecondaryenabled": false,
        "kvmsnapshotenabled": true,
        "allowuserviewdestroyedvm": users,
        "allowuserexpungerecovervm": users,
        "allowuserexpungerecovervolume": users,
        "allowuserviewalldomainaccounts": false,
        "allowuserforcestopvm": true,
        "kubernetesserviceenabled": false,
        "kubernetesclusterexperimentalfeaturesenabled": false,
        "customhypervisordisplayname": "Custom",
        "defaultuipagesize": 20,
        "instancesstatsretentiontime": 720,
        "instancesstatsuseronly": false,
        "instancesdisksstatsretentionenabled": false,
        "instancesdisksstatsretentiontime": 720,
        "sharedfsvmmincpucount": 2,
        "sharedfsvmminramsize": 1024,
        "instanceleaseenabled": false,
        "dynamicscalingenabled": true,
        "additionalconfigenabled": false,
    }});
    let mut body = body;
    if cloud.caller.admin() {
        body["capability"]["extensionspath"] = json!("/usr/share/cloudstack-management/extensions");
    }
    Ok(body.into())
}
