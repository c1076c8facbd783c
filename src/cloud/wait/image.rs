//! When a wait for an image is over.

use super::watch::{self, Goal, Scene, Verdict, Watch};
use crate::cloud::host::{Clock, Progress};
use crate::cloud::{Cloud, Error, Image, ImageFilter, Kind, Result};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Wait for images; results in order. For [`Goal::Deleted`] each result is the image as it last was.
pub async fn images(
    cloud: &dyn Cloud,
    clock: &dyn Clock,
    progress: &dyn Progress,
    wanted: &[Arc<Image>],
    goal: &Goal,
    timeout: Duration,
) -> Vec<Result<Image>> {
    let scene = Scene {
        cloud,
        clock,
        progress,
        goal,
        single: wanted.len() == 1,
        until: clock.elapsed().saturating_add(timeout),
    };
    let members = wanted.iter().map(|image| Member { image: image.as_ref().clone(), seen: false }).collect();
    watch::all(&scene, members, timeout).await
}

struct Member {
    image: Image,
    seen: bool,
}

#[async_trait]
impl Watch for Member {
    type Item = Image;
    const MANY: &'static str = "images";

    fn id(&self) -> &str {
        &self.image.id
    }

    fn name(&self) -> &str {
        if self.image.name.is_empty() { &self.image.id } else { &self.image.name }
    }

    fn last(&self) -> &Image {
        &self.image
    }

    fn not_begun(&self) -> Option<&'static str> {
        None
    }

    fn id_of(image: &Image) -> &str {
        &image.id
    }

    fn state(image: &Image) -> String {
        image.status.clone()
    }

    async fn get(cloud: &dyn Cloud, id: &str) -> Result<Option<Image>> {
        cloud.image(id).await
    }

    async fn list(cloud: &dyn Cloud, prefix: &str) -> Result<Vec<Image>> {
        cloud.images(&ImageFilter { name: super::server::begins(prefix), ..ImageFilter::default() }).await
    }

    async fn judge(&mut self, scene: &Scene<'_>, seen: Option<Image>, _look: u32) -> Verdict<Image> {
        let gone = seen.as_ref().is_none_or(|image| image.status == "DELETED");
        let Some(image) = seen.filter(|_| !gone) else {
            let wanted = match scene.goal {
                Goal::Deleted => true,
                Goal::Status(list) => list.iter().any(|status| status == "DELETED"),
                Goal::Active | Goal::Ready => false,
            };
            return match wanted {
                true => Verdict::Reached(self.image.clone()),
                false => Verdict::Failed(self.gone(scene)),
            };
        };
        self.seen = true;
        self.image = image.clone();
        let status = image.status.as_str();
        let reached = match scene.goal {
            Goal::Status(list) => list.iter().any(|wanted| wanted == status),
            Goal::Active | Goal::Ready => status == "ACTIVE",
            Goal::Deleted => false,
        };
        if reached {
            return Verdict::Reached(image);
        }
        let message = match (scene.goal, status) {
            (Goal::Deleted, _) => return Verdict::NotYet,
            (_, "ERROR" | "KILLED") => format!("`{}` went to {status}", self.name()),
            (Goal::Active | Goal::Ready, "DEACTIVATED" | "PENDING_DELETE") => {
                format!("`{}` is {status}, which does not lead to ACTIVE", self.name())
            }
            _ => return Verdict::NotYet,
        };
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        error.exists = vec![image.into()];
        Verdict::Failed(error)
    }
}

impl Member {
    fn gone(&self, scene: &Scene<'_>) -> Error {
        let mut error = match self.seen {
            // Glance deletes an image whose upload or snapshot goes wrong.
            true => Error::new(Kind::Failed, format!("`{}` is gone: it was deleted meanwhile", self.name()))
                .coded("cloud::failed")
                .help("look at the server it was made of; a snapshot that fails takes its image away"),
            false => {
                Error::new(Kind::NotFound, format!("{} has no image `{}`", scene.cloud.name(), self.name()))
                    .coded("cloud::not_found")
            }
        };
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        error
    }
}
