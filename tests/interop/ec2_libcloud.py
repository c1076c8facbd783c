"""libcloud's EC2 driver, unchanged, against the simulated cloud.

usage: ec2_libcloud.py   (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL say where)
"""

import os
import sys
import time
from urllib.parse import urlparse

from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider, StorageVolumeState

address = urlparse(os.environ["AWS_ENDPOINT_URL"])
cloud = get_driver(Provider.EC2)(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], region=os.environ["AWS_REGION"],
    secure=False, host=address.hostname, port=address.port)


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def wait(what, ask, wanted):
    for _ in range(60):
        got = ask()
        if got == wanted:
            return must(what, got, wanted)
        time.sleep(0.2)
    sys.exit(f"{what}: still {got!r}, wanted {wanted!r}")


def node():
    return cloud.list_nodes(ex_node_ids=[made.id])[0]


image = cloud.list_images()[0]
must("image", (image.name, image.id[:4]), ("cirros", "ami-"))
must("locations", [place.name for place in cloud.list_locations()], ["us-east-1a"])
must("zones", [zone.name for zone in cloud.ex_list_availability_zones()], ["us-east-1a"])
must("networks", [network.extra["is_default"] for network in cloud.ex_list_networks()], ["true"])
must("nodes", [one for one in cloud.list_nodes() if one.state != NodeState.TERMINATED], [])
# Its sizes are a table of Amazon's own; ours is one of the name.
size = cloud.list_sizes()[0]
size.id = "m1.small"
key = cloud.create_key_pair("libcloud")
must("key pairs", [pair.name for pair in cloud.list_key_pairs()], ["libcloud"])
group = cloud.ex_create_security_group("libcloud", "made by libcloud")["group_id"]
cloud.ex_authorize_security_group_ingress(group, 22, 22, cidr_ips=["10.0.0.0/8"])
must("group", [(one.name, one.ingress_rules[0]["from_port"]) for one in cloud.ex_get_security_groups(group_ids=[group])],
     [("libcloud", "22")])
made = cloud.create_node(name="web", image=image, size=size, ex_keyname="libcloud", ex_security_group_ids=[group],
                         ex_subnet=cloud.ex_list_subnets()[0])
must("created", made.name, "web")
wait("running", lambda: node().state, NodeState.RUNNING)
must("shown", (node().name, node().extra["instance_type"], node().extra["key_name"]), ("web", "m1.small", "libcloud"))
cloud.ex_create_tags(made, {"tier": "one"})
must("tags", cloud.ex_describe_tags(made), {"Name": "web", "tier": "one"})
must("stop", cloud.stop_node(made), True)
wait("stopped", lambda: node().state, NodeState.STOPPED)
size.id = "m1.medium"
must("resize", cloud.ex_change_node_size(made, size), True)
must("start", cloud.start_node(made), True)
wait("running again", lambda: node().state, NodeState.RUNNING)
must("resized", node().extra["instance_type"], "m1.medium")
must("reboot", cloud.reboot_node(made), True)
snap = cloud.create_image(made, "libcloud image", description="made by libcloud")
wait("image", lambda: cloud.get_image(snap.id).extra["state"], "available")
volume = cloud.create_volume(4, "data", location=cloud.list_locations()[0])
wait("volume", lambda: [v.state for v in cloud.list_volumes() if v.id == volume.id], [StorageVolumeState.AVAILABLE])
must("attach", cloud.attach_volume(made, volume, "/dev/sdf"), True)
wait("attached", lambda: [v.extra["attachment_status"] for v in cloud.list_volumes(made) if v.id == volume.id],
     ["attached"])
must("detach", cloud.detach_volume(volume), True)
wait("detached", lambda: [v.state for v in cloud.list_volumes() if v.id == volume.id], [StorageVolumeState.AVAILABLE])
copy = cloud.create_volume_snapshot(volume, "copy")
wait("snapshot", lambda: [s.extra["state"] for s in cloud.list_snapshots(snapshot=copy)], ["completed"])
must("delete snapshot", cloud.destroy_volume_snapshot(copy), True)
must("delete volume", cloud.destroy_volume(volume), True)
address = cloud.ex_allocate_address()
cloud.ex_associate_address_with_node(made, address)
must("address", set(node().public_ips), {address.ip})
address = cloud.ex_describe_all_addresses()[0]
must("disassociate", cloud.ex_disassociate_address(address, domain="vpc"), True)
must("release", cloud.ex_release_address(address, domain="vpc"), True)
must("destroy", cloud.destroy_node(made), True)
wait("terminated", lambda: node().state, NodeState.TERMINATED)
must("deregister", cloud.delete_image(snap), True)
must("revoke", cloud.ex_revoke_security_group_ingress(group, 22, 22, cidr_ips=["10.0.0.0/8"]), True)
must("delete group", cloud.ex_delete_security_group_by_id(group), True)
must("delete key pair", cloud.delete_key_pair(key), True)
print("all is as it should be")
