//! What takes several requests: resizing stops the instance for it, a hard reboot is a stop and a start. Each waits for the stop,
//! and puts the power state back, also when it fails.

use super::Aws;
use super::decode::text;
use super::ec2::instance;
use crate::cloud::{Error, Kind, Result};
use serde_json::Value as Json;
use std::time::Duration;

/// How long a stop or a start may take; AWS forces what has not stopped by itself long before.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// How long a description may be older than what was done: EC2 is consistent in the end only.
const SHOWN_LATE: Duration = Duration::from_secs(30);

impl Aws {
    /// The description of an instance that must be there.
    pub(super) async fn described(&self, id: &str) -> Result<Json> {
        let body = self.ask(&instance::show(&[id])).await?;
        // A server that ignores ids tells of all.
        let own = |one: &&Json| super::decode::text(one, "instanceId").as_deref() == Some(id);
        instance::each(&body).find(own).cloned().ok_or_else(|| {
            self.session.error(Kind::NotFound, format!("{} has no instance {id}", self.session.name()))
        })
    }

    /// Ask for a start.
    pub(super) async fn start(&self, id: &str) -> Result<()> {
        self.memory.started(id);
        self.ask(&instance::power("server.start", "StartInstances", id)).await.map(drop)
    }

    /// Ask for a stop.
    pub(super) async fn stop(&self, id: &str, force: bool) -> Result<()> {
        let mut call = instance::power("server.stop", "StopInstances", id);
        if force {
            call = call.with("Force", true);
        }
        self.ask(&call).await.map(drop)
    }

