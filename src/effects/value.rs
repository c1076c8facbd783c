//! Values as a record keeps them: JSON that is read again as the very same value, objects as the very same objects.
//!
//! JSON's own shapes where they come back as they were; all else is a map of one key that begins with `$`. An object is written
//! whole where it is first seen, and from then on by the place where that was: `2` is what call 2 gave, `2[3]` element 3 of it,
//! `2.key` what stands in its map under `key`.

use super::errors;
use crate::cloud::{Handle, Noun, Resource, Secret, Span, Time, Value, stored};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// What is secret is written as its keeper says.
pub trait Secrets: Send + Sync {
    /// A secret as JSON from which nobody else can tell it.
    fn write(&self, secret: &Secret) -> Json;
    /// The secret that was written so; `None` where it cannot be had any more.
    fn read(&self, json: &Json) -> Option<Secret>;
}

impl<T: Secrets + ?Sized> Secrets for &T {
    fn write(&self, secret: &Secret) -> Json {
        (**self).write(secret)
    }
    fn read(&self, json: &Json) -> Option<Secret> {
        (**self).read(json)
    }
}

impl<T: Secrets + ?Sized> Secrets for std::sync::Arc<T> {
    fn write(&self, secret: &Secret) -> Json {
        (**self).write(secret)
    }
    fn read(&self, json: &Json) -> Option<Secret> {
        (**self).read(json)
    }
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn unreadable(why: impl Into<String>) -> Unreadable {
    Unreadable(why.into())
}

/// Writes values; remembers which objects it has written, and where.
pub struct Writer<'a> {
    secrets: Box<dyn Secrets + 'a>,
    /// Whether the cloud's own descriptions are written too.
    raw: bool,
    /// Each object by its identity, with the object itself, so that no other takes its address.
    known: HashMap<usize, (Handle, String)>,
}

impl<'a> Writer<'a> {
    /// A writer that has written nothing; `raw` where a script reads that field.
    pub fn new(secrets: impl Secrets + 'a, raw: bool) -> Writer<'a> {
        Writer { secrets: Box::new(secrets), raw, known: HashMap::new() }
    }

    /// What the call at `path` gave: objects in it that are new are known by that path from now on.
    pub fn result(&mut self, path: &str, value: &Value) -> Json {
        let mut at = Some(path.to_string());
        self.value(value, &mut at)
    }

    /// A value that gives no object its name: an argument.
    pub fn argument(&mut self, value: &Value) -> Json {
        self.value(value, &mut None)
    }

    /// The state of an object: how it is known, and all that is known of it.
    pub fn state(&mut self, object: &Handle) -> Json {
        let mut fields = self.fields(object);
        if let Some((_, place)) = self.known.get(&object.address()) {
            fields.insert("$o".to_string(), Json::from(place.as_str()));
        }
        Json::Object(fields)
    }

    /// An error as it was raised.
    pub fn error(&mut self, path: &str, error: &crate::cloud::Error) -> Json {
        errors::write(self, error, &mut Some(path.to_string()))
    }

    /// A value; `at` is where it stands, where new objects in it are named by that.
    pub(super) fn value(&mut self, value: &Value, at: &mut Option<String>) -> Json {
        match value {
            Value::Unit | Value::Unread => Json::Null,
            Value::Bool(truth) => Json::from(*truth),
            Value::Int(number) => Json::from(*number),
            Value::Float(number) => float(*number),
            Value::Text(text) => Json::from(&**text),
            Value::Secret(secret) => self.secrets.write(secret),
            Value::Time(time) => json!({ "$time": time.0.to_string() }),
            Value::Span(span) => match i64::try_from(span.nanos()) {
                Ok(nanos) => json!({ "$span": nanos }),
                Err(_) => json!({ "$span": span.nanos().to_string() }),
            },
            Value::Blob(bytes) => json!({ "$blob": STANDARD.encode(bytes) }),
            Value::Array(items) => {
                let write = |(index, item)| within(at, &format!("[{index}]"), |at| self.value(item, at));
                Json::Array(items.iter().enumerate().map(write).collect())
            }
            Value::Map(map) => self.map(map, at),
            Value::Resource(resource) => self.object(resource, at),
            Value::Cloud(name) => json!({ "$cloud": &**name }),
            Value::Error(error) => json!({ "$error": errors::write(self, error, at) }),
            Value::NameOf(noun, id) => json!({ "$name": [noun.word(), &**id] }),
            Value::Other("a closure") => json!({ "$fn": "" }),
            Value::Other(what) => json!({ "$other": what }),
        }
    }

    fn map(&mut self, map: &BTreeMap<String, Value>, at: &mut Option<String>) -> Json {
        let marked = map.keys().any(|key| key.starts_with('$'));
        let write = |(key, item): (&String, &Value)| {
            (key.clone(), within(at, &format!(".{key}"), |at| self.value(item, at)))
        };
        let written = map.iter().map(write);
        match marked {
            true => json!({ "$map": written.map(|(key, item)| json!([key, item])).collect::<Vec<_>>() }),
            false => Json::Object(written.collect()),
        }
    }

    fn object(&mut self, object: &Handle, at: &Option<String>) -> Json {
        if let Some((_, place)) = self.known.get(&object.address()) {
            return json!({ "$o": place });
        }
        let mut written = Map::new();
        written.insert("$new".to_string(), Json::from(object.noun().word()));
        written.extend(self.fields(object));
        if let Some(at) = at {
            self.known.insert(object.address(), (object.clone(), at.clone()));
        }
        Json::Object(written)
    }

    /// What is known of an object; whether it is gone, and which call marked it as out of date.
    fn fields(&self, object: &Handle) -> Map<String, Json> {
        let latest = object.latest();
        let Json::Object(mut fields) = stored::write(&latest) else { return Map::new() };
        if let Some((field, secret)) = stored::secret(&latest) {
            fields.insert(field.to_string(), self.secrets.write(secret));
        }
        if self.raw {
            fields.insert("raw".to_string(), (**stored::raw(&latest)).clone());
        }
        if object.is_gone() {
            fields.insert("$gone".to_string(), Json::from(true));
        }
        if let Some(call) = object.stale_by() {
            fields.insert("$stale".to_string(), Json::from(&*call));
        }
        fields
    }
}

/// Do something one level further in.
fn within<T>(at: &mut Option<String>, step: &str, work: impl FnOnce(&mut Option<String>) -> T) -> T {
    let before = at.as_ref().map(String::len);
    if let Some(at) = at.as_mut() {
        at.push_str(step);
    }
    let done = work(at);
    if let (Some(at), Some(before)) = (at.as_mut(), before) {
        at.truncate(before);
    }
    done
}

/// A number with a fraction; as JSON's own where that is read again as the very same.
fn float(number: f64) -> Json {
    let own = Number::from_f64(number).map(Json::Number);
    let again = own.as_ref().and_then(|own| serde_json::from_str::<f64>(&own.to_string()).ok());
    match (own, again) {
        (Some(own), Some(again)) if again.to_bits() == number.to_bits() => own,
        _ if number.is_nan() => json!({ "$float": "nan" }),
        _ => json!({ "$float": number.to_string() }),
    }
}

/// Reads values; remembers the objects it has read, and where they were first seen.
pub struct Reader<'a> {
    secrets: Box<dyn Secrets + 'a>,
    known: HashMap<String, Handle>,
}

