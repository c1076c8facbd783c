//! CloudStack's clouds: variables, the ini files of `cs`, cloudmonkey's profiles, and our own settings.

use super::found;
use rhain::config::Found;
use rhain::config::cloudstack::Auth;
use rhain::wire::Credentials;

const INI: &str = "home/.cloudstack.ini";
const MONKEY: &str = "home/.cmk/config";
const OWN: &str = "home/.config/rhain/config.toml";

fn listed(found: &Found) -> Vec<String> {
    let all = found.entries().into_iter().filter(|entry| entry.provider == "cloudstack");
    all.map(|entry| format!("{} {}", entry.name, entry.found)).collect()
}

fn keys(found: &Found, cloud: &str) -> (String, String) {
    let settings = found.cloudstack(cloud, None).expect("settings");
    match settings.auth {
        Auth::Keys(keys) => (settings.endpoint, format!("{} {}", keys.access_key, keys.secret())),
        Auth::Password { username, password, domain } => {
            (settings.endpoint, format!("{username} {} {domain}", password.reveal()))
        }
    }
}

fn warnings(found: &Found, cloud: &str) -> Vec<String> {
    let settings = found.cloudstack(cloud, None).expect("settings");
    settings.notes.iter().map(|note| format!("{note:?}")).collect()
}

