//! Checksums of bytes that pass by on their way to a cloud or from it.

use crate::base::stream::{Content, Sink};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

type Hasher = Box<dyn DynDigest + Send>;

/// What makes a checksum by its name; `None` of one that is not known here.
fn hasher(algorithm: &str) -> Option<Hasher> {
    Some(match algorithm.to_ascii_lowercase().replace('-', "").as_str() {
        "md5" => Box::new(Md5::default()),
        "sha1" => Box::new(Sha1::default()),
        "sha224" => Box::new(Sha224::default()),
        "sha256" => Box::new(Sha256::default()),
        "sha384" => Box::new(Sha384::default()),
        "sha512" => Box::new(Sha512::default()),
        _ => return None,
    })
}

/// A checksum as a cloud tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// Its algorithm: `sha512`.
    pub algorithm: String,
    /// Hexadecimal digits.
    pub value: String,
}

impl Checksum {
    /// The same, where it is one that can be made here.
    pub fn known(algorithm: String, value: String) -> Option<Checksum> {
        hasher(&algorithm).map(|_| Checksum { algorithm, value: value.to_ascii_lowercase() })
    }
}

/// What has passed by.
struct Tally {
    algorithms: Vec<String>,
    hashers: Vec<Hasher>,
    size: u64,
}

impl Tally {
    fn of(algorithms: &[&str]) -> Tally {
        let algorithms: Vec<String> = algorithms.iter().map(|name| name.to_string()).collect();
        let mut tally = Tally { algorithms, hashers: Vec::new(), size: 0 };
        tally.begin();
        tally
    }

    fn begin(&mut self) {
        self.hashers = self.algorithms.iter().filter_map(|name| hasher(name)).collect();
        self.size = 0;
    }

    fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
    }

    fn value(&self, algorithm: &str) -> Option<String> {
        let place = self.algorithms.iter().position(|name| name == algorithm)?;
        let digest = self.hashers.get(place)?.box_clone().finalize();
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Bytes that are counted and summed as they pass by.
pub(crate) struct Summed<T: ?Sized> {
    tally: Arc<Mutex<Tally>>,
    inner: Arc<T>,
}

impl<T: ?Sized> Clone for Summed<T> {
    fn clone(&self) -> Summed<T> {
        Summed { tally: self.tally.clone(), inner: self.inner.clone() }
    }
}

impl<T: ?Sized> Summed<T> {
    /// With checksums by these algorithms.
    pub(crate) fn new(inner: Arc<T>, algorithms: &[&str]) -> Summed<T> {
        Summed { tally: Arc::new(Mutex::new(Tally::of(algorithms))), inner }
    }

    fn with<R>(&self, work: impl FnOnce(&mut Tally) -> R) -> R {
        work(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many have passed.
    pub(crate) fn size(&self) -> u64 {
        self.with(|tally| tally.size)
    }

    /// Their checksum, where this algorithm was asked for.
    pub(crate) fn value(&self, algorithm: &str) -> Option<String> {
        self.with(|tally| tally.value(algorithm))
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Summed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Content for Summed<dyn Content> {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.with(Tally::begin);
        Ok(Box::new(Reader { tally: self.tally.clone(), inner: self.inner.open()? }))
    }
}

struct Reader {
    tally: Arc<Mutex<Tally>>,
    inner: Box<dyn Read + Send>,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(&into[..read]);
        Ok(read)
    }
}

impl Sink for Summed<dyn Sink> {
    fn begin(&self, size: Option<u64>) -> io::Result<()> {
        self.with(Tally::begin);
        self.inner.begin(size)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.with(|tally| tally.add(bytes));
        self.inner.write(bytes)
    }
}

/// The checksum of a content that is read for it alone; `None` of an algorithm that is not known here.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn of_content(content: &dyn Content, algorithm: &str) -> io::Result<Option<String>> {
    let mut tally = Tally::of(&[algorithm]);
    let (mut reader, mut chunk) = (content.open()?, vec![0; 1 << 20]);
    loop {
        match reader.read(&mut chunk)? {
            0 => return Ok(tally.value(algorithm)),
            read => tally.add(&chunk[..read]),
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::base::stream::Held;

    #[test]
    fn bytes_are_summed_as_they_pass_and_anew_with_each_reading() {
        let content: Arc<dyn Content> = Arc::new(Held(Arc::from(*b"abc")));
        let summed = Summed::new(content.clone(), &["sha256", "md5", "crc32"]);
        for _ in 0..2 {
            io::copy(&mut summed.open().expect("open"), &mut io::sink()).expect("read");
        }
        assert_eq!(summed.value("md5").as_deref(), Some("900150983cd24fb0d6963f7d28e17f72"));
        assert!(summed.value("sha256").is_some_and(|value| value.starts_with("ba7816bf")));
        assert_eq!((Summed::size(&summed), summed.value("crc32")), (3, None));
        let sha1 = of_content(&*content, "sha1").expect("read");
        assert_eq!(sha1.as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert_eq!(Checksum::known("crc32".into(), "1".into()), None);
    }
}
