//! What can be done to a server: each begins a job, whose id a wait asks about.

use super::CloudStack;
use super::call::Call;
use super::server;
use super::servers::DONE;
use crate::cloud::server::RebuildSpec;
use crate::cloud::{Accepted, Action, Error, Holder, Kind, Metadata, Result, ServerUpdate, Servers};
use crate::provider::recover::{self, Looked, Seen, Settled, quoted};
use serde_json::Value as Json;

impl CloudStack {
    /// Ask for an action.
    pub(super) async fn act_on(&self, id: &str, action: &Action) -> Result<Accepted> {
        let job = match action {
            Action::Start => {
                self.ask_power(id, &server::power("server.start", "startVirtualMachine", id)).await?
            }
            Action::Stop { force } => {
                let call = server::power("server.stop", "stopVirtualMachine", id);
                self.ask_power(id, &call.with("forced", force.then_some(true))).await?
            }
            Action::Reboot { hard } => {
                let call = server::power("server.reboot", "rebootVirtualMachine", id);
                self.ask_power(id, &call.with("forced", hard.then_some(true))).await?
            }
            Action::Rebuild(spec) => return self.rebuild(id, spec).await,
            Action::Resize { flavor } => {
                let former = self.rescale(id, flavor).await?;
                self.memory.resized(id, &former);
                Some(DONE.to_string())
            }
            Action::ConfirmResize => match self.memory.settle(id) {
                Some(_) => Some(DONE.to_string()),
                None => return Err(self.nothing_to_end(id)),
            },
            Action::RevertResize => {
                let former = self.memory.former(id).ok_or_else(|| self.nothing_to_end(id))?;
                self.rescale(id, &former).await?;
                self.memory.settle(id);
                Some(DONE.to_string())
            }
            Action::SetPassword(password) => {
                self.reset_password(id, password).await?;
                Some(DONE.to_string())
            }
            Action::AddSecurityGroup(group) => {
                self.regroup(id, group, true).await?;
                Some(DONE.to_string())
            }
            Action::RemoveSecurityGroup(group) => {
                self.regroup(id, group, false).await?;
                Some(DONE.to_string())
            }
            other => return Err(self.unsupported_action(other)),
        };
        Ok(Accepted { request_id: job, admin_pass: None })
    }

    fn unsupported_action(&self, action: &Action) -> Error {
        use crate::cloud::Account;
        self.unsupported(action.verb())
    }

    /// Send a command about a server and take note of its job; where the answer is lost it is settled by looking.
    pub(super) async fn ask_power(&self, id: &str, call: &Call) -> Result<Option<String>> {
        let begun = self.clock.now();
        let send = || async move { self.begin(call).await.map(|begun| begun.job) };
        let job = match send().await {
            Err(error) if error.maybe => {
                let look = || self.look_for(id, call, begun);
                match recover::settle(&*self.clock, error, look, send).await {
                    Settled::Done { value, .. } => value,
                    Settled::Refused(error) => return Err(error),
                    Settled::Unknown(error, looked) => return Err(self.unsettled(id, call, error, looked)),
                }
            }
            known => known?,
        };
        if let Some(job) = &job {
            self.memory.begun(id, job, &call.command);
        }
        Ok(job)
    }

    /// What shows that a command about a machine took effect: its job, while it is under way, else the state.
    async fn look_for(
        &self,
        id: &str,
        call: &Call,
        begun: crate::cloud::Time,
    ) -> Result<Seen<Option<String>>> {
        let Some(row) = self.machine(id).await? else {
            return Ok(if call.command == "destroyVirtualMachine" {
                Seen::Effect(None)
            } else {
                Seen::Nothing
            });
        };
        if server::has_job(&row) {
            return self.own_job(id, call).await;
        }
        let state = server::state(&row);
        Ok(match (call.command.as_str(), state.as_str()) {
            ("startVirtualMachine", "Running" | "Starting") => Seen::Effect(None),
            ("stopVirtualMachine", "Stopped" | "Stopping") => Seen::Effect(None),
            ("destroyVirtualMachine", "Destroyed" | "Expunging") => Seen::Effect(None),
            ("rebootVirtualMachine" | "restoreVirtualMachine", _) => self.events_of(id, call, begun).await?,
            _ => Seen::Nothing,
        })
    }

