//! Bytes on their way between a file and a cloud: how far they are, and that they stop when the run is interrupted.

use crate::base::stream::{Content, Sink};
use crate::verbs::run_context::RunContext;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells how far a transfer is.
#[derive(Clone)]
struct Watch(Arc<Moving>);

struct Moving {
    host: Arc<RunContext>,
    /// "uploading `base`".
    what: String,
    whole: AtomicU64,
    moved: AtomicU64,
}

impl Watch {
    fn new(host: &Arc<RunContext>, what: String) -> Watch {
        let (whole, moved) = (AtomicU64::new(0), AtomicU64::new(0));
        Watch(Arc::new(Moving { host: host.clone(), what, whole, moved }))
    }

    fn begin(&self, whole: u64) {
        self.0.whole.store(whole, Ordering::Relaxed);
        self.0.moved.store(0, Ordering::Relaxed);
    }

    /// So many more have moved.
    fn add(&self, bytes: usize) -> io::Result<()> {
        if self.0.host.is_stopping() {
            return Err(io::Error::other("interrupted"));
        }
        let moved = self.0.moved.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let whole = self.0.whole.load(Ordering::Relaxed);
        let of = if whole > 0 { format!(" of {}", size(whole)) } else { String::new() };
        self.0.host.progress.waiting(&format!("{}   {}{of}", self.0.what, size(moved)));
        Ok(())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

/// A size as a person reads it.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} bytes"),
        10_240..10_485_760 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// A content that is watched as it is read.
#[derive(Debug)]
pub(super) struct WatchedContent {
    inner: Arc<dyn Content>,
    watch: Watch,
}

impl WatchedContent {
    pub(super) fn around(host: &Arc<RunContext>, what: String, inner: Arc<dyn Content>) -> Arc<dyn Content> {
        Arc::new(WatchedContent { inner, watch: Watch::new(host, what) })
    }
}

impl Content for WatchedContent {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.watch.begin(self.inner.size());
        Ok(Box::new(WatchedReader { inner: self.inner.open()?, watch: self.watch.clone() }))
    }

    fn is_given_up(&self) -> bool {
        self.watch.0.host.is_stopping()
    }
}

struct WatchedReader {
    inner: Box<dyn Read + Send>,
    watch: Watch,
}

impl Read for WatchedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.watch.add(read).map(|()| read)
    }
}

/// A place for bytes that is watched as it is written to.
#[derive(Debug)]
pub(super) struct WatchedSink {
    inner: Arc<dyn Sink>,
    watch: Watch,
}

impl WatchedSink {
    pub(super) fn around(host: &Arc<RunContext>, what: String, inner: Arc<dyn Sink>) -> Arc<dyn Sink> {
        Arc::new(WatchedSink { inner, watch: Watch::new(host, what) })
    }
}

impl Sink for WatchedSink {
    fn begin(&self, size: Option<u64>) -> io::Result<()> {
        self.watch.begin(size.unwrap_or(0));
        self.inner.begin(size)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.watch.add(bytes.len())?;
        self.inner.write(bytes)
    }
}
