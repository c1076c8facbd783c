//! The services that are spoken to: their names, versions and ways of numbering lists.

use super::partition;
use crate::wire::auth::source::Hosts;
use crate::wire::query::Lists;

/// A service of the query protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Service {
    /// EC2.
    Ec2,
    /// CloudFormation.
    CloudFormation,
    /// The security token service.
    Sts,
    /// Any other, by its name in addresses: `iam`, `autoscaling`.
    Other(String),
}

/// The versions of services that only `api` asks, where the caller gives none.
const VERSIONS: [(&str, &str); 9] = [
    ("autoscaling", "2011-01-01"),
    ("elasticache", "2015-02-02"),
    ("elasticbeanstalk", "2010-12-01"),
    ("elasticloadbalancing", "2015-12-01"),
    ("iam", "2010-05-08"),
    ("monitoring", "2010-08-01"),
    ("rds", "2014-10-31"),
    ("sns", "2010-03-31"),
    ("sqs", "2012-11-05"),
];

/// The domains of Amazon's own endpoints, in each partition; keys are sent to no host outside of them.
pub const DOMAINS: [&str; 12] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "api.amazonwebservices.eu",
    "api.aws.ic.gov",
    "api.aws.scloud",
];

/// Whether a text can be a service's name: it becomes a part of a host's name.
pub fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && name.chars().all(inner)
}

impl Service {
    /// The service of this name.
    pub fn named(name: &str) -> Service {
        match name {
            "ec2" | "compute" => Service::Ec2,
            "cloudformation" | "cfn" => Service::CloudFormation,
            "sts" => Service::Sts,
            other => Service::Other(other.to_string()),
        }
    }

    /// Its name in addresses and signatures.
    pub fn name(&self) -> &str {
        match self {
            Service::Ec2 => "ec2",
            Service::CloudFormation => "cloudformation",
            Service::Sts => "sts",
            Service::Other(name) => name,
        }
    }

    /// The word of an error's `.service`.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Service::Ec2 => Some("ec2"),
            Service::CloudFormation => Some("cloudformation"),
            Service::Sts => Some("sts"),
            Service::Other(_) => None,
        }
    }

    /// The version of its API that is asked for, where one is known.
    pub fn version(&self) -> Option<&'static str> {
        match self {
            Service::Ec2 => Some("2016-11-15"),
            Service::CloudFormation => Some("2010-05-15"),
            Service::Sts => Some("2011-06-15"),
            Service::Other(name) => {
                VERSIONS.iter().find(|(known, _)| known == name).map(|(_, version)| *version)
            }
        }
    }

    /// How it numbers lists.
    pub fn lists(&self) -> Lists {
        match self {
            Service::Ec2 => Lists::Flat,
            _ => Lists::Member,
        }
    }

    /// The URL where AWS itself serves it; `None` where the region's partition has no such hosts.
    pub fn address(&self, region: &str, hosts: Hosts) -> Option<String> {
        partition::url(self.name(), region, hosts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_region() {
        let address = |service: &str, region: &str| Service::named(service).address(region, Hosts::default());
        assert_eq!(address("ec2", "eu-west-1").as_deref(), Some("https://ec2.eu-west-1.amazonaws.com"));
        assert_eq!(
            address("cfn", "cn-north-1").as_deref(),
            Some("https://cloudformation.cn-north-1.amazonaws.com.cn")
        );
        assert_eq!(address("iam", "eu-west-1").as_deref(), Some("https://iam.amazonaws.com"));
        assert_eq!(Service::named("iam").version(), Some("2010-05-08"));
        assert!(["ec2", "elasticloadbalancing", "s3-outposts", "1x"].into_iter().all(is_name));
        for other in ["", "localhost:28443/", "EC2", "a.b", "-a", "a/b", "a@b", "a b", "é"] {
            assert!(!is_name(other), "{other}");
        }
    }
}
