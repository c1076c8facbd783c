//! When to look again: soon at first, then less and less often, never all at the same moment.

use std::time::Duration;

/// The pauses between looks.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The pause after the first look.
    pub first: Duration,
    /// What each pause is multiplied by for the next.
    pub growth: f64,
    /// The longest pause.
    pub cap: Duration,
    /// How far a pause may stray, as a part of itself.
    pub jitter: f64,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { first: Duration::from_millis(500), growth: 1.4, cap: Duration::from_secs(10), jitter: 0.15 }
    }
}

impl Policy {
    /// The pause after this many looks (1 or more); `chance` is between 0 and 1.
    pub fn pause(&self, looks: u32, chance: f64) -> Duration {
        let exponent = i32::try_from(looks.saturating_sub(1).min(64)).unwrap_or(64);
        let plain = (self.first.as_secs_f64() * self.growth.powi(exponent)).min(self.cap.as_secs_f64());
        let strayed = plain * (1.0 + self.jitter * (2.0 * chance.clamp(0.0, 1.0) - 1.0));
        Duration::from_secs_f64(strayed.clamp(0.0, self.cap.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_and_stray_a_little() {
        let policy = Policy::default();
        let plain: Vec<Duration> = (1..40).map(|looks| policy.pause(looks, 0.5)).collect();
        assert_eq!(plain[0], Duration::from_millis(500));
        assert!(plain.windows(2).all(|pair| pair[0] <= pair[1]), "{plain:?}");
        assert_eq!(plain[38], policy.cap);
        assert!(policy.pause(1, 0.0) < policy.pause(1, 1.0));
        assert!(policy.pause(u32::MAX, 1.0) <= policy.cap);
    }
}
