//! The bytes of images: sent to an image that is made for them, and saved. They pass by and are summed; none of them is kept in
//! memory. An image that does not get all of its bytes is deleted again.

use super::OpenStack;
use super::decode::text;
use super::glance::{image, property};
use super::marked::Mark;
use super::recover::{Attempt, quoted};
use super::session::Range;
use crate::base::stream::{Content, Sink};
use crate::cloud::{Account, Error, Image, ImageSpec, Kind, Result, SavedImage, Value};
use crate::provider::digest::{self, Checksum, Summed};
use crate::provider::recover::{self, Seen, Settled, is_open};
use crate::provider::transfer::{AtMost, cut_off};
use crate::wire::{Answer, Outgoing};
use serde_json::Value as Json;
use std::sync::Arc;

/// The algorithms by which Glance usually tells a checksum.
const USUAL: [&str; 2] = ["sha512", "md5"];

impl OpenStack {
    pub(super) async fn needs_glance(&self, verb: &'static str) -> Result<()> {
        if self.has_glance().await? {
            return Ok(());
        }
        let mut error = self.unsupported(verb);
        error.message = format!("{} has no image service in its catalog", self.session.name());
        Err(self.own(error))
    }

    /// An image with all of these bytes.
    pub(super) async fn make_of_bytes(&self, spec: &ImageSpec) -> Result<Image> {
        self.needs_glance("upload_image").await?;
        property::no_fields(spec.meta.keys()).map_err(|error| self.own(error))?;
        let made = self.make_empty(spec).await?;
        match self.fill(&made.id, spec).await {
            Ok(image) => Ok(image),
            Err(error) => Err(self.without(&made, error).await),
        }
    }