#[test]
fn sections_and_profiles_are_clouds() {
    let ini = "[cloudstack]\nendpoint = https://a/client/api\nkey = K1\nsecret = S1\n[eu]\nendpoint = https://eu\nkey = K2\nsecret = S2\n";
    let monkey = "asyncblock = true\nprofile = lab\n\n[lab]\nurl = https://lab/client/api\nusername = ann\npassword = pw\ndomain = acme\n\n[two]\napikey = K3\nsecretkey = S3\n";
    let (_folder, all) = found(&[(INI, ini), (MONKEY, monkey)], &[]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    assert_eq!(
        listed(&all),
        [
            "cloudstack ~/.cloudstack.ini:1 (profile cloudstack)",
            "cloudstack:eu ~/.cloudstack.ini:5 (profile eu)",
            "cloudstack:lab ~/.cmk/config:4 (profile lab)",
            "cloudstack:two ~/.cmk/config:10 (profile two)"
        ]
    );
    assert_eq!(keys(&all, "cloudstack"), ("https://a/client/api".into(), "K1 S1".into()));
    assert_eq!(keys(&all, "cloudstack:eu"), ("https://eu/client/api".into(), "K2 S2".into()));
    assert_eq!(keys(&all, "cloudstack:lab"), ("https://lab/client/api".into(), "ann pw acme".into()));
    assert_eq!(keys(&all, "cloudstack:two"), ("http://localhost:8080/client/api".into(), "K3 S3".into()));
    // Another section by its variable; cloudmonkey's choice where there is no ini file.
    let (_folder, all) = found(&[(INI, ini)], &[("CLOUDSTACK_REGION", "eu")]);
    assert_eq!(keys(&all, "cloudstack").1, "K2 S2");
    let (_folder, all) = found(&[(MONKEY, monkey)], &[]);
    assert_eq!(keys(&all, "cloudstack").1, "ann pw acme");
    assert_eq!(all.choose(Some("cloudstack:two")).expect("a cloud").name, "cloudstack:two");
    let old = (
        "home/.cloudmonkey/config",
        "[core]\nprofile = local\n[local]\nurl = http://127.0.0.1:8080/client/api\napikey = K\nsecretkey = S\n",
    );
    let (_folder, all) = found(&[old], &[]);
    assert_eq!(keys(&all, "cloudstack"), ("http://127.0.0.1:8080/client/api".into(), "K S".into()));
}

#[test]
fn variables_win_by_themselves_or_where_they_may() {
    let ini = "[cloudstack]\nendpoint = https://a/client/api\nkey = K1\nsecret = S1\n";
    let variables =
        [("CLOUDSTACK_ENDPOINT", "https://v"), ("CLOUDSTACK_KEY", "VK"), ("CLOUDSTACK_SECRET", "VS")];
    let (_folder, all) = found(&[(INI, ini)], &variables);
    assert_eq!(keys(&all, "cloudstack"), ("https://v/client/api".into(), "VK VS".into()));
    let mut some = variables.to_vec();
    some.push(("CLOUDSTACK_OVERRIDES", "endpoint, key"));
    let (_folder, all) = found(&[(INI, ini)], &some);
    assert_eq!(keys(&all, "cloudstack"), ("https://v/client/api".into(), "VK S1".into()));
    // The file that a variable names has the last word.
    let (_folder, all) = found(
        &[(INI, ini), ("home/other.ini", "[cloudstack]\nkey = K9\n")],
        &[("CLOUDSTACK_CONFIG", "~/other.ini")],
    );
    assert_eq!(keys(&all, "cloudstack").1, "K9 S1");
}

#[test]
fn variables_that_lack_one_are_no_reason_for_another_cloud() {
    for (variables, missing) in [
        (&[("CLOUDSTACK_ENDPOINT", "https://v")][..], "CLOUDSTACK_KEY and CLOUDSTACK_SECRET are not set"),
        (&[("CLOUDSTACK_ENDPOINT", "https://v"), ("CLOUDSTACK_KEY", "K")], "CLOUDSTACK_SECRET is not set"),
        (&[("CLOUDSTACK_ENDPOINT", "https://v"), ("CLOUDSTACK_SECRET", "S")], "CLOUDSTACK_KEY is not set"),
        (
            &[("CLOUDSTACK_ENDPOINT", "https://v"), ("CLOUDSTACK_USERNAME", "u")],
            "CLOUDSTACK_PASSWORD is not set",
        ),
        (&[("CLOUDSTACK_KEY", "K"), ("CLOUDSTACK_SECRET", "S")], "CLOUDSTACK_ENDPOINT is not set"),
        (
            &[
                ("CLOUDSTACK_ENDPOINT", "https://v"),
                ("CLOUDSTACK_KEY", "K"),
                ("CLOUDSTACK_OVERRIDES", "endpoint"),
            ],
            "CLOUDSTACK_SECRET is not set",
        ),
    ] {
        let (_folder, all) = found(&[], variables);
        assert_eq!(all.choose(None).expect("the only cloud").name, "cloudstack", "{missing}");
        let error = all.cloudstack("cloudstack", None).expect_err("one is missing");
        assert!(error.message.contains(missing), "{error}");
        assert!(error.help.as_deref().is_some_and(|help| help.starts_with("set CLOUDSTACK_")), "{error:?}");
    }
    // A key alone may be another tool's, and a file that is whole is what is meant.
    let (_folder, all) = found(&[], &[("CLOUDSTACK_KEY", "K")]);
    assert!(listed(&all).is_empty());
    let ini = "[cloudstack]\nendpoint = https://a/client/api\nkey = K1\nsecret = S1\n";
    let (_folder, all) = found(&[(INI, ini)], &[("CLOUDSTACK_ENDPOINT", "https://v")]);
    assert_eq!(keys(&all, "cloudstack"), ("https://a/client/api".into(), "K1 S1".into()));
}

#[test]
fn slips_in_profiles_have_the_nearest_name() {
    let monkey = "profile = lba\n\n[lab]\nurl = https://lab/client/api\napikey = K\nsecretkye = S\n";
    let (_folder, all) = found(&[(MONKEY, monkey)], &[]);
    let error = all.cloudstack("cloudstack", None).expect_err("no such profile");
    assert!(error.message.contains("`profile` is `lba`") && error.message.contains("config:1"), "{error}");
    assert_eq!(error.help.as_deref(), Some("did you mean `lab`?"));
    assert_eq!(listed(&all).len(), 2, "the choice and the profile: {:?}", listed(&all));
    let right = monkey.replace("lba", "lab").replace("secretkye", "secretkey") + "colour = no\n";
    let (_folder, all) = found(&[(MONKEY, &right)], &[]);
    assert!(all.problems.is_empty() && warnings(&all, "cloudstack").is_empty(), "{:?}", all.problems);
    let (_folder, all) = found(&[(MONKEY, &(monkey.replace("lba", "lab") + "secretkey = S\n"))], &[]);
    let told = warnings(&all, "cloudstack");
    assert!(
        told.len() == 1 && told[0].contains("`secretkye`") && told[0].contains("`secretkey`"),
        "{told:?}"
    );
    let ini = "[eu]\nendpoint = https://eu\nkey = K2\nsecret = S2\n";
    let (_folder, all) = found(&[(INI, ini)], &[("CLOUDSTACK_REGION", "ue")]);
    let error = all.cloudstack("cloudstack", None).expect_err("no such section");
    assert!(error.message.contains("CLOUDSTACK_REGION is `ue`"), "{error}");
}

#[test]
fn our_own_settings_may_describe_one_and_slips_are_told() {
    let own = "[clouds.campus]\nprovider = \"cloudstack\"\nendpoint = \"http://cloud.example:8080\"\nkey = \"K\"\nsecret = \"S\"\nproject = \"web\"\nzone = \"z1\"\n";
    let (_folder, all) = found(&[(OWN, own)], &[]);
    let settings = all.cloudstack("campus", None).expect("settings");
    assert_eq!(settings.auth, Auth::Keys(Credentials::new("K", "S")));
    assert_eq!((settings.project.as_deref(), settings.zone.as_deref()), (Some("web"), Some("z1")));
    let plain = warnings(&all, "campus");
    assert!(plain.len() == 1 && plain[0].contains("plain HTTP at cloud.example"), "{plain:?}");
    assert!(all.cloudstack("campus", Some("eu")).is_err(), "there are no regions");
    for (text, expected) in [
        ("endpoint = \"https://h\"\nkey = \"K\"\n", "a key without its secret"),
        ("endpoint = \"https://h\"\n", "neither keys nor a password"),
        ("key = \"K\"\nsecret = \"S\"\n", "no `endpoint`"),
        ("endpoint = \"cloud\"\nkey = \"K\"\nsecret = \"S\"\n", "is no URL"),
        ("endpoint = \"https://h\"\nkye = \"K\"\n", "no setting `kye`"),
    ] {
        let text = format!("[clouds.x]\nprovider = \"cloudstack\"\n{text}");
        let (_folder, all) = found(&[(OWN, &text)], &[]);
        let error = all.cloudstack("x", None).expect_err("a slip");
        assert!(error.message.contains(expected) && error.help.is_some(), "{error}");
    }
}

#[test]
fn blanks_around_a_key_are_left_out_and_told() {
    let ini = "[cloudstack]\nendpoint = https://a/client/api\nkey = K1\nsecret = S1  \n";
    let (_folder, all) = found(&[(INI, ini)], &[]);
    assert_eq!(keys(&all, "cloudstack").1, "K1 S1");
    let told = warnings(&all, "cloudstack");
    assert!(told.len() == 1 && told[0].contains("`secret` has blanks around it"), "{told:?}");
}
