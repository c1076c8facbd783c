//! What a create that went out twice made a second time, and what became of it.

use super::Error;

/// A second thing of one create.
#[derive(Debug, Clone, PartialEq)]
pub struct Double {
    /// What the create was to make: ``volume `data` ``.
    pub what: String,
    /// The id of the second one.
    pub id: String,
    /// Why it is still there; `None` where it is deleted.
    pub left: Option<Error>,
}

impl Double {
    /// The sentence that reports it.
    pub fn words(&self) -> String {
        let Double { what, id, left } = self;
        let came = format!("the {what} was made twice: its first request arrived late");
        match left {
            None => format!("{came}, and its second result, {id}, is deleted"),
            Some(error) => format!("{came}, and its second result, {id}, could not be deleted: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Kind;

    #[test]
    fn a_double_says_what_became_of_it() {
        let mut double = Double { what: "volume `data`".to_string(), id: "vol-2".to_string(), left: None };
        assert_eq!(
            double.words(),
            "the volume `data` was made twice: its first request arrived late, and its second result, vol-2, is deleted"
        );
        double.left = Some(Error::new(Kind::Conflict, "it is in use"));
        assert!(double.words().ends_with("vol-2, could not be deleted: it is in use"));
    }
}
