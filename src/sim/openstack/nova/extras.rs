//! The small things: zones, services, the record of actions, extensions.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::view::host_id;
use super::{Call, Outcome, json, policy, server};
use crate::openstack::time;
use crate::world::{HOSTS, LoggedAction, Server, State, World};

pub(super) fn zones(_: &mut World, _: &Call<'_>) -> Outcome {
    let zone = v!({"zoneName": "nova", "zoneState": {"available": true}, "hosts": null});
    Ok(json(200, &v!({"availabilityZoneInfo": [zone]})))
}

pub(super) fn zones_detail(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-availability-zone:detail")?;
    let service = || v!({"available": true, "active": true, "updated_at": time::bare(world.now())});
    let internal = v!({"zoneName": "internal", "zoneState": {"available": true},
        "hosts": {HOSTS[0]: {"nova-scheduler": service(), "nova-conductor": service()}}});
    let nova = v!({"zoneName": "nova", "zoneState": {"available": true}, "hosts": {
        HOSTS[0]: {"nova-compute": service()}, HOSTS[1]: {"nova-compute": service()}}});
    Ok(json(200, &v!({"availabilityZoneInfo": [internal, nova]})))
}

pub(super) fn services(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-services:list")?;
    let rows = [
        ("nova-scheduler", HOSTS[0], "internal"),
        ("nova-conductor", HOSTS[0], "internal"),
        ("nova-compute", HOSTS[0], "nova"),
        ("nova-compute", HOSTS[1], "nova"),
    ];
    let rows = rows.iter().enumerate().map(|(at, (binary, host, zone))| {
        let id = if call.version >= 53 { v!(format!("00000000-0000-4000-8000-00000000000{at}")) } else { v!(at + 2) };
        let mut row = v!({"binary": binary, "host": host, "id": id, "zone": zone, "status": "enabled", "state": "up",
            "updated_at": time::bare(world.now()), "disabled_reason": null});
        if call.version >= 11 {
            row["forced_down"] = false.into();
        }
        row
    });
    Ok(json(200, &v!({"services": rows.collect::<Vec<_>>()})))
}

pub(super) fn hypervisors(_: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-hypervisors:list")?;
    let row = |(at, host): (usize, &&str)| v!({"id": at + 1, "hypervisor_hostname": host, "state": "up", "status": "enabled"});
    Ok(json(200, &v!({"hypervisors": HOSTS.iter().enumerate().map(row).collect::<Vec<_>>()})))
}

pub(super) fn hypervisors_detail(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-hypervisors:list-detail")?;
    let rows: Vec<Value> = (0..HOSTS.len()).map(|host| hypervisor(world, host)).collect();
    Ok(json(200, &v!({"hypervisors": rows})))
}

fn hypervisor(world: &World, host: usize) -> Value {
    let there = |server: &&Server| server.state != State::Deleted && server.hosted && server.host == host;
    let running = world.servers.iter().filter(there).count();
    let sum = |count: fn(&Server) -> i64| world.servers.iter().filter(there).map(count).sum::<i64>();
    let (cores, memory, disk) =
        (sum(|s| s.flavor.vcpus), 512 + sum(|s| s.flavor.ram_mib), sum(|s| s.flavor.disk_gib));
    v!({"id": host + 1, "hypervisor_hostname": HOSTS[host], "state": "up", "status": "enabled", "hypervisor_type": "fake",
        "hypervisor_version": 1000, "host_ip": "127.0.0.1", "service": {"id": host + 4, "host": HOSTS[host],
        "disabled_reason": null}, "vcpus": 1000, "memory_mb": 800_000, "local_gb": 600_000, "vcpus_used": cores,
        "memory_mb_used": memory, "local_gb_used": disk, "free_ram_mb": 800_000 - memory,
        "free_disk_gb": 600_000 - disk, "current_workload": 0, "running_vms": running, "disk_available_least": 0,
        "cpu_info": "{\"arch\": \"x86_64\"}"})
}

/// A few of the names that old clients look for.
const EXTENSIONS: [(&str, &str); 8] = [
    ("NMN", "Multinic"),
    ("OS-DCF", "DiskConfig"),
    ("OS-EXT-AZ", "ExtendedAvailabilityZone"),
    ("OS-EXT-STS", "ExtendedStatus"),
    ("os-availability-zone", "AvailabilityZone"),
    ("os-flavor-access", "FlavorAccess"),
    ("os-keypairs", "Keypairs"),
    ("os-security-groups", "SecurityGroups"),
];