    /// An image that waits for its bytes.
    async fn make_empty(&self, spec: &ImageSpec) -> Result<Image> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let marker = crate::cloud::call_scope::token();
        let attempt = Attempt {
            verb: "upload_image",
            sought: "an image with this call's marker".to_string(),
            list: format!("images(#{{ name: {} }})", quoted(&spec.name)),
        };
        let call = image::create(spec, &marker);
        let mark: Mark = self.mark_of_image(&spec.name, marker, &Range::default()).await?;
        let decode = |body: &Json| image::decode(body, cloud, now);
        let made =
            |answer: &Answer| decode(&serde_json::from_slice::<Json>(&answer.body).unwrap_or_default());
        self.create_known(&call, &attempt, mark, made, decode, |image| image.id.clone()).await
    }

    /// Send an image its bytes, and compare what the cloud has with them.
    async fn fill(&self, id: &str, spec: &ImageSpec) -> Result<Image> {
        let summed = Summed::new(spec.content.clone(), &USUAL);
        let content: Arc<dyn Content> = Arc::new(summed.clone());
        let (sent, whole) = (|| Summed::size(&summed), spec.content.size());
        let send = || async { self.ask(&image::upload(id, Outgoing(content.clone()))).await.map(drop) };
        let cut_off = |mut error: Error| {
            if error.kind != Kind::Failed {
                error.message =
                    format!("the upload of `{}` was cut off after {} of {whole} bytes", spec.name, sent());
            }
            error
        };
        match send().await {
            // All of it has left: the image tells whether it arrived.
            Err(lost)
                if is_open(&lost) && (sent() == whole || crate::cloud::call_scope::unsure().is_some()) =>
            {
                match recover::settle(&*self.clock, lost, || self.look_for_bytes(id), send).await {
                    Settled::Done { .. } => {}
                    Settled::Refused(error) => return Err(error),
                    Settled::Unknown(error, _) => return Err(cut_off(error)),
                }
            }
            Err(error) if is_open(&error) => return Err(cut_off(error)),
            known => known?,
        }
        let body = self.json(&image::show(id)).await?;
        let wrong = |what: String| {
            let message = format!("what {} has of `{}` is not what was sent: {what}", self.name(), spec.name);
            Err(self.own(Error::new(Kind::Failed, message).help("upload it again")))
        };
        match (text(&body, "status").unwrap_or_default().as_str(), body.get("size").and_then(Json::as_u64)) {
            ("active" | "deactivated", Some(size)) if size == whole => {}
            ("active" | "deactivated", Some(size)) => return wrong(format!("{size} bytes of {whole}")),
            ("active" | "deactivated", None) => return wrong("it tells no size".to_string()),
            (status, _) => return wrong(format!("it is {}", status.to_uppercase())),
        }
        if let Some(told) = image::checksum(&body) {
            // What an earlier life of the run sent did not pass by here.
            let own = match summed.value(&told.algorithm).filter(|_| sent() == whole) {
                Some(own) => Some(own),
                None => digest::of_content(&*spec.content, &told.algorithm).map_err(|error| {
                    self.own(Error::new(Kind::Failed, format!("the bytes cannot be read again: {error}")))
                })?,
            };
            if own.is_some_and(|own| own != told.value) {
                return wrong(format!("its {} is another", told.algorithm));
            }
        }
        let read = image::decode(&body, self.session.name(), self.clock.now());
        read.ok_or_else(|| self.own(Error::new(Kind::Protocol, format!("the image {id} is not described"))))
    }

    /// Whether an image whose upload was not answered has its bytes.
    async fn look_for_bytes(&self, id: &str) -> Result<Seen<()>> {
        let body = self.json(&image::show(id)).await?;
        Ok(match text(&body, "status").unwrap_or_default().as_str() {
            "active" => Seen::Effect(()),
            "queued" => Seen::Nothing,
            _ => Seen::Unclear,
        })
    }

    /// The error of an image that did not get its bytes, which is deleted again.
    async fn without(&self, made: &Image, mut error: Error) -> Error {
        match self.take_away(&image::delete(&made.id)).await {
            Ok(_) => {
                error.maybe = false;
                error.facts.push(("exists", "nothing of it: the image was deleted again".to_string()));
            }
            Err(_) => {
                error.maybe = true;
                let what =
                    format!("perhaps the image `{}` ({}), without all of its bytes", made.name, made.id);
                error.facts.push(("exists", what));
                error.exists.push(Value::from(made.clone()));
                error.help = Some(format!("delete it: `delete(image({}))`", quoted(&made.id)));
            }
        }
        error
    }

    /// Write an image's bytes.
    pub(super) async fn write_bytes(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        self.needs_glance("save_image").await?;
        let body = self.json(&image::show(id)).await?;
        let name = text(&body, "name").unwrap_or_else(|| id.to_string());
        let status = text(&body, "status").unwrap_or_default();
        if matches!(status.as_str(), "queued" | "saving" | "uploading" | "importing") {
            let message =
                format!("the image `{name}` is {}: its bytes are still coming", status.to_uppercase());
            let error = Error::new(Kind::Conflict, message).coded("cloud::conflict");
            return Err(self.own(error.help("wait for it first: `wait_active(image)`")));
        }
        let whole = body.get("size").and_then(Json::as_u64);
        let told: Option<Checksum> = image::checksum(&body);
        let algorithm: Vec<&str> = told.iter().map(|told| told.algorithm.as_str()).collect();
        let bound = Arc::new(AtMost::new(to, whole));
        let summed = Summed::new(bound.clone() as Arc<dyn Sink>, &algorithm);
        let answer = match self.ask(&image::download(id, Arc::new(summed.clone()))).await {
            Ok(answer) => answer,
            Err(mut error) if bound.is_over() => {
                error.message =
                    format!("what came is not the image `{name}`: it is more than {} bytes", bound.most());
                return Err(error.help("look at what answers in the place of the image service"));
            }
            Err(error) => return Err(cut_off(error, &name, Summed::size(&summed), whole)),
        };
        if answer.status == 204 {
            let message = format!("the image `{name}` has no bytes that can be saved");
            return Err(self.own(Error::new(Kind::Failed, message).coded("cloud::failed")));
        }
        let size = Summed::size(&summed);
        if let Some(whole) = whole.filter(|whole| *whole != size) {
            let error = Error::new(Kind::Network, "").coded("cloud::network");
            return Err(self.own(cut_off(error, &name, size, Some(whole))));
        }
        if let Some(told) =
            told.as_ref().filter(|told| summed.value(&told.algorithm).as_ref() != Some(&told.value))
        {
            let message = format!("what came is not the image `{name}`: its {} is another", told.algorithm);
            return Err(
                self.own(Error::new(Kind::Failed, message).coded("cloud::failed").help("save it again"))
            );
        }
        Ok(SavedImage { size, sized: whole.is_some(), checked: told.is_some() })
    }
}
