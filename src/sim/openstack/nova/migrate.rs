//! To another host: what an administrator may ask for.

use serde_json::Value;

use super::actions::{act, anything};
use super::refuse::fault;
use super::{Answer, Call, Outcome, body, policy, schemas, server};
use crate::world::{Action, HOSTS, World};

pub(super) fn migrate(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &anything())?;
    let at = server(world, call)?;
    policy(call, "os-migrate-server:migrate")?;
    let wanted = &asked["migrate"]["host"];
    if !wanted.is_null() && call.version < 56 {
        let words = "Invalid input for field/attribute migrate. Value: {}. {} is not of type 'null'";
        return Err(fault(400, words));
    }
    let host = other_host(world, at, wanted)?;
    act(world, call, "migrate", 202, Action::Migrate(host))
}

pub(super) fn migrate_live(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::migrate_live())?;
    let at = server(world, call)?;
    policy(call, "os-migrate-server:migrate_live")?;
    let host = other_host(world, at, &asked["os-migrateLive"]["host"])?;
    act(world, call, "os-migrateLive", 202, Action::MigrateLive(host))
}

/// The host that a migration goes to: the one that is asked for, or the one that the server is not on.
fn other_host(world: &World, at: usize, wanted: &Value) -> Result<usize, Answer> {
    let now = world.servers[at].host;
    let Some(wanted) = wanted.as_str() else {
        return Ok((now + 1) % HOSTS.len());
    };
    let host = HOSTS.iter().position(|host| *host == wanted);
    match host {
        None => Err(fault(400, &format!("Compute host {wanted} could not be found."))),
        Some(host) if host == now => Err(fault(400, "Migration to the same host is not allowed.")),
        Some(host) => Ok(host),
    }
}
