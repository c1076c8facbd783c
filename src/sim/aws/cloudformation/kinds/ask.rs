//! EC2's actions, asked inside, and types that are one resource of it.

use std::sync::PoisonError;

use serde_json::{Map, Value, json};

use super::Notes;
use crate::aws::params::Params;
use crate::aws::refused::Refused;
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::aws::{account, action};
use crate::world::World;
use crate::world::stack::{Behaviour, Made, Progress, Resource, Site, as_text};

/// Names and values of a request.
pub(super) type Asked = Vec<(String, String)>;

/// Does an action of EC2 in the name of who made the stack.
pub(super) fn ask(notes: &Notes, site: &mut Site<'_>, name: &str, asked: Asked) -> Result<Xml, Refused> {
    let params = Params(asked);
    let run = action(name).ok_or_else(|| Refused::new("InvalidAction", name))?;
    let mut ledger = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let account = account(&site.asker.project);
    let asker = site.asker.clone();
    let base = site.world.base.clone();
    let mut region =
        Region { world: site.world, ledger: &mut ledger, params: &params, asker, account, host: &base };
    region.world.fault_settings.apart = true;
    let told = run(&mut region);
    region.world.fault_settings.apart = false;
    told.map(|told| told.xml)
}

/// A refusal as an event tells it.
pub(super) fn words(refused: &Refused, request: &str) -> String {
    let request = request.strip_prefix("req-").unwrap_or(request);
    format!("{} (Service: Ec2, Status Code: {}, Request ID: {request})", refused.message, refused.status)
}

/// The properties of these names as a request has them: lists are numbered.
pub(super) fn given(site: &Site<'_>, names: &[(&str, &str)]) -> Asked {
    let mut asked = Asked::new();
    for (from, to) in names {
        match site.properties.get(*from) {
            None | Some(Value::Null) => {}
            Some(Value::Array(rows)) => {
                for (at, row) in rows.iter().enumerate() {
                    asked.push((format!("{to}.{}", at + 1), as_text(row)));
                }
            }
            Some(value) => asked.push(((*to).to_owned(), as_text(value))),
        }
    }
    asked
}

/// The tags of a resource: its own and the stack's.
pub(super) fn tags(site: &Site<'_>, kind: &str, asked: &mut Asked) {
    let own = site.properties["Tags"].as_array().cloned().unwrap_or_default();
    let mut rows: Vec<(String, String)> =
        own.iter().map(|row| (as_text(&row["Key"]), as_text(&row["Value"]))).collect();
    for (key, value) in &site.labels {
        if !rows.iter().any(|(own, _)| own == key) {
            rows.push((key.clone(), value.clone()));
        }
    }
    if rows.is_empty() {
        return;
    }
    asked.push(("TagSpecification.1.ResourceType".to_owned(), kind.to_owned()));
    for (at, (key, value)) in rows.into_iter().enumerate() {
        asked.push((format!("TagSpecification.1.Tag.{}.Key", at + 1), key));
        asked.push((format!("TagSpecification.1.Tag.{}.Value", at + 1), value));
    }
}

/// The tags that go and those that come.
fn retagged(site: &Site<'_>, before: &Value) -> Vec<(&'static str, Asked)> {
    let rows = |of: &Value| of["Tags"].as_array().cloned().unwrap_or_default();
    let (old, new) = (rows(before), rows(&site.properties));
    let gone: Vec<&Value> =
        old.iter().filter(|row| !new.iter().any(|other| other["Key"] == row["Key"])).collect();
    let asked = |rows: &[&Value], values: bool| {
        let mut asked: Asked = vec![("ResourceId.1".into(), site.physical.clone())];
        for (at, row) in rows.iter().enumerate() {
            asked.push((format!("Tag.{}.Key", at + 1), as_text(&row["Key"])));
            if values {
                asked.push((format!("Tag.{}.Value", at + 1), as_text(&row["Value"])));
            }
        }
        asked
    };
    let mut actions = Vec::new();
    if !gone.is_empty() {
        actions.push(("DeleteTags", asked(&gone, false)));
    }
    if !new.is_empty() {
        actions.push(("CreateTags", asked(&new.iter().collect::<Vec<_>>(), true)));
    }
    actions
}

