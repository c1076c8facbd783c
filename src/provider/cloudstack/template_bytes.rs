//! The bytes of templates. They do not go to the API but to the zone's secondary storage, which takes a form at an address that
//! the API gives, and gives files at links that it makes. Neither sees a key of the session: what proves the right is in the
//! answer of the API. A template that does not get all of its bytes is deleted again.
//!
//! Parameters and answers: `getUploadParamsForTemplate` and `extractTemplate` of the API reference; headers, the form and the
//! words of its server: CloudStack's `HttpUploadServerHandler`.

use super::CloudStack;
use super::call::Call;
use super::decode::{text, truth};
use super::form::{Form, boundary};
use super::resources::Making;
use super::zones::Zone;
use crate::base::stream::Content;
use crate::cloud::call_scope;
use crate::cloud::{Error, Holder, Image, ImageSpec, Images, Kind, Result, Value};
use crate::provider::digest::{self, Summed};
use crate::provider::recover::{Seen, is_open, quoted};
use crate::wire::{Body, Intent, Method, Outgoing, Request};
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;

/// How long a storage may take for what it was sent: it unpacks and copies it.
const LONGEST: Duration = Duration::from_secs(600);
const EVERY: Duration = Duration::from_secs(2);

/// How long it is looked for where nobody said that it has come.
const UNHEARD: Duration = Duration::from_secs(120);

/// How often a place is asked for, where the answer is lost each time.
const ROUNDS: usize = 2;

/// What the API gives for one upload.
struct Place {
    url: String,
    metadata: String,
    expires: String,
    signature: String,
}

/// Whether a template waits for the bytes of this call: it has their checksum and their format, and none of them. What another made
/// of that name is not ours to delete.
fn is_ours(row: &Json, call: &Call) -> bool {
    let is = |field: &str| text(row, field).as_deref() == call.get(field);
    truth(row, "isready") != Some(true) && is("checksum") && is("format")
}

impl CloudStack {
    /// A template with all of these bytes.
    pub(super) async fn make_of_bytes(&self, spec: &ImageSpec) -> Result<Image> {
        let format = self.format_of(spec)?;
        let public = match spec.visibility.as_deref() {
            None | Some("private") => false,
            Some("public") => true,
            Some(other) => {
                let message = format!("{} has no visibility `{other}`", self.session.name());
                let error = self.session.error(Kind::InvalidArgument, message);
                return Err(error.help("it is `private` or `public`; `share_image` lets others use one"));
            }
        };
        let zone = self.zone_for(None, &format!("an image `{}`", spec.name)).await?;
        let hypervisor = self.hypervisor_for(&zone, format).await?;
        let read = digest::of_content(&*spec.content, "sha256").map_err(|error| {
            self.session.error(Kind::Failed, format!("the bytes cannot be read: {error}"))
        })?;
        let call = Call::once("image.create", "getUploadParamsForTemplate")
            .with("name", spec.name.as_str())
            .with("displaytext", spec.name.as_str())
            .with("format", format)
            .with("hypervisor", hypervisor)
            .with("zoneid", zone.id.as_str())
            .with("checksum", read.map(|digits| format!("{{SHA-256}}{digits}")))
            .with("ispublic", public)
            // Its owner is to have it back: `save_image`.
            .with("isextractable", true);
        let (id, place) = self.begin_upload(&call, &spec.name).await?;
        match self.fill(&id, &place, spec, format).await {
            Ok(image) => Ok(image),
            Err(error) => Err(self.without(&id, &spec.name, error).await),
        }
    }

