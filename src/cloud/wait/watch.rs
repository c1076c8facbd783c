//! The loop of every wait: look, judge each member, pause; until all are settled or time is up.
//!
//! Two members or more cost one list call a look, a single one a look by id; who is missing from a list is asked
//! for, many by another list and few by id, before it counts as gone. A bad gateway, a broken connection or a rate limit ends no wait.

use super::Policy;
use crate::cloud::ports::{Clock, Progress};
use crate::cloud::{Cloud, Error, Kind, Operation, Result, Span};
use async_trait::async_trait;
use futures_util::future::{Either, join_all, select};
use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::time::Duration;

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// One of these statuses, in capitals.
    Status(Vec<String>),
    /// ACTIVE with no task.
    Active,
    /// At rest in its good state.
    Ready,
    /// Gone.
    Deleted,
}

impl Goal {
    /// As a person says it: `ACTIVE`, `SHUTOFF or ERROR`, `gone`.
    pub fn words(&self) -> String {
        match self {
            Goal::Status(list) => list.join(" or "),
            Goal::Active => "ACTIVE".to_string(),
            Goal::Ready => "ready".to_string(),
            Goal::Deleted => "gone".to_string(),
        }
    }
}

/// What all members of a wait share.
pub(super) struct Scene<'a> {
    pub(super) cloud: &'a dyn Cloud,
    pub(super) clock: &'a dyn Clock,
    pub(super) progress: &'a dyn Progress,
    pub(super) goal: &'a Goal,
    /// Whether one thing alone is waited for: then more may be asked about it.
    pub(super) single: bool,
    /// When time is up, by the clock's own count.
    pub(super) until: Duration,
}

/// How long a look that begins when time is all but up may take; what began before ends with its time.
const LAST_LOOK: Duration = Duration::from_secs(1);

impl Scene<'_> {
    /// The answer of a look, or `None` where it hangs until time is up.
    pub(super) async fn in_time<T>(&self, look: impl Future<Output = T> + Send) -> Option<T> {
        let now = self.clock.elapsed();
        let left = match self.until.saturating_sub(now) {
            left if left >= LAST_LOOK => left,
            _ => self.until.saturating_add(LAST_LOOK).saturating_sub(now),
        };
        // The look is polled first: one that is there counts, however late.
        match select(pin!(look), self.clock.lapse(left)).await {
            Either::Left((seen, _)) => Some(seen),
            Either::Right(_) => None,
        }
    }
}

/// What a look means for a member.
pub(super) enum Verdict<T> {
    Reached(T),
    Failed(Error),
    NotYet,
}

/// A member of a wait.
#[async_trait]
pub(super) trait Watch: Send + Sync {
    type Item: Clone + Send + Sync;
    /// Its id.
    fn id(&self) -> &str;
    /// Its name, as last seen.
    fn name(&self) -> &str;
    /// As it was last seen, before this wait or in it.
    fn last(&self) -> &Self::Item;
    /// The verb that was asked for and has shown no sign of having begun.
    fn not_begun(&self) -> Option<&'static str>;
    /// What is still in progress inside it, in words.
    fn open(&self) -> &[String] {
        &[]
    }
    /// What the cloud does to it under an id of its own, and this run has not heard the end of.
    fn under_way(&self, _cloud: &dyn Cloud) -> Option<Operation> {
        None
    }
    /// The noun in the plural.
    fn many(&self) -> String;
    /// The id of what a look gave.
    fn id_of(item: &Self::Item) -> &str;
    /// `BUILD (spawning)`.
    fn state(item: &Self::Item) -> String;
    /// Look at one.
    async fn get(&self, cloud: &dyn Cloud) -> Result<Option<Self::Item>>;
    /// Look at all, narrowed to names that begin so.
    async fn list(&self, cloud: &dyn Cloud, prefix: &str) -> Result<Vec<Self::Item>>;
    /// The ids of those that the cloud says are gone, asked for all together; the others are looked up by id.
    async fn departed(
        &self,
        _cloud: &dyn Cloud,
        _prefix: &str,
        _missing: &[&Self::Item],
    ) -> Result<HashSet<String>> {
        Ok(HashSet::new())
    }
    /// Judge what the look number `look` showed; `None` when it is gone.
    async fn judge(&mut self, scene: &Scene<'_>, seen: Option<Self::Item>, look: u32) -> Verdict<Self::Item>;
}

/// What is known of a member for the report.
#[derive(Default)]
struct Track {
    state: String,
    since: Duration,
    looks: u32,
}

/// Takes the line of progress away, also when the wait is interrupted.
struct Quiet<'a>(&'a dyn Progress);

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        self.0.done();
    }
}

