//! What can be done to a server: each begins a job, whose id a wait asks about.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use super::server;
use super::servers::DONE;
use crate::cloud::server::RebuildSpec;
use crate::cloud::{Accepted, Action, Error, Holder, Kind, Metadata, Result, Secret, ServerUpdate, Servers};
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

    /// The job of a command among those that are under way.
    async fn own_job(&self, id: &str, call: &Call) -> Result<Seen<Option<String>>> {
        // `startVirtualMachine` is `StartVMCmd`, `rebootVirtualMachine` `RebootVMCmd`.
        let word = call.command.trim_end_matches("VirtualMachine").to_ascii_lowercase();
        let listed = self.every(&Call::read("job.list", "listAsyncJobs").anywhere(), "asyncjobs").await?;
        let own = listed.iter().find(|job| {
            let class = text(job, "cmd").unwrap_or_default().to_ascii_lowercase();
            let class = class.rsplit('.').next().unwrap_or_default().to_string();
            text(job, "jobinstanceid").as_deref() == Some(id) && class.starts_with(&word)
        });
        Ok(match own {
            Some(job) => Seen::Effect(text(job, "jobid")),
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

    fn unsettled(&self, id: &str, call: &Call, error: Error, looked: Looked) -> Error {
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
        let call = Call::idempotent("server.delete", "destroyVirtualMachine").with("id", id);
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

    /// Give a server another offering: as it runs where its template and offering allow that, else stopped and started again. The
    /// power state is put back, also when it fails. Gives the former offering.
    async fn rescale(&self, id: &str, flavor: &str) -> Result<String> {
        let row = self.described(id).await?;
        let former = text(&row, "serviceofferingid").unwrap_or_default();
        if former == flavor {
            let message = format!("`{}` has that flavor already", text(&row, "name").unwrap_or_default());
            return Err(self.session.error(Kind::Conflict, message).help("choose another flavor"));
        }
        let scale = Call::once("server.resize", "scaleVirtualMachine")
            .with("id", id)
            .with("serviceofferingid", flavor);
        let running = server::state(&row) == "Running";
        if !running {
            self.scale(id, &scale).await?;
            return Ok(former);
        }
        let dynamic = super::decode::truth(&row, "isdynamicallyscalable") == Some(true);
        if dynamic {
            match self.scale(id, &scale).await {
                Ok(()) => return Ok(former),
                // What cannot be done to a running machine is done to a stopped one.
                Err(error) if matches!(error.kind, Kind::Conflict | Kind::InvalidArgument | Kind::Failed) => {
                }
                Err(error) => return Err(error),
            }
        }
        self.power_and_wait(id, "server.stop", "stopVirtualMachine").await?;
        let scaled = self.scale(id, &scale).await;
        let started = self.power_and_wait(id, "server.start", "startVirtualMachine").await;
        match (scaled, started) {
            (Ok(()), Ok(())) => Ok(former),
            (Err(error), Ok(())) => Err(error),
            (Ok(()), Err(error)) => {
                // It does not start with the new one: the former one is put back.
                let back = Call::once("server.resize", "scaleVirtualMachine")
                    .with("id", id)
                    .with("serviceofferingid", &former);
                let put_back = self.scale(id, &back).await.is_ok();
                let up =
                    put_back && self.power_and_wait(id, "server.start", "startVirtualMachine").await.is_ok();
                Err(if up { error } else { left_down(error, id) })
            }
            (Err(error), Err(_)) => Err(left_down(error, id)),
        }
    }

    /// Scale, once: a lost answer is settled by the offering that the machine has.
    async fn scale(&self, id: &str, call: &Call) -> Result<()> {
        let wanted = call.get("serviceofferingid").map(str::to_string);
        match self.run(call).await {
            Err(error) if error.maybe => {
                let look = || async {
                    let row = self.described(id).await?;
                    let has = text(&row, "serviceofferingid") == wanted;
                    Ok(if has {
                        Seen::Effect(())
                    } else if server::has_job(&row) {
                        Seen::Unclear
                    } else {
                        Seen::Nothing
                    })
                };
                let send = || async { self.run(call).await.map(drop) };
                match recover::settle(&*self.clock, error, look, send).await {
                    Settled::Done { .. } => Ok(()),
                    Settled::Refused(error) => Err(error),
                    Settled::Unknown(error, looked) => Err(self.unsettled(id, call, error, looked)),
                }
            }
            result => result.map(drop),
        }
    }

    async fn power_and_wait(&self, id: &str, operation: &'static str, command: &str) -> Result<()> {
        let call = server::power(operation, command, id);
        match self.ask_power(id, &call).await? {
            Some(job) => self.finish(&call, &job).await.map(drop),
            None => Ok(()),
        }
    }

    fn nothing_to_end(&self, id: &str) -> Error {
        self.session.error(Kind::Conflict, format!("{id} has no resize of this run to end")).help(
            "call `resize(server, flavor)` with the flavor it is to have; CloudStack itself remembers no former one",
        )
    }

    /// A new password; the server must be stopped, and its template made for it.
    async fn reset_password(&self, id: &str, password: &Secret) -> Result<()> {
        let call = Call::once("server.set_password", "resetPasswordForVirtualMachine")
            .with("id", id)
            .with("password", password.reveal());
        self.run(&call).await.map(drop).map_err(|error| match error.kind {
            Kind::Conflict => error.help("stop the server first: `stop(s).wait_status(\"SHUTOFF\")`"),
            _ => error,
        })
    }

    /// Its security groups with one more, or one less; CloudStack changes those of a stopped machine alone.
    async fn regroup(&self, id: &str, wanted: &str, add: bool) -> Result<()> {
        let row = self.described(id).await?;
        let group = self.group_ids(&[wanted.to_string()]).await?.remove(0);
        let groups = super::decode::list(&row, "securitygroup");
        let mut ids: Vec<String> = groups.iter().filter_map(|one| text(one, "id")).collect();
        match (add, ids.contains(&group)) {
            (true, true) => return Ok(()),
            (true, false) => ids.push(group),
            (false, true) => ids.retain(|one| *one != group),
            (false, false) => {
                let message = format!("the server is not in the security group `{wanted}`");
                return Err(self.session.error(Kind::NotFound, message));
            }
        }
        if ids.is_empty() {
            let message = format!("`{wanted}` is the server's last security group, and it needs one");
            return Err(self.session.error(Kind::Conflict, message).help("add another one first"));
        }
        if server::state(&row) != "Stopped" {
            let message = "the security groups of a running server cannot be changed here";
            return Err(self
                .session
                .error(Kind::Conflict, message)
                .help("stop it first, and start it again after"));
        }
        let call = Call::idempotent("server.groups", "updateVirtualMachine")
            .with("id", id)
            .list("securitygroupids", ids);
        self.run(&call).await.map(drop)
    }

    /// The default interface's network.
    pub(super) fn default_network(row: &Json) -> Option<String> {
        let nics = CloudStack::nics(row);
        let default = nics.iter().find(|nic| super::decode::truth(nic, "isdefault") == Some(true));
        default.or(nics.first()).and_then(|nic| text(nic, "networkid"))
    }
}

fn left_down(mut error: Error, id: &str) -> Error {
    error.facts.push(("exists", format!("{id}, which was stopped for it and did not start again")));
    error.help = Some(format!("start it again with `start(\"{id}\")`"));
    error
}
