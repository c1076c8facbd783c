//! Our own settings, `~/.config/rhain/config.toml`: the default cloud, clouds of our own, and other names for clouds.
//!
//! ```toml
//! default = "lab"
//!
//! [clouds.lab]              # another name
//! cloud = "aws:production"
//!
//! [clouds.moto]             # a cloud that stands here; the keys of a profile of AWS's, or of an entry of clouds.yaml
//! provider = "aws"
//! endpoint_url = "http://127.0.0.1:5566"
//! aws_access_key_id = "any"
//! aws_secret_access_key = "any"
//! ```

use super::document::{At, Data, Item};
use super::encoding;
use super::environment::Environment;
use super::openstack::bad_value;
use super::own_keys;
use crate::cloud::{Error, Kind};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of the whole file.
const KEYS: [&str; 2] = ["default", "clouds"];

/// What the file says.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    /// The default cloud, and where it was said.
    pub(super) default: Option<(String, At)>,
    /// Clouds of OpenStack, by name.
    pub(super) openstack: Vec<(String, Item)>,
    /// Clouds of AWS, by name.
    pub(super) aws: Vec<(String, Item)>,
    /// Clouds of CloudStack, by name.
    pub(super) cloudstack: Vec<(String, Item)>,
    /// Other names: the new one, the old one, and where that was said.
    pub(super) names: Vec<(String, String, At)>,
    /// What keeps the file from being understood as a whole.
    pub(super) refusal: Option<Error>,
    /// Slips in clouds of OpenStack, by the cloud's name.
    pub(super) slips: Vec<(String, Error)>,
}

/// Read the first of the files that is there.
pub(super) fn read(environment: &Environment, problems: &mut Vec<Error>) -> Own {
    let paths = environment.config_folders("rhain").into_iter().map(|folder| folder.join("config.toml"));
    let Some(path) = paths.into_iter().find(|path| path.is_file()) else { return Own::default() };
    let shown = environment.shown(&path);
    let read = encoding::text(&path, &shown).and_then(|text| parse(&text, &shown));
    match read {
        Ok(all) => own(&all, problems),
        Err(error) => {
            problems.push(error.clone());
            Own { refusal: Some(error), ..Own::default() }
        }
    }
}

fn own(all: &Item, problems: &mut Vec<Error>) -> Own {
    let mut own = Own::default();
    let name = |item: &Item| match &item.data {
        Data::Text { text, plain: false } if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    match all.get("default").map(|item| (item, name(item))) {
        Some((item, Some(name))) => own.default = Some((name, item.at.clone())),
        Some((item, None)) => problems.push(bad_value(
            &item.at,
            format!("`default` in {} is no text", item.at.line()),
            "write `default = \"NAME\"`, with the name of a cloud",
        )),
        None => {}
    }
    for (key, item) in all.fields() {
        if !KEYS.contains(&key.as_str()) {
            let error = own_keys::unknown("config.toml", key, item, &KEYS);
            own.refusal.get_or_insert_with(|| error.clone());
            problems.push(error);
        }
    }
    for (name, item) in all.get("clouds").map(Item::fields).unwrap_or_default() {
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        match (text("provider"), text("cloud")) {
            (None, Some(old)) if old != name => {
                if let Some((key, value)) = item.fields().iter().find(|(key, _)| key != "cloud") {
                    problems.push(own_keys::unknown(&format!("the other name `{name}`"), key, value, &["cloud"]));
                }
                own.names.push((name.clone(), old.to_string(), item.at.clone()));
            }
            (Some("aws"), None) => own.aws.push((name.clone(), item.clone())),
            (Some("cloudstack"), None) => own.cloudstack.push((name.clone(), item.clone())),
            (Some("openstack"), _) => {
                if let Err(error) = own_keys::check_openstack(name, item) {
                    own.slips.push((name.clone(), error));
                }
                let mut item = item.clone();
                item.take("provider");
                own.openstack.push((name.clone(), item));
            }
            _ => problems.push(bad_value(
                &item.at,
                format!("cloud `{name}` says neither what it is nor which cloud it is, at {}", item.at.line()),
                "write `provider = \"openstack\"`, `\"aws\"` or `\"cloudstack\"` and its settings, or `cloud = \"NAME\"` with the name of another",
            )),
        }
    }
    own
}

/// Parse TOML into the tree that other files are read into.
fn parse(text: &str, shown: &str) -> Result<Item, Error> {
    let file: Arc<str> = Arc::from(shown);
    let place = |span: &Range<usize>| {
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        At::File(file.clone(), before.matches('\n').count() + 1, line.chars().count() + 1)
    };
    let table = DeTable::parse(text).map_err(|error| {
        let at = place(&error.span().unwrap_or_default());
        let what = error.message().lines().collect::<Vec<_>>().join("; ");
        let message = format!("{shown} is no TOML from {} on: {what}", at.line());
        let help = "put text in quotes: `default = \"NAME\"`";
        at.mark(Error::new(Kind::InvalidArgument, message).coded("config::syntax").help(help))
    })?;
    Ok(Item { at: place(&(0..0)), data: fields(table.get_ref(), &place) })
}

fn fields(table: &DeTable<'_>, place: &dyn Fn(&Range<usize>) -> At) -> Data {
    let mut all: Vec<_> = table.iter().collect();
    // In the order in which a person wrote them.
    all.sort_by_key(|(key, _)| key.span().start);
    let item = |key: &Spanned<_>, value: &Spanned<DeValue<'_>>| {
        let item = item(value, place);
        // A table is found at its name, which is what a person looks for.
        if item.is_map() { Item { at: place(&key.span()), ..item } } else { item }
    };
    Data::Map(all.into_iter().map(|(key, value)| (key.get_ref().to_string(), item(key, value))).collect())
}

fn item(value: &Spanned<DeValue<'_>>, place: &dyn Fn(&Range<usize>) -> At) -> Item {
    let data = match value.get_ref() {
        DeValue::Table(table) => fields(table, place),
        DeValue::Array(items) => Data::List(items.iter().map(|value| item(value, place)).collect()),
        DeValue::String(text) => Data::Text { text: text.to_string(), plain: false },
        DeValue::Integer(number) => Data::Text { text: number.to_string(), plain: true },
        DeValue::Float(number) => Data::Text { text: number.to_string(), plain: true },
        DeValue::Boolean(truth) => Data::Text { text: truth.to_string(), plain: true },
        DeValue::Datetime(time) => Data::Text { text: time.to_string(), plain: true },
    };
    Item { at: place(&value.span()), data }
}
