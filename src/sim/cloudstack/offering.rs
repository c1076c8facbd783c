//! Service offerings, which are the world's flavors, and disk offerings.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::ids::shown;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use crate::world::{Flavor, Pairs, fresh_id};

const LISTS: &[&str] = &[
    "account",
    "domainid",
    "id",
    "isrecursive",
    "issystem",
    "keyword",
    "listall",
    "name",
    "page",
    "pagesize",
    "projectid",
    "state",
    "virtualmachineid",
    "zoneid",
    "cpunumber",
    "cpuspeed",
    "memory",
];

pub(super) static COMMANDS: &[Command] = &[
    asks("cloudstack.listServiceOfferings", LISTS, list),
    does(
        "cloudstack.createServiceOffering",
        &[
            "name",
            "displaytext",
            "cpunumber",
            "cpuspeed",
            "memory",
            "customized",
            "rootdisksize",
            "dynamicscalingenabled",
        ],
        create,
    )
    .admin(),
    does("cloudstack.deleteServiceOffering", &["id"], delete).admin(),
    asks("cloudstack.listDiskOfferings", LISTS, disks),
];

/// What CloudStack alone knows of a service offering.
#[derive(Debug, Clone)]
pub(super) struct Offering {
    /// Its size is chosen at each deploy.
    pub(super) custom: bool,
    pub(super) speed: i64,
    pub(super) display: String,
    pub(super) created: SystemTime,
    pub(super) dynamic: bool,
}

/// A disk offering.
#[derive(Debug, Clone)]
pub(super) struct DiskOffering {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) display: String,
    /// In GiB; none: its size is chosen at each volume.
    pub(super) gib: Option<i64>,
    pub(super) created: SystemTime,
}

/// The disk offerings that every cloud begins with.
pub(super) fn seeded(now: SystemTime) -> Vec<DiskOffering> {
    let row = |name: &str, display: &str, gib| DiskOffering {
        id: fresh_id(),
        name: name.to_owned(),
        display: display.to_owned(),
        gib,
        created: now,
    };
    vec![
        row("Small", "Small Disk, 5 GB", Some(5)),
        row("Medium", "Medium Disk, 20 GB", Some(20)),
        row("Large", "Large Disk, 100 GB", Some(100)),
        row("Custom", "Custom Disk", None),
    ]
}

/// The id of a flavor as an offering.
pub(super) fn id_of(flavor: &Flavor) -> String {
    shown("offering", &flavor.id)
}

