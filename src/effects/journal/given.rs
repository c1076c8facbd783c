//! What the record of a call gives in place of running it.

use super::answers::Slot;
use super::history::{Record, text};
use super::record::call_text;
use super::replay::{Replay, lock, told};
use super::settle::Stop;
use crate::cloud::wait::{Before, Pending};
use crate::cloud::{Result, Time, Value};
use crate::effects::observer::Begin;
use serde_json::Value as Json;

impl Replay {
    /// Whether a call is the one on record.
    pub(super) fn same(&self, begin: &Begin<'_>, slot: &Slot) -> std::result::Result<(), Stop> {
        let Some(known) = slot.begin.as_ref().or(slot.end.as_ref()) else { return Ok(()) };
        let now = self.journal.arguments(begin.call);
        let before = known.get("a").cloned().unwrap_or(Json::Array(Vec::new()));
        if text(known, "v") == begin.call.verb.name && before == now {
            return Ok(());
        }
        let path = begin.path.to_string();
        Err(Stop::Differs { path, recorded: told(slot), now: call_text(begin.call.verb.name, Some(&now)) })
    }

    /// What the record says that a call gave; its objects are brought up to date.
    pub(super) fn given(&self, path: &str, end: &Record) -> std::result::Result<Result<Value>, String> {
        let end = self.journal.keeper.restore(Json::Object(end.clone()));
        let mut reader = lock(&self.reader);
        let given = match (end.get("err"), end.get("ok")) {
            (Some(error), _) => Err(reader.error(path, error).map_err(|why| why.to_string())?),
            (None, Some(value)) => Ok(reader.result(path, value).map_err(|why| why.to_string())?),
            (None, None) => Ok(Value::Unit),
        };
        for cell in end.get("cells").and_then(Json::as_array).into_iter().flatten() {
            reader.renew(cell).map_err(|why| why.to_string())?;
        }
        for pending in end.get("pending").and_then(Json::as_array).into_iter().flatten() {
            self.pending(pending);
        }
        Ok(given)
    }

    /// What was asked of a resource before, for the waits to come.
    pub(super) fn pending(&self, json: &Json) -> Option<()> {
        let text = |key: &str| json.get(key).and_then(Json::as_str);
        let verb = crate::verbs::verb(text("v")?)?.name;
        let before = json.get("before").filter(|before| !before.is_null()).and_then(|before| {
            Some(Before {
                status: before.get("status")?.as_str()?.to_string(),
                task: before.get("task")?.as_str().map(str::to_string),
                updated: before.get("updated")?.as_str().and_then(Time::parse),
                flavor: serde_json::from_value(before.get("flavor")?.clone()).ok()?,
            })
        });
        let request_id = text("req").map(str::to_string);
        let pending = Pending { verb, request_id, at: Time::parse(text("t")?)?, before };
        self.host.requested(&text("cloud")?.into(), text("id")?, pending);
        Some(())
    }
}
