//! A run that is held to a plan: the planned changes and no other, but for what cleans up after a failure.

use super::journal::keeper::Keeper;
use super::journal::writer::is_change;
use super::observer::{Begin, Course, End, Fork, Observer};
use super::plan::{Change, Pass, change, lock, normal, told};
use super::plan_compare::{fits, steady_objects};
use crate::cloud::{Error, Handle, Kind, Result};
use crate::verbs::Effect;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// Lets a run make the planned changes and no other.
pub struct Guard {
    keeper: Arc<Keeper>,
    planned: Vec<Change>,
    state: Mutex<GuardState>,
}

struct GuardState {
    pass: Pass,
    done: HashSet<usize>,
    failed: HashSet<String>,
    /// What this run made, and what it changed.
    made: HashSet<(String, String)>,
    touched: HashSet<(String, String)>,
    denied: bool,
}

impl Guard {
    /// These changes and no other.
    pub fn new(planned: Vec<Change>, keeper: Arc<Keeper>) -> Guard {
        let pass = Pass::new(&keeper);
        let state = GuardState {
            pass,
            done: HashSet::new(),
            failed: HashSet::new(),
            made: HashSet::new(),
            touched: HashSet::new(),
            denied: false,
        };
        Guard { keeper, planned, state: Mutex::new(state) }
    }

    /// The planned changes that did not happen.
    pub fn left(&self) -> Vec<&Change> {
        let state = lock(&self.state);
        let left = self.planned.iter().enumerate().filter(|(index, _)| !state.done.contains(index));
        left.map(|(_, change)| change).collect()
    }

    /// Whether this is the planned change: same verb, same target, same arguments but for what is known later.
    fn is(&self, planned: &Change, real: &Change, made: &HashSet<(String, String)>) -> bool {
        let same_target = |planned: &Json, real: &Json| {
            let text = |json: &Json, key: &str| json.get(key).and_then(Json::as_str).map(str::to_string);
            let own = (text(real, "cloud").unwrap_or_default(), text(real, "id").unwrap_or_default());
            match text(planned, "id") {
                Some(id) => Some(id) == text(real, "id"),
                None => made.contains(&own) && text(planned, "noun") == text(real, "noun"),
            }
        };
        planned.v == real.v
            && planned.member == real.member
            && planned.on.len() == real.on.len()
            && planned.on.iter().zip(&real.on).all(|(planned, real)| same_target(planned, real))
            && fits(&steady_objects(&planned.a), &steady_objects(&real.a))
    }

    fn find(&self, state: &GuardState, real: &Change) -> Option<usize> {
        let own = self
            .planned
            .iter()
            .enumerate()
            .filter(|(index, change)| change.branch == real.branch && !state.done.contains(index));
        let next = own.clone().map(|(_, change)| change.n).min()?;
        // After a failure what comes between may be left out.
        let reach = if state.failed.contains(&real.branch) { usize::MAX } else { next };
        own.filter(|(_, change)| change.n <= reach)
            .find(|(_, change)| self.is(change, real, &state.made))
            .map(|(index, _)| index)
    }

    /// What cleans up after a failure: of what this run made, or changed.
    fn is_free(&self, state: &GuardState, begin: &Begin<'_>) -> bool {
        let own = |object: &Handle| (object.cloud().to_string(), object.id().to_string());
        let among = |known: &HashSet<(String, String)>| {
            begin.objects.iter().all(|object| known.contains(&own(object)))
        };
        !state.failed.is_empty()
            && !begin.objects.is_empty()
            && (among(&state.made) || (among(&state.touched) && !matches!(begin.effect, Effect::Destroys)))
    }
}

impl Observer for Guard {
    fn records(&self) -> bool {
        true
    }

    fn began(&self, begin: &Begin<'_>) -> Result<()> {
        if begin.members.is_some() || !is_change(begin) {
            return Ok(());
        }
        let mut state = lock(&self.state);
        let (branch, _, member) = normal(&begin.path.to_string(), &state.pass.retries);
        let real = change(begin, &mut state.pass.writer, &self.keeper, (branch, 0, member));
        if self.find(&state, &real).is_some() || self.is_free(&state, begin) {
            return Ok(());
        }
        state.denied = true;
        let next = self
            .planned
            .iter()
            .enumerate()
            .find(|(index, change)| change.branch == real.branch && !state.done.contains(index));
        let wanted = next.map_or("no further change here".to_string(), |(_, change)| told(change));
        let error = Error::new(Kind::Denied, format!("{} is not in the plan", told(&real)))
            .coded("plan::unplanned")
            .fact("planned", wanted)
            .help("nothing of it was sent; make a new plan with `rhain plan`");
        Err(error)
    }

    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        if begin.members.is_some() {
            return;
        }
        let mut state = lock(&self.state);
        let path = begin.path.to_string();
        let mut objects = Vec::new();
        match end.result {
            Ok(value) => value.objects(&mut objects),
            Err(error) => error.exists.iter().for_each(|value| value.objects(&mut objects)),
        }
        if is_change(begin) {
            let (branch, _, member) = normal(&path, &state.pass.retries);
            let real = change(begin, &mut state.pass.writer, &self.keeper, (branch, 0, member));
            match end.result {
                Ok(_) => {
                    let found = self.find(&state, &real);
                    state.done.extend(found);
                }
                Err(_) => {
                    state.failed.insert(real.branch);
                }
            }
            let own = |object: &Handle| (object.cloud().to_string(), object.id().to_string());
            if begin.effect.creates() {
                state.made.extend(objects.iter().map(own));
            } else {
                state.touched.extend(begin.objects.iter().map(own));
            }
        } else if end.result.is_err() {
            let branch = normal(&path, &state.pass.retries).0;
            state.failed.insert(branch);
        }
        if let Ok(value) = end.result {
            state.pass.writer.result(&path, value);
        }
    }

    fn forked(&self, fork: &Fork<'_>) -> Option<Course> {
        if fork.items.is_none() {
            lock(&self.state).pass.retries.insert(fork.path.to_string());
        }
        None
    }
}
