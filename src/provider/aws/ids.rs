//! Which texts are ids: what each noun's begin with.

use super::ec2::instance_type;
use crate::cloud::Noun;

/// Whether a text has the shape of an id of a noun: `i-` and hexadecimal digits. Types and keys are known by name.
pub(super) fn is_id(noun: Noun, text: &str) -> bool {
    let begins = |start: &str| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    match noun {
        Noun::Server => begins("i-"),
        Noun::Image => ["ami-", "aki-", "ari-", "emi-"].iter().any(|start| begins(start)),
        Noun::Flavor => instance_type::is_name(text),
        Noun::Keypair => begins("key-"),
        Noun::Volume => begins("vol-"),
        Noun::Snapshot => begins("snap-"),
        Noun::SecurityGroup => begins("sg-"),
        Noun::Network | Noun::Subnet => begins("subnet-"),
        Noun::Port => begins("eni-"),
        Noun::Stack => text.starts_with("arn:"),
        Noun::PublicIp => begins("eipalloc-") || text.parse::<std::net::IpAddr>().is_ok(),
        _ => false,
    }
}

/// Whether a launch or a rule takes a text as it is. An image may be a parameter that holds its id (RunInstances, "ImageId"), and
/// a group may be another account's, which nobody else can look up.
pub(super) fn is_as_written(noun: Noun, text: &str) -> bool {
    match noun {
        Noun::Image => is_id(noun, text) || text.starts_with("resolve:ssm:"),
        Noun::Flavor | Noun::SecurityGroup => is_id(noun, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_nouns_shape() {
        assert!(is_id(Noun::Server, "i-0123456789abcdef0") && is_id(Noun::Server, "i-01234567"));
        assert!(!is_id(Noun::Server, "i-am-web") && !is_id(Noun::Server, "web"));
        assert!(is_id(Noun::PublicIp, "54.1.2.3") && is_id(Noun::Flavor, "t3.micro"));
        assert!(!is_id(Noun::Volume, "snap-01234567"));
    }

    #[test]
    fn what_a_launch_takes_is_not_looked_up() {
        assert!(
            is_as_written(Noun::Image, "ami-01234567") && is_as_written(Noun::Image, "resolve:ssm:/a/b:3")
        );
        assert!(
            is_as_written(Noun::Flavor, "u-6tb1.metal") && is_as_written(Noun::SecurityGroup, "sg-01234567")
        );
        let named = [(Noun::Image, "base"), (Noun::Flavor, "large"), (Noun::SecurityGroup, "web")];
        assert!(named.iter().all(|(noun, text)| !is_as_written(*noun, text)));
        assert!(!is_as_written(Noun::Server, "i-01234567"));
    }
}
