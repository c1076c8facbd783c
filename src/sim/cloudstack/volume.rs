//! Volumes.

use super::scope::Cloud;

impl Cloud<'_> {
    /// Takes a volume of a machine away with it.
    pub(super) fn let_volume_go(&mut self, volume: &str, server: &str) {
        // One that is not at the machine stays as it is.
        let _ = self.world.set_goes(server, volume, true);
    }
}
