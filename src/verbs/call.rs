//! One call of a verb: its checked arguments, the cloud it goes to, and the run it is part of.

use super::argument::{AnyRef, Argument, FlavorRef, HolderRef, ImageRef, Ref, Reference, ServerRef};
use super::each_name;
use super::members::Members;
use super::resolve;
use super::run_context::RunContext;
use super::verb::{Effect, Form, Key, Verb};
use crate::cloud::Holder;
use crate::cloud::call_scope::{self, CallScope};
use crate::cloud::error::Place;
use crate::cloud::{
    Cloud, Error, Flavor, Handle, Image, Kind, Kinded, Noun, Resource, Result, Server, Ty, Value,
};
use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// The option by which a script says so.
pub const READS: &str = "reads";
/// The option by which a script says that a call may be done twice.
pub const AGAIN: &str = "again";

/// A call whose arguments fit; cheap to clone.
#[derive(Clone)]
pub struct Call {
    /// The verb.
    pub verb: &'static Verb,
    /// The form it was called in.
    pub form: &'static Form,
    /// The run.
    pub host: Arc<RunContext>,
    cloud: Option<Arc<str>>,
    pub(super) arguments: Arc<BTreeMap<&'static str, Value>>,
    /// What the names among them stand for, by the parameter: looked up before the call begins.
    pub(super) named: Arc<BTreeMap<&'static str, Result<Handle>>>,
    /// Of one among many: the ids whose descriptions are read afterwards, all together.
    later: Option<Arc<Mutex<HashSet<String>>>>,
    /// What is done around each member of its array.
    members: Option<Arc<dyn Members>>,
    /// Of members that one body runs: where the tokens and requests of each belong.
    scopes: Arc<[Arc<dyn CallScope>]>,
    /// How many written arguments come before the form's first: 1 after `cloud("lab").`.
    offset: usize,
}

impl Call {
    /// A call; `cloud` where one was named.
    pub fn new(
        verb: &'static Verb,
        form: &'static Form,
        host: Arc<RunContext>,
        cloud: Option<Arc<str>>,
        arguments: BTreeMap<&'static str, Value>,
        offset: usize,
    ) -> Call {
        Call {
            verb,
            form,
            host,
            cloud,
            arguments: Arc::new(arguments),
            named: Arc::default(),
            later: None,
            members: None,
            scopes: Arc::default(),
            offset,
        }
    }

    /// The same call as one among many: what each would read again at its end is read for all of them together afterwards.
    pub fn among_many(&self) -> Call {
        Call { later: Some(Arc::default()), ..self.clone() }
    }

    /// Whether it is one of so many that their descriptions are read together.
    pub fn is_among_many(&self) -> bool {
        self.later.is_some()
    }

    /// Whether a server's description is read later, together with others'; it is from now on.
    pub fn reads_later(&self, id: &str) -> bool {
        let ids = self.later.as_ref().map(|ids| ids.lock().unwrap_or_else(PoisonError::into_inner));
        ids.map(|mut ids| ids.insert(id.to_string())).is_some()
    }

    /// Whether this server's description is still to be read.
    pub fn is_unread(&self, id: &str) -> bool {
        let ids = self.later.as_ref().map(|ids| ids.lock().unwrap_or_else(PoisonError::into_inner));
        ids.is_some_and(|ids| ids.contains(id))
    }

    /// The same call of another subject: one member of an array.
    pub fn of(&self, subject: Value) -> Call {
        let mut arguments = (*self.arguments).clone();
        let first = self.form.params.first().map_or("", |first| first.name);
        // What a name stands for goes on being known where it is the subject itself.
        let named = match self.arguments.get(first) == Some(&subject) {
            true => self.named.clone(),
            false => {
                let others = self.named.iter().filter(|(param, _)| **param != first);
                Arc::new(others.map(|(param, found)| (*param, found.clone())).collect())
            }
        };
        if let Some(name) = each_name::of(self, &subject) {
            arguments.insert(each_name::NAME, name);
        }
        if !first.is_empty() {
            arguments.insert(first, subject);
        }
        Call { arguments: Arc::new(arguments), named, members: None, ..self.clone() }
    }

    /// The same call, with where the tokens and requests of each of its members belong.
    pub(super) fn with_scopes(&self, scopes: Vec<Arc<dyn CallScope>>) -> Call {
        Call { scopes: scopes.into(), ..self.clone() }
    }

