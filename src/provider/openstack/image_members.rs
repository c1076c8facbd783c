//! The projects that an image is shared with. A project of another has to accept it before its own lists show it; by its id it can
//! be used at once.

use super::OpenStack;
use super::decode::text;
use super::glance::{image, property};
use super::send::found;
use crate::cloud::{Account, Error, Kind, Noun, Result};
use crate::provider::recover::{self, Seen, Settled, is_open};
use serde_json::{Map, Value as Json};

impl OpenStack {
    /// Share an image with a project. A private one becomes shared, which without members is the same.
    pub(super) async fn add_member(&self, id: &str, project: &str) -> Result<()> {
        let project = self.member_called(project).await?;
        let refused = match self.add_member_once(id, &project).await {
            Err(error) if error.kind == Kind::Forbidden => error,
            known => return known,
        };
        let shown = self.json(&image::show(id)).await?;
        match text(&shown, "visibility").as_deref() {
            Some("private") => {
                let shared = Map::from_iter([("visibility".to_string(), Json::from("shared"))]);
                let is_so = |now: &Json| text(now, "visibility").as_deref() == Some("shared");
                // Who may not change it may not share it either.
                self.change(&property::change(id, &shared), is_so).await.map_err(|_| refused)?;
                self.add_member_once(id, &project).await
            }
            Some("public" | "community") => Err(seen_by_all(refused)),
            _ => Err(refused),
        }
    }

    async fn add_member_once(&self, id: &str, project: &str) -> Result<()> {
        let add = image::add_member(id, project);
        let is_member = || async {
            let member: Option<Json> = found(self.json(&image::member(id, project)).await)?;
            Ok(Seen::from(member.filter(|member| text(member, "member_id").is_some()).map(drop)))
        };
        let lost = match self.ask(&add).await {
            Err(error) if is_open(&error) => error,
            known => return known.map(drop),
        };
        let send = || async { self.ask(&add).await.map(drop) };
        match recover::settle(&*self.clock, lost, is_member, send).await {
            Settled::Done { .. } => Ok(()),
            Settled::Refused(error) | Settled::Unknown(error, _) => Err(error),
        }
    }

    /// Share it no more.
    pub(super) async fn delete_member(&self, id: &str, project: &str) -> Result<()> {
        let project = self.member_called(project).await?;
        if self.take_away(&image::delete_member(id, &project)).await? {
            return Ok(());
        }
        let message = format!("the image {id} is not shared with the project {project}");
        Err(self.own(Error::new(Kind::NotFound, message).coded("cloud::not_found")))
    }

    /// The id of a project by id or name. Glance takes any text for one, so a name must be found.
    async fn member_called(&self, project: &str) -> Result<String> {
        // Keystone's ids of projects; who is no administrator cannot look.
        if self.is_id(Noun::Image, project) || project == "default" {
            return Ok(project.to_string());
        }
        self.project_called(project).await.map_err(|error| match error.kind {
            Kind::Forbidden => {
                let help = "give the project's id: in a session of that project, `api(\"identity\", \"GET\", \"/auth/projects\")` tells it";
                error.help(help)
            }
            _ => error,
        })
    }
}

/// One that every project may use has no members.
fn seen_by_all(mut error: Error) -> Error {
    error.kind = Kind::Conflict;
    error.diagnostic = Some("cloud::conflict");
    error.message = "every project may use the image already".to_string();
    error.help("let members alone use it: `update(image, #{ visibility: \"shared\" })`")
}
