//! The order of a list of servers.

use std::cmp::Ordering;

use serde_json::json as v;

use super::filters::checked;
use super::view::power;
use super::{Answer, Call};
use crate::world::{Server, Task};

const SORT_KEYS: &[&str] = &[
    "access_ip_v4",
    "access_ip_v6",
    "auto_disk_config",
    "availability_zone",
    "config_drive",
    "created_at",
    "display_description",
    "display_name",
    "host",
    "hostname",
    "image_ref",
    "instance_type_id",
    "kernel_id",
    "key_name",
    "launch_index",
    "launched_at",
    "locked_by",
    "node",
    "power_state",
    "progress",
    "project_id",
    "ramdisk_id",
    "root_device_name",
    "task_state",
    "terminated_at",
    "updated_at",
    "user_id",
    "uuid",
    "vm_state",
];

/// Sorts as `sort_key` and `sort_dir` say; without them the order stays.
pub(super) fn sort(call: &Call<'_>, rows: &mut [&Server]) -> Result<(), Answer> {
    let all = |name: &'static str| call.request.query.iter().filter(move |(key, _)| key == name);
    let mut directions = all("sort_dir").map(|(_, value)| value.as_str());
    let mut keys = Vec::new();
    for (_, key) in all("sort_key") {
        checked("sort_key", key, &v!({"enum": SORT_KEYS}))?;
        keys.push((key.clone(), directions.next().unwrap_or("desc").to_owned()));
    }
    for (_, direction) in &keys {
        checked("sort_dir", direction, &v!({"enum": ["asc", "desc"]}))?;
    }
    if keys.is_empty() {
        return Ok(());
    }
    rows.sort_by(|one, other| {
        let orders = keys.iter().map(|(key, direction)| {
            let order = compare(key, one, other);
            if direction == "asc" { order } else { order.reverse() }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

fn compare(key: &str, one: &Server, other: &Server) -> Ordering {
    match key {
        "created_at" => one.created.cmp(&other.created),
        "updated_at" => one.updated.cmp(&other.updated),
        "launched_at" => one.launched.cmp(&other.launched),
        "terminated_at" => one.terminated.cmp(&other.terminated),
        "display_name" => one.name.cmp(&other.name),
        "display_description" => one.description.cmp(&other.description),
        "hostname" => one.hostname.cmp(&other.hostname),
        "image_ref" => one.image.cmp(&other.image),
        "instance_type_id" => one.flavor.id.cmp(&other.flavor.id),
        "key_name" => one.key_name.cmp(&other.key_name),
        "launch_index" => one.launch_index.cmp(&other.launch_index),
        "power_state" => power(one.power).cmp(&power(other.power)),
        "project_id" => one.project.cmp(&other.project),
        "task_state" => one.task.map(Task::name).cmp(&other.task.map(Task::name)),
        "user_id" => one.user.cmp(&other.user),
        "uuid" => one.id.cmp(&other.id),
        "vm_state" => one.state.name().cmp(other.state.name()),
        _ => Ordering::Equal,
    }
}