    /// Work for one of the members that a body runs itself, by its number.
    pub(super) async fn within_member<T>(&self, nth: usize, work: impl Future<Output = T>) -> T {
        match self.scopes.get(nth) {
            Some(scope) => call_scope::within(scope.clone(), work).await,
            None => work.await,
        }
    }

    /// The same call, with what is done around each member of its array.
    pub fn with_members(&self, members: Arc<dyn Members>) -> Call {
        Call { members: Some(members), ..self.clone() }
    }

    /// What is done around each member of its array.
    pub(super) fn members(&self) -> Option<&Arc<dyn Members>> {
        self.members.as_ref()
    }

    /// How many members the call has that are each done by themselves: those of an array of resources, or of things to make.
    pub fn member_count(&self) -> Option<usize> {
        match self.subject() {
            Some(Value::Array(members)) if self.verb.takes_many() || self.effect().creates() => {
                Some(members.len())
            }
            _ => None,
        }
    }

    /// The first argument as it was given.
    pub fn subject(&self) -> Option<&Value> {
        self.form.params.first().and_then(|first| self.arguments.get(first.name))
    }

    /// An argument that must be there.
    pub fn get<T: Argument>(&self, key: &Key<T>) -> Result<T> {
        match self.arguments.get(key.name) {
            Some(value) => T::read(value).map_err(|mismatch| self.misfit(key.name, &mismatch.give)),
            None => Err(self.misfit(key.name, "a value")),
        }
    }

    /// An argument that may be left out; `()` counts as left out.
    pub fn find<T: Argument>(&self, key: &Key<T>) -> Result<Option<T>> {
        match self.arguments.get(key.name) {
            None | Some(Value::Unit) => Ok(None),
            Some(value) => T::read(value).map(Some).map_err(|mismatch| self.misfit(key.name, &mismatch.give)),
        }
    }

    /// Every argument and option, by name.
    pub fn arguments(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.arguments.iter().map(|(name, value)| (*name, value))
    }

