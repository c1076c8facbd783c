//! From configuration to drivers: a cloud is made once, when it is asked for.

use super::found;
use crate::support::stub::CountingClock;
use rhain::cli::clouds::{Clouds, Options, Plan, settings};
use rhain::cloud::ports::Clouds as _;
use rhain::cloud::traits::*;
use rhain::cloud::{Cloud, Kind, Provider};
use rhain::provider::openstack::capabilities::OPENSTACK;
use rhain::provider::openstack::session::{Auth, Interface, Scope, Settings, Version};
use rhain::wire::{Silent, Wire};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

struct Driver(Arc<str>);

impl Account for Driver {
    fn name(&self) -> &Arc<str> {
        &self.0
    }
    fn provider(&self) -> &'static Provider {
        &OPENSTACK
    }
    fn region(&self) -> Option<String> {
        None
    }
}

impl Servers for Driver {}
impl Metadata for Driver {}
impl rhain::cloud::Updates for Driver {}
impl Images for Driver {}
impl Flavors for Driver {}
impl Keypairs for Driver {}
impl SecurityGroups for Driver {}
impl Networks for Driver {}
impl Subnets for Driver {}
impl Routers for Driver {}
impl PublicIps for Driver {}
impl Volumes for Driver {}
impl Snapshots for Driver {}
impl rhain::cloud::Ports for Driver {}
impl rhain::cloud::Backups for Driver {}
impl rhain::cloud::ServerGroups for Driver {}
impl rhain::cloud::Stacks for Driver {}
impl rhain::cloud::Ec2Credentials for Driver {}
impl Cloud for Driver {}

const TWO: &str = "clouds:\n  lab:\n    auth: {auth_url: 'http://k/v3', username: u, password: p-a-s-s}\n    api_timeout: 7\n    verify: false\n  bad:\n    auth: {auth_url: 'http://k/v3'}\n";

type Made = Arc<Mutex<Vec<(String, Settings, Wire)>>>;

/// The clouds of these files, what was made of them, and how often the simulated one was started.
fn session(
    files: &[(&str, &str)],
    variables: &[(&str, &str)],
    options: Options,
) -> (Clouds, Made, Arc<AtomicUsize>) {
    let (_folder, found) = found(files, variables);
    let (made, starts): (Made, Arc<AtomicUsize>) = Default::default();
    let (keep, count) = (made.clone(), starts.clone());
    let clouds = Clouds::new(
        found,
        options,
        Box::new(move |name, plan, wire| {
            let Plan::OpenStack(settings) = plan else { panic!("an OpenStack cloud") };
            let settings = *settings;
            keep.lock().expect("the list").push((name.to_string(), settings, wire));
            Arc::new(Driver(name))
        }),
        Box::new(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            let settings = Settings::password("http://127.0.0.1:1/v3", "demo", "demo", "demo");
            Ok((Plan::OpenStack(Box::new(settings)), Arc::new(CountingClock::default())))
        }),
        Arc::new(CountingClock::default()),
        Arc::new(Silent),
    );
    (clouds, made, starts)
}

#[test]
fn a_cloud_is_made_once_with_what_was_configured() {
    let proxy = ("https_proxy", "http://proxy.example:3128");
    let (clouds, made, starts) =
        session(&[("work/clouds.yaml", TWO)], &[("OS_CLOUD", "lab"), proxy], Options::default());
    for name in [None, Some("lab")] {
        assert_eq!(clouds.get(name).expect("a cloud").name().as_ref(), "lab");
    }
    let made = made.lock().expect("the list");
    let [(name, settings, wire)] = made.as_slice() else { panic!("made {} times", made.len()) };
    assert_eq!((name.as_str(), settings.found.as_str()), ("lab", "clouds.yaml:2"));
    assert!(matches!(&settings.auth, Auth::Password { password, .. } if password.reveal() == "p-a-s-s"));
    assert_eq!((wire.settings().timeout, wire.settings().tls.verify), (Duration::from_secs(7), false));
    assert_eq!(
        wire.settings().proxies.https.as_ref().map(|via| via.url.as_str()),
        Some("http://proxy.example:3128")
    );
    assert_eq!(starts.load(Ordering::SeqCst), 0);
    assert_eq!(
        clouds.get(Some("bad")).err().map(|error| error.diagnostic),
        Some(Some("config::credentials"))
    );
    let unknown = clouds.get(Some("lob")).err().expect("unknown");
    assert_eq!((unknown.kind, unknown.label.as_deref()), (Kind::NotFound, Some("closest: `lab`")));
    let known: Vec<_> = clouds.known().into_iter().map(|known| (known.name, known.default)).collect();
    assert_eq!(
        known,
        [
            ("lab".to_string(), true),
            ("bad".to_string(), false),
            ("sim".to_string(), false),
            ("sim:aws".to_string(), false),
            ("sim:cloudstack".to_string(), false),
            ("sim:admin".to_string(), false)
        ]
    );
    assert_eq!(clouds.counters().keys().collect::<Vec<_>>(), ["lab"]);
}

#[test]
fn the_simulated_cloud_goes_through_no_proxy_and_stands_in_where_it_may() {
    let proxy = [("http_proxy", "http://proxy.example:3128")];
    let (clouds, _, starts) = session(&[], &proxy, Options::default());
    assert_eq!(clouds.get(None).err().map(|error| error.diagnostic), Some(Some("config::none")));
    assert_eq!(starts.load(Ordering::SeqCst), 0);
    let options = Options { simulate: true, timeout: Some(Duration::from_secs(3)), ..Options::default() };
    let (clouds, made, starts) = session(&[], &proxy, options.clone());
    for name in [None, Some("sim"), None] {
        assert_eq!(clouds.get(name).expect("a cloud").name().as_ref(), "sim");
    }
    assert_eq!(starts.load(Ordering::SeqCst), 1);
    let made = made.lock().expect("the list");
    assert!(made.len() == 1 && made[0].2.settings().proxies.is_empty());
    assert_eq!(made[0].2.settings().timeout, Duration::from_secs(3));
    assert!(clouds.chosen().is_ok_and(|chosen| chosen.by == "no cloud being configured"));
    let (clouds, ..) = session(&[("work/clouds.yaml", TWO)], &[], options);
    assert_eq!(clouds.get(None).err().map(|error| error.diagnostic), Some(Some("config::several")));
}

#[test]
fn a_profile_becomes_settings() {
    let text = "clouds:\n  lab:\n    auth: {auth_url: 'http://k', username: u, password: p, project_id: i}\n    identity_api_version: 3\n    interface: [internal, public]\n    compute_api_version: '2.53'\n    volumev3_endpoint_override: http://v\n    block-storage-region-name: R2\n    image_default_microversion: latest\n    network_service_name: quantum\n";
    let (_folder, found) = found(&[("work/clouds.yaml", text)], &[]);
    let settings = settings(found.openstack("lab", None).expect("a profile"));
    assert_eq!(settings.identity_version, Some(3));
    assert_eq!(settings.interfaces, [Interface::Internal, Interface::Public]);
    assert!(matches!(&settings.scope, Scope::Project(project) if project.id.as_deref() == Some("i")));
    let service = |key: &str| settings.services.get(key).expect("a service");
    assert_eq!(service("compute").microversion, Some(Version(2, 53)));
    assert_eq!(service("image").microversion, Some(Version::LATEST));
    assert_eq!(service("network").name.as_deref(), Some("quantum"));
    let volume = service("volume");
    assert_eq!((volume.endpoint.as_deref(), volume.region.as_deref()), (Some("http://v"), Some("R2")));
}
