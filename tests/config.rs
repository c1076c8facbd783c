//! Configuration: what openstacksdk makes of the same files and variables (`config/sdk.json`, its own answers), what is refused
//! and how that reads, and which cloud is chosen.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod aws;
mod clouds;
mod cloudstack;
mod moving;
mod own;

use rhain::cloud::Kind;
use rhain::config::openstack::{Auth, Named, Profile, Scope};
use rhain::config::{Environment, Found, Note, find};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tempfile::TempDir;

/// A machine of its own: files below `home` and `work`, and variables. `$T` stands for the folder.
fn machine(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (TempDir, Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    for name in ["home", "work"] {
        std::fs::create_dir_all(at(name)).expect("a folder");
    }
    for (path, text) in files {
        let path = at(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let own = folder.path().display().to_string();
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| (name.to_string(), value.replace("$T", &own))).collect();
    let environment =
        Environment { variables, home: Some(at("home")), cwd: at("work"), site: vec![at("etc")] };
    (folder, environment)
}

fn found(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (TempDir, Found) {
    let (folder, environment) = machine(files, variables);
    (folder, find(&environment))
}

/// A profile in the words of the recorded answers.
fn described(profile: &Profile) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            all.insert(key.to_string(), value.into());
        }
    };
    let user = |put: &mut dyn FnMut(&str, Option<&str>), user: &Named| {
        put("user_id", user.id.as_deref());
        put("username", user.name.as_deref());
        put("user_domain_id", user.domain_id.as_deref());
        put("user_domain_name", user.domain_name.as_deref());
    };
    match &profile.auth {
        Auth::Password { user: who, password } => {
            user(&mut put, who);
            put("password", Some(password.reveal()));
        }
        Auth::Token(token) => put("token", Some(token.reveal())),
        Auth::ApplicationCredential { credential, user: who, secret } => {
            put("application_credential_id", credential.id.as_deref());
            put("application_credential_name", credential.name.as_deref());
            put("application_credential_secret", Some(secret.reveal()));
            user(&mut put, who);
        }
        Auth::Fixed { endpoint, token } => {
            put("endpoint", endpoint.as_deref());
            put("token", token.as_ref().map(|token| token.reveal()));
        }
    }
    match &profile.scope {
        Scope::Unscoped => {}
        Scope::Project(project) => {
            put("project_id", project.id.as_deref());
            put("project_name", project.name.as_deref());
            put("project_domain_id", project.domain_id.as_deref());
            put("project_domain_name", project.domain_name.as_deref());
        }
        Scope::Domain(domain) => {
            put("domain_id", domain.id.as_deref());
            put("domain_name", domain.name.as_deref());
        }
        Scope::System => put("system_scope", Some("all")),
        Scope::Trust(id) => put("trust_id", Some(id)),
    }
    put("auth_url", Some(&profile.auth_url).filter(|url| !url.is_empty()).map(String::as_str));
    let path = |path: &PathBuf| Value::from(path.display().to_string());
    let tls = &profile.tls;
    let cert: Vec<Value> = [&tls.cert, &tls.key].into_iter().flatten().map(path).collect();
    let mut services = Map::new();
    for (name, service) in &profile.services {
        let name = if name == "volume" { "block-storage" } else { name };
        let mut one = Map::new();
        for (key, value) in [("endpoint", &service.endpoint), ("microversion", &service.microversion)] {
            value.as_ref().map(|value| one.insert(key.to_string(), value.as_str().into()));
        }
        service.interfaces.first().map(|word| one.insert("interface".to_string(), word.as_str().into()));
        if !one.is_empty() {
            services.insert(name.to_string(), one.into());
        }
    }
    all.insert("region".into(), profile.region.clone().into());
    all.insert("interface".into(), profile.interfaces.clone().into());
    all.insert(
        "verify".into(),
        match &tls.cacert {
            Some(cacert) if tls.verify => path(cacert),
            _ => tls.verify.into(),
        },
    );
    all.insert("cert".into(), if cert.is_empty() { Value::Null } else { cert.into() });
    all.insert("timeout".into(), profile.api_timeout.map(|timeout| timeout.as_secs_f64()).into());
    all.insert("services".into(), services.into());
    all.into()
}

