//! What people bring from other tools: variables over entries, regions, files from Windows, slips in our own settings.

use super::found;
use rhain::cloud::Kind;
use rhain::config::openstack::{Auth, Profile, Scope};
use rhain::config::{Found, Note};

const LAB: &str = "clouds:\n  lab:\n    auth:\n      auth_url: http://f/v3\n      username: fu\n      password: fp\n      project_id: fpid\n      user_domain_name: FD\n      project_domain_id: fpd\n    region_name: FR\n    interface: internal\n    cacert: /f.pem\n  other:\n    auth: {auth_url: 'http://o/v3', username: ou, password: op}\n";
const YAML: &str = "work/clouds.yaml";
const OWN: &str = "home/.config/rhain/config.toml";

fn details(profile: &Profile) -> Vec<&str> {
    profile.notes.iter().map(|(Note::Detail(text) | Note::Warning(text))| text.as_str()).collect()
}

fn password(profile: &Profile) -> (String, String) {
    let Auth::Password { user, password } = &profile.auth else { panic!("{:?}", profile.auth) };
    (user.name.clone().unwrap_or_default(), password.reveal().to_string())
}

#[test]
fn variables_win_over_the_entry_that_os_cloud_names() {
    let variables = [
        ("OS_CLOUD", "lab"),
        ("OS_AUTH_URL", "http://e/v3"),
        ("OS_USERNAME", "eu"),
        ("OS_PASSWORD", "ep"),
        ("OS_PROJECT_NAME", "en"),
        ("OS_REGION_NAME", "ER"),
        ("OS_INTERFACE", "public"),
        ("OS_CACERT", "/e.pem"),
    ];
    let (_folder, all) = found(&[(YAML, LAB)], &variables);
    assert_eq!(all.choose(None).expect("a cloud").name, "lab");
    let lab = all.openstack("lab", None).expect("a profile");
    assert_eq!((lab.auth_url.as_str(), lab.region.as_deref()), ("http://e/v3", Some("ER")));
    assert_eq!(password(&lab), ("eu".to_string(), "ep".to_string()));
    let Scope::Project(project) = &lab.scope else { panic!("{:?}", lab.scope) };
    assert_eq!((project.id.as_deref(), project.name.as_deref()), (None, Some("en")), "the id would win");
    assert_eq!(project.domain_id.as_deref(), Some("fpd"), "what no variable names stays");
    assert_eq!(lab.interfaces, ["public"]);
    assert_eq!(lab.tls.cacert.as_deref(), Some("/e.pem".as_ref()));
    assert_eq!(
        details(&lab),
        ["cloud `lab`: OS_AUTH_URL, OS_CACERT, OS_INTERFACE, OS_PASSWORD, OS_PROJECT_NAME, OS_REGION_NAME, \
          OS_USERNAME win over clouds.yaml:2"]
    );
    // A cloud that is asked for by another name is as its file says, and so is one that `--cloud` names alone.
    let other = all.openstack("other", None).expect("a profile");
    assert_eq!((other.auth_url.as_str(), other.region.as_deref()), ("http://o/v3", None));
    assert_eq!((password(&other).0.as_str(), details(&other)), ("ou", vec![]));
    let (_folder, all) = found(&[(YAML, LAB)], &variables[1..]);
    assert_eq!(password(&all.openstack("lab", None).expect("a profile")).0, "fu");
}

#[test]
fn another_proof_takes_the_place_of_the_files() {
    let scoped = |variables: &[(&str, &str)]| {
        let (_folder, all) = found(&[(YAML, LAB)], &[&[("OS_CLOUD", "lab")], variables].concat());
        all.openstack("lab", None).expect("a profile")
    };
    let token = scoped(&[("OS_TOKEN", "t-1")]);
    assert!(matches!(&token.auth, Auth::Token(token) if token.reveal() == "t-1"), "{:?}", token.auth);
    let credential = [("OS_APPLICATION_CREDENTIAL_ID", "i"), ("OS_APPLICATION_CREDENTIAL_SECRET", "s")];
    assert!(matches!(scoped(&credential).auth, Auth::ApplicationCredential { .. }));
    assert!(
        matches!(scoped(&[("OS_PROJECT_ID", "x")]).scope, Scope::Project(p) if p.id.as_deref() == Some("x"))
    );
    assert_eq!(details(&scoped(&[("OS_USERNAME", "fu")])), Vec::<&str>::new(), "the same is no news");
    let insecure = scoped(&[("OS_INSECURE", "true")]);
    assert!(!insecure.tls.verify);
}

