//! What a cloud does step by step under an id of its own, as CloudStack's jobs: by it a report says what is still under way.

/// Such an operation, as the run knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The id by which the cloud is asked about it.
    pub id: String,
    /// What began it, in the provider's word: `deployVirtualMachine`.
    pub command: String,
    /// The id of the server that it is about.
    pub server: String,
    /// Whether it is what makes the server.
    pub makes: bool,
    /// The server's state when it was last read, in the provider's word.
    pub state: Option<String>,
    /// What came of it; `None` while that is not known.
    pub end: Option<End>,
}

/// What came of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Done,
    /// It failed: its code and words.
    Failed {
        /// The provider's code, where it stands for a status: 533.
        code: u16,
        /// The cloud's words.
        words: String,
    },
}

impl Operation {
    /// ``job 7 (`deployVirtualMachine`)``.
    pub fn name(&self) -> String {
        format!("job {} (`{}`)", self.id, self.command)
    }

    /// The same with what it is about, of one that nobody saw end.
    pub fn open(&self) -> String {
        format!("{} may still be under way on server {}", self.name(), self.server)
    }

    /// The same of one that goes on.
    pub fn goes_on(&self) -> String {
        format!("{} of server {} goes on", self.name(), self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_says_what_it_is_about() {
        let one = Operation {
            id: "7".to_string(),
            command: "deployVirtualMachine".to_string(),
            server: "a".to_string(),
            makes: true,
            state: None,
            end: None,
        };
        assert_eq!(one.goes_on(), "job 7 (`deployVirtualMachine`) of server a goes on");
    }
}
