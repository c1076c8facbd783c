//! `parallel`: a closure for each of many items, on threads of their own, in no more of them than the run allows.
//!
//! The thread that calls works too, so a call inside a call always goes on, and further threads are started only for
//! slots that are free in the whole run: nested calls share the limit, and cannot wait for each other in a ring. Every item
//! has its own copy of what the closure captured, for the engine lets two threads not call methods on one value.

use super::errors::context;
use super::raise::{Outcome, raise};
use super::session::Session;
use super::symbols::Names;
use super::value::to_value;
use crate::cloud::error::Place;
use crate::cloud::{Error, Handle, Kind, Value};
use crate::effects::path::{self, Path};
use crate::effects::{Begin, Course, End, Observer};
use crate::verbs::Effect;
use rhai::{Array, Dynamic, EvalAltResult, FnPtr, NativeCallContext};
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The stack of an item's thread: as deep calls fit as on the script's own. Memory is taken only as it is used.
const STACK: usize = 64 << 20;
/// The stack of a thread that only waits and starts others.
const SMALL: usize = 256 << 10;
/// The most items of a range.
const MOST: i128 = 1_000_000;
/// How deep captured values are copied: a closure may capture itself.
const DEPTH: usize = 8;

/// The threads that may run items at the same time in a run, beside the one that the script began on.
pub struct Slots {
    free: Mutex<usize>,
    changed: Condvar,
    all: usize,
}

impl Slots {
    /// Room for `all` closures at a time, 1 or more.
    pub fn new(all: usize) -> Slots {
        Slots { free: Mutex::new(all.max(1) - 1), changed: Condvar::new(), all: all.max(1) }
    }

    /// The most closures that run at a time.
    pub fn all(&self) -> usize {
        self.all
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait for a free slot and take it; `false` once it is no longer wanted.
    fn take(&self, unwanted: impl Fn() -> bool) -> bool {
        let mut free = self.free();
        loop {
            if unwanted() {
                return false;
            }
            if let Some(rest) = free.checked_sub(1) {
                *free = rest;
                return true;
            }
            free = self.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self) {
        *self.free() += 1;
        self.changed.notify_all();
    }

    /// Let those who wait look again whether they still want a slot.
    fn wake(&self) {
        let _free = self.free();
        self.changed.notify_all();
    }
}

/// How a call goes about its items.
pub struct Manner<'a> {
    /// The most that run at a time.
    pub limit: usize,
    /// Whether failed members come back as error values.
    pub collect: bool,
    /// Its place in the run: each item is a branch of it.
    pub path: &'a Path,
    /// The items that run, and in which order, where that is on record.
    pub course: Course,
}

/// What became of an item.
type Ended = Outcome<Dynamic>;

/// The items of one call, and how far they are.
struct Work<'a> {
    session: &'a Session,
    context: &'a NativeCallContext<'a>,
    closure: &'a FnPtr,
    items: &'a [Dynamic],
    collect: bool,
    path: &'a Path,
    order: Vec<usize>,
    /// Whether all of them run, whatever fails.
    all: bool,
    next: AtomicUsize,
    stop: AtomicBool,
    steps: Vec<u64>,
    ended: Mutex<Vec<Option<Ended>>>,
    made: Mutex<Vec<Handle>>,
}

/// Call a closure for each item; gives which of them ran, too.
pub fn parallel(
    session: &Session,
    context: &NativeCallContext,
    items: &Array,
    closure: &FnPtr,
    manner: &Manner<'_>,
) -> (Vec<usize>, Outcome<Dynamic>) {
    let closure = own_closure(closure, 0);
    let work = Work {
        session,
        context,
        closure: &closure,
        items,
        collect: manner.collect,
        path: manner.path,
        order: manner.course.order.clone().unwrap_or_else(|| (0..items.len()).collect()),
        all: manner.course.ended.is_some(),
        next: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        steps: steps(),
        ended: Mutex::new(std::iter::repeat_with(|| None).take(items.len()).collect()),
        made: Mutex::default(),
    };
    let recorded = manner.course.recorded.min(work.order.len());
    if recorded > 0 {
        work.run_recorded(recorded);
    }
    work.run_all(manner.limit);
    let ended = lock(&work.ended);
    let ran = (0..items.len()).filter(|index| ended[*index].is_some()).collect();
    drop(ended);
    (ran, finish(work))
}

