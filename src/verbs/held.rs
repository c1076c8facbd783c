//! What an interruption waits for.

use tokio::sync::watch;

/// What is under way that is taken away again: what each would leave behind.
pub struct Held(watch::Sender<Vec<String>>);

impl Default for Held {
    fn default() -> Held {
        Held(watch::Sender::new(Vec::new()))
    }
}

impl Held {
    /// One more, as long as what this gives is kept.
    pub fn hold(&self, what: String) -> Hold<'_> {
        self.0.send_modify(|held| held.push(what.clone()));
        Hold(self, what)
    }

    /// Ready when there is none.
    pub async fn none(&self) {
        // The sender is ours: it does not go while this is asked.
        let _ = self.0.subscribe().wait_for(Vec::is_empty).await;
    }

    /// What is left behind if nobody waits any longer.
    pub fn left(&self) -> Vec<String> {
        self.0.borrow().clone()
    }
}

/// Something that an interruption waits for.
pub struct Hold<'a>(&'a Held, String);

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|held| {
            let at = held.iter().position(|what| *what == self.1);
            at.map(|at| held.remove(at));
        });
    }
}
