//! What a record holds beside its call: the resources that a change acts on, what it gave, and what was asked of them.

use super::record;
use super::writer::{Held, Journal, lock};
use crate::cloud::{Handle, Ty, Value};
use crate::effects::observer::{Begin, End};
use crate::verbs::{Call, Effect};
use serde_json::{Map, Value as Json, json};

impl Journal {
    /// The resources that a change acts on, and what of them it replaces.
    pub(super) fn subjects(&self, held: &Held, begin: &Begin<'_>, record: &mut Map<String, Json>) {
        let on: Vec<Json> = begin.objects.iter().map(record::object).collect();
        let replaces = matches!(begin.effect, Effect::Changes | Effect::Destroys);
        let old = |object: &Handle| {
            let made = held.made.contains(&(object.cloud().to_string(), object.id().to_string()));
            if made && !matches!(begin.effect, Effect::Destroys) {
                Json::Null
            } else {
                record::description(object)
            }
        };
        if replaces && !on.is_empty() {
            record.insert("was".to_string(), begin.objects.iter().map(old).collect());
        }
        record.insert("on".to_string(), Json::Array(on));
        let named: Map<String, Json> =
            begin.call.ids().map(|(param, id)| (param.to_string(), Json::from(id))).collect();
        if !named.is_empty() {
            record.insert("named".to_string(), Json::Object(named));
        }
    }

    /// What came of a call: its result or its error, and the state of the objects that it was given.
    pub(super) fn result(
        &self,
        held: &mut Held,
        begin: &Begin<'_>,
        end: &End<'_>,
        record: &mut Map<String, Json>,
    ) {
        let path = begin.path.to_string();
        match end.result {
            Ok(Value::Text(text)) if matches!(begin.effect, Effect::ReadsEnvironment) => {
                let source = format!("env:{path}");
                self.keeper.learn(&source, text);
                record.insert("ok".to_string(), self.keeper.sourced(&source, text));
            }
            Ok(value) => {
                if let (Value::Secret(secret), Effect::AsksPerson) = (value, begin.effect) {
                    self.keeper.learn(&format!("ask:{path}"), secret.reveal());
                }
                record.insert("ok".to_string(), held.writer.result(&path, value));
            }
            Err(error) => {
                record.insert("err".to_string(), held.writer.error(&path, error));
            }
        }
        // A read that gives back what it was given has brought that up to date.
        if !matches!(begin.effect, Effect::Reads) || matches!(begin.call.verb.returns, Ty::Same) {
            let cells: Vec<Json> = end.objects.iter().map(|object| held.writer.state(object)).collect();
            let cells: Vec<Json> = cells.into_iter().filter(|cell| cell.get("$o").is_some()).collect();
            if !cells.is_empty() {
                record.insert("cells".to_string(), Json::Array(cells));
            }
        }
        let pending: Vec<Json> = begin.objects.iter().filter_map(|object| self.pending(object)).collect();
        if !pending.is_empty() {
            record.insert("pending".to_string(), Json::Array(pending));
        }
        if !end.requests.is_empty() {
            record.insert("req".to_string(), json!(end.requests));
        }
    }

    /// What was asked of a resource and has not been seen to take effect: the waits of a later life go by it.
    pub(super) fn pending(&self, object: &Handle) -> Option<Json> {
        let pending = self.host.pending(object.cloud(), object.id())?;
        let before = pending.before.as_ref().map(|before| {
            json!({ "status": before.status, "task": before.task, "updated": before.updated, "flavor": before.flavor })
        });
        Some(json!({
            "cloud": &**object.cloud(), "id": object.id(), "v": pending.verb, "req": pending.request_id,
            "t": pending.at, "before": before,
        }))
    }

    /// The arguments of a call as a record holds them.
    pub(super) fn arguments(&self, call: &Call) -> Json {
        record::arguments(call, &mut lock(&self.held).writer, &self.keeper)
    }

    pub(super) fn note_made(held: &mut Held, end: &End<'_>) {
        let mut objects = Vec::new();
        match end.result {
            Ok(value) => value.objects(&mut objects),
            Err(error) => error.exists.iter().for_each(|value| value.objects(&mut objects)),
        }
        let names = objects.iter().map(|object| (object.cloud().to_string(), object.id().to_string()));
        held.made.extend(names);
    }
}
