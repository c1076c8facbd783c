//! How the faces are reached, as the files and variables of other people's clients say it.

use super::aws;
use super::cloudstack;
use super::serve::Sim;
use super::world::{Left, seed};
use std::net::Ipv4Addr;

/// How the EC2 face is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsAccess {
    /// The address of every service.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The access key.
    pub key: String,
    /// The secret that goes with it, good for nothing else.
    pub secret: String,
}

impl AwsAccess {
    /// As AWS's tools read it from the environment: names and values.
    pub fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_REGION", &self.region),
            ("AWS_DEFAULT_REGION", &self.region),
            ("AWS_ACCESS_KEY_ID", &self.key),
            ("AWS_SECRET_ACCESS_KEY", &self.secret),
        ]
    }
}

/// How the CloudStack face is reached, by keys or by a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudStackAccess {
    /// The address of the API.
    pub url: String,
    /// The API key.
    pub key: String,
    /// The secret that goes with it, good for nothing else.
    pub secret: String,
    /// The name to log in with; the domain is the root.
    pub user: String,
    /// The password to log in with.
    pub password: String,
}

impl CloudStackAccess {
    /// As `cs` reads it from the environment: names and values.
    pub fn environment(&self) -> [(&'static str, &str); 3] {
        [
            ("CLOUDSTACK_ENDPOINT", &self.url),
            ("CLOUDSTACK_KEY", &self.key),
            ("CLOUDSTACK_SECRET", &self.secret),
        ]
    }
}

impl Sim {
    /// What project demo has beside what it began with, by noun, in the order it was made.
    pub fn left(&self) -> Vec<Left> {
        self.with_cloudstack(|world, shared| world.left(&super::cloudstack::destroyed(shared)))
    }

    /// Whether the server that has this address runs; `None` where none has it.
    pub fn runs_at(&self, address: Ipv4Addr) -> Option<bool> {
        self.with_world(|world| world.runs_at(address))
    }

    /// Adds a flavor that everyone may have; false where there is one of this name.
    pub fn add_flavor(&self, name: &str, vcpus: i64, ram_mib: i64, disk_gib: i64) -> bool {
        self.with_world(|world| world.add_flavor(name, vcpus, ram_mib, disk_gib))
    }

    /// Adds an image that everyone may have.
    pub fn add_image(&self, name: &str, min_disk_gib: i64, min_ram_mib: i64, meta: Vec<(String, String)>) {
        self.with_world(|world| world.add_image(name, min_disk_gib, min_ram_mib, meta));
    }

    /// Sets what a server's console shows; false where there is none of this name.
    pub fn console(&self, server: &str, text: &str) -> bool {
        self.with_world(|world| world.set_console(server, text))
    }

    /// How `demo`, an ordinary user, reaches the CloudStack face.
    pub fn cloudstack_access(&self) -> CloudStackAccess {
        self.cloudstack_access_of("demo")
    }

    /// How someone of the world reaches the CloudStack face: `demo`, `alt` or `admin`, who is a root administrator.
    pub fn cloudstack_access_of(&self, user: &str) -> CloudStackAccess {
        let (key, secret) = cloudstack::key_of(user);
        CloudStackAccess {
            url: format!("{}/client/api", self.base_url()),
            key,
            secret,
            user: user.to_owned(),
            password: seed::PASSWORD.to_owned(),
        }
    }

    /// Adds a zone to the CloudStack face: with security groups or without, or a Basic one, whose machines are all in one
    /// network. False where there is one of this name.
    pub fn cloudstack_zone(&self, name: &str, groups: bool, basic: bool) -> bool {
        self.with_cloudstack(|world, shared| cloudstack::add_zone(world, shared, name, groups, basic))
    }

    /// Sets a setting of the whole CloudStack face, such as `api.throttling.enabled`.
    pub fn cloudstack_setting(&self, name: &str, value: &str) {
        self.with_cloudstack(|_, shared| cloudstack::set(shared, name, value));
    }

    /// A file of profiles, as `cs` and cloudmonkey read them: `sim` (demo) and `sim-admin` (admin).
    pub fn cloudstack_config(&self) -> String {
        let mut text = String::new();
        for (profile, user) in [("cloudstack", "demo"), ("sim", "demo"), ("sim-admin", "admin")] {
            let access = self.cloudstack_access_of(user);
            text.push_str(&format!(
                "[{profile}]\nendpoint = {}\nkey = {}\nsecret = {}\n",
                access.url, access.key, access.secret
            ));
        }
        text
    }

    /// A clouds.yaml with the entries `sim` (demo) and `sim-admin` (admin).
    pub fn clouds_yaml(&self) -> String {
        let mut text = String::from("clouds:\n");
        for (entry, user) in [("sim", "demo"), ("sim-admin", "admin")] {
            let url = self.auth_url();
            text.push_str(&format!(
                "  {entry}:\n    region_name: RegionOne\n    identity_api_version: 3\n    auth:\n      \
                 auth_url: {url}\n      username: {user}\n      password: {password}\n      project_name: {user}\n      \
                 user_domain_name: Default\n      project_domain_name: Default\n",
                password = seed::PASSWORD,
            ));
        }
        text
    }

    /// A file for `AWS_CONFIG_FILE` with the profiles `sim` (demo) and `sim-admin` (admin).
    pub fn aws_config(&self) -> String {
        let mut text = String::new();
        for (profile, user) in [("sim", "demo"), ("sim-admin", "admin")] {
            let key = aws::key_of(user);
            text.push_str(&format!(
                "[profile {profile}]\nregion = {}\nendpoint_url = {}\naws_access_key_id = {}\n\
                 aws_secret_access_key = {}\n",
                aws::REGION,
                self.base_url(),
                key.id,
                key.secret,
            ));
        }
        text
    }

    /// How project demo reaches the EC2 face.
    pub fn aws_access(&self) -> AwsAccess {
        let key = aws::key_of("demo");
        AwsAccess {
            endpoint: self.base_url(),
            region: aws::REGION.to_owned(),
            key: key.id,
            secret: key.secret,
        }
    }
}
