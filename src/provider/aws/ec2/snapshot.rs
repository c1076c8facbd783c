//! Snapshots of EBS volumes.

use super::super::call::Call;
use super::super::decode::{int, text, time};
use super::tag;
use super::volume::narrowed;
use crate::cloud::{Filter, Snapshot, Time};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// How many a page holds.
const PAGE: usize = 1000;

/// Ask for the account's own snapshots that a listing may let through; EC2 has millions of others'.
pub fn page(filter: &Filter) -> Call {
    let call = Call::ec2("snapshot.list", "DescribeSnapshots")
        .with("Owner", json!(["self"]))
        .with("MaxResults", PAGE);
    narrowed(call, filter).filter("volume-id", filter.volume.clone())
}

/// Ask for one, or several.
pub fn show(ids: &[&str]) -> Call {
    Call::ec2("snapshot.show", "DescribeSnapshots").with("SnapshotId", json!(ids))
}

/// Make one of a volume, in use or not.
pub fn create(volume: &str) -> Call {
    Call::ec2("snapshot.create", "CreateSnapshot").with("VolumeId", volume)
}

/// Delete one.
pub fn delete(id: &str) -> Call {
    Call::ec2("snapshot.delete", "DeleteSnapshot").idempotent().with("SnapshotId", id)
}

/// Whether a snapshot was made for an image, by what EC2 writes into it then: `Created by CreateImage(i-…) for ami-…`.
pub fn was_made_for(body: &Json, image: &str) -> bool {
    text(body, "description").is_some_and(|words| words.contains(image))
}

/// A snapshot from its description.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Snapshot> {
    let told = tag::decode(body);
    // CreateSnapshot calls it `status`, and so does DescribeSnapshots; old servers say `state`.
    let state = text(body, "status").or_else(|| text(body, "state")).unwrap_or_default();
    Some(Snapshot {
        id: text(body, "snapshotId")?,
        name: told.name,
        status: match state.as_str() {
            "pending" => "CREATING".to_string(),
            "completed" => "AVAILABLE".to_string(),
            other => other.to_uppercase(),
        },
        volume: text(body, "volumeId"),
        size: int(body, "volumeSize").unwrap_or(0),
        meta: told.meta,
        created: time(body, "startTime"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_available_when_completed() {
        let read = Time::parse("2026-11-21T12:00:00Z").unwrap();
        let of = |status: &str| {
            let body =
                json!({"snapshotId": "snap-1", "volumeId": "vol-1", "volumeSize": 8, "status": status});
            decode(&body, &Arc::from("lab"), read).unwrap().status
        };
        assert_eq!(
            (of("pending").as_str(), of("completed").as_str(), of("error").as_str()),
            ("CREATING", "AVAILABLE", "ERROR")
        );
    }

    #[test]
    fn what_was_made_for_an_image_says_so() {
        let made = json!({"description": "Created by CreateImage(i-1) for ami-0abc"});
        assert!(was_made_for(&made, "ami-0abc") && !was_made_for(&made, "ami-0def"));
        assert!(!was_made_for(&json!({"description": null}), "ami-0abc"));
    }
}
