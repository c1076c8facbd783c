//! What is on its way to a state has come there once time was counted: a dry run does not wait for it.

use super::Overlay;
use crate::cloud::{Resource, Server};
use std::sync::Arc;

impl Overlay {
    /// A resource as it will be when the time that was counted so far has passed; `None` where it will be gone.
    pub(super) fn settled(&self, resource: Resource) -> Option<Resource> {
        if (self.counted)().is_zero() {
            return Some(resource);
        }
        Some(match resource {
            Resource::Server(server) => Resource::Server(self.server_at_rest(server)?),
            Resource::Volume(mut volume) => {
                let status = match (volume.status.as_str(), &volume.server) {
                    ("DELETING", _) => return None,
                    ("ATTACHING", _) | ("EXTENDING" | "RETYPING", Some(_)) => "IN-USE",
                    ("BACKING-UP", Some(_)) => "IN-USE",
                    (
                        "CREATING" | "DOWNLOADING" | "DETACHING" | "EXTENDING" | "RETYPING" | "BACKING-UP"
                        | "RESTORING-BACKUP",
                        _,
                    ) => "AVAILABLE",
                    _ => return Some(Resource::Volume(volume)),
                };
                Arc::make_mut(&mut volume).status = status.to_string();
                Resource::Volume(volume)
            }
            Resource::Snapshot(mut snapshot) => {
                match snapshot.status.as_str() {
                    "DELETING" => return None,
                    "CREATING" => Arc::make_mut(&mut snapshot).status = "AVAILABLE".to_string(),
                    _ => {}
                }
                Resource::Snapshot(snapshot)
            }
            Resource::Backup(mut backup) => {
                match backup.status.as_str() {
                    "DELETING" => return None,
                    "CREATING" | "RESTORING" => Arc::make_mut(&mut backup).status = "AVAILABLE".to_string(),
                    _ => {}
                }
                Resource::Backup(backup)
            }
            Resource::Image(mut image) => {
                if matches!(image.status.as_str(), "QUEUED" | "SAVING" | "IMPORTING" | "PENDING") {
                    Arc::make_mut(&mut image).status = "ACTIVE".to_string();
                }
                Resource::Image(image)
            }
            other => other,
        })
    }

    fn server_at_rest(&self, mut server: Arc<Server>) -> Option<Arc<Server>> {
        let status = match (server.status.as_str(), server.task.as_deref()) {
            (_, Some("deleting" | "soft-deleting" | "force-deleting")) => return None,
            (_, Some("powering-off")) => "SHUTOFF",
            (_, Some("powering-on" | "unpausing" | "resuming" | "unshelving" | "unrescuing")) => "ACTIVE",
            (_, Some("pausing")) => "PAUSED",
            (_, Some("suspending")) => "SUSPENDED",
            (_, Some("shelving" | "shelving_offloading")) => "SHELVED_OFFLOADED",
            ("RESIZE", _) => "VERIFY_RESIZE",
            (
                "BUILD" | "REBOOT" | "HARD_REBOOT" | "REBUILD" | "PASSWORD" | "REVERT_RESIZE" | "MIGRATING",
                _,
            ) => "ACTIVE",
            (_, None) => return Some(server),
            (status, Some(_)) => status,
        };
        let (status, word) = (status.to_string(), self.word_of(status));
        let rested = Arc::make_mut(&mut server);
        (rested.status, rested.provider_status, rested.task) = (status, word, None);
        Some(server)
    }
}
