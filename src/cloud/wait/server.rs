//! When a wait for a server is over.
//!
//! A status from before this run's own request is never its result: a cloud accepts a reboot and begins it later.
//! The signs that it has begun are a task, another status, a later `updated`, or what the cloud keeps of the
//! request; a cloud that shows none of them gets a grace of 30 s, and a warning, which comes at once where none is ever shown.

use super::pending::{Before, Pending};
use super::watch::{self, Goal, Scene, Verdict, Watch, passes};
use crate::cloud::operation::End;
use crate::cloud::ports::{Clock, Progress};
use crate::cloud::{
    Cloud, Error, Filter, Handle, Kind, NameMatch, Operation, RequestState, Resource, Result, Server, Time,
    Value,
};
use async_trait::async_trait;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a request without any sign counts as not begun.
const GRACE: Duration = Duration::from_secs(30);

/// One server to wait for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The server; each look shows in it.
    pub object: Handle,
    /// What this run last asked of it; `None` after a boot, whose server was not there before.
    pub pending: Option<Pending>,
}

/// Wait for servers, and nothing but servers; results in order. Whatever a look shows is in the object at once.
pub async fn servers(
    cloud: &dyn Cloud,
    clock: &dyn Clock,
    progress: &dyn Progress,
    wanted: &[Wanted],
    goal: &Goal,
    timeout: Duration,
) -> Vec<Result<Server>> {
    let scene = Scene {
        cloud,
        clock,
        progress,
        goal,
        single: wanted.len() == 1,
        until: clock.elapsed().saturating_add(timeout),
    };
    let members = wanted.iter().filter_map(|wanted| match wanted.object.latest() {
        Resource::Server(server) => Some(Member {
            object: wanted.object.clone(),
            server: Arc::unwrap_or_clone(server),
            pending: wanted.pending.clone(),
            seen: false,
            moved: false,
            leaving: false,
        }),
        _ => None,
    });
    watch::all(&scene, members.collect(), timeout).await
}

/// A filter for names that begin so; everything where there is no beginning.
pub(super) fn begins(prefix: &str) -> Option<NameMatch> {
    let plain = !prefix.is_empty() && !prefix.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
    plain.then(|| NameMatch::Glob(format!("{prefix}*")))
}

struct Member {
    object: Handle,
    server: Server,
    pending: Option<Pending>,
    /// Whether this wait has seen it at all.
    seen: bool,
    /// Whether the pending request has shown that it began.
    moved: bool,
    /// Whether its deletion was seen under way.
    leaving: bool,
}

#[async_trait]
impl Watch for Member {
    type Item = Server;

    fn many(&self) -> String {
        "servers".to_string()
    }

    fn id(&self) -> &str {
        &self.server.id
    }

    fn name(&self) -> &str {
        if self.server.name.is_empty() { &self.server.id } else { &self.server.name }
    }

    fn last(&self) -> &Server {
        &self.server
    }

