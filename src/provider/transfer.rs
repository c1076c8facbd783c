//! Bytes of images on their way: no more of them than there are, and the words of those that did not all come.

use crate::base::stream::Sink;
use crate::cloud::{Error, Kind};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place for so many bytes and no more.
#[derive(Debug)]
pub(crate) struct AtMost {
    to: Arc<dyn Sink>,
    most: u64,
    came: AtomicU64,
}

/// The most of an image whose size no one tells: what comes without end ends here.
const LARGEST: u64 = 16 << 40;

impl AtMost {
    /// Without a number as many as an image may have.
    pub(crate) fn new(to: Arc<dyn Sink>, most: Option<u64>) -> AtMost {
        AtMost { to, most: most.unwrap_or(LARGEST), came: AtomicU64::new(0) }
    }

    /// How many there may be.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Whether more came.
    pub(crate) fn is_over(&self) -> bool {
        self.came.load(Ordering::Relaxed) > self.most
    }
}

impl Sink for AtMost {
    fn begin(&self, size: Option<u64>) -> io::Result<()> {
        self.came.store(0, Ordering::Relaxed);
        self.to.begin(size)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.came.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        match self.is_over() {
            true => Err(io::Error::other("more bytes came than there are")),
            false => self.to.write(bytes),
        }
    }
}

/// The error of a download of which so much came.
pub(crate) fn cut_off(mut error: Error, name: &str, came: u64, whole: Option<u64>) -> Error {
    let lost = matches!(error.kind, Kind::Network | Kind::Timeout);
    if !lost || (came == 0 && !error.message.is_empty()) {
        return error;
    }
    let of = whole.map_or(String::new(), |whole| format!(" of {whole}"));
    error.message = format!("the download of `{name}` was cut off after {came}{of} bytes");
    error.help("save it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Kept(AtomicU64);

    impl Sink for Kept {
        fn begin(&self, _: Option<u64>) -> io::Result<()> {
            Ok(())
        }

        fn write(&self, bytes: &[u8]) -> io::Result<()> {
            self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            Ok(())
        }
    }

    #[test]
    fn no_more_is_kept_than_the_image_has() {
        let kept = Arc::new(Kept::default());
        let bound = AtMost::new(kept.clone(), Some(10));
        assert!(bound.begin(None).is_ok() && bound.write(&[0; 6]).is_ok());
        // An answer that begins anew is counted anew.
        assert!(bound.begin(None).is_ok() && bound.write(&[0; 10]).is_ok() && !bound.is_over());
        assert!(bound.write(&[0]).is_err() && bound.is_over());
        assert_eq!(kept.0.load(Ordering::Relaxed), 16);
        // What has no number has an end, too.
        assert_eq!(AtMost::new(kept, None).most(), 17_592_186_044_416);
    }
}
