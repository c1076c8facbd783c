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
}
