//! Volumes at servers: attached and detached in a moment, given at boot, let go when the server goes.

use super::State::{Active, Offloaded, Paused, Resized, Shelved, Stopped, Suspended};
use super::volume::Step;
use super::{Asker, Attachment, Kind, Pairs, Refusal, Volume, VolumeSpec, VolumeState, World, fresh_id};

/// What a disk of a new server is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A volume that is there.
    Volume(String),
    Snapshot(String),
    Image(String),
    Blank,
}

/// A volume that a new server is given.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) source: Source,
    pub(crate) size_gib: Option<i64>,
    pub(crate) kind: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) root: bool,
    /// The volume is deleted with the server.
    pub(crate) goes: bool,
    pub(crate) tag: Option<String>,
}

/// A volume that is to be attached.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttachSpec {
    pub(crate) volume: String,
    pub(crate) device: Option<String>,
    pub(crate) goes: bool,
    pub(crate) tag: Option<String>,
}

impl World {
    /// The volumes at a server (by id) with how they are there, the root first.
    pub(crate) fn attached<'a>(&'a self, server: &'a str) -> Vec<(&'a Volume, &'a Attachment)> {
        let at = |volume: &'a Volume| {
            volume.attachments.iter().find(|attachment| attachment.server == server).map(|a| (volume, a))
        };
        let mut rows: Vec<_> = self.volumes.iter().filter_map(at).collect();
        rows.sort_by(|one, other| one.1.device.cmp(&other.1.device));
        rows
    }

    /// The first free device of a server: `/dev/sdb` and so on; its own disk is `/dev/sda`.
    fn next_device(&self, server: &str) -> String {
        let taken = self.attached(server);
        let mut names = (b'b'..=b'z').map(|letter| format!("/dev/sd{}", char::from(letter)));
        names.find(|name| taken.iter().all(|row| row.1.device != *name)).unwrap_or_default()
    }

    /// Attaches a volume to a server (by index): promised at once, in use a moment later.
    ///
    /// # Errors
    /// When the server's state or lock forbids it, the volume is not there or not available, or the device is taken.
    pub(crate) fn attach(&mut self, at: usize, spec: &AttachSpec, asker: &Asker) -> Result<(), Refusal> {
        self.may_change_disks(at, asker)?;
        let server = self.servers[at].id.clone();
        if let Some(device) = spec.device.as_deref()
            && (device == "/dev/sda" || self.attached(&server).iter().any(|row| row.1.device == device))
        {
            return Err(Refusal::DeviceTaken(device.to_owned()));
        }
        let device = spec.device.clone().unwrap_or_else(|| self.next_device(&server));
        let attachment = Attachment { goes: spec.goes, tag: spec.tag.clone(), ..place(server, device) };
        let id = attachment.id.clone();
        self.reserve(&spec.volume, attachment, asker)?;
        self.record(at, "attach_volume", asker);
        let steps = [(100, Step::State(VolumeState::Attaching)), (300, Step::Attached)];
        self.volume_course(&spec.volume, &steps, Step::Detached(id));
        Ok(())
    }

    fn may_change_disks(&self, at: usize, asker: &Asker) -> Result<(), Refusal> {
        let server = &self.servers[at];
        if server.locked && !asker.admin {
            return Err(Refusal::Locked);
        }
        let fit =
            matches!(server.state, Active | Stopped | Paused | Suspended | Resized | Shelved | Offloaded);
        if fit { Ok(()) } else { Err(Refusal::InState(server.state.name().to_owned())) }
    }

    /// Promises a volume to a server.
    fn reserve(&mut self, id: &str, attachment: Attachment, asker: &Asker) -> Result<(), Refusal> {
        let volume = self.known_volume(id)?;
        if volume.project != asker.project && !asker.admin {
            return Err(Refusal::Missing(Kind::Volume, id.to_owned()));
        }
        let shared = volume.multiattach
            && volume.state == VolumeState::InUse
            && volume.attachments.iter().all(|own| own.server != attachment.server);
        if volume.state == VolumeState::InUse && !shared {
            let servers = volume.attachments.iter().map(|own| own.server.clone()).collect();
            return Err(Refusal::Attached(id.to_owned(), servers));
        }
        if volume.state != VolumeState::Available && !shared {
            return Err(Refusal::VolumeState(id.to_owned(), volume.state));
        }
        volume.state = VolumeState::Reserved;
        volume.attachments.push(attachment);
        Ok(())
    }

    /// Detaches a volume from a server (by index).
    ///
    /// # Errors
    /// When the server's state or lock forbids it, the volume is not there, not at this server, busy, or its root.
    pub(crate) fn detach(&mut self, at: usize, volume: &str, asker: &Asker) -> Result<(), Refusal> {
        let server = self.servers[at].id.clone();
        let found = self.known_volume(volume)?;
        let own = found.attachments.iter().find(|attachment| attachment.server == server);
        let own = own.ok_or_else(|| Refusal::NotAttached(volume.to_owned()))?;
        let (attachment, root, state) = (own.id.clone(), own.root, found.state);
        self.may_change_disks(at, asker)?;
        if root {
            return Err(Refusal::RootVolume(volume.to_owned()));
        }
        if state != VolumeState::InUse {
            return Err(Refusal::VolumeState(volume.to_owned(), state));
        }
        self.known_volume(volume)?.state = VolumeState::Detaching;
        self.record(at, "detach_volume", asker);
        self.volume_course(volume, &[(300, Step::Detached(attachment))], Step::State(VolumeState::InUse));
        Ok(())
    }

    /// Whether the disks of a new server can be had; those that are there are promised only when it is made.
    pub(super) fn check_disks(&self, disks: &[Disk], asker: &Asker) -> Result<(), Refusal> {
        for disk in disks {
            match &disk.source {
                Source::Volume(id) => {
                    let own = |volume: &&Volume| asker.admin || volume.project == asker.project;
                    let volume = self.volume(id).filter(own);
                    let volume = volume.ok_or_else(|| Refusal::Missing(Kind::Volume, id.clone()))?;
                    if disk.root && !volume.bootable {
                        return Err(Refusal::NotBootable(id.clone()));
                    }
                    if volume.state != VolumeState::Available {
                        return Err(Refusal::VolumeState(id.clone(), volume.state));
                    }
                }
                Source::Snapshot(id) => {
                    self.snapshot(id).ok_or_else(|| Refusal::Missing(Kind::Snapshot, id.clone()))?;
                }
                Source::Image(id) => {
                    self.usable_image(id, asker)?;
                    disk.size_gib.ok_or(Refusal::NoSize)?;
                }
                Source::Blank => {
                    disk.size_gib.ok_or(Refusal::NoSize)?;
                }
            }
        }
        Ok(())
    }

    /// Promises a new server (by index) the disks that are there; the others are made while it is built.
    pub(super) fn promise_disks(
        &mut self,
        at: usize,
        disks: Vec<Disk>,
        asker: &Asker,
    ) -> Result<(), Refusal> {
        let server = self.servers[at].id.clone();
        let mut later = Vec::new();
        for disk in disks {
            match &disk.source {
                Source::Volume(id) => {
                    let id = id.clone();
                    let attachment = self.disk_place(&server, &disk);
                    self.reserve(&id, attachment, asker)?;
                }
                _ => later.push(disk),
            }
        }
        self.servers[at].disks = later;
        Ok(())
    }

    fn disk_place(&self, server: &str, disk: &Disk) -> Attachment {
        let own = if disk.root { "/dev/sda".to_owned() } else { self.next_device(server) };
        let device = disk.device.clone().unwrap_or(own);
        Attachment {
            goes: disk.goes,
            root: disk.root,
            tag: disk.tag.clone(),
            ..place(server.to_owned(), device)
        }
    }

    /// Makes the disks of a server that is being built. Says why when one cannot be made.
    pub(crate) fn make_disks(&mut self, at: usize) -> Result<(), String> {
        let (server, project, user) = {
            let server = &self.servers[at];
            (server.id.clone(), server.project.clone(), server.user.clone())
        };
        let asker = Asker { user, project, ..Asker::default() };
        let apart = self.servers[at].apart.clone();
        self.fault_settings.apart = apart.is_some();
        let made = self.make_each_disk(at, &server, &asker, apart.unwrap_or_default());
        self.fault_settings.apart = false;
        made
    }

    fn make_each_disk(&mut self, at: usize, server: &str, asker: &Asker, marks: Pairs) -> Result<(), String> {
        let name =
            marks.iter().find(|(key, _)| key == "Name").map(|(_, name)| name.clone()).unwrap_or_default();
        let metadata: Pairs = marks.into_iter().filter(|(key, _)| key != "Name").collect();
        for disk in std::mem::take(&mut self.servers[at].disks) {
            let mut spec = VolumeSpec {
                name: Some(name.clone()),
                size_gib: disk.size_gib,
                kind: disk.kind.clone(),
                metadata: metadata.clone(),
                ..VolumeSpec::default()
            };
            match &disk.source {
                Source::Snapshot(id) => spec.snapshot = Some(id.clone()),
                Source::Image(id) => spec.image = Some(id.clone()),
                Source::Volume(_) | Source::Blank => {}
            }
            let attachment = self.disk_place(server, &disk);
            let made = self.create_volume(&spec, asker);
            let id = made.map_err(|_| {
                format!("Build of instance {server} aborted: Block Device Mapping is Invalid.")
            })?;
            if let Some(volume) = self.volume_mut(&id) {
                volume.attachments.push(attachment);
            }
        }
        Ok(())
    }

    /// The disks of a server that is built are in use.
    pub(super) fn disks_ready(&mut self, at: usize) {
        let (server, now) = (self.servers[at].id.clone(), self.now());
        let number = self.next();
        for volume in &mut self.volumes {
            let own = volume.attachments.iter_mut().find(|attachment| attachment.server == server);
            if let Some(attachment) = own.filter(|attachment| attachment.attached.is_none()) {
                attachment.attached = Some(now);
                volume.state = VolumeState::InUse;
                volume.updated = Some(now);
                volume.course = number;
            }
        }
    }

    /// Lets the volumes of a server that goes become free, and takes away those that go with it.
    pub(super) fn let_disks_go(&mut self, at: usize) {
        let (server, now) = (self.servers[at].id.clone(), self.now());
        let number = self.next();
        let mut gone = Vec::new();
        for volume in &mut self.volumes {
            let Some(place) = volume.attachments.iter().position(|own| own.server == server) else {
                continue;
            };
            let attachment = volume.attachments.remove(place);
            if volume.attachments.is_empty() {
                volume.state = VolumeState::Available;
                volume.course = number;
            }
            volume.updated = Some(now);
            if attachment.goes {
                gone.push(volume.id.clone());
            }
        }
        for id in gone {
            // One with snapshots stays, as it does in the real clouds.
            let deleted = self.delete_volume(&id, false);
            if deleted.is_ok() && self.servers[at].apart.is_some() {
                // Where disks are made with a server they are gone when it is.
                let _ = self.reset_volume(&id, VolumeState::Deleted);
            }
        }
    }

    /// Says whether a volume at a server goes with it.
    ///
    /// # Errors
    /// When it is not there, or not at this server.
    pub(crate) fn set_goes(&mut self, server: &str, volume: &str, goes: bool) -> Result<(), Refusal> {
        let found = self.known_volume(volume)?;
        let own = found.attachments.iter_mut().find(|attachment| attachment.server == server);
        own.ok_or_else(|| Refusal::NotAttached(volume.to_owned()))?.goes = goes;
        Ok(())
    }
}

fn place(server: String, device: String) -> Attachment {
    Attachment { id: fresh_id(), server, device, attached: None, goes: false, root: false, tag: None }
}