    /// CloudStack's word for how a disk lies.
    fn format_of(&self, spec: &ImageSpec) -> Result<&'static str> {
        let word = if spec.container_format == "ova" { "ova" } else { spec.disk_format.as_str() };
        let known = ["qcow2", "raw", "vhd", "vhdx", "vmdk", "ova"];
        let upper = ["QCOW2", "RAW", "VHD", "VHDX", "VMDK", "OVA"];
        let at = known.iter().position(|one| *one == word);
        at.map(|at| upper[at]).ok_or_else(|| {
            let message = format!("{} takes no images of the format `{word}`", self.session.name());
            let help = format!("convert it: `disk_format` is one of {}", known.join(", "));
            self.session.error(Kind::InvalidArgument, message).help(help)
        })
    }

    /// The hypervisor of a zone that a disk of this format is for.
    async fn hypervisor_for(&self, zone: &Zone, format: &str) -> Result<String> {
        let call = Call::read("hypervisor.list", "listHypervisors").with("zoneid", zone.id.as_str());
        let rows = self.every(&call, "hypervisor").await?;
        let names: Vec<String> = rows.iter().filter_map(|row| text(row, "name")).collect();
        let takes: &[&str] = match format {
            "QCOW2" | "RAW" => &["KVM", "LXC", "Simulator"],
            "VHD" => &["XenServer", "Hyperv"],
            "VHDX" => &["Hyperv"],
            _ => &["VMware"],
        };
        let fits: Vec<&String> =
            names.iter().filter(|name| takes.iter().any(|one| name.eq_ignore_ascii_case(one))).collect();
        match (fits.as_slice(), names.as_slice()) {
            ([one], _) => Ok((*one).clone()),
            // One of its own kind is not known here: the cloud itself says whether it takes this.
            ([], [only]) => Ok(only.clone()),
            _ => {
                let message = format!("zone `{}` has no single hypervisor for {format} disks", zone.name);
                let help = match names.is_empty() {
                    true => "ask who runs the cloud: the zone has no hypervisor".to_string(),
                    false => format!(
                        "it has {}; convert the disk, or give it from an address with `api(\"cloudstack\", \
                         \"registerTemplate\", #{{ hypervisor: … }})`",
                        names.join(", ")
                    ),
                };
                Err(self.session.error(Kind::InvalidArgument, message).help(help))
            }
        }
    }

    /// A template that waits for its bytes, and where they go. Where the answer is lost the template is there and nobody knows
    /// the place: it is deleted, and asked for again.
    async fn begin_upload(&self, call: &Call, name: &str) -> Result<(String, Place)> {
        // Of an earlier life of the run nobody knows what was there before.
        let before = match call_scope::unsure() {
            Some(_) => Vec::new(),
            None => CloudStack::ids(&self.own_templates(name).await?),
        };
        let making = Making {
            verb: "upload_image",
            what: format!("image `{name}`"),
            list: format!("images(#{{ name: {} }})", quoted(name)),
        };
        let before = &before;
        let send = || async move {
            let body = self.session.ask(call).await?;
            let given = body.get("getuploadparams").unwrap_or(&body);
            let field = |key: &str| text(given, key).ok_or_else(|| self.lacking(call, key));
            let place = Place {
                url: field("postURL")?,
                metadata: field("metadata")?,
                expires: field("expires")?,
                signature: field("signature")?,
            };
            // They are good for this upload, and for whoever has them.
            self.session.mask_secret(&place.signature);
            self.session.mask_secret(&place.metadata);
            Ok((field("id")?, Some(place)))
        };
        let look = || async move {
            let rows = self.own_templates(name).await?;
            let ours: Vec<Json> = rows.iter().filter(|row| is_ours(row, call)).cloned().collect();
            Ok(match CloudStack::fresh(&ours, before, |one| text(one, "id")) {
                Seen::Effect(id) => Seen::Effect((id, None)),
                Seen::Nothing => Seen::Nothing,
                Seen::Unclear => Seen::Unclear,
            })
        };
        for _ in 0..ROUNDS {
            match self.make(&making, send, look).await? {
                (id, Some(place)) => return Ok((id, place)),
                (id, None) => drop(self.delete_image(&id).await?),
            }
        }
        let message = format!("the answer that says where the bytes of `{name}` go was lost {ROUNDS} times");
        let error = self.session.error(Kind::Network, message);
        Err(error.fact("exists", "nothing of it: each image that was made for it was deleted again"))
    }

    /// Send a template its bytes, and wait until it has them.
    async fn fill(&self, id: &str, place: &Place, spec: &ImageSpec, format: &str) -> Result<Image> {
        let file = format!("{}.{}", id, format.to_lowercase());
        let summed = Summed::new(spec.content.clone(), &[]);
        let content: Arc<dyn Content> = Arc::new(summed.clone());
        let form: Arc<dyn Content> = Arc::new(Form::of(content, &file, &boundary(id)));
        let whole = spec.content.size();
        let mut request = Request::new("image.upload", Method::Post, &place.url)
            .intent(Intent::Once)
            .header("X-signature", place.signature.clone())
            .header("X-metadata", place.metadata.clone())
            .header("X-expires", place.expires.clone());
        let kind = format!("multipart/form-data; boundary={}", boundary(id));
        request.body = Body::Stream(kind, Outgoing(form));
        let send = || async { self.send_to_storage(&request).await.map(drop) };
        let image = match send().await {
            Ok(()) => self.until_there(id, spec, LONGEST).await?,
            // All of it has left. A storage that has it takes no second, and one that has not does.
            Err(lost) if is_open(&lost) && Summed::size(&summed) == whole => {
                let unheard = matches!(send().await, Err(again) if is_open(&again));
                let longest = if unheard { UNHEARD } else { LONGEST };
                let seen = self.until_there(id, spec, longest).await;
                seen.map_err(|error| if error.kind == Kind::Timeout { lost } else { error })?
            }
            Err(mut error) if is_open(&error) => {
                let sent = Summed::size(&summed);
                error.message =
                    format!("the upload of `{}` was cut off after {sent} of {whole} bytes", spec.name);
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        if spec.meta.is_empty() {
            return Ok(image);
        }
        self.first_tags(&Holder::Image(id.to_string()), &spec.meta).await?;
        self.image(id).await?.ok_or_else(|| self.gone(id))
    }

    /// The template once the storage is done with what it was sent.
    async fn until_there(&self, id: &str, spec: &ImageSpec, longest: Duration) -> Result<Image> {
        let (begun, name) = (self.clock.elapsed(), &spec.name);
        loop {
            // What has no end of its own is not waited for by a run that ends; it is deleted again.
            if spec.content.is_given_up() {
                let message = format!("the wait for `{name}` was interrupted");
                return Err(self.session.error(Kind::Cancelled, message));
            }
            let image = match self.image(id).await {
                Ok(image) => Some(image.ok_or_else(|| self.gone(id))?),
                Err(error) if error.is_retryable() => None,
                Err(error) => return Err(error),
            };
            match image {
                Some(image) if image.status == "ACTIVE" => return Ok(image),
                Some(image) if image.status == "ERROR" => {
                    let words = text(&image.raw, "status").unwrap_or_default();
                    let message = format!("the cloud could not use what was sent as `{name}`");
                    return Err(self.session.error(Kind::Failed, message).answer(self.session.hide(&words)));
                }
                _ => {}
            }
            if self.clock.elapsed().saturating_sub(begun) >= longest {
                let minutes = longest.as_secs() / 60;
                let message =
                    format!("the cloud was not done with what was sent as `{name}` after {minutes}m");
                return Err(self.session.error(Kind::Timeout, message));
            }
            self.clock.sleep(EVERY).await;
        }
    }

    fn gone(&self, id: &str) -> Error {
        let message = format!("the image {id} is gone: it was deleted meanwhile");
        self.session.error(Kind::NotFound, message).coded("cloud::not_found")
    }

    /// The error of a template that did not get its bytes, which is deleted again.
    async fn without(&self, id: &str, name: &str, mut error: Error) -> Error {
        match self.delete_image(id).await {
            Ok(_) => {
                error.maybe = false;
                error.facts.push(("exists", "nothing of it: the image was deleted again".to_string()));
            }
            Err(_) => {
                error.maybe = true;
                error
                    .facts
                    .push(("exists", format!("perhaps the image `{name}` ({id}), without all of its bytes")));
                if let Ok(Some(image)) = self.image(id).await {
                    error.exists.push(Value::from(image));
                }
                error.help = Some(format!("delete it: `delete(image({}))`", quoted(id)));
            }
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_waits_for_these_bytes_is_ours() {
        let call = Call::once("image.create", "getUploadParamsForTemplate")
            .with("format", "RAW")
            .with("checksum", "{SHA-256}ab");
        let row = |ready: bool, format: &str, sum: &str| json!({"id": "t", "isready": ready, "format": format, "checksum": sum});
        assert!(is_ours(&row(false, "RAW", "{SHA-256}ab"), &call));
        for other in [
            row(true, "RAW", "{SHA-256}ab"),
            row(false, "QCOW2", "{SHA-256}ab"),
            row(false, "RAW", "{SHA-256}cd"),
            row(false, "RAW", ""),
            json!({"id": "t"}),
        ] {
            assert!(!is_ours(&other, &call), "{other}");
        }
    }
}
