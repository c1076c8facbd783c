//! AWS's own files and variables, by botocore's rules, and boto's, by boto's.

use super::{found, machine};
use crate::support::each;
use rhain::config::{AwsSettings, Found, find};
use rhain::wire::auth::source::{Container, InstanceMetadata, Sts};
use rhain::wire::auth::{Credentials, Source, Version};
use std::path::Path;

const CONFIG: &str = "home/.aws/config";
const CREDENTIALS: &str = "home/.aws/credentials";
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKENV"), ("AWS_SECRET_ACCESS_KEY", "SKENV")];

/// The AWS clouds among the entries: name and where found.
fn listed(found: &Found) -> Vec<(String, String)> {
    let all = found.entries().into_iter().filter(|entry| entry.provider == "aws");
    all.map(|entry| (entry.name, entry.found)).collect()
}

fn settings(found: &Found, name: &str) -> AwsSettings {
    found.aws(name, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Message, help and place of what is refused.
fn refused(found: &Found, name: &str) -> (String, String, String) {
    let error = found.aws(name, None).map(|settings| panic!("{settings:?}")).unwrap_err();
    let fact = error.facts.first().map(|(_, text)| text.clone()).unwrap_or_default();
    (error.message.clone(), error.help.clone().unwrap_or_default(), fact)
}

fn keys(access: &str, secret: &str, token: Option<&str>) -> Source {
    Source::Static(Credentials::new(access, secret).session_token(token))
}

/// Files, variables, cloud, and the keys that it has.
type Case =
    (&'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)], &'static str, Source);

#[test]
fn keys_are_found_in_the_order_that_botocore_has() {
    const FILES: &[(&str, &str)] = &[
        (
            CONFIG,
            "[default]\nregion=r\naws_access_key_id=AK0\naws_secret_access_key=SK0\n[profile lab]\nregion=r\naws_access_key_id=AK1\naws_secret_access_key=SK1\naws_session_token=T1\n[profile 'two words']\nregion=r\naws_access_key_id=AK2\naws_secret_access_key=SK2\n",
        ),
        (
            CREDENTIALS,
            "[lab]\naws_access_key_id = AK3\naws_secret_access_key = SK3\naws_security_token = T3\n[bare]\naws_access_key_id = AK4\naws_secret_access_key = SK4\n",
        ),
        ("home/.boto", "[Credentials]\naws_access_key_id = AKB\naws_secret_access_key = SKB\n"),
    ];
    const BOTO: &[(&str, &str)] =
        &[("etc/boto.cfg", "[Credentials]\naws_access_key_id = AKB\naws_secret_access_key = SKB\n")];
    let cases: Vec<Case> = vec![
        (FILES, &[], "aws", keys("AK0", "SK0", None)),
        (FILES, &[("AWS_PROFILE", "two words")], "aws", keys("AK2", "SK2", None)),
        (FILES, &[("AWS_DEFAULT_PROFILE", "two words")], "aws", keys("AK2", "SK2", None)),
        (FILES, &KEYS, "aws", keys("AKENV", "SKENV", None)),
        (FILES, &[KEYS[0], KEYS[1], ("AWS_PROFILE", "lab")], "aws", keys("AKENV", "SKENV", None)),
        (FILES, &[KEYS[0], KEYS[1], ("AWS_SECURITY_TOKEN", "TE")], "aws", keys("AKENV", "SKENV", Some("TE"))),
        // A profile that is asked for wins over the environment's keys, and credentials over config.
        (FILES, &[KEYS[0], KEYS[1], ("AWS_SESSION_TOKEN", "TE")], "aws:lab", keys("AK3", "SK3", Some("T1"))),
        (FILES, &[("AWS_REGION", "r")], "aws:bare", keys("AK4", "SK4", None)),
        (FILES, &KEYS, "aws:default", keys("AK0", "SK0", None)),
        (FILES, &[("EC2_ACCESS_KEY", "AKE"), ("EC2_SECRET_KEY", "SKE")], "aws", keys("AKE", "SKE", None)),
        (BOTO, &[("AWS_REGION", "r")], "aws", keys("AKB", "SKB", None)),
        (BOTO, &[], "boto", keys("AKB", "SKB", None)),
        (
            &[
                ("work/my.ini", "[p]\naws_access_key_id=A\naws_secret_access_key=S\n"),
                ("work/my.cfg", "[profile p]\nregion=x\n"),
            ],
            &[("AWS_SHARED_CREDENTIALS_FILE", "my.ini"), ("AWS_CONFIG_FILE", "$T/work/my.cfg")],
            "aws:p",
            keys("A", "S", None),
        ),
    ];
    each(cases, |(files, variables, name, expected)| {
        let (_folder, found) = found(files, variables);
        assert_eq!(settings(&found, name).source, expected, "{variables:?} {name}");
    });
}

#[test]
fn every_profile_is_listed_with_its_place() {
    let files = [
        (
            CONFIG,
            "# mine\n[default]\nregion = r\n\n[profile prod]\nregion = r\n[services s]\n[sso-session t]\n",
        ),
        (
            CREDENTIALS,
            "[default]\naws_access_key_id=A\naws_secret_access_key=S\n[old]\naws_access_key_id=A\n",
        ),
        ("home/.boto", "[Boto]\ncfn_region_endpoint = heat.example.com\n"),
    ];
    let pair = |name: &str, found: &str| (name.to_string(), found.to_string());
    let (_folder, all) = found(&files, &[]);
    let (prod, old) = ("~/.aws/config:5 (profile prod)", "~/.aws/credentials:4 (profile old)");
    let default = "~/.aws/config:2 (profile default)";
    assert_eq!(
        listed(&all),
        [pair("aws", default), pair("aws:prod", prod), pair("aws:old", old), pair("boto", "~/.boto:1")]
    );
    let (_folder, all) = found(&files, &KEYS);
    assert_eq!(
        listed(&all)[..3],
        [pair("aws", "environment"), pair("aws:default", default), pair("aws:prod", prod)]
    );
    let (_folder, all) = found(&files[..1], &KEYS);
    assert_eq!(listed(&all), [pair("aws", "environment"), pair("aws:prod", prod)]);
    let (_folder, all) = found(&files[..1], &[("AWS_PROFILE", "prod")]);
    assert_eq!(listed(&all), [pair("aws", prod), pair("aws:default", default)]);
    let container = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")];
    let (_folder, all) = found(&[], &container);
    assert_eq!(listed(&all), [pair("aws", "environment")]);
    assert_eq!(all.choose(None).expect("the only one").name, "aws");
    // boto's file may say only how boto prints.
    let (_folder, all) = found(&[("home/.boto", "[Boto]\ndebug = 2\n")], &[]);
    assert_eq!(listed(&all), []);
    // An instance may have a role though nothing says so.
    assert_eq!(all.choose(Some("aws")).expect("asked for").name, "aws");
    assert_eq!(all.choose(Some("aws:prod")).unwrap_err().diagnostic, Some("config::unknown_cloud"));
    assert_eq!(all.choose(Some("boto")).unwrap_err().diagnostic, Some("config::unknown_cloud"));
}

#[test]
fn regions_and_endpoints_come_in_their_order() {
    let files = [(
        CONFIG,
        "[profile p]\nregion = of-profile\naws_access_key_id=A\naws_secret_access_key=S\nservices = s\nendpoint_url = http://profile:1\n[services s]\nec2 =\n  endpoint_url = http://services:1/x\n[profile plain]\naws_access_key_id=A\naws_secret_access_key=S\n",
    )];
    let of = |name: &str, variables: &[(&str, &str)]| {
        let (_folder, found) = found(&files, variables);
        let settings = settings(&found, name);
        let of = |service| settings.endpoints.of(service).unwrap_or("-").to_string();
        format!("{} {} {} {}", settings.region, of("ec2"), of("cloudformation"), settings.endpoints.amazon)
    };
    assert_eq!(of("aws:p", &[]), "of-profile http://services:1/x http://profile:1 true");
    assert_eq!(
        of("aws:p", &[("AWS_ENDPOINT_URL_EC2", "https://one"), ("AWS_DEFAULT_REGION", "by-default")]),
        "by-default https://one http://profile:1 true"
    );
    assert_eq!(
        of(
            "aws:p",
            &[("AWS_ENDPOINT_URL", "https://all"), ("AWS_REGION", "by-region"), ("AWS_DEFAULT_REGION", "x")]
        ),
        "by-region https://all https://all true"
    );
    assert_eq!(
        of("aws:p", &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"), ("AWS_ENDPOINT_URL", "http://x")]),
        "of-profile - - true"
    );
    // Another's endpoint needs no region; the signature gets one.
    assert_eq!(
        of("aws:plain", &[("AWS_ENDPOINT_URL_EC2", "http://h:5000")]),
        "us-east-1 http://h:5000 - true"
    );
    let (_folder, all) = found(&files, &[("AWS_ENDPOINT_URL", "h:5000")]);
    assert_eq!(
        refused(&all, "aws:p"),
        (
            "an endpoint is no URL, at the variable AWS_ENDPOINT_URL".to_string(),
            "give it with `http://` or `https://`: http://127.0.0.1:5000".to_string(),
            "the variable AWS_ENDPOINT_URL".to_string(),
        )
    );
    let (_folder, all) = found(&files, &[]);
    assert_eq!(
        refused(&all, "aws:plain"),
        (
            "cloud `aws:plain` has no region".to_string(),
            "add `region = us-east-1`, or yours, to the profile, or set AWS_REGION".to_string(),
            "~/.aws/config:10:1".to_string(),
        )
    );
    let (_folder, all) = found(&files, &[("AWS_REGION", "evil.example/")]);
    assert_eq!(refused(&all, "aws:p").0, "`evil.example/` is no region, at the variable AWS_REGION");
}

#[test]
fn rc_files_of_private_clouds_are_read() {
    let variables =
        [("EC2_ACCESS_KEY", "A"), ("EC2_SECRET_KEY", "S"), ("EC2_URL", "http://nova:8773/services/Cloud")];
    let (_folder, all) = found(&[], &variables);
    let settings = settings(&all, "aws");
    assert_eq!(settings.endpoints.of("ec2"), Some("http://nova:8773/services/Cloud"));
    assert_eq!((settings.version, settings.endpoints.amazon), (Version::V2, false));
    assert_eq!((settings.region.as_str(), settings.found.as_str()), ("us-east-1", "environment"));
    // With AWS's own keys the variable means nothing.
    let variables = [variables.as_slice(), &KEYS, &[("AWS_REGION", "r")]].concat();
    let (_folder, all) = found(&[], &variables);
    assert_eq!(super::aws::settings(&all, "aws").endpoints.of("ec2"), None);
}

#[test]
fn boto_files_count_retries() {
    let of = |line: &str| {
        let text = format!(
            "[Credentials]\naws_access_key_id = A\naws_secret_access_key = S\n[Boto]\nec2_region_endpoint = ec2.lab\n{line}"
        );
        let (_folder, all) = found(&[("home/.boto", &text)], &[]);
        all.aws("boto", None).map(|settings| settings.attempts)
    };
    assert_eq!(of("").unwrap(), None);
    assert_eq!(of("num_retries = 0\n").unwrap(), Some(1), "the first one is none of them");
    assert_eq!(of("num_retries = 4\n").unwrap(), Some(5));
    let error = of("num_retries = many\n").unwrap_err();
    assert!(
        error.message.starts_with("`num_retries` of `[Boto]` is no whole number, at "),
        "{}",
        error.message
    );
}

#[test]
fn boto_files_name_hosts() {
    const HEAD: &str = "[Credentials]\naws_access_key_id = A\naws_secret_access_key = S\n[Boto]\n";
    let cases = [
        (
            "cfn_region_endpoint = heat.example.com\nis_secure = 0\ncfn_region_name = heat\n",
            "heat",
            "-",
            "http://heat.example.com:8000/v1/",
            Version::V2,
        ),
        (
            "cfn_region_endpoint = heat.example.com\n",
            "us-east-1",
            "-",
            "https://heat.example.com:8000/v1/",
            Version::V2,
        ),
        (
            "cfn_region_endpoint = 127.0.0.1:18000/v1/\nis_secure = False\n",
            "us-east-1",
            "-",
            "http://127.0.0.1:18000/v1/",
            Version::V2,
        ),
        (
            "ec2_region_endpoint = ec2.lab\nec2_region_name = lab\n",
            "lab",
            "https://ec2.lab/",
            "-",
            Version::V2,
        ),
        (
            "ec2_region_endpoint = http://ec2.lab:8773/services/Cloud ; nova\n",
            "us-east-1",
            "http://ec2.lab:8773/services/Cloud",
            "-",
            Version::V2,
        ),
        (
            "ec2_region_endpoint = ec2.eu-west-1.amazonaws.com\nec2_region_name = eu-west-1\n",
            "eu-west-1",
            "-",
            "-",
            Version::V4,
        ),
        ("debug = 0\n", "us-east-1", "-", "-", Version::V4),
    ];
    each(cases, |(text, region, ec2, cfn, version)| {
        let (_folder, found) = found(&[("home/.boto", &format!("{HEAD}{text}"))], &[]);
        let settings = settings(&found, "boto");
        let of = |service| settings.endpoints.of(service).unwrap_or("-").to_string();
        assert_eq!(
            (settings.region.as_str(), of("ec2"), of("cloudformation")),
            (region, ec2.into(), cfn.into())
        );
        assert_eq!(settings.version, version);
        assert_eq!(settings.endpoints.amazon, ec2 == "-" && cfn == "-");
        assert_eq!(settings.source, keys("A", "S", None));
    });
}

#[test]
fn the_users_boto_file_is_laid_over_the_sites() {
    let site = (
        "etc/boto.cfg",
        "[Credentials]\naws_access_key_id = A\naws_secret_access_key = S\n[Boto]\nis_secure = no\ncfn_region_endpoint = a\nhttps_validate_certificates = False\n",
    );
    let own = ("home/.boto", "[Boto]\ncfn_region_endpoint = b\nca_certificates_file = ~/ca.pem\n");
    let (folder, all) = found(&[site, own], &[]);
    let settings = settings(&all, "boto");
    assert_eq!(settings.endpoints.of("cloudformation"), Some("http://b:8000/v1/"));
    assert_eq!(settings.found, "~/.boto:1");
    assert!(!settings.tls.verify);
    assert_eq!(settings.tls.cacert, Some(folder.path().join("home/ca.pem")));
    let (_folder, all) =
        found(&[site, own, ("work/c", "[Credentials]\naws_access_key_id = Z\n")], &[("BOTO_CONFIG", "c")]);
    assert_eq!(
        refused(&all, "boto"),
        (
            "boto's `[Credentials]` has no `aws_secret_access_key`, at c:1".to_string(),
            "add it".to_string(),
            "c:1:1".to_string(),
        )
    );
    let (_folder, all) = found(&[own], &[]);
    assert_eq!(refused(&all, "boto").0, "cloud `boto` has no keys, at ~/.boto:1");
}

#[test]
fn roles_are_taken_on_with_other_keys() {
    let files = [(
        CONFIG,
        "[profile base]\naws_access_key_id=A\naws_secret_access_key=S\nrole_arn = arn:base\n[profile mid]\nregion=r\nrole_arn = arn:mid\nsource_profile = base\n[profile top]\nregion = r\nrole_arn = arn:top\nsource_profile = mid\nexternal_id = x\nrole_session_name = n\nduration_seconds = 900\n[profile env]\nregion=r\nrole_arn=arn:env\ncredential_source=Environment\n[profile ec2]\nregion=r\nrole_arn=arn:ec2\ncredential_source=Ec2InstanceMetadata\n[profile own]\nregion=r\naws_access_key_id=A\naws_secret_access_key=S\nrole_arn=arn:own\nsource_profile=own\n",
    )];
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL_STS", "http://sts:1")];
    let (_folder, all) = found(&files, &variables);
    let role = |name: &str| match settings(&all, name).source {
        Source::AssumeRole(role) => *role,
        other => panic!("{other:?}"),
    };
    let top = role("aws:top");
    assert_eq!((top.role_arn.as_str(), top.external_id.as_deref()), ("arn:top", Some("x")));
    assert_eq!((top.session_name.as_deref(), top.duration), (Some("n"), Some(900)));
    assert_eq!(
        top.sts,
        Sts {
            endpoint: Some("http://sts:1".to_string()),
            region: "r".to_string(),
            hosts: Default::default()
        }
    );
    let Source::AssumeRole(mid) = top.source else { panic!("no role") };
    // A source gives its own keys before it takes on a role itself.
    assert_eq!((mid.role_arn.as_str(), mid.source), ("arn:mid", keys("A", "S", None)));
    assert_eq!(role("aws:env").source, keys("AKENV", "SKENV", None));
    assert_eq!(role("aws:own").source, keys("A", "S", None));
    assert!(matches!(role("aws:ec2").source, Source::InstanceMetadata(_)));
}

#[test]
fn the_other_sources_are_told_apart() {
    let files = [
        (
            CONFIG,
            "[profile web]\nregion=r\nrole_arn=arn:w\nweb_identity_token_file=~/t\n[profile sso]\nregion=r\nsso_session=s\nsso_account_id=1\nsso_role_name=R\n[sso-session s]\nsso_start_url=https://d.awsapps.com/start#\nsso_region=q\n[profile legacy]\nregion=r\nsso_start_url=https://u\nsso_region=q\nsso_account_id=1\nsso_role_name=R\n[profile process]\nregion=r\ncredential_process = /bin/give \"a # b\"\n[profile none]\nregion=r\n",
        ),
        (CREDENTIALS, "[process2]\ncredential_process = other\n"),
    ];
    let (folder, all) = found(&files, &[]);
    let home = folder.path().join("home");
    match settings(&all, "aws:web").source {
        Source::WebIdentity(web) => {
            assert_eq!((web.role_arn.as_str(), web.token_file), ("arn:w", home.join("t")))
        }
        other => panic!("{other:?}"),
    }
    match settings(&all, "aws:sso").source {
        Source::Sso(sso) => {
            assert_eq!(sso.start_url, "https://d.awsapps.com/start#");
            assert_eq!((sso.region.as_str(), sso.session.as_deref()), ("q", Some("s")));
            assert_eq!((sso.account_id.as_str(), sso.role_name.as_str()), ("1", "R"));
            assert_eq!(
                (sso.cache, sso.login.as_str()),
                (home.join(".aws/sso/cache"), "aws sso login --profile sso")
            );
        }
        other => panic!("{other:?}"),
    }
    match settings(&all, "aws:legacy").source {
        Source::Sso(sso) => assert_eq!((sso.start_url.as_str(), sso.session), ("https://u", None)),
        other => panic!("{other:?}"),
    }
    match settings(&all, "aws:process").source {
        Source::Process(process) => assert_eq!(&*process.command, "/bin/give \"a # b\""),
        other => panic!("{other:?}"),
    }
    let metadata = |endpoint: &str, disabled, looked: &[&str]| {
        Source::InstanceMetadata(InstanceMetadata {
            endpoint: endpoint.to_string(),
            disabled,
            looked: looked.iter().map(|text| text.to_string()).collect(),
        })
    };
    assert_eq!(
        settings(&all, "aws:none").source,
        metadata(
            "http://169.254.169.254",
            false,
            &[
                "profile `none` (~/.aws/config:22) has none",
                "boto's files have none",
                "no container gives any",
            ]
        )
    );
    let variables = [
        ("AWS_REGION", "r"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"),
    ];
    let (_folder, all) = found(&[], &variables);
    assert_eq!(
        settings(&all, "aws").source,
        metadata(
            "http://[fd00:ec2::254]",
            true,
            &[
                "AWS_ACCESS_KEY_ID is not set",
                "there is no profile `default`",
                "boto's files have none",
                "no container gives any",
            ]
        )
    );
    let web = [
        ("AWS_REGION", "r"),
        ("AWS_ROLE_ARN", "arn:e"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"),
        ("AWS_ROLE_SESSION_NAME", "n"),
    ];
    let (_folder, all) = found(&files, &web);
    match settings(&all, "aws").source {
        Source::WebIdentity(web) => {
            assert_eq!((web.role_arn.as_str(), web.session_name.as_deref()), ("arn:e", Some("n")))
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(settings(&all, "aws:none").source, Source::InstanceMetadata(_)));
}

#[test]
fn containers_are_asked_at_trusted_addresses_alone() {
    let of = |variables: &[(&str, &str)]| {
        let (_folder, environment) = machine(&[], &[variables, &[("AWS_REGION", "r")]].concat());
        find(&environment)
    };
    let relative = of(&[
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the-token"),
    ]);
    match settings(&relative, "aws").source {
        Source::Container(Container { url, token, token_file }) => {
            assert_eq!((url.as_str(), token_file), ("http://169.254.170.2/v2/x", None));
            assert_eq!(token.as_ref().map(|token| &*token.0), Some("the-token"));
            assert!(!format!("{token:?}").contains("the-token"));
        }
        other => panic!("{other:?}"),
    }
    for good in [
        "https://anywhere/x",
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "http://[::1]/x",
        "http://169.254.170.23/v1",
        "http://[fd00:ec2::23]/v1",
    ] {
        let found = of(&[
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", good),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/t"),
        ]);
        match settings(&found, "aws").source {
            Source::Container(container) => {
                assert_eq!(
                    (container.url.as_str(), container.token_file.as_deref()),
                    (good, Some(Path::new("/t")))
                );
            }
            other => panic!("{other:?}"),
        }
    }
    for bad in ["http://evil.example/x", "http://169.254.169.254/x", "ftp://127.0.0.1/"] {
        assert_eq!(
            refused(&of(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", bad)]), "aws"),
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that keys are not asked of".to_string(),
                "give an https URL, or http on loopback, 169.254.170.2 or 169.254.170.23".to_string(),
                "the variable AWS_CONTAINER_CREDENTIALS_FULL_URI".to_string(),
            )
        );
    }
}

#[test]
fn what_does_not_do_is_told_with_its_place() {
    let of = |text: &str| {
        let text = format!("[profile p]\nregion = r\n{text}");
        let (_folder, all) = found(&[(CONFIG, &text)], &[]);
        let (message, help, place) = refused(&all, "aws:p");
        format!("{message} | {help} | {place}")
    };
    for (text, expected) in [
        (
            "aws_access_key_id = A",
            "profile `p` has no `aws_secret_access_key`, at ~/.aws/config:1 | add `aws_secret_access_key` | ~/.aws/config:1:1",
        ),
        (
            "role_arn = a",
            "profile `p` has a role and does not say whose keys take it on, at ~/.aws/config:1 | add `source_profile = NAME`, or `credential_source = ` with Environment, Ec2InstanceMetadata or EcsContainer | ~/.aws/config:1:1",
        ),
        (
            "role_arn = a\nsource_profile = q",
            "profile `p` has the source `q`, and there is no such profile, at ~/.aws/config:4 | name one of: p | ~/.aws/config:4:18",
        ),
        (
            "role_arn = a\nsource_profile = p",
            "profile `p` takes on a role with its own role's keys (p → p), at ~/.aws/config:1 | give the last of them keys of its own | ~/.aws/config:1:1",
        ),
        (
            "role_arn = a\nsource_profile = q\n[profile q]",
            "profile `q` has no keys for the role to be taken on with, at ~/.aws/config:5 | add `aws_access_key_id` and `aws_secret_access_key`, or `credential_process` | ~/.aws/config:5:1",
        ),
        (
            "role_arn = a\ncredential_source = EcsContainer",
            "profile `p` takes its keys from a container, and this is none, at ~/.aws/config:1 | run in a container, which sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI | ~/.aws/config:1:1",
        ),
        (
            "sso_session = s",
            "profile `p` has the sso-session `s`, which is not described, at ~/.aws/config:1 | add a section `[sso-session s]` | ~/.aws/config:1:1",
        ),
        (
            "sso_start_url = s",
            "profile `p` has no `sso_region`, at ~/.aws/config:1 | run `aws configure sso`, which writes all of them | ~/.aws/config:1:1",
        ),
        (
            "services = s",
            "cloud `aws:p` has the services `s`, which are not described, at ~/.aws/config:3 | add a section `[services s]` | ~/.aws/config:3:12",
        ),
        (
            "role_arn = a\nsource_profile = p\nmfa_serial = m",
            "profile `p` asks for a code (`mfa_serial`), which a run cannot answer, at ~/.aws/config:1 | set `credential_process = aws configure export-credentials --profile NAME`, which asks for the code, in a profile of its own | ~/.aws/config:1:1",
        ),
        (
            "role_arn = a\naws_access_key_id=A\naws_secret_access_key=S\nsource_profile = p\nduration_seconds = 5",
            "`duration_seconds` of profile `p` has a value of no use, at ~/.aws/config:7 | give 900 to 43200 seconds | ~/.aws/config:7:20",
        ),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
    let (_folder, all) = found(&[], &[KEYS[0], ("AWS_REGION", "r")]);
    assert_eq!(refused(&all, "aws").0, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    let (_folder, all) = found(&[(CREDENTIALS, "[a]\n[b]\n")], &[("AWS_PROFILE", "c")]);
    assert_eq!(
        refused(&all, "aws"),
        (
            "there is no AWS profile `c`, which AWS_PROFILE names".to_string(),
            "set AWS_PROFILE to one of: a, b".to_string(),
            "the variable AWS_PROFILE".to_string(),
        )
    );
    // A file that cannot be read spoils no other cloud, and is told.
    let (_folder, all) = found(&[(CONFIG, "[a\n")], &[KEYS[0], KEYS[1], ("AWS_REGION", "r")]);
    assert_eq!(all.problems[0].message, "~/.aws/config cannot be read from line 1 on: a section has no `]`");
    assert_eq!(settings(&all, "aws").source, keys("AKENV", "SKENV", None));
    assert!(!format!("{all:?} {:?}", settings(&all, "aws")).contains("SKENV"));
}