/// Whether a poll's error leaves hope for the next poll.
pub(super) fn passes(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::Unavailable | Kind::Network | Kind::RateLimited | Kind::Timeout | Kind::Protocol
    )
}

/// Wait for every member; results in order. A timeout of zero looks once.
pub(super) async fn all<W: Watch>(
    scene: &Scene<'_>,
    mut members: Vec<W>,
    timeout: Duration,
) -> Vec<Result<W::Item>> {
    let policy = Policy::default();
    let _quiet = Quiet(scene.progress);
    let start = scene.clock.elapsed();
    let mut outcomes: Vec<Option<Result<W::Item>>> = members.iter().map(|_| None).collect();
    let mut tracks: Vec<Track> =
        members.iter().map(|member| Track { state: W::state(member.last()), ..Track::default() }).collect();
    let mut trouble: Option<Error> = None;
    let mut look = 0;
    while outcomes.iter().any(Option::is_none) {
        look += 1;
        let open: Vec<bool> = outcomes.iter().map(Option::is_none).collect();
        let seen = scene.in_time(self::look(scene.cloud, &members, &open)).await;
        let seen = seen.unwrap_or_else(|| {
            Err(Error::new(Kind::Timeout, format!("{} gave no answer in time", scene.cloud.name())))
        });
        let spent = scene.clock.elapsed().saturating_sub(start);
        match seen {
            Ok(seen) => {
                trouble = None;
                for (at, item) in &seen {
                    let track = &mut tracks[*at];
                    let state = item.as_ref().map_or_else(|| "gone".to_string(), W::state);
                    if track.state != state {
                        (track.state, track.since) = (state, spent);
                    }
                    track.looks += 1;
                }
                let mut items = seen.into_iter().peekable();
                let mut judging = Vec::new();
                for (at, member) in members.iter_mut().enumerate() {
                    if let Some((_, item)) = items.next_if(|(index, _)| *index == at) {
                        // What is read for it may have no end; the wait has one.
                        judging.push(async move {
                            let verdict = scene.in_time(member.judge(scene, item, look)).await;
                            (at, verdict.unwrap_or(Verdict::NotYet))
                        });
                    }
                }
                for (at, verdict) in join_all(judging).await {
                    match verdict {
                        Verdict::Reached(item) => outcomes[at] = Some(Ok(item)),
                        Verdict::Failed(error) => outcomes[at] = Some(Err(error)),
                        Verdict::NotYet => {}
                    }
                }
            }
            Err(error) if passes(&error) => trouble = Some(error),
            Err(error) => {
                outcomes.iter_mut().filter(|outcome| outcome.is_none()).for_each(|outcome| {
                    *outcome = Some(Err(error.clone()));
                });
            }
        }
        let waiting: Vec<usize> = (0..outcomes.len()).filter(|at| outcomes[*at].is_none()).collect();
        if waiting.is_empty() {
            break;
        }
        let reached = outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(_)))).count();
        let spent = scene.clock.elapsed().saturating_sub(start);
        if spent >= timeout {
            let names: Vec<&str> = waiting.iter().map(|at| members[*at].name()).collect();
            let tally = Tally { reached, all: outcomes.len(), names: some(&names), many: members[0].many() };
            for at in &waiting {
                let error = timed_out(scene, &members[*at], &tracks[*at], spent, timeout, &tally, &trouble);
                outcomes[*at] = Some(Err(error));
            }
            break;
        }
        scene.progress.waiting(&line(scene.goal, &members, &tracks, &waiting, reached, trouble.as_ref()));
        scene.clock.sleep(policy.pause(look, scene.clock.chance()).min(timeout - spent)).await;
    }
    // Every outcome is set by now; what were not would be a member that nobody looked at.
    outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|| Err(Error::new(Kind::Cancelled, "the wait was broken off"))))
        .collect()
}