impl Work<'_> {
    /// The items that an earlier life has worked in, all at the same time: none waits for a slot that another keeps.
    fn run_recorded(&self, count: usize) {
        self.next.store(count, Ordering::Relaxed);
        let stage = &self.session.stage;
        stage.branches(isize::try_from(count).unwrap_or(isize::MAX) - 1);
        std::thread::scope(|scope| {
            for index in self.order.iter().copied().take(count) {
                let item = std::thread::Builder::new().name("item".to_string()).stack_size(STACK);
                let run = move || {
                    set_steps(self.steps.clone());
                    self.item(index);
                    stage.branches(-1);
                };
                if item.spawn_scoped(scope, run).is_err() {
                    self.stop.store(true, Ordering::Relaxed);
                    stage.branches(-1);
                }
            }
        });
        stage.branches(1);
    }

    /// The items that are left, so many at a time.
    fn run_all(&self, limit: usize) {
        let session = self.session;
        let left = self.order.len().saturating_sub(self.next.load(Ordering::Relaxed));
        let others = limit.min(session.slots.all()).min(left).saturating_sub(1);
        std::thread::scope(|scope| {
            let start_others = move || {
                for _ in 0..others {
                    if !session.slots.take(|| self.is_over()) {
                        break;
                    }
                    let item = std::thread::Builder::new().name("item".to_string()).stack_size(STACK);
                    let run = move || {
                        self.run();
                        session.slots.give_back();
                    };
                    if item.spawn_scoped(scope, run).is_err() {
                        // No room for another thread: those that are there do the work.
                        session.slots.give_back();
                        break;
                    }
                }
            };
            if others > 0 {
                let starter = std::thread::Builder::new().name("items".to_string()).stack_size(SMALL);
                // Without it this thread does the work alone.
                let _ = starter.spawn_scoped(scope, start_others);
            }
            self.run();
            session.slots.wake();
        });
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.next.load(Ordering::Relaxed) >= self.order.len()
    }

    /// Do items until there are none.
    fn run(&self) {
        set_steps(self.steps.clone());
        while !self.stop.load(Ordering::Relaxed) {
            let Some(&index) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) else { break };
            self.item(index);
        }
    }

    /// Do one item, and keep how it ended.
    fn item(&self, index: usize) {
        let Some(item) = self.items.get(index) else { return };
        let before = MADE.replace(Some(Vec::new()));
        let ended = path::within(self.path.item(index), || self.one(item));
        let ended = ended.map_err(|error| context::of_item(error, &word(item, index)));
        let made = MADE.replace(before).unwrap_or_default();
        lock(&self.made).extend(made);
        if let Err(error) = &ended
            && !(error.is_catchable() && (self.collect || self.all))
        {
            self.stop.store(true, Ordering::Relaxed);
        }
        lock(&self.ended)[index] = Some(ended);
    }

    fn one(&self, item: &Dynamic) -> Ended {
        if self.session.is_stopped() {
            let stopped = Error::new(Kind::Cancelled, "interrupted");
            return Err(raise(stopped, self.context.call_position()));
        }
        let closure = own_closure(self.closure, 0);
        let item = own(item, 0);
        let given: Dynamic = closure.call_within_context(self.context, (item,))?;
        Ok(given.flatten())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The results in order, or the first error with all of them.
fn finish(work: Work) -> Outcome<Dynamic> {
    let Work { session, context, ended, made, collect, .. } = work;
    let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    MADE.with_borrow_mut(|outer| {
        if let Some(outer) = outer {
            outer.extend(made.iter().cloned());
        }
    });
    // The end of the script comes before any error.
    let last = ended.iter().position(|end| matches!(end, Some(Err(error)) if !error.is_catchable()));
    let first = ended.iter().position(|end| matches!(end, Some(Err(_))));
    let raised =
        last.or(first.filter(|_| !collect)).and_then(|index| ended[index].take().map(|end| (index, end)));
    let names = Names { session, functions: Vec::new() };
    let source = context.call_source().unwrap_or_default();
    let value = |error: &EvalAltResult| context::value_of(error, source, &names);
    let Some((index, Err(raised))) = raised else {
        let given = ended.into_iter().map(|end| match end {
            Some(Ok(given)) => given,
            Some(Err(error)) => value(&error).map_or(Dynamic::UNIT, Dynamic::from),
            None => Dynamic::UNIT,
        });
        return Ok(Dynamic::from_array(given.collect()));
    };
    if !raised.is_catchable() {
        return Err(raised);
    }
    let mut results: Vec<Value> = ended
        .into_iter()
        .map(|end| match end {
            Some(Ok(given)) => to_value(&given),
            Some(Err(error)) => value(&error).map_or(Value::Unit, Value::Error),
            None => Value::Unit,
        })
        .collect();
    if let (Some(error), Some(place)) = (value(&raised), results.get_mut(index)) {
        *place = Value::Error(error);
    }
    let exists = made.into_iter().map(Value::Resource).collect();
    Err(context::with_members(raised, results, exists, &names))
}

/// A value that shares nothing with another thread.
pub(super) fn own(value: &Dynamic, depth: usize) -> Dynamic {
    if depth > DEPTH {
        return value.clone();
    }
    let flat = value.flatten_clone();
    if let Some(closure) = flat.read_lock::<FnPtr>() {
        return Dynamic::from(own_closure(&closure, depth + 1));
    }
    if let Some(array) = flat.read_lock::<Array>()
        && array.iter().any(may_share)
    {
        return array.iter().map(|item| own(item, depth + 1)).collect::<Array>().into();
    }
    if let Some(map) = flat.read_lock::<rhai::Map>()
        && map.values().any(may_share)
    {
        let copied = map.iter().map(|(key, item)| (key.clone(), own(item, depth + 1)));
        return copied.collect::<rhai::Map>().into();
    }
    flat
}

/// Whether a member may lead to a value that another thread has too.
fn may_share(member: &Dynamic) -> bool {
    member.is_shared() || member.is_fnptr() || member.is_array() || member.is_map()
}

/// A closure with its own copy of what it captured.
fn own_closure(closure: &FnPtr, depth: usize) -> FnPtr {
    let mut own_one = closure.clone();
    if closure.is_curried() {
        let captured: Vec<Dynamic> = closure.iter_curry().map(|captured| own(captured, depth)).collect();
        own_one.set_curry(captured);
    }
    own_one
}

/// How an item is called in a report.
fn word(item: &Dynamic, index: usize) -> String {
    match to_value(item) {
        Value::Int(number) => format!("item {number}"),
        Value::Text(text) if !text.is_empty() && text.chars().count() <= 40 && !text.contains('\n') => {
            format!("item `{text}`")
        }
        Value::Resource(resource) => format!("item `{}`", resource.name()),
        _ => format!("the item at {index}"),
    }
}

thread_local! {
    /// The named steps that this thread is in, outermost first.
    static STEPS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// What the item that runs on this thread has made and not deleted.
    static MADE: RefCell<Option<Vec<Handle>>> = const { RefCell::new(None) };
}

/// The named steps that this thread is in, outermost first.
pub fn steps() -> Vec<u64> {
    STEPS.with_borrow(Clone::clone)
}

/// This thread is in these steps from now on.
pub fn set_steps(steps: Vec<u64>) {
    STEPS.set(steps);
}

/// Keeps in mind what a call made, for the error that may end the item it was made in.
pub struct MadeByItems;

impl Observer for MadeByItems {
    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        if begin.path.member_index().is_none() {
            note(begin.effect, begin.call.subject(), end.result);
        }
    }
}