#[test]
fn os_cacert_counts_where_an_entry_has_none() {
    let (_folder, all) = found(&[(YAML, LAB)], &[("OS_CACERT", "/e.pem")]);
    let cacert = |name: &str| all.openstack(name, None).expect("a profile").tls.cacert;
    assert_eq!(cacert("other").as_deref(), Some("/e.pem".as_ref()));
    assert_eq!(cacert("lab").as_deref(), Some("/f.pem".as_ref()));
}

#[test]
fn each_region_of_an_entry_is_reachable() {
    let text = "clouds:\n  lab:\n    auth: {auth_url: 'http://{region_name}/v3', username: u, password: p}\n    regions:\n    - One\n    - name: Two\n      values: {interface: internal}\n  free:\n    auth: {auth_url: 'http://k/v3', username: u, password: p}\n    region_name: One\n";
    let (_folder, all) = found(&[(YAML, text)], &[]);
    let entries = all.entries();
    let regions: Vec<_> =
        entries.iter().map(|one| (one.name.as_str(), one.regions.join(","))).take(2).collect();
    assert_eq!(regions, [("lab", "One,Two".to_string()), ("free", "One".to_string())]);
    let two = all.openstack("lab", Some("Two")).expect("a profile");
    assert_eq!((two.region.as_deref(), two.auth_url.as_str()), (Some("Two"), "http://Two/v3"));
    assert_eq!(two.interfaces, ["internal"]);
    assert_eq!(all.openstack("lab", None).expect("a profile").region.as_deref(), Some("One"));
    let error = all.openstack("lab", Some("Tow")).expect_err("no such region");
    assert_eq!((error.kind, error.message.as_str()), (Kind::NotFound, "cloud `lab` has no region `Tow`"));
    assert_eq!(error.label.as_deref(), Some("did you mean `Two`?"));
    assert_eq!(error.help.as_deref(), Some("choose one of: One, Two"));
    // Which regions there are beside the one that is named, only the catalog knows.
    let free = all.openstack("free", Some("Nine")).expect("a profile");
    assert_eq!(free.region.as_deref(), Some("Nine"));
    let (_folder, all) = found(&[(YAML, text)], &[("OS_REGION_NAME", "Two")]);
    assert_eq!(all.openstack("lab", None).expect("a profile").region.as_deref(), Some("Two"));
    assert_eq!(all.entries()[0].regions, ["Two", "One"]);
    let keys = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "S"), ("AWS_REGION", "us-east-1")];
    let (_folder, all) = found(&[], &keys);
    assert_eq!(all.aws("aws", Some("eu-west-1")).expect("settings").region, "eu-west-1");
    assert!(all.aws("aws", Some("eu west")).expect_err("no region").message.contains("is no region"));
}

#[test]
fn an_unknown_profile_is_a_warning() {
    let text = format!("{}    profile: nowhere\n", LAB.split("  other:").next().expect("lab"));
    let (_folder, all) = found(&[(YAML, &text)], &[]);
    let lab = all.openstack("lab", None).expect("a profile");
    assert_eq!(
        lab.notes,
        [Note::Warning(
            "cloud `lab` has the profile `nowhere`, which is not known, at clouds.yaml:13; it is left out"
                .to_string()
        )]
    );
    assert_eq!(lab.auth_url, "http://f/v3");
}

#[test]
fn line_breaks_at_the_end_of_variables_are_left_out_with_a_word() {
    let variables = [
        ("OS_AUTH_URL", "http://k/v3\r"),
        ("OS_USERNAME", "u"),
        ("OS_PASSWORD", " p w \n"),
        ("AWS_ACCESS_KEY_ID", "AK\r\n"),
        ("OTHER", "x\r"),
    ];
    let (_folder, all) = found(&[], &variables);
    let lab = all.openstack("envvars", None).expect("a profile");
    assert_eq!((lab.auth_url.as_str(), password(&lab).1.as_str()), ("http://k/v3", " p w "));
    let warned = |text: &str| Note::Warning(text.to_string());
    assert_eq!(
        all.notes,
        [
            warned("AWS_ACCESS_KEY_ID ends in a carriage return (\\r), which is left out"),
            warned("OS_AUTH_URL ends in a carriage return (\\r), which is left out"),
            warned("OS_PASSWORD ends in a line break, which is left out"),
        ]
    );
}

