//! Our own settings: clouds that stand there, and other names for clouds.

use super::found;
use rhain::config::Found;
use rhain::config::openstack::Auth;
use rhain::wire::auth::{Credentials, Source, Version};

const OWN: &str = "home/.config/rhain/config.toml";
const PROFILES: (&str, &str) = (
    "home/.aws/config",
    "[default]\nregion = d\naws_access_key_id = A\naws_secret_access_key = S\n[profile prod]\nregion = p\naws_access_key_id = B\naws_secret_access_key = T\n",
);

fn listed(found: &Found) -> Vec<String> {
    let all = found.entries().into_iter();
    all.map(|entry| format!("{} {} {}", entry.name, entry.provider, entry.found)).collect()
}

#[test]
fn clouds_of_our_own_stand_beside_the_others() {
    let text = "default = 'lab'\n\n[clouds.lab]\ncloud = \"aws:prod\"\n\n[clouds.moto]\nprovider = \"aws\"\nendpoint_url = \"http://127.0.0.1:5566\"\naws_access_key_id = \"A\"\naws_secret_access_key = \"S\"\n\n[clouds.west]\nprovider = \"aws\"\nprofile = \"prod\"\nregion = \"us-west-1\"\nsignature_version = 2\nec2_endpoint_url = \"https://ec2.lab/\"\nverify = false\n\n[clouds.stack]\nprovider = \"openstack\"\nauth_type = \"token\"\nauth = { auth_url = \"http://k/v3\", token = \"t\" }\n";
    let variables = [("AWS_ENDPOINT_URL", "http://other:1"), ("AWS_REGION", "of-variable")];
    let (_folder, all) = found(&[(OWN, text), PROFILES], &variables);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    assert_eq!(
        listed(&all),
        [
            "stack openstack ~/.config/rhain/config.toml:20",
            "aws aws ~/.aws/config:1 (profile default)",
            "lab aws ~/.aws/config:5 (profile prod)",
            "moto aws ~/.config/rhain/config.toml:6",
            "west aws ~/.config/rhain/config.toml:12",
            "sim simulated built in",
            "sim:aws simulated built in",
            "sim:cloudstack simulated built in",
            "sim:admin simulated built in",
        ]
    );
    let chosen = all.choose(None).expect("a cloud");
    assert_eq!((chosen.name.as_str(), chosen.by.as_str()), ("lab", "~/.config/rhain/config.toml:1"));
    // Under either name, and each says the one it was asked for by.
    for name in ["lab", "aws:prod"] {
        assert_eq!(all.choose(Some(name)).expect("a cloud").name, name);
        assert_eq!(all.provider(name), "aws");
        let settings = all.aws(name, None).expect("settings");
        assert_eq!((settings.name.as_str(), settings.region.as_str()), (name, "of-variable"));
        assert_eq!(settings.source, Source::Static(Credentials::new("B", "T")));
    }
    let moto = all.aws("moto", None).expect("settings");
    assert_eq!(
        (moto.endpoints.of("ec2"), moto.region.as_str()),
        (Some("http://127.0.0.1:5566"), "of-variable")
    );
    assert_eq!((moto.source, moto.version), (Source::Static(Credentials::new("A", "S")), Version::V4));
    let west = all.aws("west", None).expect("settings");
    assert_eq!((west.region.as_str(), west.version, west.tls.verify), ("us-west-1", Version::V2, false));
    assert_eq!((west.endpoints.of("ec2"), west.endpoints.of("sts")), (Some("https://ec2.lab/"), None));
    assert_eq!((west.endpoints.amazon, west.source), (false, Source::Static(Credentials::new("B", "T"))));
    let stack = all.openstack("stack", None).expect("a profile");
    assert!(matches!(stack.auth, Auth::Token(token) if token.reveal() == "t"));
    assert_eq!(stack.auth_url, "http://k/v3");
}

#[test]
fn slips_are_told_with_their_place_and_spoil_nothing_else() {
    let told = |text: &str| {
        let (_folder, all) = found(&[(OWN, text), PROFILES], &[]);
        let error = all.problems.first().cloned().unwrap_or_else(|| all.aws("x", None).expect_err("a slip"));
        assert!(all.aws("aws:prod", None).is_ok() && all.aws("aws", None).is_ok());
        format!("{} | {} | {}", error.message, error.help.as_deref().expect("help"), error.facts[0].1)
    };
    let file = "~/.config/rhain/config.toml";
    for (text, expected) in [
        (
            "[clouds.x]\ncloud = \"aws:pord\"\n",
            format!(
                "`x` is another name for `aws:pord`, and there is no such cloud, at {file}:1 | name one of: aws, aws:prod, sim, sim:aws, sim:cloudstack, sim:admin | {file}:1:9"
            ),
        ),
        (
            "[clouds.aws]\ncloud = \"aws:prod\"\n",
            format!("`aws` is a cloud already, at {file}:1 | choose another name | {file}:1:9"),
        ),
        (
            "[clouds.x]\ncloud = \"sim\"\n",
            format!("`sim` keeps its name, at {file}:1 | give `--cloud sim` | {file}:1:9"),
        ),
        (
            "[clouds.x]\nregion = \"r\"\n",
            format!(
                "cloud `x` says neither what it is nor which cloud it is, at {file}:1 | write `provider = \"openstack\"`, `\"aws\"` or `\"cloudstack\"` and its settings, or `cloud = \"NAME\"` with the name of another | {file}:1:9"
            ),
        ),
        (
            "[clouds.x]\nprovider = \"aws\"\nprofile = \"pord\"\n",
            format!(
                "cloud `x` has the profile `pord`, and there is no such profile, at {file}:3 | name one of: default, prod | {file}:3:11"
            ),
        ),
        (
            "[clouds.x]\nprovider = \"aws\"\nregoin = \"r\"\n",
            format!(
                "cloud `x` has no setting `regoin`, at {file}:3 | write `region`, or choose from: provider, profile, region, endpoint_url, ec2_endpoint_url, cloudformation_endpoint_url, sts_endpoint_url, signature_version, ca_bundle, verify, aws_access_key_id, aws_secret_access_key, aws_session_token, role_arn, source_profile, credential_source, role_session_name, external_id, duration_seconds, web_identity_token_file, credential_process, sso_session, sso_account_id, sso_role_name, use_fips_endpoint, use_dualstack_endpoint, max_attempts, retry_mode | {file}:3:10"
            ),
        ),
        (
            "[clouds.x]\nprovider = \"aws\"\nprofile = \"prod\"\nsignature_version = 3\n",
            format!(
                "`signature_version` of cloud `x` has a value of no use, at {file}:4 | give 2 or 4 | {file}:4:21"
            ),
        ),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}