impl Cloud<'_> {
    /// The flavor that a parameter names.
    pub(super) fn flavor(&self, name: &str) -> Outcome<Flavor> {
        let id = self.params.need(name)?;
        let found = self.world.flavors.iter().find(|flavor| id_of(flavor) == id);
        found.cloned().ok_or_else(|| self.params.unknown(name, id))
    }

    /// What is known of a flavor as an offering.
    pub(super) fn offering(&self, flavor: &Flavor) -> Offering {
        self.ledger.offerings.get(&flavor.id).cloned().unwrap_or_else(|| Offering {
            custom: false,
            speed: 1000,
            display: flavor.name.clone(),
            created: self.ledger.since.unwrap_or(SystemTime::UNIX_EPOCH),
            dynamic: true,
        })
    }

    /// The disk offering that a parameter names.
    pub(super) fn disk_offering(&self, name: &str) -> Outcome<Option<DiskOffering>> {
        let Some(id) = self.params.get(name) else { return Ok(None) };
        let found = self.ledger.disk_offerings.iter().find(|offering| offering.id == id);
        found.cloned().map(Some).ok_or_else(|| self.params.unknown(name, id))
    }

    fn offering_view(&self, flavor: &Flavor) -> Value {
        let own = self.offering(flavor);
        let mut view =
            json!({"id": id_of(flavor), "name": flavor.name, "state": "Active", "displaytext": own.display});
        if !own.custom {
            view["cpunumber"] = json!(flavor.vcpus);
            view["cpuspeed"] = json!(own.speed);
            view["memory"] = json!(flavor.ram_mib);
        }
        let rest = json!({
            "created": stamp(own.created),
            "storagetype": "shared",
            "provisioningtype": "thin",
            "offerha": false,
            "limitcpuuse": false,
            "isvolatile": false,
            "issystem": false,
            "defaultuse": false,
            "iscustomized": own.custom,
            "rootdisksize": flavor.disk_gib,
            "dynamicscalingenabled": own.dynamic,
            "diskofferingstrictness": false,
            "diskofferingid": shown("root disk", &flavor.id),
            "diskofferingname": flavor.name,
            "diskofferingdisplaytext": own.display,
            "encryptroot": false,
            "hasannotations": false,
        });
        super::merge(&mut view, rest);
        view
    }
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud
        .known("id", cloud.world.flavors.iter().map(id_of).collect::<Vec<_>>().iter().map(String::as_str))?;
    let system = cloud.params.flag("issystem").unwrap_or(false);
    let at_least = |name: &str, has: i64| Ok(cloud.params.number(name)?.is_none_or(|least| has >= least));
    let mut rows = Vec::new();
    for flavor in cloud.world.flavors.iter().filter(|flavor| flavor.public && !system) {
        let own = cloud.offering(flavor);
        let sized = own.custom
            || at_least("cpunumber", flavor.vcpus)?
                && at_least("memory", flavor.ram_mib)?
                && at_least("cpuspeed", own.speed)?;
        if sized && cloud.wanted(&id_of(flavor)) && cloud.named(&flavor.name, &[&own.display]) {
            rows.push(cloud.offering_view(flavor));
        }
    }
    cloud.listed("serviceoffering", rows)
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let params = cloud.params;
    let sizes = [params.number("cpunumber")?, params.number("cpuspeed")?, params.number("memory")?];
    let custom = params.flag("customized").unwrap_or(sizes.iter().all(Option::is_none));
    if !custom && sizes.iter().any(Option::is_none) {
        let text = "Insufficient parameters. Need to specify the cpunumber, cpuspeed and memory";
        return Err(Refused::value(text));
    }
    let name = params.need("name")?.to_owned();
    let display = params.get("displaytext").unwrap_or(&name).to_owned();
    let flavor = Flavor {
        id: fresh_id(),
        name,
        ram_mib: sizes[2].unwrap_or(0),
        disk_gib: params.number("rootdisksize")?.unwrap_or(0),
        vcpus: sizes[0].unwrap_or(0),
        swap_mib: 0,
        ephemeral_gib: 0,
        public: true,
        description: None,
        extra: Pairs::new(),
    };
    let dynamic = params.flag("dynamicscalingenabled").unwrap_or(true);
    let offering = Offering { custom, speed: sizes[1].unwrap_or(0), display, created: cloud.now(), dynamic };
    cloud.ledger.offerings.insert(flavor.id.clone(), offering);
    let mut view = cloud.offering_view(&flavor);
    super::merge(&mut view, json!({"gpudisplay": false}));
    let told = Told::from(json!({"serviceoffering": view})).about(&flavor.id, &flavor.name);
    cloud.world.flavors.push(flavor);
    Ok(told)
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let flavor = cloud.flavor("id")?;
    cloud.world.flavors.retain(|other| other.id != flavor.id);
    Ok(Told::from(json!({"success": "true"})).about(&flavor.id, &flavor.name))
}

fn disks(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.ledger.disk_offerings.iter().map(|offering| offering.id.as_str()))?;
    let fits = |offering: &&DiskOffering| {
        cloud.wanted(&offering.id) && cloud.named(&offering.name, &[&offering.display])
    };
    let view = |offering: &DiskOffering| {
        json!({
            "id": offering.id,
            "name": offering.name,
            "state": "Active",
            "displaytext": offering.display,
            "disksize": offering.gib.unwrap_or(0),
            "created": stamp(offering.created),
            "iscustomized": offering.gib.is_none(),
            "storagetype": "shared",
            "provisioningtype": "thin",
            "displayoffering": true,
            "disksizestrictness": false,
            "encrypt": false,
            "hasannotations": false,
        })
    };
    let rows = cloud.ledger.disk_offerings.iter().filter(fits).map(view).collect();
    cloud.listed("diskoffering", rows)
}
