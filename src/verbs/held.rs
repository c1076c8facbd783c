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

    /// What is left behind now that nobody waits any longer: told once.
    pub fn left(&self) -> Vec<String> {
        self.0.send_replace(Vec::new())
    }
}

/// Something that an interruption waits for. Where it is dropped before its end, nobody has taken it away: it stays among what is
/// left.
#[must_use]
pub struct Hold<'a>(&'a Held, String);

impl Hold<'_> {
    /// It was taken away again, or what is left of it is told otherwise.
    pub fn end(self) {
        self.0.0.send_modify(|held| {
            let at = held.iter().position(|what| *what == self.1);
            at.map(|at| held.remove(at));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_before_its_end_is_left() {
        let held = Held::default();
        let (first, second) = (held.hold("a set".to_string()), held.hold("a stack".to_string()));
        first.end();
        drop(second);
        assert_eq!(held.left(), ["a stack"]);
        assert_eq!(held.left(), [""; 0]);
    }
}
