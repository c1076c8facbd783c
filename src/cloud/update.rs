//! What `update` changes of a resource that is no server.

/// What is changed; `None` keeps. Which of it a resource has goes by its noun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// A new name.
    pub name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// Of an image: public, private, shared or community.
    pub visibility: Option<String>,
    /// Of an image: whether it can be deleted.
    pub protected: Option<bool>,
    /// Of an image: the smallest disk it boots from, GiB.
    pub min_disk: Option<i64>,
    /// Of an image: the least memory it boots with, MiB.
    pub min_ram: Option<i64>,
}

impl Update {
    /// The names of what is changed beside a name and a description.
    pub fn of_images(&self) -> Vec<&'static str> {
        let given = [
            ("visibility", self.visibility.is_some()),
            ("protected", self.protected.is_some()),
            ("min_disk", self.min_disk.is_some()),
            ("min_ram", self.min_ram.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}
