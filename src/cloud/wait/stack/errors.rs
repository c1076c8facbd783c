//! How a wait for a stack ends badly, in words.

use super::super::watch::Scene;
use super::Member;
use crate::cloud::stack::operation::{ended_badly, leads_on, told};
use crate::cloud::{Error, Kind, StackNews, Value};

impl Member {
    /// The error of a stack that ended badly.
    pub(super) fn failed(&self, scene: &Scene<'_>, status: &str, news: StackNews) -> Error {
        let name = &self.stack.name;
        let outcome = match status {
            "ROLLBACK_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => {
                format!("stack `{name}` was rolled back")
            }
            status if ended_badly(status) => format!("stack `{name}` is {status}"),
            status => format!("stack `{name}` is {status}, which does not lead to {}", scene.goal.words()),
        };
        let story = ended_badly(status).then(|| told(news.failure, news.stopped)).flatten();
        let (message, answer) = match story {
            Some((words, reason)) => (format!("{outcome}{words}"), Some(reason)),
            None => (outcome, self.stack.reason.clone()),
        };
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed").fact("status", status);
        if status != self.stack.status {
            error = error.fact("since then", format!("another update: {}", self.stack.status));
        }
        error.answer = answer;
        error.help =
            news.help.or_else(|| leads_on(status, self.pending.as_ref().map(|pending| pending.verb)));
        self.own(scene, error)
    }

    pub(super) fn gone(&self, scene: &Scene<'_>) -> Error {
        let name = &self.stack.name;
        if self.seen {
            let words = format!("`{name}` is gone: it was deleted meanwhile");
            return Error::new(Kind::Failed, words).coded("cloud::failed");
        }
        let words = format!("{} has no stack `{name}`", scene.cloud.name());
        Error::new(Kind::NotFound, words).coded("cloud::not_found")
    }

    pub(super) fn own(&self, scene: &Scene<'_>, mut error: Error) -> Error {
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        if !self.object.is_gone() {
            error.exists = vec![Value::Resource(self.object.clone())];
        }
        error
    }
}
