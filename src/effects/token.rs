//! Tokens, markers and the UUIDs of `uuid()`: made from a key of the run and the path of the call, so that a call that is begun
//! again carries the same one, and nobody without the key can tell or guess it.

use super::path::Path;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// What the tokens of a run are made from; it never prints.
#[derive(Clone)]
pub struct RunKey([u8; 32]);

impl RunKey {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> RunKey {
        RunKey(bytes)
    }

    /// Its bytes, for the file that keeps it as long as the run can go on.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A code of a text that nobody without the key can make, nor tell the text from.
    pub fn code(&self, text: &[u8]) -> [u8; 32] {
        let mut bytes = [0; 32];
        if let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&self.0) {
            code.update(text);
            bytes.copy_from_slice(&code.finalize().into_bytes());
        }
        bytes
    }

    /// A key that nobody knows.
    pub fn random() -> RunKey {
        let mut hash = Sha256::new();
        for _ in 0..3 {
            hash.update(uuid::Uuid::new_v4().as_bytes());
        }
        RunKey(hash.finalize().into())
    }

    /// The token of a call, in the life of the run that begins it; `nth` from 0 where a call sends more than one create.
    pub fn token(&self, life: u32, path: &Path, nth: usize) -> String {
        match nth {
            0 => self.uuid(&format!("token {life} {path}")),
            nth => self.uuid(&format!("token {life} {path} {nth}")),
        }
    }

    /// What `uuid()` gives at a path, in every life of the run.
    pub fn random_uuid(&self, path: &Path) -> String {
        self.uuid(&format!("uuid {path}"))
    }

    fn uuid(&self, text: &str) -> String {
        let mut bytes = [0; 16];
        // A key of any length will do, so this never fails.
        if let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&self.0) {
            code.update(text.as_bytes());
            bytes.copy_from_slice(&code.finalize().into_bytes()[..16]);
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn tokens_differ_by_key_life_path_and_turn_and_by_nothing_else() {
        let keys = [RunKey::new([1; 32]), RunKey::new([2; 32]), RunKey::random(), RunKey::random()];
        let paths = ["1", "2", "1#0", "1#1", "1:1/1", "1!/1"].map(|path| path.parse::<Path>().unwrap());
        let all = || {
            let each = keys.iter().flat_map(|key| paths.iter().map(move |path| (key, path)));
            let tokens = each.flat_map(|(key, path)| {
                let tokens = [(1, 0), (1, 1), (1, 2), (2, 0)].map(|(life, nth)| key.token(life, path, nth));
                tokens.into_iter().chain([key.random_uuid(path)])
            });
            tokens.collect::<Vec<_>>()
        };
        let tokens = all();
        assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), 4 * 6 * 5);
        assert_eq!(tokens, all());
        assert_eq!(uuid::Uuid::parse_str(&tokens[0]).unwrap().get_version_num(), 4);
    }
}
