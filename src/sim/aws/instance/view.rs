//! An instance as `DescribeInstances` and `RunInstances` show it.

use std::net::Ipv4Addr;
use std::time::SystemTime;

use super::{Life, ROOT};
use crate::aws::ec2_state::Mark;
use crate::aws::ids::{GROUP, IMAGE, INSTANCE, INTERFACE, SUBNET, VOLUME, VPC};
use crate::aws::interface_attach::index;
use crate::aws::scope::{Region, server_tags, stamp};
use crate::aws::xml::Xml;
use crate::aws::{REGION, ZONE, interface};
use crate::world::{Pairs, Port, Server, State};

/// A volume at an instance.
pub(in crate::aws) struct Held {
    pub(in crate::aws) device: String,
    pub(in crate::aws) volume: String,
    pub(in crate::aws) status: &'static str,
    pub(in crate::aws) attached: SystemTime,
    pub(in crate::aws) goes: bool,
}

/// All that is told of an instance, and asked for by filters.
pub(in crate::aws) struct Shown<'a> {
    pub(in crate::aws) server: &'a Server,
    pub(in crate::aws) id: String,
    pub(in crate::aws) life: Life,
    pub(in crate::aws) mark: Mark,
    pub(in crate::aws) tags: Pairs,
    pub(in crate::aws) image: String,
    /// Ids and names of its security groups.
    pub(in crate::aws) groups: Vec<(String, String)>,
    pub(in crate::aws) port: Option<&'a Port>,
    pub(in crate::aws) ip: Option<Ipv4Addr>,
    pub(in crate::aws) public: Option<Ipv4Addr>,
    pub(in crate::aws) held: Vec<Held>,
    /// The name of its placement group.
    /// The index of each port among its devices.
    indices: Vec<i64>,
    pub(in crate::aws) placement: Option<String>,
    pub(in crate::aws) launched: SystemTime,
    pub(in crate::aws) owner: String,
}

/// What there is to tell of a server.
pub(in crate::aws) fn shown<'a>(region: &'a Region<'_>, server: &'a Server) -> Shown<'a> {
    let mark = region.mark(server);
    let port = server.ports.first();
    let public =
        port.and_then(|port| region.world.floating_to(&port.id).next()).map(|floating| floating.address);
    let groups = region.world.groups_of(server);
    let placement = server.group.as_deref().and_then(|id| region.world.server_group(id));
    let held = region.world.attached(&server.id).into_iter().map(|(volume, attachment)| Held {
        device: attachment.device.clone(),
        volume: VOLUME.id(&volume.id),
        status: crate::aws::volume::attachment_status(volume, attachment),
        attached: attachment.attached.unwrap_or(server.created),
        goes: attachment.goes,
    });
    let image = mark.image.clone().or_else(|| server.image.clone()).unwrap_or_default();
    Shown {
        id: INSTANCE.id(&server.id),
        life: Life::of(server),
        tags: server_tags(server),
        image: IMAGE.id(&image),
        groups: groups.into_iter().map(|group| (GROUP.id(&group.id), group.name.clone())).collect(),
        port,
        ip: port.and_then(Port::ip),
        public,
        held: held.collect(),
        indices: server.ports.iter().map(|port| index(region, &server.ports, &port.id)).collect(),
        placement: placement.map(|group| group.name.clone()),
        launched: mark.started.unwrap_or(server.created),
        owner: region.account.clone(),
        server,
        mark,
    }
}

/// Writes a `reservationSet` of these servers, in the order of their first.
pub(in crate::aws) fn reservations(region: &Region<'_>, xml: &mut Xml, rows: &[Shown<'_>]) {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.server.reservation.as_str()) {
            names.push(&row.server.reservation);
        }
    }
    xml.set("reservationSet", names, |xml, name| {
        let own: Vec<&Shown<'_>> = rows.iter().filter(|row| row.server.reservation == name).collect();
        reservation(region, xml, name, &own);
    });
}