    fn not_begun(&self) -> Option<&'static str> {
        let pending = self.pending.as_ref().filter(|pending| !self.moved && !pending.is_instant());
        pending.map(|pending| pending.verb)
    }

    fn under_way(&self, cloud: &dyn Cloud) -> Option<Operation> {
        cloud.last_operation(&self.server.id).filter(|operation| operation.end.is_none())
    }

    fn id_of(server: &Server) -> &str {
        &server.id
    }

    fn state(server: &Server) -> String {
        match &server.task {
            Some(task) => format!("{} ({task})", server.status),
            None => server.status.clone(),
        }
    }

    async fn get(&self, cloud: &dyn Cloud) -> Result<Option<Server>> {
        cloud.server(&self.server.id).await
    }

    async fn list(&self, cloud: &dyn Cloud, prefix: &str) -> Result<Vec<Server>> {
        cloud.servers(&Filter { name: begins(prefix), ..Filter::default() }).await
    }

    async fn departed(
        &self,
        cloud: &dyn Cloud,
        prefix: &str,
        missing: &[&Server],
    ) -> Result<HashSet<String>> {
        // What was deleted has changed since it was last seen, and such a list tells of the deleted too.
        let seen: Option<Vec<Time>> =
            missing.iter().map(|server| server.updated.or(server.created)).collect();
        let Some(changed_since) = seen.and_then(|seen| seen.into_iter().min()) else {
            return Ok(HashSet::new());
        };
        let filter = Filter { name: begins(prefix), changed_since: Some(changed_since), ..Filter::default() };
        let changed = cloud.servers(&filter).await?;
        Ok(changed.into_iter().filter(|server| server.status == "DELETED").map(|server| server.id).collect())
    }

    async fn judge(&mut self, scene: &Scene<'_>, seen: Option<Server>, look: u32) -> Verdict<Server> {
        let Some(server) = seen.filter(|server| server.status != "DELETED") else {
            self.object.set_gone();
            return self.judge_gone(scene);
        };
        self.object.update(server.clone().into());
        (self.server, self.seen) = (server.clone(), true);
        self.note(&server);
        let deletes = server.task.as_deref().is_some_and(|task| task.ends_with("deleting"));
        self.leaving |= deletes;
        // One that was in ERROR, or that somebody else deletes, does not go there by it.
        let was = self.pending.as_ref().and_then(|pending| pending.before.as_ref());
        let went = server.status == "ERROR" && was.is_some_and(|was| was.status != "ERROR");
        if self.leaving
            && !went
            && *scene.goal == Goal::Deleted
            && server.task.is_none()
            && is_rest(&server.status)
        {
            return Verdict::Failed(self.undeleted(scene, &server));
        }
        let effective = match self.took_effect(scene, &server, look).await {
            Ok(effective) => effective,
            Err(words) => return Verdict::Failed(self.failed(scene, &server, Some(words))),
        };
        if self.reached(scene.goal, &server, effective) {
            return match self.went_wrong(scene).await {
                Some(words) => Verdict::Failed(self.failed(scene, &server, Some(words))),
                None => Verdict::Reached(server),
            };
        }
        if let Some(error) = self.never(scene) {
            return Verdict::Failed(error);
        }
        let rest = server.task.is_none();
        if server.status == "ERROR" && effective && (rest || self.pending.is_none()) {
            let was = self.pending.as_ref().and_then(|pending| pending.before.as_ref());
            let own = self.pending.as_ref().is_some_and(|pending| pending.verb == "delete");
            return match scene.goal {
                // What is in ERROR can be deleted; only a deletion of ours that ends there has failed.
                Goal::Deleted if !own || was.is_some_and(|was| was.status == "ERROR") => Verdict::NotYet,
                _ => Verdict::Failed(self.failed(scene, &server, server.fault.clone())),
            };
        }
        if rest && effective && is_dead_end(scene.goal, &server.status) {
            return match self.state(scene).await {
                RequestState::Running => Verdict::NotYet,
                RequestState::Failed(words) => Verdict::Failed(self.failed(scene, &server, Some(words))),
                RequestState::Finished | RequestState::Traceless | RequestState::Unknown => {
                    Verdict::Failed(self.dead_end(scene, &server))
                }
            };
        }
        // A request that has ended without its result (a resize that found no host leaves the server as it was).
        if rest
            && self.moved
            && look > 1
            && let RequestState::Failed(words) = self.state(scene).await
        {
            return Verdict::Failed(self.failed(scene, &server, Some(words)));
        }
        Verdict::NotYet
    }
}

impl Member {
    /// Take note of a sign that the pending request has begun.
    fn note(&mut self, server: &Server) {
        let Some(pending) = &self.pending else {
            return;
        };
        self.moved |= match &pending.before {
            Some(before) => {
                // A status that was passing already tells nothing by passing on.
                let rested = before.task.is_none() && is_rest(&before.status);
                (rested && server.status != before.status)
                    || (server.task.is_some() && server.task != before.task)
            }
            None => server.task.is_some() || !is_rest(&server.status),
        };
    }

    /// Whether the pending request has taken effect or begun to; an error is the cloud's word that it went wrong.
    async fn took_effect(
        &mut self,
        scene: &Scene<'_>,
        server: &Server,
        look: u32,
    ) -> std::result::Result<bool, String> {
        let Some(pending) = &self.pending else {
            return Ok(true);
        };
        if self.moved || pending.is_instant() {
            return Ok(true);
        }
        if server.task.is_some() {
            return Ok(false);
        }
        let leads_to = pending.leads_to();
        let fits = leads_to.is_empty() || leads_to.contains(&server.status.as_str());
        let updated =
            |before: &Before| matches!((before.updated, server.updated), (Some(was), Some(is)) if is > was);
        let changed = fits && pending.before.as_ref().is_some_and(updated);
        // In a bulk wait a later `updated` is sign enough: a question for each member would cost what the list saves.
        if changed && !scene.single {
            return Ok(true);
        }
        let free = scene.single || pending.request_id.is_none();
        let worth = free || look <= 3 || look.is_multiple_of(4);
        match if worth { self.state(scene).await } else { RequestState::Running } {
            RequestState::Finished => {
                self.moved = true;
                // It may have ended between the look and this question: another status is the next look's to judge.
                Ok(fits)
            }
            RequestState::Failed(words) => Err(words),
            RequestState::Running => Ok(false),
            RequestState::Unknown if changed => Ok(true),
            unseen @ (RequestState::Unknown | RequestState::Traceless) => {
                let age = scene.clock.now().since(pending.at).to_std();
                // What never shows is not worth waiting for.
                let over = fits && (age >= GRACE || unseen == RequestState::Traceless);
                if over {
                    scene.progress.warn(&format!(
                        "{} shows no sign of `{}` on `{}`; it is taken for done",
                        scene.cloud.name(),
                        pending.verb,
                        self.name()
                    ));
                    self.moved = true;
                }
                Ok(over)
            }
        }
    }

