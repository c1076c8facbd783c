//! What a machine looks like.

use serde_json::{Map, Value, json};

use super::{instance_name, state};
use crate::cloudstack::offering;
use crate::cloudstack::scope::{Cloud, stamp};
use crate::cloudstack::state::Machine;
use crate::cloudstack::template::system_id;
use crate::cloudstack::zone::Zone;
use crate::cloudstack::{drop, ids, merge, object};
use crate::world::{Pairs, Server, State};

/// The parts of a machine that `details=` can choose.
pub(super) const PARTS: [&str; 14] = [
    "all", "group", "nics", "stats", "secgrp", "tmpl", "servoff", "diskoff", "backoff", "iso", "volume",
    "min", "affgrp", "vnfnics",
];

/// Which parts of a machine are shown.
#[derive(Debug, Clone)]
pub(in crate::cloudstack) struct Parts(Vec<String>);

impl Parts {
    pub(super) fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    pub(in crate::cloudstack) fn all() -> Self {
        Self(vec!["all".to_owned()])
    }

    fn has(&self, part: &str) -> bool {
        self.0.iter().any(|own| own == part || own == "all")
    }
}

impl Cloud<'_> {
    /// A machine by its index.
    pub(in crate::cloudstack) fn machine_view(&self, at: usize, parts: &Parts) -> Value {
        let server = &self.world.servers[at];
        let own = self.machine(server);
        let now = state(server, &own);
        let mut view = Map::new();
        let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
        put("id", json!(server.id));
        put("name", json!(server.name));
        put("displayname", json!(own.display.as_ref().unwrap_or(&server.name)));
        self.owned(&server.project, &mut view);
        let person = self.ledger.person(&own.person).or_else(|| {
            let account = self.ledger.account_of(&server.project)?;
            self.ledger.people.iter().find(|person| person.account == account.id)
        });
        view.insert("userid".to_owned(), json!(person.map(|person| person.id.clone())));
        view.insert("username".to_owned(), json!(person.map(|person| person.name.clone())));
        view.insert("created".to_owned(), json!(stamp(server.created)));
        if let Some(changed) = own.changed.or(server.launched) {
            view.insert("lastupdated".to_owned(), json!(stamp(changed)));
        }
        let zone = self.zone_of(&own.zone);
        let mut view = Value::Object(view);
        merge(&mut view, json!({"state": now, "haenable": false, "zoneid": zone.id, "zonename": zone.name}));
        self.host_part(zone, &own, now, &mut view);
        if parts.has("tmpl") {
            self.template_part(server, &mut view);
        }
        if parts.has("servoff") {
            self.offering_part(server, &own, &mut view);
        }
        if parts.has("stats") && own.measured && own.destroyed.is_none() && self.caller.admin() {
            statistics(&mut view);
        }
        self.rest_part(server, &own, now, parts, &mut view);
        view
    }

    fn host_part(&self, zone: &Zone, own: &Machine, now: &str, view: &mut Value) {
        if !matches!(now, "Running" | "Starting" | "Stopping" | "Migrating") {
            return;
        }
        if self.caller.admin()
            && let Some(host) = zone.hosts.get(own.host % zone.hosts.len().max(1))
        {
            merge(view, json!({"hostid": host, "hostname": Zone::host_name(host)}));
        }
        view["hostcontrolstate"] = json!("Enabled");
    }

    fn template_part(&self, server: &Server, view: &mut Value) {
        let image =
            server.image.as_deref().and_then(|id| self.world.images.iter().find(|image| image.id == id));
        let Some(image) = image else { return };
        let shown = self.template_view(image, self.zone_of(""));
        for (name, from) in [
            ("templateid", "id"),
            ("templatename", "name"),
            ("templatetype", "templatetype"),
            ("templateformat", "format"),
            ("templatedisplaytext", "displaytext"),
            ("passwordenabled", "passwordenabled"),
        ] {
            view[name] = shown[from].clone();
        }
    }

    fn offering_part(&self, server: &Server, own: &Machine, view: &mut Value) {
        let offering = self.offering(&server.flavor);
        let name = self.world.flavor(&server.flavor.id).map_or(&server.flavor.name, |flavor| &flavor.name);
        merge(
            view,
            json!({
                "serviceofferingid": offering::id_of(&server.flavor),
                "serviceofferingname": name,
                "cpunumber": server.flavor.vcpus,
                "cpuspeed": own.speed.unwrap_or(offering.speed),
                "memory": server.flavor.ram_mib,
            }),
        );
    }

    fn rest_part(&self, server: &Server, own: &Machine, now: &str, parts: &Parts, view: &mut Value) {
        let image =
            server.image.as_deref().and_then(|id| self.world.images.iter().find(|image| image.id == id));
        let system = self.system_of(image);
        view["guestosid"] = json!(system_id(&system));
        if parts.has("volume") {
            merge(view, json!({"rootdeviceid": 0, "rootdevicetype": "ROOT"}));
        }
        view["securitygroup"] = if parts.has("secgrp") { self.groups_part(server) } else { json!([]) };
        let ports = if parts.has("nics") { &server.ports[..] } else { &[] };
        let mut nics: Vec<Value> =
            ports.iter().enumerate().map(|(place, port)| self.nic_view(server, place, port)).collect();
        if nics.is_empty() && server.state == State::Error && parts.has("nics") {
            nics.clone_from(&own.nics);
        }
        let first = nics.first().map(|nic| nic["ipaddress"].clone());
        let public = nics.iter().find(|nic| nic.get("publicip").is_some()).cloned();
        view["nic"] = json!(nics);
        view["hypervisor"] = json!("Simulator");
        if let Some(ip) = first {
            view["ipaddress"] = ip;
        }
        if let Some(nic) = public {
            merge(view, json!({"publicipid": nic["publicipid"], "publicip": nic["publicip"]}));
        }
        if self.caller.admin() {
            let account = self.ledger.account_of(&server.project).map_or(2, |account| account.number);
            view["instancename"] = json!(instance_name(server, account));
        }
        self.details_part(server, own, view);
        view["affinitygroup"] = if parts.has("affgrp") { self.affinity_part(own) } else { json!([]) };
        if self.caller.admin() {
            view["displayvm"] = json!(own.display_vm.unwrap_or(true));
        }
        merge(
            view,
            json!({
                "isdynamicallyscalable": own.dynamic,
                "deleteprotection": own.protected,
                "ostypeid": system_id(&system),
                "osdisplayname": system,
            }),
        );
        if let Some((mode, kind)) = &own.boot {
            merge(view, json!({"bootmode": mode, "boottype": kind}));
        }
        if server.launched.is_some() && now != "Destroyed" || now == "Running" {
            view["pooltype"] = json!("NetworkFilesystem");
        }
        merge(view, json!({"receivedbytes": 0, "sentbytes": 0}));
        if self.caller.admin() {
            view["arch"] = json!("x86_64");
        }
        merge(view, json!({"tags": self.tags_of("UserVm", &server.id), "hasannotations": false}));
        if let Some(job) = self.ledger.jobs.iter().rev().find(|job| job.works_on(&server.id)) {
            merge(view, json!({"jobid": job.id, "jobstatus": 0}));
        }
        if server.state == State::Error {
            drop(view, "hostcontrolstate");
        }
    }

    fn details_part(&self, server: &Server, own: &Machine, view: &mut Value) {
        let mut details: Pairs = own.details.clone();
        if server.launched.is_none() {
            details.push(("deployvm".to_owned(), "true".to_owned()));
        }
        let keys = own.details.iter().find(|pair| pair.0 == "SSH.KeyPairNames").map(|pair| pair.1.clone());
        view["details"] = object(&details);
        if !self.caller.admin() {
            view["readonlydetails"] = json!("dataDiskController, rootDiskController");
        }
        if let Some(keys) = keys.or_else(|| server.key_name.clone().filter(|_| own.zone.is_empty())) {
            view["keypairs"] = json!(keys);
        }
    }

    fn groups_part(&self, server: &Server) -> Value {
        let zone = self.zone_of(&self.machine(server).zone);
        if !zone.groups {
            return json!([]);
        }
        let view = |group: &&crate::world::Group| {
            let mut view = Map::new();
            view.insert("id".to_owned(), json!(ids::shown("security group", &group.id)));
            view.insert("name".to_owned(), json!(group.name));
            view.insert("description".to_owned(), json!(group.standing.description));
            self.owned(&group.project, &mut view);
            for name in ["domainid", "domain", "domainpath"] {
                view.remove(name);
            }
            for name in ["ingressrule", "egressrule", "tags", "virtualmachineids"] {
                view.insert(name.to_owned(), json!([]));
            }
            Value::Object(view)
        };
        Value::Array(self.world.groups_of(server).iter().map(view).collect())
    }

    fn affinity_part(&self, own: &Machine) -> Value {
        let groups = self.ledger.affinity.iter().filter(|group| own.affinity.contains(&group.id));
        let rows = groups.map(|group| {
            json!({
                "id": group.id,
                "name": group.name,
                "description": group.description,
                "account": self.ledger.account_of(&group.project).map(|account| account.name.clone()),
            })
        });
        Value::Array(rows.collect())
    }
}

fn statistics(view: &mut Value) {
    merge(
        view,
        json!({
            "cpuused": "10%",
            "networkkbsread": 32768,
            "networkkbswrite": 16384,
            "diskkbsread": 0,
            "diskkbswrite": 0,
            "memorykbs": 0,
            "memoryintfreekbs": 0,
            "memorytargetkbs": 0,
            "diskioread": 0,
            "diskiowrite": 0,
        }),
    );
}
