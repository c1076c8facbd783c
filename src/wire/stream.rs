//! Bodies that are larger than memory: read as they are sent, or kept as they come. Such a request has no limit of time in all; it
//! ends where next to nothing has moved for as long as another request may take.

use crate::base::stream::{Content, Sink};
use bytes::Bytes;
use futures_util::stream;
use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// What comes slower than this, in bytes a second, comes from something that only keeps the line open.
const SLOWEST: u64 = 1 << 10;

/// A body that is read as it is sent.
#[derive(Clone)]
pub struct Outgoing(pub Arc<dyn Content>);

impl Outgoing {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.0.size()
    }
}

impl PartialEq for Outgoing {
    fn eq(&self, other: &Outgoing) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.size())
    }
}

/// Where the body of an answer goes.
#[derive(Clone, Debug)]
pub struct Receiver(pub Arc<dyn Sink>);

impl PartialEq for Receiver {
    fn eq(&self, other: &Receiver) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What has moved in one attempt.
#[derive(Clone, Default)]
pub(super) struct Moved(Arc<Inner>);

#[derive(Default)]
struct Inner {
    sent: AtomicU64,
    kept: AtomicU64,
    began: AtomicU64,
    /// Why bytes cannot be read or kept here.
    failed: Mutex<Option<String>>,
}

impl Moved {
    /// The bytes of a content, as they are asked for.
    pub(super) fn reading(
        &self,
        content: &Outgoing,
    ) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (moved, content) = (self.clone(), content.clone());
        let mut left = content.size();
        let mut reader: Option<Box<dyn Read + Send>> = None;
        let mut next = move || -> io::Result<Option<Bytes>> {
            let reader = match &mut reader {
                Some(reader) => reader,
                none => none.insert(content.0.open()?),
            };
            // Not a byte more than the length that was told, should there be more by now.
            let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
            let read = reader.read(&mut chunk)?;
            if read == 0 && left > 0 {
                let message = format!("it is {left} bytes shorter than it was");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            chunk.truncate(read);
            left -= read as u64;
            moved.0.sent.fetch_add(read as u64, Ordering::Relaxed);
            Ok(Some(Bytes::from(chunk)).filter(|chunk| !chunk.is_empty()))
        };
        let moved = self.clone();
        stream::unfold(true, move |goes_on| {
            let step = match goes_on {
                false => None,
                true => match next() {
                    Ok(chunk) => chunk.map(|chunk| (Ok(chunk), true)),
                    Err(error) => {
                        moved.fail(&error);
                        Some((Err(error), false))
                    }
                },
            };
            std::future::ready(step)
        })
    }

    /// A good answer's body begins.
    pub(super) fn begin(&self, receiver: &Receiver, size: Option<u64>) -> Result<(), ()> {
        self.0.began.fetch_add(1, Ordering::Relaxed);
        receiver.0.begin(size).map_err(|error| self.fail(&error))
    }

    /// More of it.
    pub(super) fn keep(&self, receiver: &Receiver, bytes: &[u8]) -> Result<(), ()> {
        self.0.kept.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        receiver.0.write(bytes).map_err(|error| self.fail(&error))
    }

    fn fail(&self, error: &io::Error) {
        *self.0.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }

    /// Why bytes cannot be read or kept here, where that ended the attempt.
    pub(super) fn failure(&self) -> Option<String> {
        self.0.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether bytes have come, which are not asked for again from the beginning.
    pub(super) fn has_begun(&self) -> bool {
        self.0.began.load(Ordering::Relaxed) > 0
    }

    fn counts(&self) -> [u64; 3] {
        [&self.0.sent, &self.0.began, &self.0.kept].map(|count| count.load(Ordering::Relaxed))
    }

    /// What comes of an attempt; `None` where its time is up, which begins anew while bytes move.
    pub(super) async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        let mut before = self.counts();
        loop {
            if let Ok(done) = tokio::time::timeout(limit, &mut work).await {
                return Some(done);
            }
            let now = self.counts();
            if !moves(before, now, limit) {
                return None;
            }
            before = now;
        }
    }
}

/// Whether enough has moved in this time. What is sent leaves in pieces, so one of them is enough; of what comes there must be
/// some.
fn moves([sent, began, kept]: [u64; 3], now: [u64; 3], time: Duration) -> bool {
    let least = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).saturating_mul(SLOWEST) / 1000;
    now[0] > sent || now[1] > began || now[2] - kept >= least.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_keeps_the_line_open_does_not_move() {
        let minute = Duration::from_secs(60);
        let moved = |sent: u64, began: u64, kept: u64| {
            moves([5, 1, 1000], [5 + sent, 1 + began, 1000 + kept], minute)
        };
        assert!(!moved(0, 0, 0) && !moved(0, 0, 60) && !moved(0, 0, 61_439));
        assert!(moved(0, 0, 61_440) && moved(1, 0, 0) && moved(0, 1, 0));
        // However short the time is, nothing is not enough.
        assert!(!moves([0; 3], [0; 3], Duration::ZERO) && moves([0; 3], [0, 0, 1], Duration::ZERO));
    }
}
