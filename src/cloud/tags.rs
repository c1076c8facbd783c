//! What a script asks of the tags of a server.

/// How tags are to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagChange {
    /// These are to be among them.
    Add(Vec<String>),
    /// None of these.
    Remove(Vec<String>),
    /// These, and no other.
    Replace(Vec<String>),
}

impl TagChange {
    /// The verb that asks for it.
    pub fn verb(&self) -> &'static str {
        match self {
            TagChange::Add(_) => "add_tags",
            TagChange::Remove(_) => "remove_tags",
            TagChange::Replace(_) => "replace_tags",
        }
    }

    /// The tags that are missing now, and those that are to go.
    pub fn differ(&self, now: &[String]) -> (Vec<String>, Vec<String>) {
        let lacking = |wanted: &[String]| {
            let mut missing: Vec<String> = Vec::new();
            for tag in wanted {
                if !now.contains(tag) && !missing.contains(tag) {
                    missing.push(tag.clone());
                }
            }
            missing
        };
        match self {
            TagChange::Add(tags) => (lacking(tags), Vec::new()),
            TagChange::Remove(tags) => {
                (Vec::new(), now.iter().filter(|tag| tags.contains(tag)).cloned().collect())
            }
            TagChange::Replace(tags) => {
                (lacking(tags), now.iter().filter(|tag| !tags.contains(tag)).cloned().collect())
            }
        }
    }

    /// The tags after the change.
    pub fn after(&self, now: &[String]) -> Vec<String> {
        let (missing, gone) = self.differ(now);
        now.iter().filter(|tag| !gone.contains(tag)).cloned().chain(missing).collect()
    }
}
