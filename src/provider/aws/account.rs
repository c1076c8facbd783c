//! What is known of the account: whose keys these are, where its services are, what it has and may have.

use super::Aws;
use super::call::Call;
use super::decode::text;
use super::service::Service;
use crate::cloud::{Cloud, Filter, Identity, Noun, Resource, Result, Servers};
use futures_util::future::join_all;
use std::collections::BTreeMap;

impl Aws {
    pub(super) async fn who(&self) -> Result<Identity> {
        let body = self.ask(&Call::of("identity.show", Service::Sts, "GetCallerIdentity")).await?;
        let arn = text(&body, "Arn").unwrap_or_default();
        // `arn:aws:iam::ACCOUNT:user/NAME`, `…:assumed-role/ROLE/SESSION`, `…:root`.
        let own = arn.rsplit(':').next().unwrap_or_default();
        let (kind, name) = own.split_once('/').unwrap_or(("", own));
        let role = (kind == "assumed-role").then(|| name.split('/').next().unwrap_or_default().to_string());
        Ok(Identity {
            user: Some(name.to_string()).filter(|name| !name.is_empty()).or_else(|| text(&body, "UserId")),
            project: text(&body, "Account"),
            roles: role.into_iter().collect(),
            expires: self.session.keys().await?.expires.map(crate::cloud::Time::from_system),
        })
    }

    pub(super) async fn addresses(&self) -> Result<BTreeMap<String, String>> {
        let services = [Service::Ec2, Service::CloudFormation, Service::Sts];
        let known = services
            .into_iter()
            .filter_map(|service| Some((service.name().to_string(), self.session.endpoint(&service)?)));
        Ok(known.collect())
    }

    /// What there is of each thing beside what there may be; what cannot be counted is not told.
    pub(super) async fn all_limits(
        &self,
        told: Vec<(&'static str, i64)>,
    ) -> Result<BTreeMap<String, Option<i64>>> {
        const ALL: [&str; 10] = [
            "servers",
            "vcpus",
            "ram_mib",
            "volumes",
            "volume_gib",
            "snapshots",
            "public_ips",
            "networks",
            "security_groups",
            "keypairs",
        ];
        let mut limits: BTreeMap<String, Option<i64>> = ALL
            .iter()
            .chain(&["ports"])
            .flat_map(|name| [(name.to_string(), None), (format!("{name}_used"), None)])
            .collect();
        // EC2 takes fifty tags on a thing; files go in none.
        limits.insert("server_meta".to_string(), Some(50));
        limits.insert("personality".to_string(), None);
        limits.extend(told.into_iter().map(|(name, value)| (name.to_string(), Some(value))));
        let nouns = [
            (Noun::Volume, "volumes"),
            (Noun::Snapshot, "snapshots"),
            (Noun::PublicIp, "public_ips"),
            (Noun::Network, "networks"),
            (Noun::SecurityGroup, "security_groups"),
            (Noun::Keypair, "keypairs"),
        ];
        let every = Filter::default();
        let counts = join_all(nouns.iter().map(|(noun, _)| self.list(*noun, &every)));
        let filter = Filter::default();
        let servers = self.servers(&filter);
        let (counts, servers) = futures_util::future::join(counts, servers).await;
        for ((noun, name), found) in nouns.iter().zip(counts) {
            let Ok(found) = found else { continue };
            limits.insert(format!("{name}_used"), i64::try_from(found.len()).ok());
            if *noun == Noun::Volume {
                let sizes = found.iter().map(|one| match one {
                    Resource::Volume(volume) => volume.size,
                    _ => 0,
                });
                let sum = sizes.fold(0_i64, i64::saturating_add);
                limits.insert("volume_gib_used".to_string(), Some(sum));
            }
        }
        if let Ok(servers) = servers {
            limits.insert("servers_used".to_string(), i64::try_from(servers.len()).ok());
        }
        Ok(limits)
    }
}