impl<'a> Reader<'a> {
    /// A reader that has read nothing.
    pub fn new(secrets: impl Secrets + 'a) -> Reader<'a> {
        Reader { secrets: Box::new(secrets), known: HashMap::new() }
    }

    /// What the call at `path` gave.
    ///
    /// # Errors
    /// What of it no writer of this format wrote, or a secret that cannot be had any more.
    pub fn result(&mut self, path: &str, json: &Json) -> Result<Value, Unreadable> {
        self.value(json, &mut Some(path.to_string()))
    }

    /// An argument.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn argument(&mut self, json: &Json) -> Result<Value, Unreadable> {
        self.value(json, &mut None)
    }

    /// The object that was first seen at a place.
    pub fn object(&self, place: &str) -> Option<&Handle> {
        self.known.get(place)
    }

    /// Bring an object up to date with a state that was written of it; gives the object.
    ///
    /// # Errors
    /// What of it cannot be read, or that no record made the object.
    pub fn renew(&mut self, json: &Json) -> Result<Handle, Unreadable> {
        let place = json.get("$o").and_then(Json::as_str).unwrap_or_default();
        let object = self.object(place).cloned();
        let object = object.ok_or_else(|| unreadable(format!("no record made the object `{place}`")))?;
        object.update(self.described(object.noun(), json)?);
        set_marks(&object, json);
        Ok(object)
    }

