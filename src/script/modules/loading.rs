//! Which modules are loaded, and which are being: one runs once, also where several items of a `parallel` import it at once.

use rhai::{Module, Shared};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The modules of one engine.
#[derive(Default)]
pub(super) struct Loading {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    /// What is being loaded, and by which thread, outer ones first.
    open: Vec<(ThreadId, String)>,
    /// What each thread waits for.
    waits: HashMap<ThreadId, String>,
    /// Each with the text it was made from: one that was changed since is read anew by the next import of it.
    done: HashMap<String, (String, Shared<Module>)>,
}

/// What is to be done about an import.
pub(super) enum Begun {
    /// Nothing: this is the module.
    Done(Shared<Module>),
    /// It is to be loaded here, and [`Loading::end`] called.
    Here,
}

impl State {
    /// Whether a thread that loads `name` waits, maybe by way of others, for this one.
    fn waits_for(&self, me: ThreadId, name: &str) -> bool {
        let mut name = name;
        for _ in 0..=self.waits.len() {
            let Some((owner, _)) = self.open.iter().find(|(_, open)| open == name) else { return false };
            if *owner == me {
                return true;
            }
            let Some(next) = self.waits.get(owner) else { return false };
            name = next;
        }
        false
    }
}

impl Loading {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The module of a name, where it is loaded.
    pub(super) fn done(&self, name: &str) -> Option<Shared<Module>> {
        self.state().done.get(name).map(|(_, module)| module.clone())
    }

    /// Begin to load a module of this text, unless it is loaded; waits while another thread does.
    ///
    /// # Errors
    /// The cycle, where it is being loaded because of itself.
    pub(super) fn begin(&self, name: &str, text: &str) -> Result<Begun, Vec<String>> {
        let me = thread::current().id();
        let mut state = self.state();
        loop {
            if let Some((_, module)) = state.done.get(name).filter(|(known, _)| known == text) {
                return Ok(Begun::Done(module.clone()));
            }
            let own = state.open.iter().filter(|(thread, _)| *thread == me).map(|(_, open)| open);
            let mut cycle: Vec<String> = own.skip_while(|open| *open != name).cloned().collect();
            if !cycle.is_empty() {
                cycle.push(name.to_string());
                return Err(cycle);
            }
            let elsewhere = state.open.iter().any(|(_, open)| open == name);
            if !elsewhere {
                state.open.push((me, name.to_string()));
                return Ok(Begun::Here);
            }
            if state.waits_for(me, name) {
                // Two threads are in a cycle that neither sees alone.
                let mut cycle: Vec<String> = state
                    .open
                    .iter()
                    .filter(|(thread, _)| *thread == me)
                    .map(|(_, open)| open.clone())
                    .collect();
                cycle.push(name.to_string());
                return Err(cycle);
            }
            state.waits.insert(me, name.to_string());
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waits.remove(&me);
        }
    }

    /// It was loaded, or could not be.
    pub(super) fn end(&self, name: &str, text: &str, module: Option<&Shared<Module>>) {
        let me = thread::current().id();
        let mut state = self.state();
        state.open.retain(|(thread, open)| *thread != me || open != name);
        if let Some(module) = module {
            state.done.insert(name.to_string(), (text.to_string(), module.clone()));
        }
        drop(state);
        self.ended.notify_all();
    }
}
