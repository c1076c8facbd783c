//! Which microversion an operation asks for. Nova's API reference says what each brings; here is the whole choice.
//!
//! The usual ask is 2.46, the last with the flavor as a link to its id (2.47 embeds it without), lowered to what
//! the cloud has, or what the user configured. A cloud without microversions is asked without.

use super::super::session::{Range, Version};

/// The last version that tells a server's flavor by id.
pub const USUAL: Version = Version(2, 46);
/// From here `networks` may be `"auto"` or `"none"`, and must be given.
pub const NETWORK_WORDS: Version = Version(2, 37);
/// From here a server has a description.
pub const DESCRIPTION: Version = Version(2, 19);
/// From here a server has tags, and lists can be narrowed by them.
pub const TAGS: Version = Version(2, 26);
/// From here tags can be given at boot.
pub const BOOT_TAGS: Version = Version(2, 52);
/// The last version that injects files.
pub const FILES: Version = Version(2, 56);
/// From here rebuild takes `user_data` (and no files).
pub const REBUILD_USER_DATA: Version = Version(2, 57);
/// The last version with the image proxies.
pub const IMAGES: Version = Version(2, 35);
/// From here consoles are a resource of their own.
pub const REMOTE_CONSOLES: Version = Version(2, 6);
/// From here key pairs have a type.
pub const KEYPAIR_TYPES: Version = Version(2, 2);
/// From here key pairs are listed page by page.
pub const KEYPAIR_PAGES: Version = Version(2, 35);
/// The last version that makes key pairs; later ones take in public keys only.
pub const KEYPAIR_MADE: Version = Version(2, 91);
/// From here a project's members see an action's events.
pub const ACTION_EVENTS: Version = Version(2, 51);
/// Why an event failed, in words.
pub const EVENT_DETAILS: Version = Version(2, 84);

/// From here a cold migration takes a host.
pub const MIGRATE_TO: Version = Version(2, 56);
/// From here Nova checks the host that a live migration is to go to, and finds out about the disk by itself (2.25).
pub const LIVE_CHECKED: Version = Version(2, 30);
/// From here server groups have the soft policies.
pub const SOFT_POLICIES: Version = Version(2, 15);
/// From here a server group has one policy; before, a list.
pub const SERVER_GROUP_POLICY: Version = Version(2, 64);

/// From here a volume that several servers share can be attached.
pub const SHARED_VOLUMES: Version = Version(2, 60);

/// The usual ask of this cloud.
pub fn usual(range: &Range) -> Option<Version> {
    let max = range.max?;
    range.default.or_else(|| Some(USUAL.min(max).max(range.min.unwrap_or(Version(2, 1)))))
}

/// Whether the cloud has this version.
pub fn has(range: &Range, version: Version) -> bool {
    range.max.is_some_and(|max| max >= version)
}

/// The ask, raised to `least` where the cloud has that; `None` where it has not.
pub fn at_least(range: &Range, least: Version) -> Option<Version> {
    has(range, least).then(|| usual(range).map_or(least, |usual| usual.max(least)))
}

/// The ask, lowered to `most`; the cloud's lowest where that is higher.
pub fn at_most(range: &Range, most: Version) -> Option<Version> {
    let usual = usual(range)?;
    Some(usual.min(most).max(range.min.unwrap_or(most.min(usual))))
}

/// Whether `at_most` keeps its word: the cloud still speaks so old a version.
pub fn speaks(range: &Range, version: Version) -> bool {
    range.min.is_none_or(|min| min <= version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(min: Version, max: Version) -> Range {
        Range { min: Some(min), max: Some(max), ..Range::default() }
    }

    #[test]
    fn the_usual_ask_is_the_lower_of_both() {
        assert_eq!(usual(&range(Version(2, 1), Version(2, 104))), Some(USUAL));
        assert_eq!(usual(&range(Version(2, 1), Version(2, 30))), Some(Version(2, 30)));
        assert_eq!(usual(&range(Version(2, 60), Version(2, 104))), Some(Version(2, 60)));
        assert_eq!(usual(&Range::default()), None);
        let configured = Range { default: Some(Version(2, 90)), ..range(Version(2, 1), Version(2, 104)) };
        assert_eq!(usual(&configured), Some(Version(2, 90)));
        assert_eq!(at_most(&configured, FILES), Some(FILES));
        assert_eq!(at_least(&configured, BOOT_TAGS), Some(Version(2, 90)));
        assert_eq!(at_least(&range(Version(2, 1), Version(2, 50)), BOOT_TAGS), None);
        assert_eq!(at_least(&range(Version(2, 1), Version(2, 60)), BOOT_TAGS), Some(BOOT_TAGS));
    }
}