    /// The value of an argument, unread.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.arguments.get(name)
    }

    fn misfit(&self, name: &str, give: &str) -> Error {
        Error::new(Kind::InvalidArgument, format!("`{name}` takes {give}")).at(self.place(name), "here")
    }

    /// What is made of this call's arguments: a secret where one of them is.
    pub fn made_of(&self, value: Value) -> Value {
        match self.arguments.values().any(Value::holds_secret) {
            true => value.hidden(),
            false => value,
        }
    }

    /// What was read of the text in an argument: of one that holds secrets, what reads otherwise with the mask in their places is
    /// made of them, and the rest is plain.
    pub fn read_of<T>(&self, key: &Key<T>, whole: Value, read: impl Fn(&str) -> Option<Value>) -> Value {
        match self.value(key.name) {
            Some(Value::Secret(secret)) => match read(secret.shown()) {
                Some(shown) => whole.hidden_where_other(&shown),
                None => whole.hidden(),
            },
            _ => self.made_of(whole),
        }
    }

    /// Where in the call this parameter or option was written.
    pub fn place(&self, name: &str) -> Place {
        match self.form.params.iter().position(|param| param.name == name) {
            Some(index) => Place::Argument(index + self.offset),
            None => Place::OptionValue(name.to_string()),
        }
    }

    /// The cloud this call goes to: the subject's, the one it was called on, or the session's default.
    pub fn cloud(&self) -> Result<Arc<dyn Cloud>> {
        if let Some(Value::Resource(resource)) = self.subject() {
            return self.host.clouds.get(Some(resource.cloud()));
        }
        self.host.clouds.get(self.cloud.as_deref())
    }

    /// Whether a cloud was named, and which.
    pub fn named_cloud(&self) -> Option<&Arc<str>> {
        self.cloud.as_ref()
    }

    /// A server argument, resolved; read from the cloud only when it is text.
    pub async fn server(&self, key: &Key<ServerRef>) -> Result<Server> {
        let reference = self.get(key)?;
        self.resolve_server(&reference.0, key.name).await
    }

    /// A server reference that stands in the argument `name`.
    pub async fn resolve_server(&self, reference: &Reference, name: &str) -> Result<Server> {
        let Reference::Text(text) = reference else {
            return match self.described(reference, name)? {
                Resource::Server(server) => Ok(Arc::unwrap_or_clone(server)),
                other => Err(self.misfit(name, &format!("a server, not {}", other.noun().with_article()))),
            };
        };
        if let Some(found) = self.named(name) {
            return match found.clone()?.latest() {
                Resource::Server(server) => Ok(Arc::unwrap_or_clone(server)),
                other => Err(resolve::stray(Noun::Server, &other)),
            };
        }
        let cloud = self.cloud()?;
        let error = match resolve::server(&self.host, &cloud, text).await {
            Ok(server) => return Ok(server),
            Err(error) => self.placed(error, name),
        };
        // Where other nouns may stand too, the name may be one of theirs.
        let several =
            self.form.params.iter().any(|param| param.name == name && matches!(param.ty, Ty::AnyRef(_)));
        match error.kind {
            Kind::NotFound if several => {
                Err(resolve::of_another_noun(&cloud, self.verb, text, &self.others(name), error).await)
            }
            _ => Err(error),
        }
    }

    /// The arguments after one, as they are written; what is no text is left open.
    fn others(&self, name: &str) -> String {
        let after = self.form.params.iter().skip_while(|param| param.name != name).skip(1);
        let given = after.filter_map(|param| self.arguments.get(param.name));
        let written = given.map(|value| match value {
            Value::Text(text) => format!(", \"{text}\""),
            _ => ", …".to_string(),
        });
        written.collect()
    }

    /// An image reference that stands in the argument `name`.
    pub async fn resolve_image(&self, reference: &ImageRef, name: &str) -> Result<Image> {
        match self.resolve(&reference.0, Noun::Image, name).await? {
            Resource::Image(image) => Ok(Arc::unwrap_or_clone(image)),
            other => Err(resolve::stray(Noun::Image, &other)),
        }
    }

    /// A flavor reference that stands in the argument `name`.
    pub async fn resolve_flavor(&self, reference: &FlavorRef, name: &str) -> Result<Flavor> {
        match &reference.0 {
            Reference::Text(text) if self.named(name).is_none() => {
                let cloud = self.cloud()?;
                resolve::usable_flavor(&self.host, &cloud, text)
                    .await
                    .map_err(|error| self.placed(error, name))
            }
            object => match self.resolve(object, Noun::Flavor, name).await? {
                Resource::Flavor(flavor) => Ok(Arc::unwrap_or_clone(flavor)),
                other => Err(resolve::stray(Noun::Flavor, &other)),
            },
        }
    }

    /// What an object that stands in the argument `name` was last seen as; `not_found` of what is known to be gone.
    fn described(&self, reference: &Reference, name: &str) -> Result<Resource> {
        match reference {
            Reference::Object(object) if object.is_gone() => Err(self.gone(object, name)),
            Reference::Object(object) => Ok(object.latest()),
            Reference::Text(_) => Err(self.misfit(name, "an object")),
        }
    }

    /// The error for an object that the cloud does not have any more; the object shows it from now on.
    pub fn gone(&self, object: &Handle, name: &str) -> Error {
        object.set_gone();
        let words = format!("the {} `{}` is gone", object.noun().as_str(), object.name());
        let mut error =
            Error::new(Kind::NotFound, words).coded("cloud::not_found").at(self.place(name), "gone");
        error.cloud = Some(object.cloud().to_string());
        error
    }

    /// The same of a description: the objects of it that the call was given show it.
    pub fn gone_of(&self, resource: Resource, name: &str) -> Error {
        self.objects()
            .iter()
            .filter(|object| object.latest() == resource)
            .for_each(|object| object.set_gone());
        self.gone(&Handle::new(resource), name)
    }

    /// The objects that the script gave the call.
    pub fn given(&self) -> Vec<&Handle> {
        let mut found = Vec::new();
        let params = self.form.params.iter().chain(self.form.options);
        params.filter_map(|param| self.value(param.name)).for_each(|value| objects(value, &mut found));
        found
    }

    /// The objects that the call was given or has named, in the order of its parameters: its subject, the second of two, those among its
    /// options.
    pub fn objects(&self) -> Vec<&Handle> {
        let mut found = Vec::new();
        let params = self.form.params.iter().chain(self.form.options);
        for param in params {
            match (self.named(param.name), self.value(param.name)) {
                (Some(Ok(object)), _) => found.push(object),
                (_, Some(value)) => objects(value, &mut found),
                _ => {}
            }
        }
        found
    }

    /// A verb changed this resource and did not read it: the objects of it that the call was given read it when a field of
    /// theirs is read.
    pub fn changed(&self, resource: &Resource) {
        let same = |object: &&&Handle| object.latest() == *resource;
        self.objects().iter().filter(same).for_each(|object| object.set_stale());
    }

    /// A resource of one noun, resolved; read from the cloud only when it is text.
    pub async fn one<N: Kinded>(&self, key: &Key<Ref<N>>) -> Result<Resource> {
        let reference = self.get(key)?.0;
        self.resolve(&reference, N::NOUN, key.name).await
    }

    /// The same of one that may be left out.
    pub async fn maybe_one<N: Kinded>(&self, key: &Key<Ref<N>>) -> Result<Option<Resource>> {
        match self.find(key)? {
            Some(reference) => self.resolve(&reference.0, N::NOUN, key.name).await.map(Some),
            None => Ok(None),
        }
    }

    /// A reference to a resource of this noun that stands in the argument `name`.
    pub async fn resolve(&self, reference: &Reference, noun: Noun, name: &str) -> Result<Resource> {
        let Reference::Text(text) = reference else {
            let resource = self.described(reference, name)?;
            if resource.noun() != noun {
                let give = format!("{}, not {}", noun.with_article(), resource.noun().with_article());
                return Err(self.misfit(name, &give));
            }
            self.same_cloud(resource.cloud(), name)?;
            return Ok(resource);
        };
        if let Some(found) = self.named(name) {
            return found.clone().map(|object| object.latest());
        }
        let cloud = self.cloud()?;
        let found = resolve::resource(&self.host, &cloud, noun, text).await;
        found.map_err(|error| self.placed(error, name))
    }

    /// Whether the script says of a program or a request that it changes nothing.
    pub fn only_reads(&self) -> bool {
        matches!(self.value(READS), Some(Value::Bool(true)))
    }

    /// Whether the script says that the call may be done twice.
    pub fn may_come_again(&self) -> bool {
        matches!(self.value(AGAIN), Some(Value::Bool(true)))
    }

    /// What the call does, by its arguments where the verb says so.
    pub fn effect(&self) -> Effect {
        match self.verb.effect {
            Effect::By(decide) => decide(self),
            Effect::AloneReads(_) if self.arguments.len() <= 1 => Effect::Reads,
            Effect::AloneReads(effect) => *effect,
            effect => effect,
        }
    }

    /// What holds the metadata this call is about, and its description.
    pub async fn holder(&self, key: &Key<HolderRef>) -> Result<(Resource, Holder)> {
        let resource = self.any(&self.get(key)?.0, key.name).await?;
        let id = resource.id().to_string();
        let holder = match resource.noun() {
            Noun::Server => Holder::Server(id),
            Noun::Image => Holder::Image(id),
            Noun::Volume => Holder::Volume(id),
            Noun::Snapshot => Holder::Snapshot(id),
            _ => return Err(self.misfit(key.name, "a server, an image, a volume or a snapshot")),
        };
        Ok((resource, holder))
    }

    /// Any resource; text names a server.
    pub async fn resource(&self, key: &Key<AnyRef>) -> Result<Resource> {
        self.any(&self.get(key)?.0, key.name).await
    }

    /// A reference to any resource; text names a server.
    pub async fn any(&self, reference: &Reference, name: &str) -> Result<Resource> {
        match reference {
            Reference::Object(_) => self.described(reference, name),
            text => Ok(Resource::from(self.resolve_server(text, name).await?)),
        }
    }

    /// An argument of another cloud than the call's is a mistake.
    pub fn same_cloud(&self, other: &Arc<str>, name: &str) -> Result<()> {
        let cloud = self.cloud()?;
        if cloud.name() == other {
            return Ok(());
        }
        Err(Error::new(
            Kind::InvalidArgument,
            format!("`{name}` is in cloud `{other}`, and `{}` goes to `{}`", self.verb.name, cloud.name()),
        )
        .coded("call::other_cloud")
        .help(format!(
            "name one of cloud `{}`, or call `cloud(\"{other}\").{}(…)`",
            cloud.name(),
            self.verb.name
        ))
        .at(self.place(name), format!("in cloud `{other}`")))
    }

    /// An error of looking an argument up, underlined at that argument.
    pub fn placed(&self, mut error: Error, name: &str) -> Error {
        if matches!(error.kind, Kind::NotFound | Kind::Ambiguous) && error.place == Place::Verb {
            error.place = self.place(name);
        }
        error
    }
}

fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Handle>) {
    match value {
        Value::Resource(object) => found.push(object),
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Map(map) => map.values().for_each(|item| objects(item, found)),
        _ => {}
    }
}
