//! Cinder's table: volumes, their snapshots and backups, types, limits and zones, with the microversions that fields came in with.

mod actions;
mod backups;
mod entry;
mod extras;
mod list;
mod metadata;
mod quotas;
mod refuse;
mod schemas;
mod snapshots;
mod volumes;

use super::answer::framed;
use super::{Act, Answer, Call, Cut, Outcome, Route, Service, act, json, on, time};

pub(super) static SERVICE: Service = Service {
    prefix: "/volume",
    routes: &[ROUTES],
    cut: |path| Cut::versioned(path, &["v3"]),
    enter: entry::enter,
    unknown: |_| Answer { plain: true, ..framed(404, "The resource could not be found.") },
    error: refuse::fault,
    stamp: entry::stamp,
};

pub(super) use volumes::status;

static ROUTES: &[Route] = &[
    on("GET", "", "volume.versions", entry::versions),
    on("GET", "v3", "volume.version", entry::version),
    on("GET", "+/volumes", "volume.list", volumes::list),
    on("GET", "+/volumes/detail", "volume.list", volumes::detail),
    on("GET", "+/volumes/summary", "volume.summary", volumes::summary).between(12, u16::MAX),
    on("POST", "+/volumes", "volume.create", volumes::create),
    on("GET", "+/volumes/{}", "volume.show", volumes::show),
    on("PUT", "+/volumes/{}", "volume.update", volumes::update),
    on("DELETE", "+/volumes/{}", "volume.delete", volumes::delete),
    Route { acts: ACTS, ..on("POST", "+/volumes/{}/action", "volume.action", actions::unknown) },
    on("GET", "+/volumes/{}/metadata", "volume.metadata", metadata::list),
    on("POST", "+/volumes/{}/metadata", "volume.metadata_update", metadata::update),
    on("PUT", "+/volumes/{}/metadata", "volume.metadata_replace", metadata::replace),
    on("GET", "+/volumes/{}/metadata/{}", "volume.metadata_item", metadata::item),
    on("PUT", "+/volumes/{}/metadata/{}", "volume.metadata_set", metadata::item_set),
    on("DELETE", "+/volumes/{}/metadata/{}", "volume.metadata_delete", metadata::item_delete),
    on("GET", "+/snapshots", "snapshot.list", snapshots::list),
    on("GET", "+/snapshots/detail", "snapshot.list", snapshots::detail),
    on("POST", "+/snapshots", "snapshot.create", snapshots::create),
    on("GET", "+/snapshots/{}", "snapshot.show", snapshots::show),
    on("PUT", "+/snapshots/{}", "snapshot.update", snapshots::update),
    on("DELETE", "+/snapshots/{}", "snapshot.delete", snapshots::delete),
    on("GET", "+/snapshots/{}/metadata", "snapshot.metadata", metadata::list),
    on("POST", "+/snapshots/{}/metadata", "snapshot.metadata_update", metadata::update),
    on("PUT", "+/snapshots/{}/metadata", "snapshot.metadata_replace", metadata::replace),
    on("GET", "+/snapshots/{}/metadata/{}", "snapshot.metadata_item", metadata::item),
    on("PUT", "+/snapshots/{}/metadata/{}", "snapshot.metadata_set", metadata::item_set),
    on("DELETE", "+/snapshots/{}/metadata/{}", "snapshot.metadata_delete", metadata::item_delete),
    on("GET", "+/types", "volume_type.list", extras::types),
    on("GET", "+/types/{}", "volume_type.show", extras::kind),
    on("GET", "+/types/{}/extra_specs", "volume_type.extra_specs", extras::extra_specs),
    on("GET", "+/os-availability-zone", "volume_zone.list", extras::zones),
    on("GET", "+/os-services", "volume_service.list", extras::services),
    on("GET", "+/extensions", "volume_extension.list", extras::extensions),
    on("GET", "+/backups", "backup.list", backups::list),
    on("GET", "+/backups/detail", "backup.list", backups::detail),
    on("POST", "+/backups", "backup.create", backups::create),
    on("GET", "+/backups/{}", "backup.show", backups::show),
    on("PUT", "+/backups/{}", "backup.update", backups::update).between(9, u16::MAX),
    on("DELETE", "+/backups/{}", "backup.delete", backups::delete),
    on("POST", "+/backups/{}/restore", "backup.restore", backups::restore),
    on("GET", "+/limits", "volume_limits.show", quotas::limits),
    on("GET", "+/os-quota-sets/{}", "volume_quota.show", quotas::show),
    on("GET", "+/os-quota-sets/{}/defaults", "volume_quota.defaults", quotas::defaults),
    on("PUT", "+/os-quota-sets/{}", "volume_quota.update", quotas::update),
    on("DELETE", "+/os-quota-sets/{}", "volume_quota.reset", quotas::reset),
];

static ACTS: &[Act] = &[
    act("os-extend", "volume.extend", actions::extend),
    act("os-set_bootable", "volume.set_bootable", actions::bootable),
    act("os-update_readonly_flag", "volume.set_read_only", actions::read_only),
    act("os-retype", "volume.retype", actions::retype),
    act("os-set_image_metadata", "volume.set_image_metadata", actions::set_image),
    act("os-unset_image_metadata", "volume.unset_image_metadata", actions::unset_image),
    act("os-reset_status", "volume.reset_state", actions::reset),
    act("os-force_delete", "volume.force_delete", actions::force_delete),
];