/// From so many on, what is missing from a list is asked for together.
const MANY_MISSING: usize = 3;

/// One look at every open member, in order.
async fn look<W: Watch>(
    cloud: &dyn Cloud,
    members: &[W],
    open: &[bool],
) -> Result<Vec<(usize, Option<W::Item>)>> {
    let wanted: Vec<usize> = (0..members.len()).filter(|at| open[*at]).collect();
    let prefix = common_prefix(wanted.iter().map(|at| members[*at].name()));
    let listed = match wanted.as_slice() {
        [_] => Vec::new(),
        _ => members[wanted[0]].list(cloud, &prefix).await?,
    };
    let listed: HashMap<&str, &W::Item> = listed.iter().map(|item| (W::id_of(item), item)).collect();
    let missing: Vec<&W::Item> = wanted
        .iter()
        .filter(|at| !listed.contains_key(members[**at].id()))
        .map(|at| members[*at].last())
        .collect();
    let departed = match missing.len() {
        0..MANY_MISSING => HashSet::new(),
        _ => members[wanted[0]].departed(cloud, &prefix, &missing).await?,
    };
    let looks = wanted.into_iter().map(|at| {
        let id = members[at].id();
        let found = listed.get(id).map(|item| (*item).clone());
        let gone = departed.contains(id);
        async move {
            match found {
                Some(item) => Ok((at, Some(item))),
                None if gone => Ok((at, None)),
                None => members[at].get(cloud).await.map(|item| (at, item)),
            }
        }
    });
    join_all(looks).await.into_iter().collect()
}

/// What all names begin with, where that says something.
fn common_prefix<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let Some(first) = names.next() else {
        return String::new();
    };
    let mut end = first.len();
    for name in names {
        end = first[..end]
            .char_indices()
            .zip(name.chars())
            .take_while(|((_, a), b)| a == b)
            .last()
            .map_or(0, |((at, letter), _)| at + letter.len_utf8());
    }
    first[..end].to_string()
}

struct Tally {
    reached: usize,
    all: usize,
    names: String,
    many: String,
}

