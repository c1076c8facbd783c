//! When a wait for a stack is over, and what is told on the way: its events as they come.
//!
//! What counts is this run's own request: a status from before it is no result, and an update that another one took the place of
//! has failed. A rollback is waited for to its end before the failure is raised.

mod errors;

use super::pending::Pending;
use super::server::begins;
use super::watch::{self, Goal, Scene, Verdict, Watch, passes};
use crate::cloud::ports::{Clock, Progress};
use crate::cloud::stack::noun::GOOD;
use crate::cloud::stack::operation::{cut_short, ended_badly};
use crate::cloud::{
    Cloud, Error, Filter, Handle, Kind, Resource, Result, Stack, StackNews, StackTrack, Value,
};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Of so many stacks at the most each event is told as it comes; of more, those of the end.
const FOLLOWED: usize = 4;

/// How long a request that shows no sign counts as not begun, and how long a failure may stand before its rollback begins.
const GRACE: Duration = Duration::from_secs(30);
const ROLLS_BACK: Duration = Duration::from_secs(3);

/// One stack to wait for.
#[derive(Debug, Clone)]
pub struct WantedStack {
    /// The stack; each look shows in it.
    pub object: Handle,
    /// What this run last asked of it.
    pub pending: Option<Pending>,
}

/// Wait for stacks; results in order. Whatever a look shows is in the object at once.
pub async fn stacks(
    cloud: &dyn Cloud,
    clock: &dyn Clock,
    progress: &dyn Progress,
    wanted: &[WantedStack],
    goal: &Goal,
    timeout: Duration,
) -> Vec<Result<Stack>> {
    let scene = Scene {
        cloud,
        clock,
        progress,
        goal,
        single: wanted.len() == 1,
        until: clock.elapsed().saturating_add(timeout),
    };
    let follows = wanted.len() <= FOLLOWED;
    let members = wanted.iter().filter_map(|wanted| match wanted.object.latest() {
        Resource::Stack(stack) => Some(Member {
            object: wanted.object.clone(),
            stack: Arc::unwrap_or_clone(stack),
            track: StackTrack {
                mark: wanted.pending.as_ref().and_then(|pending| pending.request_id.clone()),
                verb: wanted.pending.as_ref().map(|pending| pending.verb),
                ..StackTrack::default()
            },
            pending: wanted.pending.clone(),
            follows,
            open: Vec::new(),
            failed_at: None,
            untold_since: None,
            began: clock.elapsed(),
            seen: false,
            was_busy: false,
        }),
        _ => None,
    });
    // Only stacks are given.
    let results = watch::all(&scene, members.collect(), timeout).await;
    results
        .into_iter()
        .zip(wanted)
        .map(|(result, wanted)| result.map_err(|error| left(error, wanted)))
        .collect()
}

/// An end that is not the stack's own says what goes on without us.
fn left(mut error: Error, wanted: &WantedStack) -> Error {
    if error.kind == Kind::Unauthorized && error.exists.is_empty() {
        let (name, status, id) = (wanted.object.name(), wanted.object.status(), wanted.object.id());
        error.message = format!("{}; `{name}` is still {status}, its id is {id}", error.message);
        error.exists = vec![Value::Resource(wanted.object.clone())];
    }
    error
}

struct Member {
    object: Handle,
    stack: Stack,
    pending: Option<Pending>,
    track: StackTrack,
    follows: bool,
    /// What is still in progress in it, in words.
    open: Vec<String>,
    /// Since when it has failed, where a rollback may follow.
    failed_at: Option<Duration>,
    /// Since when it is at rest and nobody tells what happened in it.
    untold_since: Option<Duration>,
    began: Duration,
    seen: bool,
    /// Whether this wait has seen something under way.
    was_busy: bool,
}

#[async_trait]
impl Watch for Member {
    type Item = Stack;

    fn many(&self) -> String {
        "stacks".to_string()
    }

    fn id(&self) -> &str {
        &self.stack.id
    }

    fn name(&self) -> &str {
        &self.stack.name
    }

    fn last(&self) -> &Stack {
        &self.stack
    }