    /// Wait until an instance is in this state, and give its description; a state that it does not come to by itself is an error.
    pub(super) async fn until(&self, id: &str, wanted: &str) -> Result<Json> {
        let begun = self.clock.elapsed();
        let mut pause = Duration::from_millis(500);
        loop {
            let body = match self.described(id).await {
                Ok(body) => body,
                // A look that is not answered says nothing of the instance.
                Err(error) if error.is_retryable() => Json::Null,
                Err(error) => return Err(error),
            };
            let seen = instance::state(&body);
            match (seen.as_str(), wanted) {
                (seen, wanted) if seen == wanted => return Ok(body),
                ("terminated" | "shutting-down", _) => {
                    let message = format!("{id} is {seen}: it was deleted meanwhile");
                    return Err(self.session.error(Kind::Failed, message));
                }
                ("stopped" | "stopping", "running") => {
                    let message = format!("{id} is {seen}: it did not start, or was stopped meanwhile");
                    return Err(self.session.error(Kind::Failed, message));
                }
                _ => {}
            }
            if self.clock.elapsed().saturating_sub(begun) >= TIME_LIMIT {
                let state = if seen.is_empty() { "not seen" } else { &seen };
                let message = format!("{id} was not {wanted} after 10m, but {state}");
                return Err(self.session.error(Kind::Timeout, message).help(
                    "look at the server's `console_log`, or stop it with `stop(s, #{ force: true })`",
                ));
            }
            self.clock.sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_secs(10));
        }
    }

    /// Give an instance another type, stopped for it and started again where it was up. Gives the former type.
    pub(super) async fn retype(&self, id: &str, kind: &str) -> Result<String> {
        let before = self.described(id).await?;
        let former = text(&before, "instanceType").unwrap_or_default();
        let was_up = matches!(instance::state(&before).as_str(), "running" | "pending");
        let rest = self.at_rest(id, before).await;
        let fault = rest.as_ref().ok().and_then(instance::fault);
        let changed = match rest {
            // A dry run shows every step.
            Err(error) if !error.kept => Err(error),
            _ => self.ask(&instance::retype(id, kind)).await.map(drop),
        };
        let back = if was_up { self.start(id).await } else { Ok(()) };
        match (changed, back) {
            (Ok(()), Ok(())) if !was_up => Ok(former),
            (Ok(()), Ok(())) => match self.lost_on_the_way(id, fault).await {
                None => Ok(former),
                Some((error, true)) => Err(self.as_before(id, &former, error).await),
                Some((error, false)) => Err(error),
            },
            // There is no room for the new type, say.
            (Ok(()), Err(error)) if !error.maybe && !error.kept => {
                Err(self.as_before(id, &former, error).await)
            }
            (Ok(()), Err(error)) => {
                Err(error.fact("exists", format!("{id} has the new type, and may be stopped")))
            }
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(_)) => Err(left_down(error, id)),
        }
    }

    /// Why a start that was accepted ended where it began: there was no room after all, say. What takes longer than the time
    /// limit, or cannot be seen, is left to the next wait. `before` is the fault that it showed before the start. With whether there
    /// is still something to start.
    async fn lost_on_the_way(&self, id: &str, before: Option<(String, String)>) -> Option<(Error, bool)> {
        let begun = self.clock.elapsed();
        let mut was_on_its_way = false;
        let mut pause = Duration::from_millis(500);
        loop {
            let body = match self.described(id).await {
                Ok(body) => body,
                Err(error) if error.is_retryable() => Json::Null,
                Err(_) => return None,
            };
            let passed = self.clock.elapsed().saturating_sub(begun);
            match (instance::state(&body).as_str(), instance::fault(&body)) {
                // So it looked before the start, too: what is told may be old.
                ("stopped" | "stopping", fault)
                    if !was_on_its_way && passed < SHOWN_LATE && (fault.is_none() || fault == before) => {}
                ("stopped", Some((code, words))) => {
                    let kind = if code.ends_with("Capacity") { Kind::Unavailable } else { Kind::Failed };
                    let message = format!("{id} did not come up with its new type");
                    let mut error = self.session.error(kind, message).answer(words);
                    if kind == Kind::Failed {
                        error = error.coded("cloud::failed");
                    }
                    error.code = Some(code);
                    return Some((error, true));
                }
                ("terminated" | "shutting-down", fault) => {
                    let message = format!("{id} was ended while it started with its new type");
                    let mut error = self.session.error(Kind::Failed, message).coded("cloud::failed");
                    error.answer = fault.map(|(_, words)| words);
                    return Some((error, false));
                }
                ("pending", _) if passed < TIME_LIMIT => was_on_its_way = true,
                ("", _) if passed < TIME_LIMIT => {}
                _ => return None,
            }
            self.clock.sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_secs(10));
        }
    }

    /// The error of an instance that does not start with its new type: it has the old one again, and is started with that.
    async fn as_before(&self, id: &str, former: &str, error: Error) -> Error {
        if let Err(back) = self.ask(&instance::retype(id, former)).await {
            let words = format!("{id} has the new type, and is stopped: its old one was refused, {back}");
            return error.fact("exists", words);
        }
        match self.start(id).await {
            Ok(()) => {
                error.fact("exists", format!("{id}, with its old type {former}, and asked to start again"))
            }
            Err(_) => left_down(error.fact("changed", format!("{id} has its old type {former} again")), id),
        }
    }

    /// Stop an instance, unless it is stopped, and wait for that; gives its description then.
    async fn at_rest(&self, id: &str, before: Json) -> Result<Json> {
        match instance::state(&before).as_str() {
            "stopped" => return Ok(before),
            "stopping" => {}
            state => {
                // What is still on its way up cannot be stopped.
                if state == "pending" {
                    self.until(id, "running").await?;
                }
                self.stop(id, false).await?;
            }
        }
        self.until(id, "stopped").await
    }

    /// Stop an instance by force, and start it.
    pub(super) async fn restart(&self, id: &str) -> Result<()> {
        // What is still on its way up cannot be stopped, not even by force.
        if instance::state(&self.described(id).await?) == "pending" {
            self.until(id, "running").await?;
        }
        self.stop(id, true).await?;
        let stopped = self.until(id, "stopped").await;
        let started = self.start(id).await;
        match (stopped, started) {
            (Ok(_), started) => started,
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(_)) => Err(left_down(error, id)),
        }
    }
}

fn left_down(mut error: Error, id: &str) -> Error {
    error.facts.push(("exists", format!("{id}, which was stopped for it and did not start again")));
    error.help.get_or_insert_with(|| format!("start it again with `start(\"{id}\")`"));
    error
}
