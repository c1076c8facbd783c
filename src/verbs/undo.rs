//! How `rhain undo` takes each verb back: one list of every verb that changes something.

use super::verb::Verb;

/// How what a verb did is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// What it made is deleted.
    Deleted,
    /// The fields that it changed get their former values.
    Former,
    /// The server goes back to its former state; this is the one that the verb leads to.
    Power(&'static str),
    /// The opposite is done.
    Opposite(&'static str),
    /// Nothing is left of it.
    Nothing,
    /// It cannot be taken back, and why.
    Lost(&'static str),
}

impl Undo {
    /// Its words for the manual.
    pub fn words(self) -> String {
        match self {
            Undo::Deleted => "what it made is deleted".to_string(),
            Undo::Former => "the former values are set again".to_string(),
            Undo::Power(_) => "the server goes back to its former state".to_string(),
            Undo::Opposite(verb) => format!("`{verb}` is done"),
            Undo::Nothing => "nothing is left of it".to_string(),
            Undo::Lost(why) => format!("not taken back: {why}"),
        }
    }
}

/// Every verb that changes something, and how it is taken back.
pub const UNDO: &[(&str, Undo)] = &[
    ("add_security_group", Undo::Opposite("remove_security_group")),
    ("add_tags", Undo::Former),
    ("allocate_ip", Undo::Opposite("release_ip")),
    ("api", Undo::Lost("nobody knows what the request changed")),
    ("associate_ip", Undo::Former),
    ("attach", Undo::Opposite("detach")),
    ("authorize", Undo::Opposite("revoke")),
    ("boot", Undo::Deleted),
    ("boot_all", Undo::Deleted),
    ("cancel_update", Undo::Nothing),
    ("check_stack", Undo::Nothing),
    ("confirm_resize", Undo::Former),
    ("create_backup", Undo::Deleted),
    ("create_ec2_credential", Undo::Lost("it is used by its keys, which `ec2_credentials` lists")),
    ("create_keypair", Undo::Deleted),
    ("create_network", Undo::Deleted),
    ("create_port", Undo::Deleted),
    ("create_router", Undo::Deleted),
    ("create_security_group", Undo::Deleted),
    ("create_server_group", Undo::Deleted),
    ("create_stack", Undo::Deleted),
    ("create_volume", Undo::Deleted),
    ("delete", Undo::Lost("what is deleted is gone")),
    ("delete_meta", Undo::Former),
    ("detach", Undo::Opposite("attach")),
    ("disassociate_ip", Undo::Former),
    ("exec", Undo::Lost("nobody knows what the program changed")),
    ("extend", Undo::Lost("a volume does not shrink")),
    ("http", Undo::Lost("nobody knows what the request changed")),
    ("lock", Undo::Former),
    ("migrate", Undo::Lost("it stays on the host that it went to")),
    ("pause", Undo::Power("PAUSED")),
    ("reboot", Undo::Nothing),
    ("rebuild", Undo::Lost("the disk was written anew")),
    ("release_ip", Undo::Lost("the address is given back")),
    ("remove_security_group", Undo::Opposite("add_security_group")),
    ("remove_tags", Undo::Former),
    ("rename", Undo::Former),
    ("replace_meta", Undo::Former),
    ("replace_tags", Undo::Former),
    ("rescue", Undo::Power("RESCUE")),
    ("resize", Undo::Former),
    ("restore_backup", Undo::Lost("the volume was written anew")),
    ("restore_stack", Undo::Lost("the former template is not kept")),
    ("resume", Undo::Power("ACTIVE")),
    ("revert_resize", Undo::Former),
    ("revoke", Undo::Opposite("authorize")),
    ("rollback_stack", Undo::Nothing),
    ("save_image", Undo::Lost("the file that it wrote stays")),
    ("set_meta", Undo::Former),
    ("set_password", Undo::Lost("no cloud tells a password again")),
    ("share_image", Undo::Opposite("unshare_image")),
    ("shelve", Undo::Power("SHELVED_OFFLOADED")),
    ("snapshot", Undo::Deleted),
    ("start", Undo::Power("ACTIVE")),
    ("stop", Undo::Power("SHUTOFF")),
    ("suspend", Undo::Power("SUSPENDED")),
    ("unlock", Undo::Former),
    ("unpause", Undo::Power("ACTIVE")),
    ("unrescue", Undo::Power("ACTIVE")),
    ("unshare_image", Undo::Opposite("share_image")),
    ("unshelve", Undo::Power("ACTIVE")),
    ("update", Undo::Former),
    ("update_stack", Undo::Lost("the former template is not kept")),
    ("upload_image", Undo::Deleted),
    ("write_file", Undo::Lost("the former content is not kept")),
];

/// How a verb is taken back, for the manual; nothing of one that changes nothing.
pub fn undo_words(verb: &Verb) -> Option<String> {
    UNDO.iter().find(|(name, _)| *name == verb.name).map(|(_, undo)| undo.words())
}

/// How a verb is taken back; one that changes nothing leaves nothing.
pub fn undo_of(verb: &str) -> Undo {
    UNDO.iter().find(|(name, _)| *name == verb).map_or(Undo::Nothing, |(_, undo)| *undo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::{Effect, VERBS};

    #[test]
    fn every_verb_that_changes_something_says_how_it_is_taken_back() {
        let changes = |effect: Effect| match effect {
            Effect::By(_) => true,
            Effect::AloneReads(effect) => effect.changes_cloud(),
            effect => effect.changes_cloud() || effect.changes_outside(),
        };
        let named = |name: &str| UNDO.iter().any(|(known, _)| *known == name);
        let missing: Vec<&str> = VERBS
            .iter()
            // It asks a host or looks at a server, by what it is given.
            .filter(|verb| verb.name != "wait_port")
            .filter(|verb| changes(verb.effect) && !named(verb.name))
            .map(|verb| verb.name)
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        let unknown: Vec<&str> =
            UNDO.iter().map(|(name, _)| *name).filter(|name| crate::verbs::verb(name).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
        assert!(UNDO.is_sorted_by_key(|(name, _)| *name));
    }
}