/// Writes what stands in one reservation.
pub(in crate::aws) fn reservation(region: &Region<'_>, xml: &mut Xml, name: &str, own: &[&Shown<'_>]) {
    xml.text("reservationId", name).text("ownerId", &region.account).node("groupSet", |_| {});
    xml.set("instancesSet", own, |xml, row| row.write(xml));
}

fn host(ip: Ipv4Addr) -> String {
    format!("ip-{}.ec2.internal", ip.to_string().replace('.', "-"))
}

pub(in crate::aws) fn public_host(ip: Ipv4Addr) -> String {
    format!("ec2-{}.compute-1.amazonaws.com", ip.to_string().replace('.', "-"))
}

impl Shown<'_> {
    /// Why it is no longer running: a code and a sentence.
    fn why(&self) -> Option<(&'static str, String)> {
        match (self.life, &self.server.failure) {
            (Life::Terminated | Life::Stopped, Some(failure)) if self.server.state == State::Error => {
                Some(("Server.InternalError", format!("Server.InternalError: {}", failure.message)))
            }
            (Life::Stopping | Life::Stopped | Life::ShuttingDown | Life::Terminated, _) => Some((
                "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown".to_owned(),
            )),
            (Life::Pending, _) => Some(("pending", "pending".to_owned())),
            (Life::Running, _) => None,
        }
    }

    fn reason(&self) -> String {
        match self.mark.told.filter(|_| !matches!(self.life, Life::Pending | Life::Running)) {
            Some(at) => {
                let at = stamp(at).replace('T', " ").replace(".000Z", " GMT");
                format!("User initiated ({at})")
            }
            None => String::new(),
        }
    }

    /// The values that a filter of this name compares with.
    pub(in crate::aws) fn values(&self, name: &str) -> Vec<String> {
        let one = |value: String| vec![value];
        let some = |value: Option<String>| value.into_iter().collect::<Vec<_>>();
        match name {
            "instance-id" => one(self.id.clone()),
            "instance-state-name" => one(self.life.name().to_owned()),
            "instance-state-code" => one(self.life.code().to_string()),
            "instance-type" => one(self.server.flavor.name.clone()),
            "image-id" => one(self.image.clone()),
            "key-name" => some(self.server.key_name.clone()),
            "availability-zone" => one(ZONE.to_owned()),
            "reservation-id" => one(self.server.reservation.clone()),
            "client-token" => some(self.mark.token.clone()),
            "launch-time" => one(stamp(self.launched)),
            "launch-index" => one(self.server.launch_index.to_string()),
            "owner-id" => one(self.owner.clone()),
            "private-ip-address" | "network-interface.addresses.private-ip-address" => {
                some(self.ip.map(|ip| ip.to_string()))
            }
            "ip-address" | "network-interface.addresses.association.public-ip" => {
                some(self.public.map(|ip| ip.to_string()))
            }
            "private-dns-name" => some(self.ip.map(host)),
            "dns-name" => some(self.public.map(public_host)),
            "subnet-id" | "network-interface.subnet-id" => {
                let subnet = self.port.and_then(|port| port.addresses.first());
                some(subnet.map(|address| SUBNET.id(&address.subnet)))
            }
            "vpc-id" | "network-interface.vpc-id" => some(self.port.map(|port| VPC.id(&port.network))),
            "network-interface.network-interface-id" => some(self.port.map(|port| INTERFACE.id(&port.id))),
            "instance.group-id" | "group-id" | "network-interface.group-id" => {
                self.groups.iter().map(|group| group.0.clone()).collect()
            }
            "instance.group-name" | "group-name" | "network-interface.group-name" => {
                self.groups.iter().map(|group| group.1.clone()).collect()
            }
            "block-device-mapping.volume-id" => self.held.iter().map(|held| held.volume.clone()).collect(),
            "block-device-mapping.device-name" => self.held.iter().map(|held| held.device.clone()).collect(),
            "root-device-name" => one(ROOT.to_owned()),
            "root-device-type" => one(self.root().to_owned()),
            "state-reason-code" => some(self.why().map(|why| why.0.to_owned())),
            "architecture" => one("x86_64".to_owned()),
            "virtualization-type" => one("hvm".to_owned()),
            "hypervisor" => one("xen".to_owned()),
            "placement-group-name" => some(self.placement.clone()),
            "tenancy" => one("default".to_owned()),
            "monitoring-state" => one(self.monitoring().to_owned()),
            _ => Vec::new(),
        }
    }

    fn root(&self) -> &'static str {
        if self.server.volume_backed { "ebs" } else { "instance-store" }
    }

    pub(in crate::aws) fn monitoring(&self) -> &'static str {
        if self.mark.monitored { "enabled" } else { "disabled" }
    }

    fn write_groups(&self, xml: &mut Xml) {
        xml.set("groupSet", &self.groups, |xml, (id, name)| {
            xml.text("groupId", id).text("groupName", name);
        });
    }

    fn write(&self, xml: &mut Xml) {
        xml.text("instanceId", &self.id).text("imageId", &self.image);
        self.life.write(xml, "instanceState");
        xml.text("privateDnsName", self.ip.map(host).unwrap_or_default());
        xml.text("dnsName", self.public.map(public_host).unwrap_or_default());
        xml.text("reason", self.reason()).some("keyName", self.server.key_name.as_ref());
        xml.text("amiLaunchIndex", self.server.launch_index).node("productCodes", |_| {});
        xml.text("instanceType", &self.server.flavor.name).time("launchTime", self.launched);
        xml.node("placement", |xml| {
            xml.text("availabilityZone", ZONE);
            xml.text("groupName", self.placement.as_deref().unwrap_or_default()).text("tenancy", "default");
        });
        xml.node("monitoring", |xml| {
            xml.text("state", self.monitoring());
        });
        if let Some(port) = self.port {
            xml.some("subnetId", port.addresses.first().map(|address| SUBNET.id(&address.subnet)));
            xml.text("vpcId", VPC.id(&port.network));
        }
        xml.some("privateIpAddress", self.ip).some("ipAddress", self.public);
        xml.text("sourceDestCheck", !self.mark.unchecked);
        self.write_groups(xml);
        if let Some((code, message)) = self.why() {
            xml.node("stateReason", |xml| {
                xml.text("code", code).text("message", message);
            });
        }
        xml.text("architecture", "x86_64").text("rootDeviceType", self.root()).text("rootDeviceName", ROOT);
        xml.set("blockDeviceMapping", &self.held, |xml, held| {
            xml.text("deviceName", &held.device).node("ebs", |xml| {
                xml.text("volumeId", &held.volume)
                    .text("status", held.status)
                    .time("attachTime", held.attached);
                xml.text("deleteOnTermination", held.goes);
            });
        });
        xml.text("virtualizationType", "hvm")
            .text("clientToken", self.mark.token.as_deref().unwrap_or_default());
        xml.tags(&self.tags).text("hypervisor", "xen");
        xml.set("networkInterfaceSet", self.server.ports.iter().zip(&self.indices), |xml, (port, at)| {
            interface::at_instance(xml, self, port, *at);
        });
        xml.text("ebsOptimized", self.mark.ebs_optimized).text("enaSupport", true);
        xml.node("cpuOptions", |xml| {
            xml.text("coreCount", self.server.flavor.vcpus).text("threadsPerCore", 1);
        });
        xml.node("metadataOptions", |xml| {
            xml.text("state", "applied").text("httpTokens", "optional").text("httpPutResponseHopLimit", 1);
            xml.text("httpEndpoint", "enabled");
        });
        xml.text("platformDetails", "Linux/UNIX").text("usageOperation", "RunInstances");
    }
}

/// The region's name within a sentence of the console.
pub(in crate::aws) fn console(shown: &Shown<'_>) -> String {
    format!(
        "[    0.000000] {} of {} in {REGION}\n[    0.100000] cloud-init: up\nlogin: \n",
        shown.id, shown.server.flavor.name
    )
}
