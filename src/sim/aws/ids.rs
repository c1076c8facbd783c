//! Ids in EC2's form, made of the world's own: the first 17 hexadecimal digits of it, so that both faces show one thing.

use super::refused::{Outcome, Refused};

/// A kind of resource: what its ids begin with, and what is said where one is missing or malformed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) prefix: &'static str,
    /// As `ResourceType` of tags has it.
    pub(super) resource: &'static str,
    missing: &'static str,
    malformed: &'static str,
    words: &'static str,
}

const fn kind(
    prefix: &'static str,
    resource: &'static str,
    missing: &'static str,
    malformed: &'static str,
    words: &'static str,
) -> Kind {
    Kind { prefix, resource, missing, malformed, words }
}

#[rustfmt::skip]
mod kinds {
    use super::{Kind, kind};

    pub(in super::super) const INSTANCE: Kind = kind("i", "instance", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed", "The instance ID '{}' does not exist");
    pub(in super::super) const IMAGE: Kind = kind("ami", "image", "InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "The image id '[{}]' does not exist");
    pub(in super::super) const VOLUME: Kind = kind("vol", "volume", "InvalidVolume.NotFound", "InvalidVolumeID.Malformed", "The volume '{}' does not exist.");
    pub(in super::super) const SNAPSHOT: Kind = kind("snap", "snapshot", "InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed", "The snapshot '{}' does not exist.");
    pub(in super::super) const GROUP: Kind = kind("sg", "security-group", "InvalidGroup.NotFound", "InvalidGroupId.Malformed", "The security group '{}' does not exist");
    pub(in super::super) const RULE: Kind = kind("sgr", "security-group-rule", "InvalidSecurityGroupRuleId.NotFound", "InvalidSecurityGroupRuleId.Malformed", "The security group rule ID '{}' does not exist");
    pub(in super::super) const VPC: Kind = kind("vpc", "vpc", "InvalidVpcID.NotFound", "InvalidVpcId.Malformed", "The vpc ID '{}' does not exist");
    pub(in super::super) const SUBNET: Kind = kind("subnet", "subnet", "InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed", "The subnet ID '{}' does not exist");
    pub(in super::super) const ADDRESS: Kind = kind("eipalloc", "elastic-ip", "InvalidAllocationID.NotFound", "InvalidAllocationID.Malformed", "The allocation ID '{}' does not exist");
    pub(in super::super) const ASSOCIATION: Kind = kind("eipassoc", "", "InvalidAssociationID.NotFound", "InvalidAssociationID.Malformed", "The association ID '{}' does not exist");
    pub(in super::super) const INTERFACE: Kind = kind("eni", "network-interface", "InvalidNetworkInterfaceID.NotFound", "InvalidNetworkInterfaceId.Malformed", "The networkInterface ID '{}' does not exist");
    pub(in super::super) const PLACEMENT: Kind = kind("pg", "placement-group", "InvalidPlacementGroupId.NotFound", "InvalidPlacementGroupId.Malformed", "The placement group ID '{}' does not exist");
    pub(in super::super) const KEY: Kind = kind("key", "key-pair", "InvalidKeyPair.NotFound", "InvalidParameterValue", "The key pair '{}' does not exist");
}

pub(super) use kinds::{
    ADDRESS, ASSOCIATION, GROUP, IMAGE, INSTANCE, INTERFACE, KEY, PLACEMENT, RULE, SNAPSHOT, SUBNET, VOLUME,
    VPC,
};

/// How many digits an id shows.
const DIGITS: usize = 17;

fn digits(own: &str) -> impl Iterator<Item = char> {
    own.chars().filter(char::is_ascii_hexdigit).take(DIGITS)
}

impl Kind {
    /// The id of what the world calls this.
    pub(super) fn id(&self, own: &str) -> String {
        let digits: String = digits(own).collect();
        format!("{}-{digits}", self.prefix)
    }

    /// Whether this id, in EC2's form, is of what the world calls so.
    pub(super) fn is(&self, id: &str, own: &str) -> bool {
        // Asked a thousand times a thousand: nothing is allocated.
        let rest = id.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| rest.chars().eq(digits(own)))
    }

    /// Refuses what is no id of this kind at all.
    pub(super) fn formed(&self, id: &str) -> Outcome<()> {
        let digits = id.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-'));
        let good = |digits: &str| {
            matches!(digits.len(), 8 | DIGITS)
                && digits.chars().all(|c| c.is_ascii_hexdigit() && !c.is_uppercase())
        };
        match digits {
            Some(digits) if good(digits) => Ok(()),
            Some(_) => Err(Refused::new(self.malformed, format!("Invalid id: \"{id}\""))),
            None => {
                let message = format!("Invalid id: \"{id}\" (expecting \"{}-...\")", self.prefix);
                Err(Refused::new(self.malformed, message))
            }
        }
    }

    /// There is none of this id, or of these.
    pub(super) fn missing(&self, ids: &[&str]) -> Refused {
        let mut message = self.words.replace("{}", &ids.join(", "));
        if ids.len() > 1 {
            message = message.replace(" ID '", " IDs '").replace(" does not ", " do not ");
        }
        Refused::new(self.missing, message)
    }
}

#[cfg(test)]
mod tests {
    use super::INSTANCE;

    #[test]
    fn an_id_is_the_beginning_of_the_worlds() {
        let own = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
        assert_eq!(INSTANCE.id(own), "i-f47ac10b58cc4372a");
        assert!(INSTANCE.is("i-f47ac10b58cc4372a", own));
        assert_eq!(INSTANCE.formed("i-f47ac10b58cc4372a"), Ok(()));
        let told = INSTANCE.formed("bogus").map_err(|refused| (refused.code, refused.message));
        let wanted = (
            "InvalidInstanceID.Malformed".to_owned(),
            "Invalid id: \"bogus\" (expecting \"i-...\")".to_owned(),
        );
        assert_eq!(told, Err(wanted));
        assert_eq!(INSTANCE.missing(&["i-1", "i-2"]).message, "The instance IDs 'i-1, i-2' do not exist");
    }
}
