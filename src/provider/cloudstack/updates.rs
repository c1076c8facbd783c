//! Names and descriptions of volumes, networks, templates and security groups.

use super::CloudStack;
use super::call::Call;
use crate::cloud::update::Update;
use crate::cloud::{Account, Noun, Result, Updates};
use async_trait::async_trait;

#[async_trait]
impl Updates for CloudStack {
    async fn update(&self, noun: Noun, id: &str, update: &Update) -> Result<()> {
        let (operation, command, described) = match noun {
            Noun::Volume => ("volume.update", "updateVolume", None),
            Noun::Network => ("network.update", "updateNetwork", Some("displaytext")),
            Noun::Image => ("image.update", "updateTemplate", Some("displaytext")),
            Noun::SecurityGroup => ("security_group.update", "updateSecurityGroup", None),
            _ => return Err(self.unsupported(crate::cloud::update_of(noun))),
        };
        if let [what, ..] = update.of_images().as_slice() {
            let what = format!("`update` of `{what}`");
            return Err(self.cannot(&what, "change the template's permissions with `api(\"cloudstack\", …)`"));
        }
        if update.description.is_some() && described.is_none() {
            let what = format!("to change the description of {}", noun.with_article());
            return Err(self.cannot(&what, "keep it in metadata with `set_meta`"));
        }
        let mut call = Call::idempotent(operation, command).with("id", id).with("name", update.name.as_ref());
        if let Some(parameter) = described {
            call = call.with(parameter, update.description.as_ref());
        }
        self.run(&call).await.map(drop)
    }
}
