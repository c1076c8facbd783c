//! AWS's partitions: the domain of a region's services, and the hosts with FIPS cryptography or IPv6.
//!
//! The table is botocore's, without its exceptions for services that only `api` reaches.

use crate::wire::auth::source::Hosts;

/// A part of AWS with regions, domains and accounts of its own.
struct Partition {
    /// What the names of its regions start with.
    prefixes: &'static [&'static str],
    /// The domain of its hosts.
    domain: &'static str,
    /// The domain of its hosts that have IPv6 too.
    dualstack: Option<&'static str>,
    /// The host of IAM, the same with FIPS, and the region that its signatures name.
    iam: [&'static str; 3],
}

const PARTITIONS: [Partition; 8] = [
    Partition {
        prefixes: &["cn-"],
        domain: "amazonaws.com.cn",
        dualstack: Some("api.amazonwebservices.com.cn"),
        iam: ["iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn", "cn-north-1"],
    },
    Partition {
        prefixes: &["us-gov-"],
        domain: "amazonaws.com",
        dualstack: Some("api.aws"),
        iam: ["iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "us-gov-west-1"],
    },
    Partition {
        prefixes: &["eusc-"],
        domain: "amazonaws.eu",
        dualstack: Some("api.amazonwebservices.eu"),
        iam: ["iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu", "eusc-de-east-1"],
    },
    Partition {
        prefixes: &["us-iso-"],
        domain: "c2s.ic.gov",
        dualstack: Some("api.aws.ic.gov"),
        iam: ["iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"],
    },
    Partition {
        prefixes: &["us-isob-"],
        domain: "sc2s.sgov.gov",
        dualstack: Some("api.aws.scloud"),
        iam: ["iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"],
    },
    Partition {
        prefixes: &["eu-isoe-"],
        domain: "cloud.adc-e.uk",
        dualstack: None,
        iam: ["iam.eu-isoe-west-1.cloud.adc-e.uk", "iam-fips.cloud.adc-e.uk", "eu-isoe-west-1"],
    },
    Partition {
        prefixes: &["us-isof-"],
        domain: "csp.hci.ic.gov",
        dualstack: None,
        iam: ["iam.us-isof-south-1.csp.hci.ic.gov", "iam-fips.csp.hci.ic.gov", "us-isof-south-1"],
    },
    Partition {
        prefixes: &[""],
        domain: "amazonaws.com",
        dualstack: Some("api.aws"),
        iam: ["iam.amazonaws.com", "iam-fips.amazonaws.com", "us-east-1"],
    },
];

fn of(region: &str) -> &'static Partition {
    let named = PARTITIONS.iter().find(|part| part.prefixes.iter().any(|prefix| region.starts_with(prefix)));
    named.unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

/// The URL of a service in a region; `None` where the partition has no such hosts.
pub(super) fn url(service: &str, region: &str, hosts: Hosts) -> Option<String> {
    let partition = of(region);
    if service == "iam" && !hosts.dualstack {
        return Some(format!("https://{}", partition.iam[usize::from(hosts.fips)]));
    }
    let domain = if hosts.dualstack { partition.dualstack? } else { partition.domain };
    // In GovCloud every host is one with FIPS.
    let plain = !hosts.fips || (region.starts_with("us-gov-") && !hosts.dualstack);
    let fips = if plain { "" } else { "-fips" };
    match (service, region.starts_with("us-gov-")) {
        ("iam", true) => Some(format!("https://iam.us-gov.{domain}")),
        ("iam", false) => Some(format!("https://iam{fips}.global.{domain}")),
        _ => Some(format!("https://{service}{fips}.{region}.{domain}")),
    }
}

/// The region that signatures of a service name: IAM lives in one region of each partition.
pub(super) fn signing_region<'a>(service: &str, region: &'a str) -> &'a str {
    if service == "iam" { of(region).iam[2] } else { region }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plain, FIPS, dual stack, both, as botocore builds them.
    #[test]
    fn hosts_are_those_that_botocore_builds() {
        for (service, region, hosts) in [
            (
                "ec2",
                "us-east-1",
                [
                    "ec2.us-east-1.amazonaws.com",
                    "ec2-fips.us-east-1.amazonaws.com",
                    "ec2.us-east-1.api.aws",
                    "ec2-fips.us-east-1.api.aws",
                ],
            ),
            (
                "cloudformation",
                "cn-north-1",
                [
                    "cloudformation.cn-north-1.amazonaws.com.cn",
                    "cloudformation-fips.cn-north-1.amazonaws.com.cn",
                    "cloudformation.cn-north-1.api.amazonwebservices.com.cn",
                    "cloudformation-fips.cn-north-1.api.amazonwebservices.com.cn",
                ],
            ),
            (
                "ec2",
                "us-gov-west-1",
                [
                    "ec2.us-gov-west-1.amazonaws.com",
                    "ec2.us-gov-west-1.amazonaws.com",
                    "ec2.us-gov-west-1.api.aws",
                    "ec2-fips.us-gov-west-1.api.aws",
                ],
            ),
            (
                "sts",
                "eusc-de-east-1",
                [
                    "sts.eusc-de-east-1.amazonaws.eu",
                    "sts-fips.eusc-de-east-1.amazonaws.eu",
                    "sts.eusc-de-east-1.api.amazonwebservices.eu",
                    "sts-fips.eusc-de-east-1.api.amazonwebservices.eu",
                ],
            ),
            (
                "ec2",
                "us-iso-east-1",
                [
                    "ec2.us-iso-east-1.c2s.ic.gov",
                    "ec2-fips.us-iso-east-1.c2s.ic.gov",
                    "ec2.us-iso-east-1.api.aws.ic.gov",
                    "ec2-fips.us-iso-east-1.api.aws.ic.gov",
                ],
            ),
            (
                "portal.sso",
                "us-isob-east-1",
                [
                    "portal.sso.us-isob-east-1.sc2s.sgov.gov",
                    "portal.sso-fips.us-isob-east-1.sc2s.sgov.gov",
                    "portal.sso.us-isob-east-1.api.aws.scloud",
                    "portal.sso-fips.us-isob-east-1.api.aws.scloud",
                ],
            ),
            (
                "ec2",
                "eu-isoe-west-1",
                ["ec2.eu-isoe-west-1.cloud.adc-e.uk", "ec2-fips.eu-isoe-west-1.cloud.adc-e.uk", "", ""],
            ),
            (
                "ec2",
                "us-isof-south-1",
                ["ec2.us-isof-south-1.csp.hci.ic.gov", "ec2-fips.us-isof-south-1.csp.hci.ic.gov", "", ""],
            ),
            (
                "iam",
                "eu-west-1",
                [
                    "iam.amazonaws.com",
                    "iam-fips.amazonaws.com",
                    "iam.global.api.aws",
                    "iam-fips.global.api.aws",
                ],
            ),
            (
                "iam",
                "us-gov-east-1",
                [
                    "iam.us-gov.amazonaws.com",
                    "iam.us-gov.amazonaws.com",
                    "iam.us-gov.api.aws",
                    "iam.us-gov.api.aws",
                ],
            ),
        ] {
            for (index, host) in hosts.into_iter().enumerate() {
                let kind = Hosts { fips: index % 2 == 1, dualstack: index >= 2 };
                let expected = (!host.is_empty()).then(|| format!("https://{host}"));
                assert_eq!(url(service, region, kind), expected, "{service} {region} {kind:?}");
            }
        }
        assert_eq!(signing_region("iam", "us-gov-east-1"), "us-gov-west-1");
        assert_eq!(signing_region("iam", "eu-west-1"), "us-east-1");
        assert_eq!(signing_region("ec2", "eu-west-1"), "eu-west-1");
    }
}