#[test]
fn files_and_variables_mean_what_openstacksdk_takes_them_for() {
    let cases: Value = serde_json::from_str(include_str!("config/sdk.json")).expect("the cases");
    let texts = |map: &Value| -> Vec<(String, String)> {
        let map = map.as_object().expect("a map");
        map.iter().map(|(key, value)| (key.clone(), value.as_str().expect("text").to_string())).collect()
    };
    let mut count = 0;
    for case in cases.as_array().expect("a list") {
        let name = case["name"].as_str().expect("a name");
        let (files, variables) = (texts(&case["files"]), texts(&case["env"]));
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let (folder, found) = found(&files, &variables);
        let profile = found.choose(None).and_then(|chosen| found.openstack(&chosen.name, None));
        let profile = profile.unwrap_or_else(|error| panic!("{name}: {error:#?}"));
        let own = folder.path().display().to_string();
        let ours: Value =
            serde_json::from_str(&described(&profile).to_string().replace(&own, "$T")).expect("JSON");
        let mut theirs = case["expect"].clone();
        let map = theirs.as_object_mut().expect("a map");
        map.remove("auth_type");
        for key in ["auth_url", "password"] {
            // It keeps what the chosen login has no use for.
            if ours.get(key).is_none() && ours.get("endpoint").is_some() {
                map.remove(key);
            }
        }
        assert_eq!(sorted(&ours), sorted(&theirs), "{name}");
        count += 1;
    }
    assert_eq!(count, 36);
}

