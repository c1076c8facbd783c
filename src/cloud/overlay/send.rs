//! Showing a change: the inner driver builds its request, which the wire shows and does not send.

use super::Overlay;
use crate::cloud::{Error, Kind, Result};

impl Overlay {
    /// Let the inner driver build the request of a change. `changed` tells that the change is about what only the overlay
    /// knows: then a driver that reads before it writes does not find it, and the change is shown in words.
    ///
    /// # Errors
    /// What the driver itself refuses, and trouble with what it reads.
    pub(super) async fn shown<T>(
        &self,
        changed: bool,
        words: impl FnOnce() -> String,
        asked: impl Future<Output = Result<T>>,
    ) -> Result<Option<T>> {
        match asked.await {
            Err(error) if error.kept => Ok(None),
            Err(error) if changed && is_of_overlay(&error) => {
                (self.show)(&words());
                Ok(None)
            }
            Err(error) => Err(error),
            Ok(given) => {
                // The driver found nothing to do, in a cloud that has not changed with the overlay.
                if changed {
                    (self.show)(&words());
                }
                Ok(Some(given))
            }
        }
    }
}

/// Whether a driver's error may come of not knowing what only the overlay knows: what it looked for is not there, is not in
/// the right state, or has an id that the cloud makes no sense of. Its own refusal of an argument is none of these.
fn is_of_overlay(error: &Error) -> bool {
    match error.kind {
        Kind::NotFound | Kind::Conflict => true,
        Kind::InvalidArgument => error.status.is_some(),
        _ => false,
    }
}