    /// An error as it was raised.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn error(&mut self, path: &str, json: &Json) -> Result<crate::cloud::Error, Unreadable> {
        errors::read(self, json, &mut Some(path.to_string()))
    }

    pub(super) fn value(&mut self, json: &Json, at: &mut Option<String>) -> Result<Value, Unreadable> {
        Ok(match json {
            Json::Null => Value::Unit,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Int(whole),
                (None, Some(float)) => Value::Float(float),
                (None, None) => return Err(unreadable(format!("{number} is no number of this language"))),
            },
            Json::String(text) => Value::text(text),
            Json::Array(items) => {
                let read = |(index, item)| within(at, &format!("[{index}]"), |at| self.value(item, at));
                Value::Array(items.iter().enumerate().map(read).collect::<Result<_, _>>()?)
            }
            // An object's own mark comes first.
            Json::Object(map) => match map.iter().find(|(key, _)| key.starts_with('$')) {
                Some((mark, given)) => self.marked(mark, given, json, at)?,
                None => self.map(map.iter().map(|(key, item)| (key.as_str(), item)), at)?,
            },
        })
    }

    fn map<'j>(
        &mut self,
        items: impl Iterator<Item = (&'j str, &'j Json)>,
        at: &mut Option<String>,
    ) -> Result<Value, Unreadable> {
        let mut map = BTreeMap::new();
        for (key, item) in items {
            map.insert(key.to_string(), within(at, &format!(".{key}"), |at| self.value(item, at))?);
        }
        Ok(Value::Map(map))
    }

    fn marked(
        &mut self,
        mark: &str,
        given: &Json,
        whole: &Json,
        at: &mut Option<String>,
    ) -> Result<Value, Unreadable> {
        let wrong = || unreadable(format!("`{mark}` cannot be {given}"));
        let text = || given.as_str().ok_or_else(wrong);
        Ok(match mark {
            "$time" => Value::Time(Time::parse(text()?).ok_or_else(wrong)?),
            "$span" => {
                let nanos = given.as_i64().map(i128::from);
                let nanos = nanos.or_else(|| given.as_str().and_then(|text| text.parse().ok()));
                Value::Span(Span::from_nanos(nanos.ok_or_else(wrong)?))
            }
            "$float" => Value::Float(text()?.parse().map_err(|_| wrong())?),
            "$blob" => Value::Blob(STANDARD.decode(text()?).map_err(|_| wrong())?),
            "$cloud" => Value::Cloud(text()?.into()),
            "$fn" => Value::Other("a closure"),
            "$other" => Value::Other(errors::shared(text()?)),
            "$error" => Value::Error(errors::read(self, given, at)?),
            "$name" => match given.as_array().map(Vec::as_slice) {
                Some([Json::String(noun), Json::String(id)]) => {
                    Value::NameOf(noun_of(noun)?, id.as_str().into())
                }
                _ => return Err(wrong()),
            },
            "$map" => {
                let pairs: Option<Vec<(&str, &Json)>> = given.as_array().and_then(|pairs| {
                    let pair = |pair: &'_ Json| match pair.as_array().map(Vec::as_slice) {
                        Some([Json::String(_), _]) => Some(()),
                        _ => None,
                    };
                    pairs.iter().all(|one| pair(one).is_some()).then(|| {
                        pairs.iter().map(|one| (one[0].as_str().unwrap_or_default(), &one[1])).collect()
                    })
                });
                self.map(pairs.ok_or_else(wrong)?.into_iter(), at)?
            }
            "$o" => {
                let object = self.object(text()?).cloned();
                Value::Resource(
                    object.ok_or_else(|| unreadable(format!("no record made the object {given}")))?,
                )
            }
            "$new" => {
                let object = Handle::new(self.described(noun_of(text()?)?, whole)?);
                set_marks(&object, whole);
                if let Some(at) = at {
                    self.known.insert(at.clone(), object.clone());
                }
                Value::Resource(object)
            }
            _ => Value::Secret(self.secrets.read(whole).ok_or_else(wrong)?),
        })
    }

    fn described(&self, noun: Noun, json: &Json) -> Result<Resource, Unreadable> {
        let Json::Object(mut fields) = json.clone() else {
            return Err(unreadable(format!("{} cannot be {json}", noun.with_article())));
        };
        fields.retain(|key, _| !key.starts_with('$'));
        let raw = fields.remove("raw");
        let secret = stored::secret_field(noun).and_then(|field| fields.remove(field));
        let mut read = stored::read(noun, Json::Object(fields))
            .map_err(|why| unreadable(format!("{} cannot be read: {why}", noun.with_article())))?;
        if let Some(raw) = raw {
            read = stored::with_raw(read, raw);
        }
        if let Some(secret) = secret {
            let secret = self.secrets.read(&secret);
            read = stored::with_secret(read, secret.ok_or_else(|| unreadable("a secret cannot be read"))?);
        }
        Ok(read)
    }
}

/// Whether an object is gone, and which call marked it as out of date.
fn set_marks(object: &Handle, json: &Json) {
    if json.get("$gone").is_some() {
        object.set_gone();
    }
    if let Some(call) = json.get("$stale").and_then(Json::as_str) {
        object.set_stale_by(call.into());
    }
}

fn noun_of(word: &str) -> Result<Noun, Unreadable> {
    let noun = Noun::ALL.into_iter().find(|noun| noun.word() == word);
    noun.ok_or_else(|| unreadable(format!("`{word}` is no noun")))
}