fn timed_out<W: Watch>(
    scene: &Scene<'_>,
    member: &W,
    track: &Track,
    spent: Duration,
    timeout: Duration,
    tally: &Tally,
    trouble: &Option<Error>,
) -> Error {
    let (goal, name) = (scene.goal.words(), member.name());
    let state = if track.state.is_empty() { "not seen" } else { &track.state };
    let after = Span::from_std(timeout);
    let unseen = track.looks == 0 || trouble.is_some();
    let not_begun = member.not_begun().filter(|_| is_at_rest(state));
    let mut message = match (not_begun, unseen) {
        (Some(verb), false) => format!("the `{verb}` of `{name}` has not begun after {after}"),
        (Some(verb), true) => format!("the `{verb}` of `{name}` was not seen to begin after {after}"),
        (None, false) => {
            format!("`{name}` was not {goal} after {after}, but {state}{}", still(member.open()))
        }
        (None, true) => {
            let open = still(member.open());
            format!("`{name}` was not seen to be {goal} after {after}; it was {state}{open}")
        }
    };
    if let Some(operation) = member.under_way(scene.cloud) {
        message.push_str(&format!("; {}", operation.goes_on()));
    }
    let mut seen = match track.looks {
        0 => "nothing: no look was answered".to_string(),
        1 => format!("{state}, 1 look"),
        looks => format!("{state} for {}, {looks} looks", spaced(spent.saturating_sub(track.since))),
    };
    if tally.all > 1 {
        let verb = if tally.reached == 1 { "is" } else { "are" };
        seen.push_str(&format!("; {} of {} {} {verb} {goal}", tally.reached, tally.all, tally.many));
    }
    let mut error = Error::new(Kind::Timeout, message).coded("cloud::timeout").fact("seen", seen);
    if tally.all > 1 {
        error = error.fact("waiting", tally.names.clone());
    }
    if let Some(trouble) = trouble {
        let words = trouble.answer.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
        error = error.fact("trouble", format!("the last look was not answered: {trouble}{words}"));
    }
    error.cloud = Some(scene.cloud.name().to_string());
    error.provider = Some(scene.cloud.provider().as_str());
    if is_at_rest(state) && not_begun.is_none() && !unseen {
        return error.help(format!("call what leads to {goal} first: nothing is seen under way"));
    }
    error.help(format!("give the wait more time: its last argument, such as `\"{}\"`", longer(timeout)))
}

/// What is in progress inside something, behind what is said of it.
fn still(open: &[String]) -> String {
    match open {
        [] => String::new(),
        [one] => format!("; {one}"),
        [one, more @ ..] => format!("; {one}, and {} more", more.len()),
    }
}

/// A status with no task that stays until something is asked for.
fn is_at_rest(state: &str) -> bool {
    ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "SHELVED_OFFLOADED", "RESCUE", "VERIFY_RESIZE"]
        .contains(&state)
}

/// About twice as long, in a form that can be typed.
fn longer(timeout: Duration) -> Span {
    let seconds = timeout.as_secs().max(5).saturating_mul(2);
    Span::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// `9m 52s`; fractions are left out.
fn spaced(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{}ms", time.subsec_millis()),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        _ => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `web-3, web-9 and 4 more`.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    match names.len() > SHOWN {
        true => format!("{} and {} more", names[..SHOWN].join(", "), names.len() - SHOWN),
        false => names.join(", "),
    }
}

/// What is waited for now, in a line.
fn line<W: Watch>(
    goal: &Goal,
    members: &[W],
    tracks: &[Track],
    waiting: &[usize],
    reached: usize,
    trouble: Option<&Error>,
) -> String {
    let mut line = match (members, waiting) {
        ([one], _) => {
            let state = &tracks[0].state;
            let now = if state.is_empty() { "not seen yet" } else { state };
            format!("{} to be {}: {now}", one.name(), goal.words())
        }
        (many, _) => {
            let names: Vec<&str> = waiting.iter().map(|at| members[*at].name()).take(3).collect();
            let more = if waiting.len() > names.len() { ", …" } else { "" };
            let state = waiting.first().map(|at| tracks[*at].state.as_str()).unwrap_or_default();
            let state = state.split(' ').next().unwrap_or_default();
            format!("{reached} of {} {}   {}{more} in {state}", many.len(), goal.words(), names.join(", "))
        }
    };
    if let Some(trouble) = trouble {
        line.push_str(&format!(" ({trouble})"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_at_characters() {
        assert_eq!(common_prefix(["web-1", "web-22"].into_iter()), "web-");
        assert_eq!(common_prefix(["é1", "è1"].into_iter()), "");
        assert_eq!(common_prefix(["éa", "éb", "é"].into_iter()), "é");
        assert_eq!(common_prefix(["a", "b"].into_iter()), "");
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(spaced(Duration::from_secs(592)), "9m 52s");
        assert_eq!(spaced(Duration::from_millis(20)), "20ms");
        assert_eq!(longer(Duration::from_secs(600)).to_string(), "20m");
    }
}
