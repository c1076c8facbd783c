//! Hosts and what they hold, settings, alerts: what administrators see of the cloud itself.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::refused::Outcome;
use super::refused::Refused;
use super::scope::{Cloud, stamp};
use super::shape::RELEASE;
use super::zone::Zone;
use crate::world::{Server, State};

pub(super) static COMMANDS: &[Command] = &[
    asks(
        "cloudstack.listHosts",
        &["details", "hypervisor", "id", "keyword", "name", "page", "pagesize", "state", "type", "zoneid"],
        hosts,
    )
    .admin(),
    asks("cloudstack.findHostsForMigration", &["keyword", "page", "pagesize", "virtualmachineid"], targets)
        .admin(),
    asks("cloudstack.listCapacity", &["page", "pagesize", "type", "zoneid"], capacity).admin(),
    asks("cloudstack.listAlerts", &["id", "keyword", "name", "page", "pagesize", "type"], alerts).admin(),
    asks("cloudstack.listConfigurations", &["category", "keyword", "name", "page", "pagesize"], settings)
        .admin(),
    does("cloudstack.updateConfiguration", &["name", "value"], set).admin(),
    asks("cloudstack.quotaIsEnabled", &[], quota),
];

/// The memory of a host, in bytes, and what its processors do.
const MEMORY: i64 = 8 << 30;

/// Settings that are carried, with what they are by default and what they do.
const SETTINGS: [(&str, &str, &str); 8] = [
    (
        "enforce.post.requests.and.timestamps",
        "false",
        "Only POST for what changes, and requests that end soon",
    ),
    ("allow.user.expunge.recover.vm", "false", "Ordinary users may expunge and recover machines"),
    ("allow.user.view.destroyed.vm", "false", "Ordinary users see destroyed machines"),
    ("expunge.delay", "86400", "Seconds until a destroyed machine is expunged"),
    ("api.throttling.enabled", "false", "Calls of an account are limited"),
    ("api.throttling.interval", "1", "The seconds in which calls are counted"),
    ("api.throttling.max", "25", "How many calls an account may make in that time"),
    ("default.page.size", "500", "The largest page of a list"),
];

impl Cloud<'_> {
    fn host_view(&self, zone: &Zone, place: usize, id: &str) -> Value {
        let on = |server: &&Server| {
            let own = self.machine(server);
            server.state == State::Active
                && self.zone_of(&own.zone).id == zone.id
                && own.host % zone.hosts.len() == place
        };
        let used: i64 = self.world.servers.iter().filter(on).map(|server| server.flavor.ram_mib << 20).sum();
        let share = format!("{:.2}%", 100.0 * used as f64 / MEMORY as f64);
        let mut view = json!({
            "id": id,
            "name": Zone::host_name(id),
            "state": "Up",
            "type": "Routing",
            "ipaddress": format!("172.16.15.{}", 17 + place),
            "zoneid": zone.id,
            "zonename": zone.name,
            "podid": zone.pod,
            "podname": format!("{}-pod", zone.name),
            "version": RELEASE,
            "hypervisor": "Simulator",
            "cpunumber": 4,
            "cpuspeed": 8000,
            "cpuallocated": "0.00%",
            "cpuallocatedvalue": 0,
            "cpuallocatedpercentage": "0.00%",
            "cpuallocatedwithoverprovisioning": "0.00%",
            "cpuused": "0%",
            "cpuwithoverprovisioning": "32000",
            "cpuloadaverage": 0.0,
            "networkkbsread": 32768,
            "networkkbswrite": 16384,
        });
        let rest = json!({
            "memorytotal": MEMORY,
            "memorywithoverprovisioning": MEMORY.to_string(),
            "memoryallocated": used,
            "memoryallocatedpercentage": share,
            "memoryallocatedbytes": used,
            "memoryused": 0,
            "capabilities": "hvm",
            "lastpinged": stamp(self.now()),
            "managementserverid": self.ledger.server_id,
            "managementservername": "localhost",
            "clusterid": zone.cluster,
            "clustername": format!("{}-c0", zone.name),
            "clustertype": "CloudManaged",
            "islocalstorageactive": false,
            "created": stamp(self.ledger.since.unwrap_or(std::time::SystemTime::UNIX_EPOCH)),
            "events": "HostDown; AgentConnected; PingTimeout; Remove; Ping",
            "hostha": {"haenable": false, "hastate": "Disabled"},
            "outofbandmanagement": {"powerstate": "Disabled", "enabled": false},
            "resourcestate": "Enabled",
            "hypervisorversion": RELEASE,
            "hahost": false,
            "ueficapability": false,
            "arch": "x86_64",
            "hasannotations": false,
        });
        super::merge(&mut view, rest);
        view
    }

    fn setting_view(&self, row: &(&str, &str, &str)) -> Value {
        let (name, default, text) = row;
        let kind = if matches!(*default, "true" | "false") { "Boolean" } else { "Number" };
        json!({
            "category": "Advanced",
            "group": "Miscellaneous",
            "subgroup": "Others",
            "name": name,
            "value": self.ledger.setting(name, default),
            "defaultvalue": default,
            "description": text,
            "isdynamic": true,
            "component": "ManagementServer",
            "displaytext": name.replace('.', " "),
            "type": kind,
        })
    }
}