fn extension_value((alias, name): &(&str, &str)) -> Value {
    v!({"alias": alias, "description": format!("{name}."), "links": [], "name": name,
        "namespace": "http://docs.openstack.org/compute/ext/fake_xml", "updated": "2014-12-03T00:00:00Z"})
}

pub(super) fn extensions(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"extensions": EXTENSIONS.iter().map(extension_value).collect::<Vec<_>>()})))
}

pub(super) fn extension(_: &mut World, call: &Call<'_>) -> Outcome {
    let found = EXTENSIONS.iter().find(|(alias, _)| *alias == call.param(0));
    let found = found.ok_or_else(|| fault(404, "The resource could not be found."))?;
    Ok(json(200, &v!({"extension": extension_value(found)})))
}

pub(super) fn password(world: &mut World, call: &Call<'_>) -> Outcome {
    server(world, call)?;
    Ok(json(200, &v!({"password": ""})))
}

pub(super) fn diagnostics(world: &mut World, call: &Call<'_>) -> Outcome {
    server(world, call)?;
    policy(call, "os-server-diagnostics")?;
    let counters = ["rx", "rx_drop", "rx_errors", "rx_packets", "tx", "tx_drop", "tx_errors", "tx_packets"];
    let mut told = v!({"cpu0_time": 17_300_000_000_u64, "memory": 524_288, "vda_errors": -1, "vda_read": 262_144,
        "vda_read_req": 112, "vda_write": 5_778_432, "vda_write_req": 488});
    for counter in counters {
        told[format!("vnet1_{counter}")] = 0.into();
    }
    Ok(json(200, &told))
}

fn logged_value(call: &Call<'_>, server: &Server, logged: &LoggedAction) -> Value {
    let mut value = v!({"action": logged.action, "instance_uuid": server.id, "request_id": logged.request,
        "user_id": logged.user, "project_id": logged.project, "start_time": time::bare(logged.start),
        "message": logged.error.as_ref().map(|_| "Error")});
    if call.version >= 58 {
        value["updated_at"] = time::bare(logged.finish.unwrap_or(logged.start)).into();
    }
    value
}

pub(super) fn action_log(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let server = &world.servers[at];
    let rows: Vec<Value> =
        server.action_log.iter().rev().map(|logged| logged_value(call, server, logged)).collect();
    Ok(json(200, &v!({"instanceActions": rows})))
}

/// What the compute service calls the work behind an action.
fn event_name(action: &str) -> String {
    match action {
        "create" => "compute__do_build_and_run_instance".into(),
        "delete" | "forceDelete" => "compute_terminate_instance".into(),
        "resize" | "migrate" => "compute_prep_resize".into(),
        "live-migration" => "compute_live_migration".into(),
        "confirmResize" => "compute_confirm_resize".into(),
        "revertResize" => "compute_revert_resize".into(),
        "createImage" => "compute_snapshot_instance".into(),
        "changePassword" => "compute_set_admin_password".into(),
        other => format!("compute_{other}_instance"),
    }
}

pub(super) fn logged(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let (server, request) = (&world.servers[at], call.param(1));
    let found = server.action_log.iter().find(|logged| logged.request == request);
    let logged = found.ok_or_else(|| fault(404, &format!("Action {request} not found")))?;
    let mut told = logged_value(call, server, logged);
    if call.admin() || call.version >= 51 {
        let result = match (&logged.finish, &logged.error) {
            (_, Some(_)) => Some("Error"),
            (Some(_), None) => Some("Success"),
            (None, None) => None,
        };
        let mut event = v!({"event": event_name(logged.action), "start_time": time::bare(logged.start),
            "finish_time": logged.finish.map(time::bare), "result": result});
        if call.version >= 62 {
            event["hostId"] = host_id(server).into();
        }
        if call.admin() {
            event["traceback"] = Value::Null;
            if call.version >= 62 {
                event["host"] = HOSTS[server.host].into();
            }
            if call.version >= 84 {
                event["details"] = logged.error.clone().into();
            }
        }
        told["events"] = v!([event]);
    }
    Ok(json(200, &v!({"instanceAction": told})))
}