/// A machine whose file holds these bytes.
fn of_bytes(path: &str, bytes: &[u8]) -> Found {
    let (folder, environment) = super::machine(&[(path, "")], &[]);
    std::fs::write(folder.path().join(path), bytes).expect("a file");
    rhain::config::find(&environment)
}

#[test]
fn files_of_windows_are_read_or_refused_by_name() {
    let credentials = "[default]\r\naws_access_key_id=A\r\naws_secret_access_key=S\r\nregion=r\r\n";
    let aws = "home/.aws/credentials";
    let little: Vec<u8> = credentials.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = credentials.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        [&[0xFF, 0xFE], little.as_slice()].concat(),
        [&[0xFE, 0xFF], big.as_slice()].concat(),
        [&[0xEF, 0xBB, 0xBF], credentials.as_bytes()].concat(),
    ] {
        let all = of_bytes(aws, &bytes);
        assert!(all.problems.is_empty(), "{:?}", all.problems);
        assert_eq!(all.aws("aws", None).expect("settings").region, "r");
    }
    let refused = of_bytes(aws, &little).problems.remove(0);
    assert_eq!(
        refused.message,
        "~/.aws/credentials cannot be read: it is UTF-16 text without a byte-order mark"
    );
    assert_eq!(refused.help.as_deref(), Some("save ~/.aws/credentials as UTF-8"));
    for (path, text) in [(YAML, LAB), (OWN, "default = \"sim\"\n")] {
        let all = of_bytes(path, &[&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat());
        assert!(all.problems.is_empty(), "{:?}", all.problems);
    }
    assert!(of_bytes(YAML, &[&[0xEF, 0xBB, 0xBF], LAB.as_bytes()].concat()).openstack("lab", None).is_ok());
    assert!(of_bytes(YAML, &[0xFF, 0xFE, 0x00]).problems[0].message.contains("begins like UTF-16"));
}

#[test]
fn a_section_without_the_word_profile_is_named() {
    let config = ("home/.aws/config", "[lab]\naws_access_key_id=A\naws_secret_access_key=S\nregion=r\n");
    let (_folder, all) = found(&[config], &[]);
    let error = all.choose(Some("aws:lab")).expect_err("no profile");
    assert_eq!(error.message, "`[lab]` at ~/.aws/config:1 is no profile: the word `profile` is missing");
    assert!(error.help.as_deref().expect("help").starts_with("write `[profile lab]`"));
    let (_folder, all) = found(&[config], &[("AWS_PROFILE", "lab")]);
    let error = all.aws("aws", None).expect_err("no profile");
    assert!(error.message.starts_with("`[lab]` at ~/.aws/config:1"), "{error}");
}

#[test]
fn hosts_and_attempts_are_chosen_as_botocore_reads_them() {
    let config = (
        "home/.aws/config",
        "[default]\nregion=r\naws_access_key_id=A\naws_secret_access_key=S\nuse_fips_endpoint=true\nmax_attempts=7\nretry_mode=standard\n[profile bad]\nregion=r\nmax_attempts=0\n[profile odd]\nregion=r\nuse_dualstack_endpoint=maybe\n",
    );
    let (_folder, all) = found(&[config], &[]);
    let aws = all.aws("aws", None).expect("settings");
    assert_eq!(
        (aws.endpoints.hosts.fips, aws.endpoints.hosts.dualstack, aws.attempts),
        (true, false, Some(7))
    );
    assert!(all.aws("aws:bad", None).expect_err("none").help.as_deref().expect("help").contains("above 0"));
    let odd = all.aws("aws:odd", None).expect_err("no truth");
    assert_eq!(odd.message, "`use_dualstack_endpoint` has a value of no use, at ~/.aws/config:13");
    let variables = [
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_USE_FIPS_ENDPOINT", "false"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
    ];
    let (_folder, all) = found(&[config], &variables);
    let aws = all.aws("aws", None).expect("settings");
    assert_eq!(
        (aws.endpoints.hosts.fips, aws.endpoints.hosts.dualstack, aws.attempts),
        (false, true, Some(1))
    );
    let attempts = |mode: &str| {
        let text =
            format!("[default]\nregion=r\naws_access_key_id=A\naws_secret_access_key=S\nretry_mode={mode}\n");
        let (_folder, all) = found(&[("home/.aws/config", &text)], &[]);
        all.aws("aws", None).map(|settings| settings.attempts).ok()
    };
    assert_eq!(
        ["legacy", "standard", "adaptive", "often"].map(attempts),
        [Some(Some(5)), Some(Some(3)), Some(Some(3)), None]
    );
}