/// A type that is one resource of EC2.
pub(super) struct Row {
    pub(super) notes: Notes,
    /// The action that makes one, and the element of its answer that names it.
    pub(super) make: &'static str,
    pub(super) id: &'static str,
    pub(super) build: fn(&mut Site<'_>) -> Asked,
    /// What is done once it is there, as actions.
    pub(super) then: fn(&Site<'_>, &str) -> Vec<(&'static str, Asked)>,
    /// What changes one that is there into what it is to be from what it was, tags aside.
    pub(super) change: fn(&Site<'_>, &Value) -> Vec<(&'static str, Asked)>,
    /// The action that shows one, and the parameter that names it.
    pub(super) show: (&'static str, &'static str),
    /// The element that says how far it is, and the words for done and for failed.
    pub(super) state: (&'static str, &'static str, &'static [&'static str]),
    pub(super) delete: (&'static str, &'static str),
    /// The state that it is gone in; nothing where it is not shown any more.
    pub(super) gone: &'static str,
    /// Attributes and the elements that hold them.
    pub(super) attributes: &'static [(&'static str, &'static str)],
}

impl Row {
    fn shown(&self, site: &mut Site<'_>) -> Result<Xml, Refused> {
        let asked = vec![(self.show.1.to_owned(), site.physical.clone())];
        ask(&self.notes, site, self.show.0, asked)
    }

    fn data(&self, shown: &Xml) -> Value {
        let row = |(name, element): &(&str, &str)| {
            let value = shown.first(element).map(Value::from).unwrap_or_default();
            ((*name).to_owned(), value)
        };
        Value::Object(self.attributes.iter().map(row).collect::<Map<_, _>>())
    }
}

impl Behaviour for Row {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let request = site.asker.request.clone();
        let asked = (self.build)(site);
        let told = ask(&self.notes, site, self.make, asked).map_err(|why| words(&why, &request))?;
        let physical = told.first(self.id).unwrap_or_default();
        site.physical.clone_from(&physical);
        for (name, asked) in (self.then)(site, &physical) {
            ask(&self.notes, site, name, asked).map_err(|why| words(&why, &request))?;
        }
        Ok(Made { physical, data: json!({}) })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let (element, done, failed) = self.state;
        if element.is_empty() {
            return Progress::Done;
        }
        match self.shown(site) {
            Ok(shown) => {
                let states = shown.all(element);
                if states.iter().any(|state| failed.contains(&state.as_str())) {
                    let why = shown.first("message").filter(|text| !text.is_empty());
                    Progress::Failed(why.unwrap_or_else(|| format!("{} did not stabilize.", site.physical)))
                } else if states.iter().any(|state| state == done) {
                    Progress::Done
                } else {
                    Progress::Wait
                }
            }
            Err(why) => Progress::Failed(words(&why, &site.asker.request)),
        }
    }

    fn settled(&self, site: &mut Site<'_>) -> Option<Value> {
        let shown = self.shown(site).ok()?;
        Some(self.data(&shown))
    }

    fn change(&self, site: &mut Site<'_>, before: &Value) -> Result<Value, String> {
        let request = site.asker.request.clone();
        let mut asked = (self.change)(site, before);
        if site.properties["Tags"] != before["Tags"] {
            asked.extend(retagged(site, before));
        }
        for (name, asked) in asked {
            ask(&self.notes, site, name, asked).map_err(|why| words(&why, &request))?;
        }
        Ok(Value::Null)
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let gone = |shown: &Xml| {
            !self.gone.is_empty() && shown.all(self.state.0).iter().any(|state| state == self.gone)
        };
        match self.shown(site) {
            Err(_) => return Progress::Done,
            Ok(shown) if gone(&shown) => return Progress::Done,
            Ok(_) => {}
        }
        let asked = vec![(self.delete.1.to_owned(), site.physical.clone())];
        let request = site.asker.request.clone();
        match ask(&self.notes, site, self.delete.0, asked) {
            Ok(_) => match self.shown(site) {
                Err(_) => Progress::Done,
                Ok(shown) if gone(&shown) || (self.gone.is_empty() && self.state.0.is_empty()) => {
                    Progress::Done
                }
                Ok(_) => Progress::Wait,
            },
            Err(why) if why.code.contains("NotFound") => Progress::Done,
            Err(why) => Progress::Held(words(&why, &request)),
        }
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        resource.data.get(name).cloned().or_else(|| {
            let own = self.attributes.iter().any(|(own, element)| *own == name && *element == self.id);
            own.then(|| resource.physical.clone().unwrap_or_default().into())
        })
    }
}