    /// What the cloud keeps of the pending request; trouble on the way counts as still running.
    async fn state(&self, scene: &Scene<'_>) -> RequestState {
        let request = self.pending.as_ref().and_then(|pending| pending.request_id.as_deref());
        let Some(request) = request else {
            // What made it may have an end of its own, and a bad one.
            let made = scene.cloud.last_operation(&self.server.id);
            let made = made.filter(|operation| operation.makes && self.pending.is_none());
            return match made.and_then(|operation| operation.end) {
                Some(End::Failed { words, .. }) => RequestState::Failed(words),
                _ => RequestState::Unknown,
            };
        };
        match scene.in_time(scene.cloud.request_state(&self.server.id, request)).await {
            Some(Ok(state)) => state,
            None => RequestState::Running,
            Some(Err(error)) if passes(&error) => RequestState::Running,
            Some(Err(_)) => RequestState::Unknown,
        }
    }

    /// Of a single server that looks right: whether the request went wrong all the same.
    async fn went_wrong(&self, scene: &Scene<'_>) -> Option<String> {
        if !scene.single {
            return None;
        }
        match self.state(scene).await {
            RequestState::Failed(words) => Some(words),
            _ => None,
        }
    }

    fn reached(&self, goal: &Goal, server: &Server, effective: bool) -> bool {
        let rest = server.task.is_none() && effective;
        match goal {
            Goal::Active => rest && server.status == "ACTIVE",
            Goal::Ready => {
                let ends = |verb| matches!(verb, "confirm_resize" | "revert_resize");
                let resized = !self.pending.as_ref().is_some_and(|pending| ends(pending.verb));
                rest && (server.status == "ACTIVE" || (server.status == "VERIFY_RESIZE" && resized))
            }
            Goal::Status(list) => {
                // Without a request of ours a status counts as it stands, and so does one from after it.
                let fresh = match &self.pending {
                    None => true,
                    Some(Pending { before: Some(before), .. }) => {
                        before.task.is_none() && is_rest(&before.status) && before.status != server.status
                    }
                    Some(_) => false,
                };
                if rest && list.iter().any(|wanted| wanted == "VERIFY_RESIZE") && self.is_confirmed(server) {
                    return true;
                }
                // Of several statuses at rest, a passing one is not the last: SHELVED before SHELVED_OFFLOADED.
                let passing = list.len() > 1 && way_out(&server.status).is_some();
                list.contains(&server.status) && (rest || (fresh && !passing))
            }
            Goal::Deleted => false,
        }
    }

    /// Whether a resize of this run is at its end without having been waited for: some clouds confirm it by themselves.
    fn is_confirmed(&self, server: &Server) -> bool {
        let before = self.pending.as_ref().filter(|pending| pending.verb == "resize");
        before.and_then(|pending| pending.before.as_ref()).is_some_and(|before| {
            matches!(server.status.as_str(), "ACTIVE" | "SHUTOFF") && !server.flavor.is_same(&before.flavor)
        })
    }

    fn judge_gone(&self, scene: &Scene<'_>) -> Verdict<Server> {
        let wanted = match scene.goal {
            Goal::Deleted => true,
            Goal::Status(list) => list.iter().any(|status| status == "DELETED"),
            Goal::Active | Goal::Ready => false,
        };
        if wanted {
            return Verdict::Reached(self.server.clone());
        }
        let name = self.name();
        Verdict::Failed(
            self.on(
                scene,
                match self.seen {
                    true => Error::new(Kind::Failed, format!("`{name}` is gone: it was deleted meanwhile"))
                        .coded("cloud::failed"),
                    false => {
                        Error::new(Kind::NotFound, format!("{} has no server `{name}`", scene.cloud.name()))
                            .coded("cloud::not_found")
                    }
                },
            ),
        )
    }