fn hosts(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let mut rows = Vec::new();
    for zone in
        cloud.ledger.zones.iter().filter(|zone| cloud.params.get("zoneid").is_none_or(|id| id == zone.id))
    {
        for (place, id) in zone.hosts.iter().enumerate() {
            let kind = cloud.params.get("type").is_none_or(|kind| super::page::same(kind, "Routing"));
            if kind && cloud.wanted(id) && cloud.named(&Zone::host_name(id), &[]) {
                rows.push(cloud.host_view(zone, place, id));
            }
        }
    }
    cloud.listed("host", rows)
}

fn targets(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let own = cloud.machine(&cloud.world.servers[at]);
    let zone = cloud.zone_of(&own.zone).clone();
    let mut rows = Vec::new();
    for (place, id) in
        zone.hosts.iter().enumerate().filter(|(place, _)| *place != own.host % zone.hosts.len())
    {
        let mut view = json!({"requiresStorageMotion": false});
        super::merge(&mut view, cloud.host_view(&zone, place, id));
        view["suitableformigration"] = json!(true);
        rows.push(view);
    }
    cloud.listed("host", rows)
}

fn capacity(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let kind = cloud.params.number("type")?;
    let mut rows = Vec::new();
    for zone in
        cloud.ledger.zones.iter().filter(|zone| cloud.params.get("zoneid").is_none_or(|id| id == zone.id))
    {
        let here = |server: &&Server| {
            server.state == State::Active && cloud.zone_of(&cloud.machine(server).zone).id == zone.id
        };
        let servers: Vec<&Server> = cloud.world.servers.iter().filter(here).collect();
        let hosts = i64::try_from(zone.hosts.len()).unwrap_or(1);
        let memory: i64 = servers.iter().map(|server| server.flavor.ram_mib << 20).sum();
        let cores: i64 = servers.iter().map(|server| server.flavor.vcpus).sum();
        for (number, name, used, total) in [
            (0, "MEMORY", memory, hosts * MEMORY),
            (1, "CPU", cores * 1000, hosts * 32_000),
            (90, "CPU_CORE", cores, hosts * 4),
        ] {
            if kind.is_none_or(|kind| kind == number) {
                let share = format!("{:.2}", 100.0 * used as f64 / total as f64);
                rows.push(json!({
                    "type": number,
                    "name": name,
                    "zoneid": zone.id,
                    "zonename": zone.name,
                    "capacityallocated": used,
                    "capacityused": used,
                    "capacitytotal": total,
                    "percentused": share,
                }));
            }
        }
    }
    cloud.listed("capacity", rows)
}

/// One for each machine that could not be brought up.
fn alerts(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let mut rows = Vec::new();
    for (at, server) in
        cloud.world.servers.iter().enumerate().filter(|(_, server)| server.state == State::Error)
    {
        rows.push(json!({
            "id": super::ids::shown("alert", &server.id),
            "type": 8,
            "name": "ALERT.USERVM",
            "description": format!("Failed to deploy Vm {}", cloud.machine_told(at)),
            "sent": stamp(server.updated),
        }));
    }
    cloud.listed("alert", rows)
}

fn settings(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let rows =
        SETTINGS.iter().filter(|row| cloud.named(row.0, &[])).map(|row| cloud.setting_view(row)).collect();
    cloud.listed("configuration", rows)
}

fn set(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (name, value) =
        (cloud.params.need("name")?.to_owned(), cloud.params.get("value").unwrap_or_default().to_owned());
    let row = SETTINGS.iter().find(|row| row.0 == name);
    let row =
        row.ok_or_else(|| Refused::value(format!("Config parameter with name {name} doesn't exist")))?;
    cloud.ledger.settings.insert(name.clone(), value);
    Ok(Told::from(json!({"configuration": cloud.setting_view(row)})).about("", &name))
}

fn quota(_: &mut Cloud<'_>) -> Outcome<Told> {
    Ok(json!({"isenabled": {"isenabled": false}}).into())
}