fn sorted(value: &Value) -> BTreeMap<String, Value> {
    value.as_object().expect("a map").iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

const LAB: &str = "clouds:\n  lab:\n    auth:\n      auth_url: https://k.example/v3\n      username: demo\n      project_name: demo\n";

/// Other programs pass over a key that they do not know; what it was meant for is then missing.
#[test]
fn what_is_missing_for_a_slip_of_the_hand_names_the_key() {
    for (wrong, line, help) in [
        ("    auth:", "    auht:", "write `auth` in place of `auht`, or add `username`"),
        ("      username:", "      usernmae:", "write `username` in place of `usernmae`, or add `username`"),
    ] {
        let text =
            LAB.replace(wrong, line).replace("      project_name", "      password: x\n      project_name");
        let (_folder, lab) = found(&[("home/.config/openstack/clouds.yaml", &text)], &[]);
        let error = lab.openstack("lab", None).expect_err("no user");
        assert_eq!(error.message, "cloud `lab` has no user");
        assert!(error.help.as_deref().is_some_and(|given| given.starts_with(help)), "{:?}", error.help);
    }
}

#[test]
fn what_is_missing_is_said_with_its_place() {
    let (_folder, lab) = found(&[("home/.config/openstack/clouds.yaml", LAB)], &[]);
    let error = lab.openstack("lab", None).expect_err("no password");
    assert_eq!(error.message, "cloud `lab` has no password");
    assert_eq!((error.kind, error.diagnostic), (Kind::Unauthorized, Some("config::credentials")));
    assert_eq!(error.facts, [("file", "~/.config/openstack/clouds.yaml:3:5".to_string())]);
    assert_eq!(error.label.as_deref(), Some("has auth_url, username, project_name"));
    let help = error.help.as_deref().expect("help");
    assert!(
        help.starts_with("add `password`") && help.contains("secure.yaml") && help.contains("OS_PASSWORD"),
        "{help}"
    );

    let variables = [("OS_AUTH_URL", "http://k"), ("OS_USERNAME", "u"), ("OS_INTERFACE", "public")];
    let (_folder, alone) = found(&[], &variables);
    let error = alone.openstack("envvars", None).expect_err("no password");
    assert_eq!(error.label.as_deref(), Some("has auth_url, username"));

    let (_folder, lab) = found(&[("work/clouds.yaml", LAB)], &[("OS_PASSWORD", "from-the-variable")]);
    let Auth::Password { password, .. } = lab.openstack("lab", None).expect("a profile").auth else {
        panic!("a password")
    };
    assert_eq!(password.reveal(), "from-the-variable");
}

#[test]
fn bad_values_are_refused_with_file_line_and_column() {
    let good = format!("{LAB}      password: hunter2-secret\n");
    for (more, message, place, help) in [
        ("    verify: maybe\n", "`verify` of cloud `lab`", "clouds.yaml:8:13", "give true or false"),
        (
            "    interface: pulic\n",
            "`interface` of cloud `lab`",
            "clouds.yaml:8:16",
            "give public, internal or admin",
        ),
        (
            "    api_timeout: soon\n",
            "`api_timeout` of cloud `lab`",
            "clouds.yaml:8:18",
            "a number of seconds",
        ),
        (
            "    auth_type: v3oidcpassword\n",
            "logs in by `v3oidcpassword`",
            "clouds.yaml:8:16",
            "`auth_type` to one of: password",
        ),
        ("    identity_api_version: 9\n", "`identity_api_version`", "clouds.yaml:8:27", "give 2 or 3"),
        (
            "    compute_default_microversion: new\n",
            "`compute_default_microversion`",
            "clouds.yaml:8:35",
            "2.60",
        ),
        (
            "    region_name: {a: b}\n",
            "a region of cloud `lab` has no name",
            "clouds.yaml:8:5",
            "- name: NAME",
        ),
        (
            "    image_endpoint_override: 'http://{x}/'\n",
            "`image_endpoint_override`",
            "clouds.yaml",
            "setting",
        ),
    ] {
        let (_folder, lab) = found(&[("work/clouds.yaml", &format!("{good}{more}"))], &[]);
        let error = lab.openstack("lab", None).expect_err(more);
        assert_eq!((error.kind, error.diagnostic), (Kind::InvalidArgument, Some("config::value")), "{more}");
        assert!(error.message.contains(message), "{}", error.message);
        assert!(error.facts[0].1.starts_with(place), "{more}: {:?}", error.facts);
        assert!(error.help.as_deref().expect("help").contains(help), "{:?}", error.help);
        assert!(!format!("{error:?} {error}").contains("hunter2-secret"));
    }
    let (_folder, lab) = found(&[("work/clouds.yaml", "clouds:\n  lab: text\n  two:\n  three: [1]\n")], &[]);
    for name in ["lab", "two", "three"] {
        assert!(lab.openstack(name, None).expect_err(name).message.contains("is no map of settings"));
    }
}

#[test]
fn a_bad_variable_is_named() {
    let variables =
        [("OS_AUTH_URL", "k.example:5000"), ("OS_USERNAME", "u"), ("OS_PASSWORD", "hunter2-secret")];
    let (_folder, lab) = found(&[], &variables);
    let error = lab.openstack("envvars", None).expect_err("no URL");
    assert_eq!(error.facts[0].1, "the variable OS_AUTH_URL");
    let (_folder, lab) =
        found(&[], &[variables[1], variables[2], ("OS_AUTH_URL", "http://k"), ("OS_INTERFACE", "x")]);
    assert_eq!(
        lab.openstack("envvars", None).expect_err("interface").facts[0].1,
        "the variable OS_INTERFACE"
    );
    assert!(!format!("{lab:?}").contains("hunter2-secret"));
    let regions = format!("{LAB}      password: p\n    regions: [A, B]\n");
    let (_folder, lab) = found(&[("work/clouds.yaml", &regions)], &[("OS_REGION_NAME", "C")]);
    let error = lab.openstack("lab", None).expect_err("region");
    assert_eq!(error.help.as_deref(), Some("set OS_REGION_NAME to one of: A, B"));
}

#[test]
fn a_file_that_cannot_be_read_is_told_when_its_cloud_may_be_meant() {
    for (text, place) in [
        ("clouds:\n  lab:\n    auth: {a: b\n  x: y\n", "clouds.yaml:"),
        ("clouds:\n\t- x\n", "clouds.yaml:2:"),
        ("clouds: *nowhere\n", "clouds.yaml:1:"),
        ("clouds: [text]\n", "clouds.yaml:1:"),
    ] {
        let (_folder, lab) = found(&[("work/clouds.yaml", text)], &[]);
        for error in [lab.choose(None).expect_err(text), lab.choose(Some("lab")).expect_err(text)] {
            assert!(error.facts[0].1.starts_with(place), "{text}: {error:#?}");
            assert!(matches!(error.diagnostic, Some("config::syntax" | "config::value")));
        }
        assert_eq!(lab.choose(Some("sim")).expect("the simulated one").name, "sim");
    }
    let (_folder, lab) = found(
        &[("work/clouds.yaml", "a: [\n"), ("work/clouds.yml", &format!("{LAB}      password: p\n"))],
        &[],
    );
    assert_eq!((lab.problems.len(), lab.openstack("lab", None).is_ok()), (1, true));
    let (_folder, lab) = found(&[], &[("OS_CLIENT_CONFIG_FILE", "$T/nowhere.yaml")]);
    assert!(lab.choose(None).expect_err("none").message.starts_with("OS_CLIENT_CONFIG_FILE names"));
}

/// Another file's cloud of the same name is another cloud.
#[test]
fn no_other_file_stands_in_for_the_one_that_a_variable_names() {
    let good = format!("{LAB}      password: p\n");
    for (broken, place) in [("clouds: [\n", "bad.yaml"), ("", "bad.yaml"), ("[1]\n", "bad.yaml")] {
        let mut files = vec![("work/clouds.yaml", good.as_str())];
        if !broken.is_empty() {
            files.push(("bad.yaml", broken));
        }
        let (_folder, lab) = found(&files, &[("OS_CLIENT_CONFIG_FILE", "$T/bad.yaml")]);
        let error = lab.openstack("lab", None).expect_err(broken);
        assert!(format!("{error:?}").contains(place), "{error:?}");
        assert!(lab.notes.iter().any(|note| matches!(note, Note::Warning(_))), "{:?}", lab.notes);
    }
    // One that nothing names is left out, and a run says so.
    let files = [("work/clouds.yaml", "clouds: [\n"), ("work/clouds.yml", good.as_str())];
    let (_folder, lab) = found(&files, &[]);
    assert!(lab.openstack("lab", None).is_ok());
    assert!(
        matches!(&lab.notes[..], [Note::Warning(text)] if text.contains("clouds.yaml")),
        "{:?}",
        lab.notes
    );
}

#[test]
fn what_variables_change_is_named_with_its_file() {
    let good = format!("{LAB}      password: p\n");
    let variables = [("OS_CLOUD", "lab"), ("OS_PASSWORD", "other")];
    let (_folder, lab) = found(&[("work/clouds.yaml", &good)], &variables);
    let profile = lab.openstack("lab", None).expect("a profile");
    assert_eq!(profile.found, "clouds.yaml:2, and OS_PASSWORD, which wins over it,");
}

#[test]
fn hostile_files_end_in_an_error() {
    let deep = format!("clouds: {}{}", "[".repeat(5000), "]".repeat(5000));
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let name = format!("*a{},", level - 1).repeat(10);
        laughs.push_str(&format!("a{level}: &a{level} [{}]\n", name.trim_end_matches(',')));
    }
    for text in [deep.as_str(), &laughs, "&a [*a]", "? [a]\n: b", "%", "- - -", "\u{0}", "clouds: !!binary x"]
    {
        let (_folder, lab) = found(&[("work/clouds.yaml", text)], &[]);
        assert!(lab.choose(None).is_err(), "{}", &text[..text.len().min(40)]);
    }
}

