//! Images: what they are, who may see and use them, and their contents with the checksums that clients verify.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use md5::Md5;
use sha2::{Digest, Sha512};

use super::{Pairs, Server, World, fresh_id};

/// Where an image is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageStatus {
    Queued,
    Saving,
    Active,
    Deactivated,
    Deleted,
}

impl ImageStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Saving => "saving",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Deleted => "deleted",
        }
    }
}

/// One image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) owner: String,
    pub(crate) status: ImageStatus,
    /// `public`, `private`, `shared` or `community`.
    pub(crate) visibility: String,
    pub(crate) disk_format: Option<String>,
    pub(crate) container_format: Option<String>,
    pub(crate) min_ram_mib: i64,
    pub(crate) min_disk_gib: i64,
    pub(crate) protected: bool,
    pub(crate) hidden: bool,
    pub(crate) properties: Pairs,
    pub(crate) tags: Vec<String>,
    pub(crate) members: Vec<Member>,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) data: Option<Data>,
}

/// A project that an image is shared with.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) project: String,
    pub(crate) status: String,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
}

/// An image's contents.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) bytes: Vec<u8>,
    pub(crate) md5: String,
    pub(crate) sha512: String,
}

impl Image {
    /// A queued image of this project.
    pub(crate) fn new(owner: &str, now: SystemTime) -> Self {
        Self {
            id: fresh_id(),
            name: None,
            owner: owner.to_owned(),
            status: ImageStatus::Queued,
            visibility: "shared".into(),
            disk_format: None,
            container_format: None,
            min_ram_mib: 0,
            min_disk_gib: 0,
            protected: false,
            hidden: false,
            properties: Pairs::new(),
            tags: Vec::new(),
            members: Vec::new(),
            created: now,
            updated: now,
            data: None,
        }
    }

    /// Gives the image its contents; it is active from then on.
    pub(crate) fn fill(&mut self, bytes: Vec<u8>) {
        let (md5, sha512) = (hex(&Md5::digest(&bytes)), hex(&Sha512::digest(&bytes)));
        self.data = Some(Data { bytes, md5, sha512 });
        self.status = ImageStatus::Active;
    }

    /// Bytes of its contents, 0 without.
    pub(crate) fn size(&self) -> u64 {
        self.data.as_ref().map_or(0, |data| data.bytes.len() as u64)
    }

    /// What a volume that is filled from it remembers of it.
    pub(crate) fn facts(&self) -> Pairs {
        let mut facts = self.properties.clone();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let own = [
            ("image_id", self.id.clone()),
            ("image_name", text(&self.name)),
            ("checksum", self.data.as_ref().map(|data| data.md5.clone()).unwrap_or_default()),
            ("container_format", text(&self.container_format)),
            ("disk_format", text(&self.disk_format)),
            ("min_disk", self.min_disk_gib.to_string()),
            ("min_ram", self.min_ram_mib.to_string()),
            ("size", self.size().to_string()),
        ];
        facts.extend(own.map(|(name, value)| (name.to_owned(), value)));
        facts
    }

    /// Whether this project may see it.
    pub(crate) fn shown_to(&self, project: &str, admin: bool) -> bool {
        self.status != ImageStatus::Deleted
            && (admin
                || self.owner == project
                || matches!(self.visibility.as_str(), "public" | "community")
                || (self.visibility == "shared" && self.members.iter().any(|m| m.project == project)))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl World {
    /// The image that a snapshot of this server will fill: queued, with what the server's own image carries and who made it.
    pub(crate) fn snapshot_image(&mut self, at: usize, name: &str, extra: &Pairs, user: &str) -> String {
        let now = self.now();
        let server: &Server = &self.servers[at];
        let base = server.image.as_deref().and_then(|id| self.image(id));
        let project = server.project.clone();
        let mut image = Image::new(&project, now);
        image.name = Some(name.to_owned());
        image.visibility = "private".into();
        image.disk_format = Some(base.and_then(|b| b.disk_format.clone()).unwrap_or_else(|| "raw".into()));
        image.container_format = Some("bare".into());
        image.min_disk_gib = server.built_disk_gib;
        image.min_ram_mib = base.map_or(0, |b| b.min_ram_mib);
        image.properties = base.map(|b| b.properties.clone()).unwrap_or_default();
        let project_name = self.projects.iter().find(|p| p.id == project).map_or("", |p| p.name.as_str());
        let user_name = self.users.iter().find(|u| u.id == user).map_or("", |u| u.name.as_str());
        let own = [
            ("base_image_ref", server.image.clone().unwrap_or_default()),
            ("owner_user_name", user_name.to_owned()),
            ("owner_project_name", project_name.to_owned()),
            ("boot_roles", "reader,member,heat_stack_owner".to_owned()),
            ("instance_uuid", server.id.clone()),
            ("user_id", user.to_owned()),
            ("image_type", "snapshot".to_owned()),
        ];
        for (key, value) in own {
            super::put(&mut image.properties, key, &value);
        }
        for (key, value) in extra {
            super::put(&mut image.properties, key, value);
        }
        for (key, value) in
            [("image_location", "snapshot"), ("image_state", "available"), ("owner_id", project.as_str())]
        {
            super::put(&mut image.properties, key, value);
        }
        let id = image.id.clone();
        self.images.push(image);
        id
    }

    /// Lets an image be filled in a moment, whatever its server does meanwhile.
    pub(crate) fn fill_in_time(&mut self, id: &str) {
        if self.fault_settings.stuck {
            return;
        }
        let start = self.now() + self.fault_settings.slow.unwrap_or_default();
        let end =
            if self.fault_settings.error.is_some() { ImageStatus::Deleted } else { ImageStatus::Active };
        for (millis, status) in [(200, ImageStatus::Saving), (400, end)] {
            let at =
                start + Duration::from_millis(millis * u64::from(self.fault_settings.factor.unwrap_or(1)));
            let number = self.next();
            self.queue.insert((at, number), super::Due::Image(id.to_owned(), status));
        }
    }
}