fn note(effect: Effect, subject: Option<&Value>, result: Result<&Value, &Error>) {
    MADE.with_borrow_mut(|made| {
        let Some(made) = made else { return };
        match (effect, result) {
            (Effect::Creates, Ok(value)) => resources(value, made),
            (Effect::Creates, Err(error)) => error.exists.iter().for_each(|value| resources(value, made)),
            (Effect::Destroys, Ok(_)) => {
                let mut gone = Vec::new();
                subject.iter().for_each(|value| resources(value, &mut gone));
                let named = |one: &Handle| matches!(subject, Some(Value::Text(text)) if one.id() == &**text || one.name() == **text);
                made.retain(|one| !gone.contains(one) && !named(one));
            }
            _ => {}
        }
    });
}

fn resources(value: &Value, found: &mut Vec<Handle>) {
    match value {
        Value::Resource(resource) => found.push(resource.clone()),
        Value::Array(items) => items.iter().for_each(|item| resources(item, found)),
        _ => {}
    }
}

/// The items of an array or a range.
///
/// # Errors
/// When a range has more items than any run gets through.
pub fn items(value: &Dynamic) -> Result<Option<Array>, Error> {
    if let Ok(array) = value.as_array_ref() {
        return Ok(Some(array.clone()));
    }
    let half_open =
        value.read_lock::<std::ops::Range<i64>>().map(|range| (range.start, i128::from(range.end)));
    let closed = value
        .read_lock::<std::ops::RangeInclusive<i64>>()
        .map(|range| (*range.start(), i128::from(*range.end()) + 1));
    let Some((start, end)) = half_open.or(closed) else { return Ok(None) };
    let count = end - i128::from(start);
    if count > MOST {
        let message = format!("`parallel` is given {count} items, and takes {MOST} at the most");
        return Err(Error::new(Kind::InvalidArgument, message)
            .coded("call::invalid_argument")
            .help("give the range an end, or work through it in parts")
            .at(Place::Argument(0), "a range without a near end"));
    }
    Ok(Some((start..).take(usize::try_from(count).unwrap_or(0)).map(Dynamic::from_int).collect()))
}

