//! The name of a cloud in another of its regions: `lab [RegionTwo]`, under which the session keeps it and messages name it.
//!
//! Two clouds are one when these names are equal; scripts see the part before the region as `.name`.

/// The name of a cloud in a region.
pub fn in_region(cloud: &str, region: &str) -> String {
    format!("{cloud} [{region}]")
}

/// A cloud's own name and the region, where another than its default is meant.
pub fn split(name: &str) -> (&str, Option<&str>) {
    let parts = name.strip_suffix(']').and_then(|name| name.rsplit_once(" ["));
    parts.map_or((name, None), |(cloud, region)| (cloud, Some(region)))
}

/// A cloud's own name.
pub fn name_of(name: &str) -> &str {
    split(name).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_told_from_a_name() {
        assert_eq!(split(&in_region("lab", "RegionTwo")), ("lab", Some("RegionTwo")));
        assert_eq!((split("lab"), split("a [b")), (("lab", None), ("a [b", None)));
        assert_eq!(name_of("aws:prod [eu-west-1]"), "aws:prod");
    }
}
