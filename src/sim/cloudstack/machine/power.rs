//! Starting, stopping and rebooting.

use serde_json::{Value, json};

use super::view::Parts;
use super::{state, told};
use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::plan::{Plan, Wait};
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Action, State, put};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    does("cloudstack.startVirtualMachine", &["id", "hostid", "considerlasthost"], start),
    does("cloudstack.stopVirtualMachine", &["id", "forced"], stop),
    does("cloudstack.rebootVirtualMachine", &["id", "forced"], reboot),
];

impl Cloud<'_> {
    /// The index of a machine that a job works on; it may be gone by then.
    pub(in crate::cloudstack) fn still(&self, id: &str) -> Outcome<usize> {
        self.world
            .server_at(id)
            .ok_or_else(|| Refused::value(format!("Unable to find a virtual machine with id {id}")))
    }

    /// The state in which a machine is shown.
    pub(in crate::cloudstack) fn shown_state(&self, at: usize) -> &'static str {
        let server = &self.world.servers[at];
        state(server, &self.machine(server))
    }

    /// What a job on a machine gives: the machine.
    pub(in crate::cloudstack) fn machine_result(&mut self, id: &str) -> Outcome<Value> {
        let at = self.still(id)?;
        Ok(json!({"virtualmachine": self.machine_view(at, &Parts::all())}))
    }

    /// Lets the world begin something with a machine.
    pub(in crate::cloudstack) fn act(&mut self, at: usize, action: Action) -> Outcome<()> {
        let project = self.world.servers[at].project.clone();
        let account =
            self.ledger.account_of(&project).cloned().unwrap_or_else(|| self.caller.account.clone());
        let asker = self.asker(&account);
        let id = self.world.servers[at].id.clone();
        self.note(&id).changed = Some(self.world.now());
        self.world.act(at, action, &asker).map_err(|refusal| self.refusal(&refusal, &account))
    }

    /// Brings a machine up that is stopped, for the first time or again.
    pub(in crate::cloudstack) fn bring_machine_up(&mut self, at: usize) -> Outcome<()> {
        if self.world.servers[at].launched.is_some() {
            return self.act(at, Action::Start);
        }
        self.world.servers[at].state = State::Building;
        let asker = self.asker(&self.caller.account.clone());
        self.world.start(at, Action::Build, &asker);
        Ok(())
    }

    /// What is known of a machine from its first stop on.
    pub(in crate::cloudstack) fn was_stopped(&mut self, id: &str) {
        let machine = self.note(id);
        machine.measured = true;
        put(&mut machine.details, "Message.ReservedCapacityFreed.Flag", "false");
    }

    fn machine_words(&self, at: usize) -> String {
        let server = &self.world.servers[at];
        let own = self.machine(server);
        format!("{} ({})", server.id, own.display.as_deref().unwrap_or(&server.name))
    }

    /// A job on a machine that ends with the machine.
    pub(in crate::cloudstack) fn machine_plan(&self, id: &str) -> Plan {
        let own = id.to_owned();
        let plan = Plan::after(0, move |cloud| cloud.machine_result(&own));
        plan.on("VirtualMachine", id).queued(id).waits(Wait::Server(id.to_owned()))
    }
}

fn start(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let (own, other) = (id.clone(), id.clone());
    let plan = cloud.machine_plan(&id).checked(move |cloud| {
        let at = cloud.still(&own)?;
        match cloud.shown_state(at) {
            "Running" => {
                let words = cloud.machine_words(at);
                Err(Refused::value(format!("The virtual machine {words} is already running")))
            }
            "Error" => Err(Refused::internal(format!(
                "Unable to create deployment, no usable volumes found for the VM: {own}"
            ))),
            _ => Ok(()),
        }
    });
    let joins = cloud.is_starting(&id);
    let mut plan = plan.begins(move |cloud| {
        let at = cloud.still(&other)?;
        let server = &cloud.world.servers[at];
        if joins {
            return Ok(());
        }
        if cloud.machine(server).destroyed.is_some() {
            let account = cloud.ledger.account_of(&server.project).map_or(2, |account| account.number);
            let told = told(server, account, None);
            return Err(Refused::internal(format!("Unable to orchestrate the start of {told}.")));
        }
        if server.state != State::Stopped {
            return Ok(());
        }
        cloud.bring_machine_up(at)
    });
    if joins {
        // A start that is under way is this one's too, whatever waits behind it.
        plan.queue = None;
    }
    Ok(cloud.job(plan).about(&id, &name))
}

fn stop(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let own = id.clone();
    let plan = cloud.machine_plan(&id).begins(move |cloud| {
        let at = cloud.still(&own)?;
        cloud.was_stopped(&own);
        if cloud.world.servers[at].state != State::Active {
            return Ok(());
        }
        cloud.act(at, Action::Stop)
    });
    Ok(cloud.job(plan).about(&id, &name))
}

fn reboot(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let forced = cloud.params.flag("forced").unwrap_or(false);
    let running = |id: String| {
        move |cloud: &mut Cloud<'_>| {
            let at = cloud.still(&id)?;
            if cloud.shown_state(at) == "Running" {
                return Ok(());
            }
            let words = cloud.machine_words(at);
            Err(Refused::value(format!("The VM {words} is not running, unable to reboot it")))
        }
    };
    let (again, own) = (running(id.clone()), id.clone());
    let plan = cloud.machine_plan(&id).checked(running(id.clone())).begins(move |cloud| {
        again(cloud)?;
        let at = cloud.still(&own)?;
        cloud.note(&own).measured = true;
        cloud.act(at, if forced { Action::RebootHard } else { Action::RebootSoft })
    });
    Ok(cloud.job(plan).about(&id, &name))
}
