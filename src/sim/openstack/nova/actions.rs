//! The actions on a server that change its state, and its consoles. Rebuilding has its own file.

use serde_json::{Value, json as v};

use super::create::{flavor_ref, texts};
use super::refuse::{fault, refused};
use super::schemas::{self, number};
use super::{Answer, Call, Outcome, body, json, policy, server};
use crate::world::{Action, Refusal, State, World, fresh_secret};

/// What any body passes.
pub(super) fn anything() -> Value {
    v!({})
}

/// Does an action on the server of the path, and answers with this status.
pub(super) fn act(world: &mut World, call: &Call<'_>, name: &str, status: u16, action: Action) -> Outcome {
    let at = server(world, call)?;
    act_on(world, call, at, name, action)?;
    let server = &world.servers[at];
    Ok(Answer::empty(status).about(&server.id, &server.name))
}

pub(super) fn act_on(
    world: &mut World,
    call: &Call<'_>,
    at: usize,
    name: &str,
    action: Action,
) -> Result<(), Answer> {
    let id = world.servers[at].id.clone();
    world.act(at, action, &call.asker()).map_err(|refusal| refused(name, &id, refusal))
}

fn plain(world: &mut World, call: &Call<'_>, name: &str, action: Action) -> Outcome {
    body(call, &anything())?;
    act(world, call, name, 202, action)
}

pub(super) fn unknown(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &anything()).map_err(|answer| match answer.status {
        400 => fault(400, "Malformed request body"),
        _ => answer,
    })?;
    match asked.as_object().filter(|asked| asked.len() == 1).and_then(|asked| asked.keys().next()) {
        Some(name) => Err(fault(400, &format!("There is no such action: {name}"))),
        None => {
            let _ = world;
            Err(fault(400, "Malformed request body"))
        }
    }
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    act(world, call, "delete", 204, Action::Delete)
}

pub(super) fn force_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "forceDelete", Action::ForceDelete)
}

pub(super) fn password(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::password())?;
    let word = asked["changePassword"]["adminPass"].as_str().unwrap_or_default().to_owned();
    act(world, call, "changePassword", 202, Action::Password(word))
}

pub(super) fn reboot(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::reboot())?;
    let hard = asked["reboot"]["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("hard"));
    act(world, call, "reboot", 202, if hard { Action::RebootHard } else { Action::RebootSoft })
}

pub(super) fn resize(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::resize())?;
    let at = server(world, call)?;
    let id = world.servers[at].id.clone();
    let wanted = flavor_ref(&asked["resize"]["flavorRef"]);
    let flavor = world.flavor(&wanted).cloned();
    let action = match flavor {
        Some(flavor) => Action::Resize(Box::new(flavor)),
        None => return Err(fault(400, &format!("Flavor {wanted} could not be found."))),
    };
    world.may(at, &action, &call.asker()).map_err(|refusal| refused("resize", &id, refusal))?;
    if let Action::Resize(flavor) = &action {
        world.may_resize(at, flavor).map_err(|refusal| refused("resize", &id, refusal))?;
    }
    act(world, call, "resize", 202, action)
}

pub(super) fn confirm(world: &mut World, call: &Call<'_>) -> Outcome {
    body(call, &anything())?;
    act(world, call, "confirmResize", 204, Action::Confirm)
}

pub(super) fn revert(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "revertResize", Action::Revert)
}

pub(super) fn create_image(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::create_image())?;
    let asked = &asked["createImage"];
    let at = server(world, call)?;
    let extra = texts(&asked["metadata"]);
    let limit = world.quota(call.project()).metadata_items;
    if limit >= 0 && i64::try_from(extra.len()).unwrap_or(i64::MAX) > limit {
        return Err(fault(403, "Image metadata limit exceeded"));
    }
    let server = world.servers[at].id.clone();
    let asker = call.asker();
    let wording = |refusal| refused("createImage", &server, refusal);
    world.may(at, &Action::Snapshot(String::new()), &asker).map_err(wording)?;
    let name = asked["name"].as_str().unwrap_or_default();
    let image = world.snapshot_image(at, name, &extra, &asker.user);
    world.start(at, Action::Snapshot(image.clone()), &asker);
    let answer = if call.version >= 45 {
        json(202, &v!({"image_id": image}))
    } else {
        Answer::empty(202).with("Location", format!("{}/image//images/{image}", call.request.base))
    };
    Ok(answer.about(&image, name))
}

pub(super) fn start(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "start", Action::Start)
}

pub(super) fn stop(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "stop", Action::Stop)
}

pub(super) fn pause(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "pause", Action::Pause)
}

pub(super) fn unpause(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "unpause", Action::Unpause)
}

pub(super) fn suspend(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "suspend", Action::Suspend)
}

pub(super) fn resume(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "resume", Action::Resume)
}

