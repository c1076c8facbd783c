//! The types an argument can be read as: each knows its word in the manual and refuses what does not fit.

use crate::cloud::{Flavor, Handle, Image, Kinded, Noun, Secret, Server, Span, Time, Ty, Value};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

/// Why a value does not fit: what would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What to give instead: "a flavor, its id or its name".
    pub give: String,
    /// What is wrong with the value, where its kind is right and its content is not.
    pub because: Option<String>,
}

impl Mismatch {
    pub(in crate::verbs) fn give(what: impl Into<String>) -> Mismatch {
        Mismatch { give: what.into(), because: None }
    }

    pub(in crate::verbs) fn because(what: impl Into<String>, because: impl Into<String>) -> Mismatch {
        Mismatch { give: what.into(), because: Some(because.into()) }
    }
}

/// A type that an argument or an option is read as.
pub trait Argument: Sized {
    /// Its word in the manual.
    const TY: Ty;
    /// The value as this type, or what to give instead.
    fn read(value: &Value) -> Result<Self, Mismatch>;
    /// Whether a value fits.
    fn check(value: &Value) -> Result<(), Mismatch> {
        Self::read(value).map(|_| ())
    }
}

impl Argument for Value {
    const TY: Ty = Ty::Any;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        Ok(value.clone())
    }
}

/// Anything but a map, where a map would be the options.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain(pub Value);

impl Argument for Plain {
    const TY: Ty = Ty::Any;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Map(_) => Err(Mismatch::give("text, a number, a truth value, a duration or an array")),
            plain => Ok(Plain(plain.clone())),
        }
    }
}

impl Argument for bool {
    const TY: Ty = Ty::Bool;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            _ => Err(Mismatch::give("`true` or `false`")),
        }
    }
}

impl Argument for i64 {
    const TY: Ty = Ty::Int;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Int(number) => Ok(*number),
            _ => Err(Mismatch::give("a whole number")),
        }
    }
}

/// A count or a size: 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Positive(pub i64);

impl Argument for Positive {
    const TY: Ty = Ty::Int;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Int(number) if *number > 0 => Ok(Positive(*number)),
            Value::Int(number) => {
                Err(Mismatch::because("a whole number, 1 or more", format!("it is {number}")))
            }
            _ => Err(Mismatch::give("a whole number, 1 or more")),
        }
    }
}

impl Argument for Arc<str> {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            Value::Secret(secret) => Ok(secret.reveal().into()),
            _ => Err(Mismatch::give("text")),
        }
    }
}

impl Argument for String {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        <Arc<str>>::read(value).map(|text| text.to_string())
    }
}

/// Text that is not empty: a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

impl Argument for Name {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) if !text.trim().is_empty() => Ok(Name(text.to_string())),
            Value::Text(_) => Err(Mismatch::because("a name", "it is empty")),
            Value::Secret(secret) if !secret.reveal().trim().is_empty() => {
                Ok(Name(secret.reveal().to_string()))
            }
            _ => Err(Mismatch::give("text")),
        }
    }
}

impl Argument for Secret {
    const TY: Ty = Ty::Secret;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Secret(secret) => Ok(secret.clone()),
            Value::Text(text) => Ok(Secret::new(text.clone())),
            _ => Err(Mismatch::give("text or a secret")),
        }
    }
}

/// Text, a secret or a blob: bytes to send.
#[derive(Clone)]
pub struct Data(pub Vec<u8>);

impl Argument for Data {
    const TY: Ty = Ty::Data;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => Ok(Data(text.as_bytes().to_vec())),
            Value::Secret(secret) => Ok(Data(secret.reveal().as_bytes().to_vec())),
            Value::Blob(bytes) => Ok(Data(bytes.clone())),
            _ => Err(Mismatch::give("text or a blob")),
        }
    }
}

impl Argument for Span {
    const TY: Ty = Ty::Duration;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a duration such as \"30s\", \"10m\" or \"1h30m\", or a whole number of seconds";
        match value {
            Value::Span(span) if span.nanos() >= 0 => Ok(*span),
            Value::Int(seconds) if *seconds >= 0 => Ok(Span::from_secs(*seconds)),
            Value::Text(text) => {
                Span::parse(text).ok_or_else(|| Mismatch::because(GIVE, format!("`{text}` is no duration")))
            }
            Value::Span(_) | Value::Int(_) => Err(Mismatch::because(GIVE, "it is negative")),
            _ => Err(Mismatch::give(GIVE)),
        }
    }
}

/// A duration, or `true` for ten minutes; `false` for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(pub Option<Span>);

