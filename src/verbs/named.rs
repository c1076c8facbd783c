//! What the names among a call's arguments stand for: looked up before the call begins, so that whoever watches it sees resources.

use super::argument::{Argument, FlavorRef, Reference};
use super::call::Call;
use crate::cloud::{Handle, Noun, Resource, Result, Ty, Value};
use std::sync::Arc;

impl Call {
    /// The same call, its names looked up: so that who watches it sees the resources before anything is changed. A name that
    /// stands for nothing is told by the verb itself, which may take that for an answer.
    pub async fn with_names_looked_up(self) -> Call {
        let mut named = (*self.named).clone();
        for param in self.form.params.iter().filter(|param| !param.as_written) {
            let Some(value @ Value::Text(text)) = self.value(param.name) else { continue };
            let text = Reference::Text(text.clone());
            let found = match param.ty {
                Ty::AnyRef(_) => self.any(&text, param.name).await,
                Ty::Ref(Noun::Server) => self.resolve_server(&text, param.name).await.map(Resource::from),
                Ty::Ref(Noun::Flavor) => match FlavorRef::read(value) {
                    Ok(flavor) => self.resolve_flavor(&flavor, param.name).await.map(Resource::from),
                    Err(_) => continue,
                },
                Ty::Ref(noun) => self.resolve(&text, noun, param.name).await,
                _ => continue,
            };
            let failed = found.is_err();
            named.insert(param.name, found.map(Handle::new));
            if failed {
                break;
            }
        }
        let mut call = self;
        call.named = Arc::new(named);
        call
    }

    /// The same call, with ids in the place of names that were found to stand for them before: an id wins over a name.
    pub fn with_ids(&self, ids: &[(String, String)]) -> Call {
        let mut arguments = (*self.arguments).clone();
        for (param, value) in &mut arguments {
            let id = ids.iter().find(|(name, _)| name == param);
            if let (Value::Text(_), Some((_, id))) = (&*value, id) {
                *value = Value::text(id);
            }
        }
        let mut call = self.clone();
        call.arguments = Arc::new(arguments);
        call
    }

    /// What the names among the arguments were found to stand for: the parameter and the id.
    pub fn ids(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.named.iter().filter_map(|(name, found)| Some((*name, found.as_ref().ok()?.id())))
    }

    /// The subject as an object, where it was given as a name that was looked up.
    pub(super) fn resolved_subject(&self) -> Option<Value> {
        let first = self.form.params.first()?;
        self.named(first.name)?.clone().ok().map(Value::Resource)
    }

    /// What a name in this argument was found to stand for, where that was looked up.
    pub(super) fn named(&self, name: &str) -> Option<&Result<Handle>> {
        self.named.get(name)
    }
}
