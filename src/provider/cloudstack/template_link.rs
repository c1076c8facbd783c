//! The bytes of templates as they are fetched: by a link to the secondary storage, which the API makes for each.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use crate::base::stream::Sink;
use crate::cloud::{Kind, Result, SavedImage};
use crate::provider::digest::{Checksum, Summed};
use crate::provider::transfer::{AtMost, cut_off};
use crate::wire::{Intent, Method, Receiver, Request};
use serde_json::Value as Json;
use std::sync::Arc;

/// What a file of a disk has beside its bytes, at the most: a fifth, and this.
const FRAME: u64 = 1 << 20;

impl CloudStack {
    /// Write a template's bytes: by a link that the cloud makes for it.
    pub(super) async fn write_bytes(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        let row = self.template_row(id).await?;
        let name = text(&row, "name").unwrap_or_else(|| id.to_string());
        let call = Call::idempotent("image.extract", "extractTemplate")
            .with("id", id)
            .with("mode", "HTTP_DOWNLOAD")
            .with("zoneid", text(&row, "zoneid"));
        let body = self.run(&call).await?;
        let given = body.get("template").unwrap_or(&body);
        let url = text(given, "url").ok_or_else(|| self.lacking(&call, "url"))?;
        // Older releases give it as it stands in a query.
        let url = match url.contains("://") {
            true => url,
            false => percent_encoding::percent_decode_str(&url).decode_utf8_lossy().into_owned(),
        };
        let whole = row.get("physicalsize").and_then(Json::as_u64).filter(|size| *size > 0);
        let told = told_checksum(&row);
        let algorithm: Vec<&str> = told.iter().map(|told| told.algorithm.as_str()).collect();
        // A file has no more than the disk that it stands for, and what its format adds to that.
        let disk = row.get("size").and_then(Json::as_u64).filter(|size| *size > 0);
        let most = whole.or(disk.map(|size| size.saturating_add(size / 5).saturating_add(FRAME)));
        let bound = Arc::new(AtMost::new(to, most));
        let summed = Summed::new(bound.clone() as Arc<dyn Sink>, &algorithm);
        let mut request = Request::new("image.download", Method::Get, url)
            .intent(Intent::Read)
            .header("Accept-Encoding", "identity");
        request.receiver = Some(Receiver(Arc::new(summed.clone())));
        match self.send_to_storage(&request).await {
            // A part of it, or nothing, is no image.
            Ok(answer) if answer.status != 200 => {
                let message =
                    format!("the image `{name}` does not come whole: the storage answers {}", answer.status);
                return Err(self.session.error(Kind::Protocol, message));
            }
            Ok(_) => {}
            Err(mut error) if bound.is_over() => {
                error.message =
                    format!("what came is not the image `{name}`: it is more than {} bytes", bound.most());
                return Err(error.help("look at what answers in the place of the secondary storage"));
            }
            Err(error) => return Err(cut_off(error, &name, Summed::size(&summed), whole)),
        }
        let size = Summed::size(&summed);
        if whole.is_some_and(|whole| whole != size) {
            let error = self.session.error(Kind::Network, "");
            return Err(cut_off(error, &name, size, whole));
        }
        if told.as_ref().is_some_and(|told| summed.value(&told.algorithm).as_ref() != Some(&told.value)) {
            // It is that of the file that was registered, which may have been a compressed one.
            let message = format!("what came is not the image `{name}`: its checksum is another");
            let help = "save it again; of one that was registered from a compressed file the cloud tells the checksum of that: \
                        `api(\"cloudstack\", \"extractTemplate\", …)` gives a link to it";
            return Err(self.session.error(Kind::Failed, message).coded("cloud::failed").help(help));
        }
        Ok(SavedImage { size, sized: whole.is_some(), checked: told.is_some() })
    }
}

/// The checksum of a template: hexadecimal digits of MD5, or behind the algorithm in braces.
fn told_checksum(row: &Json) -> Option<Checksum> {
    let told = text(row, "checksum").filter(|told| !told.is_empty())?;
    match told.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((algorithm, digits)) => Checksum::known(algorithm.to_string(), digits.to_string()),
        None => Checksum::known("md5".to_string(), told),
    }
}
