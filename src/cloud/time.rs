//! Times and durations as people write them.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::time::{Duration, SystemTime};

/// A moment, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub Timestamp);

impl Time {
    /// From RFC 3339 text, with or without a zone (none means UTC), as every cloud writes it. `None` where it is no time.
    pub fn parse(text: &str) -> Option<Time> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Time(stamp));
        }
        if let Ok(local) = text.parse::<jiff::civil::DateTime>() {
            return local.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| Time(zoned.timestamp()));
        }
        None
    }

    /// From the system's own clock type.
    pub fn from_system(time: SystemTime) -> Time {
        Time(Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Whole seconds since 1970.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    /// The length from `earlier` to this; negative lengths are zero.
    pub fn since(self, earlier: Time) -> Span {
        Span::from_nanos(self.0.as_nanosecond() - earlier.0.as_nanosecond())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whole seconds are what a person reads; the fraction is in arithmetic only.
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// With its fraction, which a person is not shown.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        Time::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is no time")))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A length of time in nanoseconds; negative when a time was subtracted from an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i128);

impl Span {
    /// From nanoseconds.
    pub fn from_nanos(nanos: i128) -> Span {
        Span(nanos)
    }

    /// From whole seconds.
    pub const fn from_secs(seconds: i64) -> Span {
        Span(seconds as i128 * 1_000_000_000)
    }

    /// From the standard library's type.
    pub fn from_std(duration: Duration) -> Span {
        Span(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX))
    }

    /// In nanoseconds.
    pub fn nanos(self) -> i128 {
        self.0
    }

    /// In whole seconds, rounded towards zero.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0 / 1_000_000_000).unwrap_or(i64::MAX)
    }

    /// As the standard library's type; a negative span is zero.
    pub fn to_std(self) -> Duration {
        let nanos = self.0.max(0);
        Duration::new(
            u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX),
            (nanos % 1_000_000_000) as u32,
        )
    }

    /// From `500ms`, `30s`, `10m`, `1h30m`, `7d`: numbers with units, largest first. `None` where it is no duration.
    pub fn parse(text: &str) -> Option<Span> {
        const UNITS: [(&str, i128); 5] = [
            ("ms", 1_000_000),
            ("s", 1_000_000_000),
            ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
            ("d", 86_400_000_000_000),
        ];
        let mut rest = text.trim();
        if rest.is_empty() {
            return None;
        }
        let mut total: i128 = 0;
        let mut smallest = i128::MAX;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (_, scale) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
            if *scale >= smallest || number > 1e9 {
                return None;
            }
            smallest = *scale;
            total += (number * *scale as f64) as i128;
            rest = &rest[letters..];
        }
        Some(Span(total))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut millis = self.0.unsigned_abs() / 1_000_000;
        if millis == 0 {
            return f.write_str("0s");
        }
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
            let count = millis / size;
            if count > 0 {
                write!(f, "{count}{unit}")?;
                millis -= count * size;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let seconds = |text: &str| Span::parse(text).map(Span::seconds);
        assert_eq!(seconds("30s"), Some(30));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("7d"), Some(604_800));
        assert_eq!(Span::parse("500ms").map(Span::nanos), Some(500_000_000));
        assert_eq!(seconds("1.5h"), Some(5400));
        for wrong in ["", "10", "m", "10x", "1m1h", "5s5s", "-3s", "1 h", "."] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Span::from_secs(5400).to_string(), "1h30m");
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        let zoned = Time::parse("2026-11-21T09:00:00Z").map(Time::unix);
        assert_eq!(Time::parse("2026-11-21T09:00:00.000000").map(Time::unix), zoned);
        assert_eq!(Time::parse("yesterday"), None);
    }
}