#[cfg(test)]
mod tests {
    use crate::cli::args::Options;
    use crate::cli::setup::{Purpose, setup};
    use crate::config::Environment;
    use crate::script::engine::engine;
    use rhai::Engine;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Barrier};

    /// An engine of a run with this limit, with `inside()`, which counts those that are in it at the same time, and
    /// `together()`, which ends once four are.
    fn counting(concurrency: u16) -> (Engine, Arc<AtomicUsize>) {
        let options =
            Options { cloud: Some("sim".to_string()), quiet: true, concurrency, ..Options::default() };
        let environment = Environment {
            variables: Default::default(),
            home: None,
            cwd: Default::default(),
            site: Vec::new(),
        };
        let setup =
            setup(&options, Purpose { script: None, simulate: true }, environment).expect("a session");
        let mut engine = engine(&setup.session);
        let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let seen = most.clone();
        engine.register_fn("inside", move || {
            seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..50 {
                std::thread::yield_now();
            }
            now.fetch_sub(1, Ordering::SeqCst);
        });
        let barrier = Barrier::new(4);
        engine.register_fn("together", move || {
            barrier.wait();
        });
        (engine, most)
    }

    #[test]
    fn calls_inside_calls_never_exceed_the_limit_of_the_run() {
        let (engine, most) = counting(4);
        let script = "parallel(1..=6, |a| parallel(1..=6, |b| parallel(1..=4, |c| inside())))";
        engine.run(script).expect("it ends");
        let most = most.load(Ordering::SeqCst);
        assert!((1..=4).contains(&most), "{most} at a time");
    }

    #[test]
    fn a_call_has_its_own_limit_too() {
        let (engine, most) = counting(32);
        engine.run("parallel(1..=200, |a| inside(), #{ limit: 3 })").expect("it ends");
        let most = most.load(Ordering::SeqCst);
        assert!((1..=3).contains(&most), "{most} at a time");
    }

    #[test]
    fn as_many_run_as_may() {
        let (engine, _) = counting(4);
        // Each ends only when four are in it at the same time.
        for script in [
            "parallel(1..=4, |n| together())",
            "parallel(1..=2, |a| parallel(1..=2, |b| together()))",
            // One outer item, the others' slots go to the inner ones.
            "parallel([1], |a| parallel(1..=8, |b| together()))",
        ] {
            engine.run(script).expect("it ends");
        }
    }
}
