//! Names, which are the tag `Name` here. What EC2 calls a name itself (of an image, of a security group) stays as it was made.

use super::Aws;
use super::ec2::tag;
use crate::cloud::update::Update;
use crate::cloud::{Account, Noun, Result, Updates};
use async_trait::async_trait;

#[async_trait]
impl Updates for Aws {
    async fn update(&self, noun: Noun, id: &str, update: &Update) -> Result<()> {
        if !matches!(noun, Noun::Volume | Noun::Snapshot | Noun::Network | Noun::Subnet) {
            return Err(self.unsupported(crate::cloud::update_of(noun)));
        }
        if update.description.is_some() {
            let what = format!("to change the description of {}", noun.with_article());
            return Err(self.cannot(&what, "keep it in a tag: `set_meta(x, \"description\", \"…\")`"));
        }
        match &update.name {
            Some(name) => self.ask(&tag::set(id, [(tag::NAME, name.as_str())])).await.map(drop),
            None => Ok(()),
        }
    }
}
