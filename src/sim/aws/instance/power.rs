//! Starting, stopping, rebooting and terminating: each takes several instances, and does nothing where one refuses.

use super::Life;
use crate::aws::call::{Action, Told, does};
use crate::aws::ids::INSTANCE;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::world::{Action as LoggedAction, State};

pub(in crate::aws) static ACTIONS: &[Action] = &[
    does("ec2.StartInstances", &["InstanceId", "AdditionalInfo"], start),
    does("ec2.StopInstances", &["InstanceId", "Force", "Hibernate", "SkipOsShutdown"], stop),
    does("ec2.RebootInstances", &["InstanceId"], reboot),
    does("ec2.TerminateInstances", &["InstanceId", "Force", "SkipOsShutdown"], terminate),
    does("ec2.MonitorInstances", &["InstanceId"], monitor),
    does("ec2.UnmonitorInstances", &["InstanceId"], unmonitor),
];

fn named(region: &Region<'_>) -> Outcome<Vec<usize>> {
    let ids = region.params.list("InstanceId");
    if ids.is_empty() { Err(Refused::missing("InstanceId")) } else { region.instances(&ids) }
}

fn id(region: &Region<'_>, at: usize) -> String {
    INSTANCE.id(&region.world.servers[at].id)
}

fn life(region: &Region<'_>, at: usize) -> Life {
    Life::of(&region.world.servers[at])
}

/// Does what is asked with every instance that it changes, once all of them allow it, and tells of the states before and
/// after.
fn change(
    region: &mut Region<'_>,
    may: impl Fn(&Region<'_>, usize) -> Outcome<Option<LoggedAction>>,
) -> Outcome<Told> {
    let found = named(region)?;
    let mut plan = Vec::new();
    for at in found {
        plan.push((at, may(region, at)?));
    }
    let mut rows = Vec::new();
    let mut told = Told::default();
    for (at, logged) in plan {
        let before = life(region, at);
        if let Some(logged) = logged {
            let (now, asker) = (region.now(), region.asker.clone());
            let begins = matches!(logged, LoggedAction::Start);
            region.world.start(at, logged, &asker);
            let note = region.note(at);
            if begins {
                note.started = Some(now);
            } else {
                note.told = Some(now);
            }
            told = told.about(&id(region, at), &region.world.servers[at].name);
        }
        rows.push((id(region, at), life(region, at), before));
    }
    told.xml.set("instancesSet", rows, |xml, (id, after, before)| {
        xml.text("instanceId", id);
        after.write(xml, "currentState");
        before.write(xml, "previousState");
    });
    Ok(told)
}

fn start(region: &mut Region<'_>) -> Outcome<Told> {
    change(region, |region, at| match life(region, at) {
        Life::Stopped => {
            let logged = if region.world.servers[at].state == State::Stopped {
                LoggedAction::Start
            } else {
                LoggedAction::RebootHard
            };
            Ok(Some(logged))
        }
        Life::Running | Life::Pending => Ok(None),
        _ => Err(Refused::state(&id(region, at), "started")),
    })
}

fn stop(region: &mut Region<'_>) -> Outcome<Told> {
    if region.params.flag("Hibernate")? {
        return Err(Refused::unsupported("Hibernation is not enabled for these instances"));
    }
    let force = region.params.flag("Force")?;
    change(region, |region, at| match life(region, at) {
        Life::Running if region.mark(&region.world.servers[at]).running => {
            let message = format!(
                "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
                id(region, at)
            );
            Err(Refused::new("OperationNotPermitted", message))
        }
        Life::Running => Ok(Some(LoggedAction::Stop)),
        // A stop that hangs is what the force is for.
        Life::Stopping if force => Ok(Some(LoggedAction::Stop)),
        Life::Stopped | Life::Stopping => Ok(None),
        _ => Err(Refused::state(&id(region, at), "stopped")),
    })
}

fn reboot(region: &mut Region<'_>) -> Outcome<Told> {
    let mut told = change(region, |region, at| match life(region, at) {
        Life::Running => Ok(Some(LoggedAction::RebootSoft)),
        _ => Err(Refused::state(&id(region, at), "rebooted")),
    })?;
    told.xml = Told::done().xml;
    Ok(told)
}

fn terminate(region: &mut Region<'_>) -> Outcome<Told> {
    change(region, |region, at| {
        if region.mark(&region.world.servers[at]).kept {
            let message = format!(
                "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try \
                 again.",
                id(region, at)
            );
            return Err(Refused::new("OperationNotPermitted", message));
        }
        let state = region.world.servers[at].state;
        match life(region, at) {
            // What failed before it ran still has its place in the world.
            Life::Terminated if state != State::Error => Ok(None),
            Life::ShuttingDown => Ok(None),
            _ => Ok(Some(LoggedAction::Delete)),
        }
    })
}

fn watched(region: &mut Region<'_>, on: bool) -> Outcome<Told> {
    let found = named(region)?;
    let mut xml = Xml::default();
    xml.set("instancesSet", found, |xml, at| {
        region.note(at).monitored = on;
        xml.text("instanceId", id(region, at)).node("monitoring", |xml| {
            xml.text("state", if on { "pending" } else { "disabling" });
        });
    });
    Ok(xml.into())
}

fn monitor(region: &mut Region<'_>) -> Outcome<Told> {
    watched(region, true)
}

fn unmonitor(region: &mut Region<'_>) -> Outcome<Told> {
    watched(region, false)
}