    fn not_begun(&self) -> Option<&'static str> {
        self.pending.as_ref().filter(|_| !self.track.begun && self.seen).map(|pending| pending.verb)
    }

    fn open(&self) -> &[String] {
        &self.open
    }

    fn id_of(stack: &Stack) -> &str {
        &stack.id
    }

    fn state(stack: &Stack) -> String {
        stack.status.clone()
    }

    async fn get(&self, cloud: &dyn Cloud) -> Result<Option<Stack>> {
        cloud.stack_status(&self.stack.id).await
    }

    async fn list(&self, cloud: &dyn Cloud, prefix: &str) -> Result<Vec<Stack>> {
        cloud.stacks(&Filter { name: begins(prefix), ..Filter::default() }).await
    }

    async fn judge(&mut self, scene: &Scene<'_>, seen: Option<Stack>, _look: u32) -> Verdict<Stack> {
        let Some(stack) = seen.filter(|stack| !stack.is_deleted()) else {
            self.object.set_gone();
            let is_gone = |status: &String| matches!(status.as_str(), "DELETED" | "DELETE_COMPLETE");
            let wanted = match scene.goal {
                Goal::Deleted => true,
                Goal::Status(list) => list.iter().any(is_gone),
                Goal::Active | Goal::Ready => false,
            };
            return match wanted {
                true => Verdict::Reached(self.stack.clone()),
                false => Verdict::Failed(self.own(scene, self.gone(scene))),
            };
        };
        self.seen = true;
        self.object.update(stack.clone().into());
        self.stack = stack;
        let news = match self.follow(scene).await {
            Ok(news) => news,
            // Its status tells the end of a create; the events are no more than its story.
            Err(_) if GOOD.contains(&self.stack.status.as_str()) && !matches!(scene.goal, Goal::Deleted) => {
                self.track.begun |=
                    self.pending.as_ref().is_some_and(|pending| pending.verb == "create_stack");
                StackNews::default()
            }
            Err(error) if passes(&error) && !self.is_left_untold(scene) => return Verdict::NotYet,
            // It is over, and its own words are all that is told of how.
            Err(error) if passes(&error) => {
                self.track.begun = true;
                StackNews::default()
            }
            Err(error) => return Verdict::Failed(error),
        };
        self.untold_since = None;
        self.verdict(scene, news)
    }
}

impl Member {
    /// Whether nothing has been told for long enough of what happened in a stack that is at rest.
    fn is_left_untold(&mut self, scene: &Scene<'_>) -> bool {
        if self.stack.is_busy() {
            self.untold_since = None;
            return false;
        }
        let since = *self.untold_since.get_or_insert(scene.clock.elapsed());
        scene.clock.elapsed().saturating_sub(since) >= GRACE
    }

    /// Read what happened, where that is told or decides.
    async fn follow(&mut self, scene: &Scene<'_>) -> Result<StackNews> {
        let at_rest = !self.stack.is_busy();
        let nothing = self.pending.as_ref().is_some_and(Pending::is_nothing);
        if nothing && at_rest {
            return Ok(StackNews::default());
        }
        // What another run began is told to its end; one that is at rest has no news.
        self.was_busy |= !at_rest;
        let good = GOOD.contains(&self.stack.status.as_str());
        let idle = at_rest && !self.was_busy && self.pending.is_none() && good;
        if idle || !(self.follows || at_rest) {
            return Ok(StackNews::default());
        }
        let news = scene.cloud.follow_stack(&self.stack, &mut self.track).await?;
        // A nested stack is told by the resource that it is.
        for event in news.events.iter().filter(|event| event.path.is_empty() || !event.is_of_stack()) {
            scene.progress.happened(&self.stack.name, event);
        }
        self.open.clone_from(&news.open);
        Ok(news)
    }

    fn verdict(&mut self, scene: &Scene<'_>, news: StackNews) -> Verdict<Stack> {
        let steady = matches!(scene.goal, Goal::Active | Goal::Ready);
        if steady && !self.stack.is_busy() && self.pending.as_ref().is_some_and(Pending::is_nothing) {
            return Verdict::Reached(self.stack.clone());
        }
        let own_end = self.track.own_end().filter(|_| steady);
        let ended = own_end.is_some();
        let status = own_end.unwrap_or_else(|| self.stack.status.clone());
        let waited = scene.clock.elapsed().saturating_sub(self.began);
        let is_new = self.pending.is_none() || self.track.begun;
        let wanted = match scene.goal {
            Goal::Status(list) => list.contains(&status),
            Goal::Active | Goal::Ready => GOOD.contains(&status.as_str()),
            Goal::Deleted => false,
        };
        if self.track.superseded && (wanted || ended_badly(&status)) {
            return Verdict::Failed(self.own(scene, cut_short(&self.stack)));
        }
        if wanted && (is_new || waited >= GRACE) {
            if !is_new {
                let name = &self.stack.name;
                scene
                    .progress
                    .warn(&format!("`{name}` shows no sign of what was asked of it: it is {status}"));
            }
            return Verdict::Reached(self.stack.clone());
        }
        if !ended && self.stack.is_busy() && !(status == "DELETE_IN_PROGRESS" && *scene.goal == Goal::Ready) {
            self.failed_at = None;
            return Verdict::NotYet;
        }
        if !is_new && waited < GRACE {
            return Verdict::NotYet;
        }
        match scene.goal {
            // What has failed can be deleted; only a deletion that ends so has.
            Goal::Deleted if status != "DELETE_FAILED" => return Verdict::NotYet,
            Goal::Status(_) if !ended_badly(&status) => return Verdict::NotYet,
            _ => {}
        }
        let may_roll_back = matches!(status.as_str(), "CREATE_FAILED" | "UPDATE_FAILED")
            && self.stack.rollback != Some(false)
            && !ended;
        let since = *self.failed_at.get_or_insert(scene.clock.elapsed());
        if may_roll_back && scene.clock.elapsed().saturating_sub(since) < ROLLS_BACK {
            return Verdict::NotYet;
        }
        Verdict::Failed(self.failed(scene, &status, news))
    }
}
