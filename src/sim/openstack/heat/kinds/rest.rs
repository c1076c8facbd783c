//! Types that are one resource of another service: made by a POST, shown by a GET, deleted by a DELETE.

use serde_json::{Value, json};

use super::ask::ask;
use crate::world::World;
use crate::world::stack::{Action, Behaviour, Made, Progress, Resource, Site};

/// Looks at the properties of a resource; what a name refers to is asked of the function. What is wrong: where, and why.
type Check = fn(&Value, &dyn Fn(&str) -> bool) -> Result<(), (String, String)>;

/// Such a type.
pub(super) struct Rest {
    /// Such as `/network/v2.0/networks`; `{}` is the project.
    pub(super) path: &'static str,
    /// The name around it in bodies.
    pub(super) key: &'static str,
    /// The field that names it.
    pub(super) id: &'static str,
    /// What is asked for.
    pub(super) build: fn(&mut Site<'_>) -> Result<Value, String>,
    /// What is done once it is there.
    pub(super) then: fn(&mut Site<'_>, &str) -> Result<(), String>,
    /// Whether it is ready, by what is shown of it.
    pub(super) ready: fn(&Value) -> Progress,
    /// What is changed of it: a body, where the service takes one.
    pub(super) change: fn(&mut Site<'_>, &Value) -> Result<Option<Value>, String>,
    /// An attribute that its own fields do not give.
    pub(super) attribute: fn(&Value, &str) -> Option<Value>,
    pub(super) check: Check,
    /// What goes before it can be deleted.
    pub(super) before: fn(&mut Site<'_>),
    /// What is done to it with the whole stack.
    pub(super) act: fn(&mut Site<'_>, Action) -> Result<(), String>,
}

impl Rest {
    /// One that is ready at once, and of which nothing is special.
    pub(super) const fn new(
        path: &'static str,
        key: &'static str,
        build: fn(&mut Site<'_>) -> Result<Value, String>,
    ) -> Self {
        Self {
            path,
            key,
            id: "id",
            build,
            then: |_, _| Ok(()),
            ready: |_| Progress::Done,
            change: |_, _| Ok(None),
            attribute: |_, _| None,
            check: |_, _| Ok(()),
            before: |_| {},
            act: |_, _| Ok(()),
        }
    }

    fn own(&self, site: &Site<'_>) -> String {
        format!("{}/{}", self.path.replace("{}", &site.asker.project), site.physical)
    }
}

impl Behaviour for Rest {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let body = (self.build)(site)?;
        let path = self.path.replace("{}", &site.asker.project);
        let request = site.asker.request.clone();
        let told =
            ask(site, "POST", &path, Some(json!({self.key: body}))).map_err(|why| why.told(&request))?;
        let physical = super::super::as_text(&told[self.key][self.id]);
        site.physical.clone_from(&physical);
        (self.then)(site, &physical)?;
        let mut data = told[self.key].clone();
        if let Ok(shown) = ask(site, "GET", &self.own(site), None) {
            super::super::lay(&mut data, &shown[self.key]);
        }
        Ok(Made { physical, data })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        match ask(site, "GET", &self.own(site), None) {
            Ok(shown) => (self.ready)(&shown[self.key]),
            Err(why) if why.status == 404 => Progress::Failed(why.told(&site.asker.request)),
            Err(_) => Progress::Wait,
        }
    }

    fn settled(&self, site: &mut Site<'_>) -> Option<Value> {
        let shown = ask(site, "GET", &self.own(site), None).ok()?;
        let mut data = site.data.clone();
        super::super::lay(&mut data, &shown[self.key]);
        Some(data)
    }

    fn change(&self, site: &mut Site<'_>, before: &Value) -> Result<Value, String> {
        if let Some(body) = (self.change)(site, before)? {
            let request = site.asker.request.clone();
            let path = self.own(site);
            ask(site, "PUT", &path, Some(json!({self.key: body}))).map_err(|why| why.told(&request))?;
        }
        Ok(Value::Null)
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let path = self.own(site);
        let Ok(shown) = ask(site, "GET", &path, None) else { return Progress::Done };
        // What is on its way is not told again: it would begin anew.
        let own = &shown[self.key];
        if own["status"] == "deleting" || own["OS-EXT-STS:task_state"] == "deleting" {
            return Progress::Wait;
        }
        (self.before)(site);
        match ask(site, "DELETE", &path, None) {
            Ok(_) => match ask(site, "GET", &path, None) {
                Err(_) => Progress::Done,
                Ok(_) => Progress::Wait,
            },
            Err(why) if why.status == 404 => Progress::Done,
            Err(why) => Progress::Held(why.told(&site.asker.request)),
        }
    }

    fn act(&self, site: &mut Site<'_>, action: Action) -> Result<(), String> {
        if action == Action::Check {
            let (path, request) = (self.own(site), site.asker.request.clone());
            return ask(site, "GET", &path, None).map(|_| ()).map_err(|why| why.told(&request));
        }
        (self.act)(site, action)
    }

    fn check(&self, properties: &Value, later: &dyn Fn(&str) -> bool) -> Result<(), (String, String)> {
        (self.check)(properties, later)
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        (self.attribute)(&resource.data, name).or_else(|| resource.data.get(name).cloned())
    }
}