pub(super) fn shelve(world: &mut World, call: &Call<'_>) -> Outcome {
    body(call, &anything())?;
    let at = server(world, call)?;
    let (id, asker) = (world.servers[at].id.clone(), call.asker());
    world
        .may(at, &Action::Shelve(String::new()), &asker)
        .map_err(|refusal| refused("shelve", &id, refusal))?;
    let name = format!("{}-shelved", world.servers[at].name);
    let image = world.snapshot_image(at, &name, &Vec::new(), &asker.user);
    act(world, call, "shelve", 202, Action::Shelve(image))
}

pub(super) fn offload(world: &mut World, call: &Call<'_>) -> Outcome {
    body(call, &anything())?;
    server(world, call)?;
    policy(call, "os-shelve:shelve_offload")?;
    act(world, call, "shelveOffload", 202, Action::Offload)
}

pub(super) fn unshelve(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "unshelve", Action::Unshelve)
}

pub(super) fn lock(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::lock(call.version))?;
    let reason = asked["lock"]["locked_reason"].as_str().filter(|_| call.version >= 73).map(str::to_owned);
    locking(world, call, true, reason)
}

pub(super) fn unlock(world: &mut World, call: &Call<'_>) -> Outcome {
    body(call, &anything())?;
    locking(world, call, false, None)
}

fn locking(world: &mut World, call: &Call<'_>, locked: bool, reason: Option<String>) -> Outcome {
    let at = server(world, call)?;
    world.record(at, if locked { "lock" } else { "unlock" }, &call.asker());
    let now = world.now();
    let server = &mut world.servers[at];
    server.locked = locked;
    server.locked_reason = reason;
    server.updated = now;
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

pub(super) fn rescue(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::rescue())?;
    let word = asked["rescue"]["adminPass"].as_str().map_or_else(|| fresh_secret(12), str::to_owned);
    let done = act(world, call, "rescue", 200, Action::Rescue)?;
    Ok(Answer { about: done.about, ..json(200, &v!({"adminPass": word})) })
}

pub(super) fn unrescue(world: &mut World, call: &Call<'_>) -> Outcome {
    plain(world, call, "unrescue", Action::Unrescue)
}

/// What the fast hypervisor's machines print.
const CONSOLE: [&str; 3] = ["FAKE CONSOLE OUTPUT", "ANOTHER", "LAST LINE"];

/// The host that a console needs.
fn ready(world: &World, at: usize) -> Result<(), Answer> {
    let server = &world.servers[at];
    if server.hosted { Ok(()) } else { Err(refused("console", &server.id, Refusal::NotReady)) }
}

pub(super) fn console_log(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::console_log())?;
    let at = server(world, call)?;
    ready(world, at)?;
    let length = asked["os-getConsoleOutput"].get("length").and_then(number);
    let set = world.consoles.get(&world.servers[at].id);
    let all: Vec<&str> = set.map_or_else(|| CONSOLE.to_vec(), |text| text.lines().collect());
    let kept = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(all.len());
    let lines = &all[all.len().saturating_sub(kept)..];
    Ok(json(200, &v!({"output": lines.join("\n")})))
}

/// Consoles of kinds that the host does not have.
pub(super) fn no_console(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object"}))?;
    server(world, call)?;
    let inner = asked.as_object().and_then(|asked| asked.values().next());
    let kind = inner.and_then(|inner| inner["type"].as_str()).unwrap_or_default();
    Err(fault(400, &format!("Unavailable console type {kind}.")))
}

fn console_address() -> String {
    format!("http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3D{}", crate::world::fresh_id())
}

pub(super) fn vnc_console(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::vnc())?;
    let at = server(world, call)?;
    ready(world, at)?;
    let kind = &asked["os-getVNCConsole"]["type"];
    Ok(json(200, &v!({"console": {"type": kind, "url": console_address()}})))
}

pub(super) fn remote_console(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::remote_console())?;
    let asked = &asked["remote_console"];
    let at = server(world, call)?;
    ready(world, at)?;
    if asked["protocol"] != "vnc" {
        let kind = asked["type"].as_str().unwrap_or_default();
        return Err(fault(400, &format!("Unavailable console type {kind}.")));
    }
    let told = v!({"protocol": "vnc", "type": asked["type"], "url": console_address()});
    Ok(json(200, &v!({"remote_console": told})))
}

pub(super) fn restore(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let server = &world.servers[at];
    Err(refused("restore", &server.id, Refusal::InState(server.state.name().to_owned())))
}

pub(super) fn reset_state(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::reset_state())?;
    let at = server(world, call)?;
    policy(call, "os-admin-actions:reset_state")?;
    let state = if asked["os-resetState"]["state"] == "active" { State::Active } else { State::Error };
    world.reset(at, state);
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}