impl Argument for TimeLimit {
    const TY: Ty = Ty::Either(&Ty::Duration, &Ty::Bool);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(true) => Ok(TimeLimit(Some(Span::from_secs(600)))),
            Value::Bool(false) => Ok(TimeLimit(None)),
            other => Span::read(other).map(|span| TimeLimit(Some(span))),
        }
    }
}

impl Argument for Time {
    const TY: Ty = Ty::Time;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Time(time) => Ok(*time),
            _ => Err(Mismatch::give("a time")),
        }
    }
}

impl<T: Argument> Argument for Vec<T> {
    const TY: Ty = Ty::ArrayOf(&T::TY);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Array(items) => items.iter().map(T::read).collect(),
            _ => Err(Mismatch::give(format!("an array of {}", plural(&T::TY)))),
        }
    }
}

/// One of something, or an array of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T: Argument> Argument for OneOrMany<T> {
    const TY: Ty = Ty::OneOrMany(&T::TY);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Array(items) => items.iter().map(T::read).collect::<Result<_, _>>().map(OneOrMany),
            one => T::read(one).map(|one| OneOrMany(vec![one])),
        }
    }
}

/// Any map.
pub type Map = BTreeMap<String, Value>;

impl Argument for Map {
    const TY: Ty = Ty::MapOf(&Ty::Any);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Map(map) => Ok(map.clone()),
            _ => Err(Mismatch::give("a map: #{ … }")),
        }
    }
}

/// A map of metadata: values are text; numbers and truth values are written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta(pub BTreeMap<String, String>);

/// A metadata value as text; `None` for what cannot be one.
pub fn meta_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Secret(secret) => Some(secret.reveal().to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

impl Argument for Meta {
    const TY: Ty = Ty::MapOf(&Ty::Text);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a map of text, numbers or truth values: #{ role: \"web\" }";
        let Value::Map(map) = value else { return Err(Mismatch::give(GIVE)) };
        map.iter()
            .map(|(key, value)| {
                let MetaKey(key) = MetaKey::of(key)?;
                let text = meta_text(value).ok_or_else(|| {
                    Mismatch::because(GIVE, format!("the value of `{key}` is {}", value.kind()))
                })?;
                Ok((key, text))
            })
            .collect::<Result<_, _>>()
            .map(Meta)
    }
}

/// A metadata key: text of 1 to 255 characters on every cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaKey(pub String);

impl MetaKey {
    fn of(text: &str) -> Result<MetaKey, Mismatch> {
        match text.chars().count() {
            1..=255 => Ok(MetaKey(text.to_string())),
            0 => Err(Mismatch::because("a metadata key of 1 to 255 characters", "it is empty")),
            many => {
                let because = format!("this one has {many}");
                Err(Mismatch::because("a metadata key of 1 to 255 characters", because))
            }
        }
    }
}

impl Argument for MetaKey {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => MetaKey::of(text),
            Value::Secret(secret) => MetaKey::of(secret.reveal()),
            _ => Err(Mismatch::give("text")),
        }
    }
}

/// One metadata value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaValue(pub String);

impl Argument for MetaValue {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        meta_text(value).map(MetaValue).ok_or_else(|| Mismatch::give("text, a number or a truth value"))
    }
}

/// Path to contents.
#[derive(Clone)]
pub struct Files(pub Vec<(String, Vec<u8>)>);

impl Argument for Files {
    const TY: Ty = Ty::MapOf(&Ty::Data);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a map of path to text or blob: #{ \"/etc/motd\": \"hello\" }";
        let Value::Map(map) = value else { return Err(Mismatch::give(GIVE)) };
        map.iter()
            .map(|(path, contents)| match Data::read(contents) {
                Ok(Data(bytes)) => Ok((path.clone(), bytes)),
                Err(_) => {
                    Err(Mismatch::because(GIVE, format!("the value of `{path}` is {}", contents.kind())))
                }
            })
            .collect::<Result<_, _>>()
            .map(Files)
    }
}

/// A resource as an argument: an object, or text that is its id or unique name.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference {
    /// The object itself.
    Object(Handle),
    /// Its id or name.
    Text(Arc<str>),
}

fn reference(value: &Value, noun: Noun) -> Result<Reference, Mismatch> {
    let give = || format!("{}, its id or its name", noun.with_article());
    match value {
        Value::Resource(resource) if resource.noun() == noun => Ok(Reference::Object(resource.clone())),
        Value::Text(text) if !text.trim().is_empty() => Ok(Reference::Text(text.clone())),
        Value::Text(_) => Err(Mismatch::because(give(), "it is empty")),
        _ => Err(Mismatch::give(give())),
    }
}

/// A resource of one noun: an object, an id or a unique name.
#[derive(Debug, Clone, PartialEq)]
pub struct Ref<N>(pub Reference, PhantomData<fn() -> N>);