#[test]
fn unknown_keys_of_our_own_settings_are_errors_with_the_nearest() {
    let told = |text: &str, name: &str| {
        let (_folder, all) = found(&[(OWN, text)], &[]);
        let error = match all.choose(Some(name)) {
            Ok(chosen) if all.provider(&chosen.name) == "aws" => all.aws(name, None).expect_err("a slip"),
            Ok(_) => all.openstack(name, None).expect_err("a slip"),
            Err(error) => error,
        };
        let file = &error.facts[0].1;
        format!("{} | {}", error.message, error.label.clone().unwrap_or_else(|| file.clone()))
    };
    let file = "~/.config/rhain/config.toml";
    assert_eq!(
        told("defualt = \"x\"\n[clouds.x]\nprovider = \"openstack\"\n", "x"),
        format!("config.toml has no setting `defualt`, at {file}:1 | did you mean `default`?")
    );
    let openstack = "[clouds.x]\nprovider = \"openstack\"\nregion = \"r\"\n";
    assert_eq!(
        told(openstack, "x"),
        format!("cloud `x` has no setting `region`, at {file}:3 | did you mean `regions` or `region_name`?")
    );
    let auth = "[clouds.x]\nprovider = \"openstack\"\nauth = { auth_url = \"http://k\", usrname = \"u\" }\n";
    assert_eq!(
        told(auth, "x"),
        format!(
            "`auth` of cloud `x` has no setting `usrname`, at {file}:3 | did you mean `username` or `user_name`?"
        )
    );
    let aws = "[clouds.x]\nprovider = \"aws\"\nendpoint_uri = \"http://k\"\n";
    assert_eq!(
        told(aws, "x"),
        format!("cloud `x` has no setting `endpoint_uri`, at {file}:3 | did you mean `endpoint_url`?")
    );
    // A slip in the whole file is no reason to work on another cloud than the one that was meant; the simulated one is none.
    let (_folder, all) = found(&[(OWN, "defualt = \"x\"\n"), (YAML, LAB)], &[]);
    assert!(all.choose(None).is_err() && all.choose(Some("lab")).is_err());
    assert_eq!(all.choose(Some("sim")).expect("the simulated one").name, "sim");
}

#[test]
fn where_heat_is_by_heatclients_variable_holds_beside_a_login() {
    let login = [
        ("OS_AUTH_URL", "http://e/v3"),
        ("OS_USERNAME", "eu"),
        ("OS_PASSWORD", "ep"),
        ("OS_PROJECT_NAME", "en"),
    ];
    let endpoint = |variables: &[(&str, &str)], name: &str| {
        let (_folder, all) = found(&[(YAML, LAB)], variables);
        let profile = all.openstack(name, None).expect("a profile");
        let told = details(&profile).join("\n");
        (profile.services.get("orchestration").and_then(|service| service.endpoint.clone()), told)
    };
    let heat = ("HEAT_URL", "http://h:8004/v1/p");
    assert_eq!(endpoint(&[&login[..], &[heat]].concat(), "envvars").0.as_deref(), Some("http://h:8004/v1/p"));
    assert_eq!(endpoint(&login, "envvars").0, None);
    let (of_lab, told) = endpoint(&[("OS_CLOUD", "lab"), heat], "lab");
    assert_eq!(of_lab.as_deref(), Some("http://h:8004/v1/p"));
    assert_eq!(told, "cloud `lab`: HEAT_URL wins over clouds.yaml:2");
    // The name that every service has says more.
    let own = ("OS_ORCHESTRATION_ENDPOINT_OVERRIDE", "http://own");
    assert_eq!(endpoint(&[&login[..], &[heat, own]].concat(), "envvars").0.as_deref(), Some("http://own"));
}