    fn failed(&self, scene: &Scene<'_>, server: &Server, words: Option<String>) -> Error {
        let during = match &self.pending {
            None => "while it was being built".to_string(),
            Some(pending) => format!("after `{}`", pending.verb),
        };
        let operation = scene.cloud.last_operation(&server.id);
        let failed = operation.filter(|operation| matches!(operation.end, Some(End::Failed { .. })));
        let built = server.status == "ERROR" && self.pending.is_none() && server.fault.is_none();
        let message = match (server.status.as_str(), &self.pending) {
            ("ERROR", _) if built => format!("`{}` is in ERROR", self.name()),
            ("ERROR", _) => format!("`{}` went to ERROR {during}", self.name()),
            (status, Some(pending)) => {
                format!("`{}` of `{}` went wrong; it is {status}", pending.verb, self.name())
            }
            (status, None) if failed.is_some() => {
                format!("`{}` is {status}, and what made it failed", self.name())
            }
            (status, None) => format!("`{}` is {status}", self.name()),
        };
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        error.answer = words;
        error.request_id = self.pending.as_ref().and_then(|pending| pending.request_id.clone());
        error.exists = vec![Value::Resource(self.object.clone())];
        // Where the request has an end of its own, that says more than a status.
        if let Some(operation) = failed
            && let Some(End::Failed { code, .. }) = operation.end
        {
            error.status = Some(code);
            error = error.fact("job", operation.name());
            if server.status == "ERROR" {
                let id = &server.id;
                error = error.help(format!(
                    "delete what is left of it, `delete(e.exists)` or `delete(\"{id}\")`, before trying again"
                ));
            }
        }
        self.on(scene, error)
    }

    /// A deletion that ended, and left the server.
    fn undeleted(&self, scene: &Scene<'_>, server: &Server) -> Error {
        let message = format!("the deletion of `{}` ended, and it is {}", self.name(), server.status);
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        error.answer = server.fault.clone();
        error.exists = vec![Value::Resource(self.object.clone())];
        self.on(scene, error)
    }

    fn dead_end(&self, scene: &Scene<'_>, server: &Server) -> Error {
        let message =
            format!("`{}` is {}, which does not lead to {}", self.name(), server.status, scene.goal.words());
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        if let Some(verbs) = way_out(&server.status) {
            error = error.help(format!("call {verbs} first"));
        }
        error.exists = vec![Value::Resource(self.object.clone())];
        self.on(scene, error)
    }

    /// The error of a wait for what no server of this cloud ever is.
    fn never(&self, scene: &Scene<'_>) -> Option<Error> {
        let Goal::Status(wanted) = scene.goal else { return None };
        let shown = scene.cloud.server_statuses();
        if wanted.iter().any(|status| shown.contains(&status.as_str())) {
            return None;
        }
        let message = format!("a server of this cloud is never {}", scene.goal.words());
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        error = error.help(match wanted.iter().any(|status| status == "VERIFY_RESIZE") {
            true => "a resize is done when `resize` returns here: leave out this wait, or write \
                     `if x.status == \"VERIFY_RESIZE\" { x.confirm_resize(); }`"
                .to_string(),
            false => format!("wait for one of: {}", shown.join(", ")),
        });
        error.exists = vec![Value::Resource(self.object.clone())];
        Some(self.on(scene, error))
    }

    fn on(&self, scene: &Scene<'_>, mut error: Error) -> Error {
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        error
    }
}

/// A status that stays as it is until somebody asks for something.
fn is_rest(status: &str) -> bool {
    matches!(status, "ACTIVE" | "ERROR") || way_out(status).is_some()
}

/// The verbs that lead from a dormant status to ACTIVE.
fn way_out(status: &str) -> Option<&'static str> {
    Some(match status {
        "SHUTOFF" => "`start`",
        "PAUSED" => "`unpause`",
        "SUSPENDED" => "`resume`",
        "SHELVED" | "SHELVED_OFFLOADED" => "`unshelve`",
        "RESCUE" => "`unrescue`",
        "VERIFY_RESIZE" => "`confirm_resize` or `revert_resize`",
        _ => return None,
    })
}

/// Whether a dormant status leads to the goal only if somebody asks for it.
fn is_dead_end(goal: &Goal, status: &str) -> bool {
    let dormant = way_out(status).is_some();
    match goal {
        Goal::Active | Goal::Ready => dormant,
        // Whatever is dormant may still break or be deleted, and what is shelved may be offloaded.
        Goal::Status(list) => {
            let open = |wanted: &String| {
                matches!(wanted.as_str(), "ERROR" | "DELETED" | "UNKNOWN")
                    || (status == "SHELVED" && wanted == "SHELVED_OFFLOADED")
            };
            dormant && !list.iter().any(open)
        }
        Goal::Deleted => false,
    }
}
