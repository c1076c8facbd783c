//! Metadata in tags: what scripts see of them, and changes that leave the name, AWS's own tags and rhain's marker alone.

use super::Aws;
use super::decode::text;
use super::ec2::{image, tag};
use crate::cloud::call_scope;
use crate::cloud::{Error, Holder, Kind, MARKER, Metadata, Result, TagChange};
use async_trait::async_trait;
use std::collections::BTreeMap;

#[async_trait]
impl Metadata for Aws {
    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        Ok(visible(holder, self.all_tags(holder.id()).await?))
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.check_keys(holder, items)?;
        let items = items.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        self.ask(&tag::set(holder.id(), items)).await.map(drop)
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.check_keys(holder, items)?;
        let old = self.meta(holder).await?;
        // New ones first: a break in between loses nothing.
        self.set_meta(holder, items).await?;
        let gone: Vec<&str> = old
            .keys()
            .filter(|key| !items.contains_key(*key) && *key != tag::NAME)
            .map(String::as_str)
            .collect();
        match gone.is_empty() {
            true => Ok(()),
            false => self.ask(&tag::delete(holder.id(), gone)).await.map(drop),
        }
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        let has = self.meta(holder).await?;
        if has.contains_key(key) {
            return self.ask(&tag::delete(holder.id(), [key])).await.map(drop);
        }
        // A run that died may have taken it away.
        if call_scope::unsure().is_some() {
            return Ok(());
        }
        let has = has.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let mut error = self.session.own(Error::new(Kind::NotFound, format!("there is no metadata `{key}`")));
        error.help = (!has.is_empty()).then(|| format!("choose one that is there: {has}"));
        Err(error.coded("cloud::not_found"))
    }

    async fn update_tags(&self, server: &str, change: &TagChange) -> Result<()> {
        let all = self.all_tags(server).await?;
        let is_tag = |key: &str, value: &str| {
            value.is_empty() && key != tag::NAME && key != MARKER && !key.starts_with("aws:")
        };
        let now: Vec<String> =
            all.iter().filter(|(key, value)| is_tag(key, value)).map(|(key, _)| key.clone()).collect();
        let (missing, gone) = change.differ(&now);
        tag::check(missing.iter().map(String::as_str)).map_err(|error| self.session.own(error))?;
        if let Some(both) = missing.iter().find(|key| all.get(*key).is_some_and(|value| !value.is_empty())) {
            let error = Error::new(
                Kind::Conflict,
                format!("`{both}` is metadata of this server already, and a key has one value on EC2"),
            );
            return Err(self
                .session
                .own(error.coded("cloud::conflict"))
                .help("choose another tag, or delete_meta it first"));
        }
        // New ones first: a break in between loses nothing.
        if !missing.is_empty() {
            self.ask(&tag::set(server, missing.iter().map(|key| (key.as_str(), "")))).await?;
        }
        if !gone.is_empty() {
            self.ask(&tag::delete(server, gone.iter().map(String::as_str))).await?;
        }
        Ok(())
    }
}

impl Aws {
    /// Every tag, by key.
    async fn all_tags(&self, id: &str) -> Result<BTreeMap<String, String>> {
        let pair =
            |tag: &serde_json::Value| Some((text(tag, "key")?, text(tag, "value").unwrap_or_default()));
        Ok(self.every(tag::show(id), "tagSet", pair).await?.into_iter().collect())
    }

    fn check_keys(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        match holder {
            Holder::Image(_) => image::tags(items).map(drop),
            _ => tag::check(items.keys().map(String::as_str)),
        }
        .map_err(|error| self.session.own(error))
    }
}

/// The tags that are metadata; of an image, which has a name of its own, the tag `Name` too.
fn visible(holder: &Holder, tags: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let image = matches!(holder, Holder::Image(_));
    let shown = |key: &str, value: &str| {
        key != MARKER && !key.starts_with("aws:") && (image || key != tag::NAME) && !value.is_empty()
    };
    tags.into_iter().filter(|(key, value)| shown(key, value)).collect()
}
