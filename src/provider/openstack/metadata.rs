//! Metadata of servers, images, volumes and snapshots. rhain's own marker is kept, and never told.

use super::OpenStack;
use super::call::is_segment;
use super::glance;
use super::glance::property;
use super::metadata_calls::{self, Place};
use super::nova::{files, version};
use super::session::Call;
use crate::cloud::call_scope::unsure;
use crate::cloud::{Error, Holder, Kind, MARKER, Metadata, Result, TagChange};
use crate::provider::recover::Seen;
use crate::wire::Method;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[async_trait]
impl Metadata for OpenStack {
    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        let mut meta = self.raw_meta(holder).await?;
        meta.remove(MARKER);
        Ok(meta)
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let holds =
            |now: &BTreeMap<String, String>| items.iter().all(|(key, value)| now.get(key) == Some(value));
        match self.place(holder).await? {
            Some(place) => {
                self.change(&metadata_calls::set(&place, items), |body| holds(&metadata_calls::decode(body)))
                    .await
            }
            None => {
                let call = property::patch(holder.id(), items, &[]).map_err(|error| self.own(error))?;
                self.change(&call, |body| holds(&property::decode(body))).await
            }
        }
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        let old = self.raw_meta(holder).await?;
        match self.place(holder).await? {
            Some(place) => {
                let mut items = items.clone();
                if let Some(marker) = old.get(MARKER) {
                    items.insert(MARKER.to_string(), marker.clone());
                }
                self.change(&metadata_calls::replace(&place, &items), |body| {
                    metadata_calls::decode(body) == items
                })
                .await
            }
            None => {
                let gone = |key: &&String| *key != MARKER && !items.contains_key(*key);
                let gone: Vec<String> = old.keys().filter(gone).cloned().collect();
                if gone.is_empty() && items.is_empty() {
                    return Ok(());
                }
                let call = property::patch(holder.id(), items, &gone)?;
                let is_so = |now: &BTreeMap<String, String>| {
                    gone.iter().all(|key| !now.contains_key(key))
                        && items.iter().all(|(key, value)| now.get(key) == Some(value))
                };
                self.change(&call, |body| is_so(&property::decode(body))).await
            }
        }
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        let place = self.place(holder).await?;
        if let Some(place) = place.as_ref().filter(|_| is_segment(key))
            && self.take_away(&metadata_calls::delete(place, key)).await?
        {
            return Ok(());
        }
        // Not deleted by its own path: it is not there, or its key cannot stand in a path (`a/b`, `x.json`).
        let mut rest = self.raw_meta(holder).await?;
        if rest.remove(key).is_none() {
            // A run that died may have taken it away.
            if unsure().is_some() {
                return Ok(());
            }
            rest.remove(MARKER);
            let has = rest.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let mut error = self.own(Error::new(Kind::NotFound, format!("there is no metadata `{key}`")));
            error.help = (!has.is_empty()).then(|| format!("choose one that is there: {has}"));
            return Err(error.coded("cloud::not_found"));
        }
        let lacks = |now: &BTreeMap<String, String>| !now.contains_key(key);
        match place {
            Some(place) => {
                self.change(&metadata_calls::replace(&place, &rest), |body| {
                    lacks(&metadata_calls::decode(body))
                })
                .await
            }
            None => {
                let call = property::patch(holder.id(), &BTreeMap::new(), &[key.to_string()])?;
                self.change(&call, |body| lacks(&property::decode(body))).await
            }
        }
    }

    async fn update_tags(&self, server: &str, change: &TagChange) -> Result<()> {
        let range = self.compute().await?;
        let version = version::at_least(&range, version::TAGS)
            .ok_or_else(|| self.own(files::too_old("a server's tags", version::TAGS, &range)))?;
        let show = metadata_calls::tags(server, version);
        let now = self.tags_of(&show).await?;
        let (missing, gone) = change.differ(&now);
        if missing.is_empty() && gone.is_empty() {
            return Ok(());
        }
        // One by one what others change in the meantime would stay; there is no tag with a `,` or a `/`, which Nova says of the whole.
        let one_by_one = !matches!(change, TagChange::Replace(_))
            && missing.len() + gone.len() == 1
            && missing.iter().chain(&gone).all(|tag| is_segment(tag) && !tag.contains(['/', ',']));
        let is_so = |body: &Json| change.differ(&metadata_calls::decode_tags(body)) == Default::default();
        let call = match (one_by_one, missing.first(), gone.first()) {
            (true, Some(tag), _) => metadata_calls::tag(server, tag, Method::Put, version),
            (true, _, Some(tag)) => {
                let call = metadata_calls::tag(server, tag, Method::Delete, version);
                let look = || async {
                    Ok(if is_so(&self.json(&show).await?) { Seen::Effect(true) } else { Seen::Nothing })
                };
                // One that somebody else took away meanwhile is away.
                return self.take_away_seen(&call, look).await.map(drop);
            }
            _ => metadata_calls::replace_tags(server, &change.after(&now), version),
        };
        self.change_seen(&call, &show, is_so).await
    }
}

impl OpenStack {
    /// The tags of a server now.
    async fn tags_of(&self, show: &Call) -> Result<Vec<String>> {
        Ok(metadata_calls::decode_tags(&self.json(show).await?))
    }

    /// The metadata calls' place, or `None` for an image in Glance.
    async fn place(&self, holder: &Holder) -> Result<Option<Place>> {
        Ok(match holder {
            Holder::Server(id) => Some(metadata_calls::of_server(id, &self.compute().await?)),
            Holder::Image(_) if self.has_glance().await? => None,
            Holder::Image(id) => Some(metadata_calls::of_image(id, &self.compute().await?)),
            Holder::Volume(id) => Some(metadata_calls::of_volume(id)),
            Holder::Snapshot(id) => Some(metadata_calls::of_snapshot(id)),
        })
    }

    /// Metadata with rhain's own marker still in it.
    async fn raw_meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        match self.place(holder).await? {
            Some(place) => Ok(metadata_calls::decode(&self.json(&metadata_calls::show(&place)).await?)),
            None => Ok(property::decode(&self.json(&glance::image::show(holder.id())).await?)),
        }
    }
}