    /// The job of a command about a machine.
    async fn own_job(&self, id: &str, call: &Call) -> Result<Seen<Option<String>>> {
        Ok(match self.job_on(Some(id), call).await? {
            Some(job) => Seen::Effect(Some(job)),
            None => Seen::Unclear,
        })
    }

    /// What leaves the state as it was is told by the events alone.
    async fn events_of(
        &self,
        id: &str,
        call: &Call,
        begun: crate::cloud::Time,
    ) -> Result<Seen<Option<String>>> {
        let kind = if call.command == "rebootVirtualMachine" { "VM.REBOOT" } else { "VM.RESTORE" };
        let ask = Call::read("event.list", "listEvents")
            .with("type", kind)
            .with("resourceid", id)
            .with("resourcetype", "VirtualMachine")
            .with("listall", true)
            .with("page", 1)
            .with("pagesize", 20);
        let body = self.ask(&ask.anywhere()).await?;
        let fresh = |event: &Json| {
            super::decode::time(event, "created").is_some_and(|at| at.since(begun).seconds() >= -2)
        };
        Ok(match super::decode::list(&body, "event").iter().any(fresh) {
            true => Seen::Effect(None),
            false => Seen::Nothing,
        })
    }

    pub(super) fn unsettled(&self, id: &str, call: &Call, error: Error, looked: Looked) -> Error {
        let sought = format!("the effect of `{}`", call.command);
        let verb = call.command.trim_end_matches("VirtualMachine");
        let exists = "the server as it was; the request could still arrive";
        let list = format!("server({})", quoted(id));
        recover::unresolved(self.session.name(), error, verb, looked.words(&sought), exists, &list)
    }

    /// Destroy a machine; at once and for good with `force`, where the account may.
    pub(super) async fn destroy(&self, id: &str, force: bool) -> Result<bool> {
        let Some(row) = self.machine(id).await? else { return Ok(false) };
        let state = server::state(&row);
        if state == "Expunging" || state == "Destroyed" && !force {
            return Ok(false);
        }
        let call = Call::once("server.delete", "destroyVirtualMachine").with("id", id);
        let call = call.with("expunge", force.then_some(true));
        match self.ask_power(id, &call).await {
            Ok(Some(job)) if force => match self.finish(&call, &job).await {
                Err(error) if error.kind == Kind::NotFound => Ok(true),
                result => result.map(|_| true),
            },
            Ok(_) => Ok(true),
            Err(error) if error.kind == Kind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn rebuild(&self, id: &str, spec: &RebuildSpec) -> Result<Accepted> {
        let cannot = [
            (spec.admin_pass.is_some(), "admin_pass"),
            (spec.user_data.is_some(), "user_data"),
            (!spec.files.is_empty(), "files"),
        ];
        if let Some((_, what)) = cannot.iter().find(|(given, _)| *given) {
            let help = "leave it out; what the server reads at its start stays as it is";
            return Err(self.cannot(&format!("`rebuild` with `{what}`"), help));
        }
        let call = Call::once("server.rebuild", "restoreVirtualMachine")
            .with("virtualmachineid", id)
            .with("templateid", &spec.image);
        let job = self.ask_power(id, &call).await?;
        if let Some(name) = &spec.name {
            let update = ServerUpdate { name: Some(name.clone()), ..ServerUpdate::default() };
            self.update_server(id, &update).await?;
        }
        if let Some(meta) = &spec.meta {
            self.replace_meta(&Holder::Server(id.to_string()), meta).await?;
        }
        Ok(Accepted { request_id: job, admin_pass: None })
    }
}
