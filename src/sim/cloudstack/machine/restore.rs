//! Machines made anew from a template, other passwords and keys, consoles, and other hosts.

use std::time::Duration;

use serde_json::json;

use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::plan::{Plan, Wait};
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Action, Rebuild, State, fresh_secret};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    does("cloudstack.restoreVirtualMachine", &["templateid", "virtualmachineid"], restore),
    does("cloudstack.resetPasswordForVirtualMachine", &["id", "password"], password),
    does(
        "cloudstack.resetSSHKeyForVirtualMachine",
        &["account", "domainid", "id", "keypair", "keypairs", "projectid"],
        key,
    ),
    does("cloudstack.createConsoleEndpoint", &["virtualmachineid"], console),
    does("cloudstack.migrateVirtualMachine", &["autoselect", "hostid", "virtualmachineid"], migrate).admin(),
];

fn restore(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let image = match cloud.params.get("templateid") {
        Some(_) => Some(cloud.image("templateid")?.id),
        None => cloud.world.servers[at].image.clone(),
    };
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let (own, other) = (id.clone(), id.clone());
    let plan = cloud.machine_plan(&id).checked(move |cloud| {
        if cloud.has_snapshots(&own) {
            return Err(Refused::value(
                "Unable to restore VM, please remove VM snapshots before restoring VM",
            ));
        }
        let at = cloud.still(&own)?;
        match cloud.shown_state(at) {
            "Running" | "Stopped" => Ok(()),
            state => Err(Refused::value(format!(
                "Vm {} currently in {state} state, restore vm can only execute when VM in Running or Stopped",
                cloud.machine_told(at)
            ))),
        }
    });
    let plan = plan.begins(move |cloud| {
        let at = cloud.still(&other)?;
        let Some(image) = image else { return Ok(()) };
        if cloud.world.servers[at].launched.is_none() {
            cloud.world.servers[at].image = Some(image);
            return Ok(());
        }
        cloud.was_stopped(&other);
        let properties = cloud.world.image(&image).map(|image| image.properties.clone()).unwrap_or_default();
        let rebuild = Rebuild { image, image_properties: properties, ..Rebuild::default() };
        cloud.act(at, Action::Rebuild(Box::new(rebuild)))
    });
    let plan = plan.waits(Wait::Both(
        id.clone(),
        Duration::from_millis(if server_runs(cloud, at) { 1900 } else { 300 }),
    ));
    Ok(cloud.job(plan).about(&id, &name))
}

fn server_runs(cloud: &Cloud<'_>, at: usize) -> bool {
    cloud.world.servers[at].state == State::Active
}

/// That a machine must be stopped for something.
fn stopped(cloud: &Cloud<'_>, id: &str, what: &str) -> Outcome<usize> {
    let at = cloud.still(id)?;
    if cloud.shown_state(at) == "Stopped" {
        return Ok(at);
    }
    Err(Refused::value(format!("Vm {} should be stopped to do {what}", cloud.machine_told(at))))
}

fn password(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let word = cloud.params.get("password").map_or_else(|| fresh_secret(8), str::to_owned);
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let (own, other) = (id.clone(), id.clone());
    let plan = Plan::after(600, move |cloud| {
        let mut told = cloud.machine_result(&other)?;
        told["virtualmachine"]["password"] = json!(word);
        Ok(told)
    });
    let plan = plan.on("VirtualMachine", &id).queued(&id).checked(move |cloud| {
        let at = cloud.still(&own)?;
        let image = cloud.world.servers[at].image.clone().and_then(|id| cloud.world.image(&id).cloned());
        if !image.is_some_and(|image| cloud.template_note(&image).password) {
            let text = "Fail to reset password for the virtual machine, the template is not password enabled";
            return Err(Refused::value(text));
        }
        stopped(cloud, &own, "password reset").map(|_| ())
    });
    Ok(cloud.job(plan).about(&id, &name))
}

fn key(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name, project) = (server.id.clone(), server.name.clone(), server.project.clone());
    let owner = cloud.ledger.account_of(&project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    let keys = cloud.keys_named(&owner)?;
    if keys.is_empty() {
        return Err(cloud.params.missing("keypair"));
    }
    let (own, other) = (id.clone(), id.clone());
    let plan = Plan::after(600, move |cloud| {
        let at = cloud.still(&other)?;
        let names: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let texts: Vec<&str> = keys.iter().map(|key| key.1.as_str()).collect();
        cloud.world.servers[at].key_name = names.first().map(|name| (*name).to_owned());
        let (names, texts) = (names.join(","), texts.join("\n"));
        let details = &mut cloud.note(&other).details;
        crate::world::put(details, "SSH.PublicKey", &texts);
        crate::world::put(details, "SSH.KeyPairNames", &names);
        cloud.machine_result(&other)
    });
    let plan = plan.on("VirtualMachine", &id).queued(&id);
    let plan = plan.checked(move |cloud| stopped(cloud, &own, "SSH Key reset").map(|_| ()));
    Ok(cloud.job(plan).about(&id, &name))
}

fn console(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let server = &cloud.world.servers[at];
    if cloud.shown_state(at) != "Running" {
        let told = json!({"consoleendpoint": {
            "success": false,
            "details": format!("VM {} must be running to connect console, sorry", server.name),
        }});
        return Ok(told.into());
    }
    let token = fresh_secret(43);
    let base = cloud.world.base.clone();
    let host = base.split("//").nth(1).unwrap_or_default();
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let told = json!({"consoleendpoint": {
        "success": true,
        "url": format!("{base}/resource/noVNC/vnc.html?autoconnect=true&port={port}&token={token}"),
        "websocket": {"token": token, "host": host, "port": port, "path": "websockify"},
    }});
    Ok(Told::from(told).about(&server.id, &server.name))
}

fn migrate(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let server = &cloud.world.servers[at];
    let own = cloud.machine(server);
    let hosts = cloud.zone_of(&own.zone).hosts.clone();
    let target = match cloud.params.get("hostid") {
        Some(id) => {
            hosts.iter().position(|host| host == id).ok_or_else(|| cloud.params.unknown("hostid", id))?
        }
        None => (own.host + 1) % hosts.len().max(1),
    };
    let (id, name) = (server.id.clone(), server.name.clone());
    let (first, second, last) = (id.clone(), id.clone(), id.clone());
    let plan = Plan::after(900, move |cloud| {
        let machine = cloud.note(&last);
        (machine.shown, machine.host) = (None, target);
        cloud.machine_result(&last)
    });
    let plan = plan.on("VirtualMachine", &id).queued(&id).checked(move |cloud| {
        let at = cloud.still(&first)?;
        if cloud.shown_state(at) == "Running" {
            return Ok(());
        }
        Err(Refused::value(format!("VM is not Running, unable to migrate the vm {}", cloud.machine_told(at))))
    });
    let plan = plan.begins(move |cloud| {
        cloud.note(&second).shown = Some("Migrating");
        Ok(())
    });
    Ok(cloud.job(plan).about(&id, &name))
}