impl<N> Ref<N> {
    /// The object's id; text as it was written, where the cloud takes names too.
    pub fn id_or_text(&self) -> String {
        match &self.0 {
            Reference::Object(resource) => resource.id().to_string(),
            Reference::Text(text) => text.to_string(),
        }
    }
}

impl<N: Kinded> Argument for Ref<N> {
    const TY: Ty = Ty::Ref(N::NOUN);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        reference(value, N::NOUN).map(|reference| Ref(reference, PhantomData))
    }
}

/// A server: an object, an id or a unique name.
pub type ServerRef = Ref<Server>;
/// An image: an object, an id or a unique name.
pub type ImageRef = Ref<Image>;
/// A flavor: an object, an id or a unique name.
pub type FlavorRef = Ref<Flavor>;

/// A resource of any of several nouns; text names a server.
pub(super) fn one_of(value: &Value, nouns: &[Noun], what: &str) -> Result<Reference, Mismatch> {
    match value {
        Value::Resource(resource) if nouns.contains(&resource.noun()) => {
            Ok(Reference::Object(resource.clone()))
        }
        Value::Text(text) if !text.trim().is_empty() => Ok(Reference::Text(text.clone())),
        Value::Text(_) => Err(Mismatch::because(what, "it is empty")),
        _ => Err(Mismatch::give(what)),
    }
}

/// What has metadata; text names a server.
#[derive(Debug, Clone, PartialEq)]
pub struct HolderRef(pub Reference);

impl HolderRef {
    const NOUNS: &'static [Noun] = &[Noun::Server, Noun::Image, Noun::Volume, Noun::Snapshot];
}

impl Argument for HolderRef {
    const TY: Ty = Ty::AnyRef(HolderRef::NOUNS);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const WHAT: &str = "a server, its id or its name, or an image, a volume or a snapshot (text names a server: \
                            write image(\"…\"))";
        one_of(value, HolderRef::NOUNS, WHAT).map(HolderRef)
    }
}

/// What a snapshot can be made of; text names a server.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRef(pub Reference);

impl SourceRef {
    const NOUNS: &'static [Noun] = &[Noun::Server, Noun::Volume, Noun::Stack];
}

impl Argument for SourceRef {
    const TY: Ty = Ty::AnyRef(SourceRef::NOUNS);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const WHAT: &str =
            "a server, its id or its name, or a volume or a stack (text names a server: write volume(\"…\"))";
        one_of(value, SourceRef::NOUNS, WHAT).map(SourceRef)
    }
}

/// Any resource; text names a server.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyRef(pub Reference);

impl Argument for AnyRef {
    const TY: Ty = Ty::AnyRef(&Noun::ALL);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        one_of(value, &Noun::ALL, "a resource, or a server's id or name").map(AnyRef)
    }
}

/// How a reboot is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RebootKind {
    /// Power cut, rather than asking the guest.
    pub hard: bool,
}

impl Argument for RebootKind {
    const TY: Ty = Ty::OneOf(&["soft", "hard"]);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) if text.eq_ignore_ascii_case("soft") => Ok(RebootKind { hard: false }),
            Value::Text(text) if text.eq_ignore_ascii_case("hard") => Ok(RebootKind { hard: true }),
            Value::Text(text) => {
                Err(Mismatch::because("\"soft\" or \"hard\"", format!("`{text}` is neither")))
            }
            _ => Err(Mismatch::give("\"soft\" or \"hard\"")),
        }
    }
}

/// What happens when members of a bulk call fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnError {
    /// Failed members come back as error values.
    pub collect: bool,
}

impl Argument for OnError {
    const TY: Ty = Ty::OneOf(&["stop", "collect"]);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) if &**text == "stop" => Ok(OnError { collect: false }),
            Value::Text(text) if &**text == "collect" => Ok(OnError { collect: true }),
            Value::Text(text) => {
                Err(Mismatch::because("\"stop\" or \"collect\"", format!("`{text}` is neither")))
            }
            _ => Err(Mismatch::give("\"stop\" or \"collect\"")),
        }
    }
}

/// A type's word for several of it.
fn plural(ty: &Ty) -> String {
    match ty {
        Ty::Text | Ty::Secret => "texts".to_string(),
        Ty::Int | Ty::Float => "numbers".to_string(),
        Ty::MapOf(_) | Ty::Record(_) | Ty::Options => "maps".to_string(),
        Ty::Ref(noun) | Ty::Of(noun) => format!("{}s", noun.as_str()),
        Ty::AnyRef(_) => "resources".to_string(),
        _ => "values".to_string(),
    }
}