#[test]
fn the_sessions_cloud_is_chosen_in_order() {
    let two = "clouds:\n  lab:\n    auth: {}\n  prod:\n    auth: {}\n";
    let ours = ("home/.config/rhain/config.toml", "# mine\ndefault = \"prod\" # daily\n");
    let files = [("work/clouds.yaml", two), ours];
    let choose = |files: &[(&str, &str)], variables: &[(&str, &str)], asked: Option<&str>| {
        let (_folder, found) = found(files, variables);
        found.choose(asked)
    };
    let name = |variables: &[(&str, &str)], asked: Option<&str>| {
        choose(&files, variables, asked).expect("a cloud").name
    };
    let all = [("RHAIN_CLOUD", "lab"), ("OS_CLOUD", "prod"), ("OS_AUTH_URL", "http://k")];
    assert_eq!(name(&all, Some("sim")), "sim");
    assert_eq!(name(&all, None), "lab");
    assert_eq!(name(&[all[1], ("RHAIN_CLOUD", "")], None), "prod");
    assert_eq!(name(&[all[2]], None), "prod");
    let by = choose(&files, &[], None).expect("a cloud").by;
    assert_eq!(by, "~/.config/rhain/config.toml:2");
    assert_eq!(choose(&files[..1], &[all[2]], None).expect("a cloud").name, "envvars");
    assert_eq!(
        choose(&files[..1], &[all[2], ("OS_CLOUD_NAME", "mine")], None).expect("a cloud").name,
        "mine"
    );

    let several = choose(&files[..1], &[], None).expect_err("two");
    assert_eq!(several.diagnostic, Some("config::several"));
    assert!(several.message.contains("lab (clouds.yaml:2), prod (clouds.yaml:4)"), "{several}");
    let none = choose(&[], &[], None).expect_err("none");
    assert_eq!(none.diagnostic, Some("config::none"));
    assert!(
        none.help.as_deref().is_some_and(|help| help.contains("clouds.yaml") && help.contains("--cloud sim"))
    );
    let unknown = choose(&files, &[("OS_CLOUD", "lob")], None).expect_err("unknown");
    assert_eq!((unknown.kind, unknown.diagnostic), (Kind::NotFound, Some("config::unknown_cloud")));
    assert_eq!(unknown.label.as_deref(), Some("closest: `lab`"));
    assert_eq!(unknown.facts[0].1, "the variable OS_CLOUD");
    assert_eq!(
        unknown.help.as_deref(),
        Some("did you mean `lab`? The clouds are: lab, prod, sim, sim:aws, sim:cloudstack, sim:admin")
    );
    let bad =
        choose(&[("home/.config/rhain/config.toml", "default = lab\n")], &[], None).expect_err("no text");
    assert_eq!(bad.facts[0].1, "~/.config/rhain/config.toml:1:11");
}

