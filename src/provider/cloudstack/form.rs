//! The body of an upload: a form as browsers send it, with one file that is read as it is sent.

use crate::base::stream::Content;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// What divides the parts of the form for one template: nobody knows its id before, and writes it into a disk.
pub(super) fn boundary(id: &str) -> String {
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric()).take(40).collect();
    format!("rhain-form-{id}")
}

/// A form with one file in it.
#[derive(Debug)]
pub(super) struct Form {
    head: Vec<u8>,
    content: Arc<dyn Content>,
    tail: Vec<u8>,
}

impl Form {
    /// With this content, called so.
    pub(super) fn of(content: Arc<dyn Content>, file: &str, boundary: &str) -> Form {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        Form { head: head.into_bytes(), content, tail: format!("\r\n--{boundary}--\r\n").into_bytes() }
    }
}

impl Content for Form {
    fn size(&self) -> u64 {
        self.content.size() + (self.head.len() + self.tail.len()) as u64
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let content = self.content.open()?;
        Ok(Box::new(Cursor::new(self.head.clone()).chain(content).chain(Cursor::new(self.tail.clone()))))
    }
}