#[test]
fn every_cloud_is_listed_with_its_place() {
    let (_folder, lab) =
        found(&[("home/.config/openstack/clouds.yaml", LAB)], &[("OS_AUTH_URL", "http://k")]);
    let entries: Vec<_> =
        lab.entries().into_iter().map(|entry| (entry.name, entry.provider, entry.found)).collect();
    let text =
        |name: &str, provider: &'static str, found: &str| (name.to_string(), provider, found.to_string());
    assert_eq!(
        entries,
        [
            text("lab", "openstack", "~/.config/openstack/clouds.yaml:2"),
            text("envvars", "openstack", "environment"),
            text("sim", "simulated", "built in"),
            text("sim:aws", "simulated", "built in"),
            text("sim:cloudstack", "simulated", "built in"),
            text("sim:admin", "simulated", "built in"),
        ]
    );
    assert_eq!(json!(entries.len()), 6);
}

#[test]
fn a_bare_token_and_endpoint_are_enough() {
    let (_folder, lab) = found(&[], &[("OS_TOKEN", "t-1"), ("OS_ENDPOINT", "http://c:8774/v2.1")]);
    let profile = lab.openstack(&lab.choose(None).expect("a cloud").name, None).expect("a profile");
    let Auth::Fixed { endpoint, token } = profile.auth else { panic!("{:?}", profile.auth) };
    assert_eq!(
        (endpoint.as_deref(), token.as_ref().map(|t| t.reveal())),
        (Some("http://c:8774/v2.1"), Some("t-1"))
    );
    let variables = [("OS_AUTH_URL", "http://k/v3"), ("OS_TOKEN", "t-2"), ("OS_PROJECT_ID", "p")];
    let (_folder, lab) = found(&[], &variables);
    assert!(
        matches!(lab.openstack("envvars", None).expect("a profile").auth, Auth::Token(token) if token.reveal() == "t-2")
    );
}
