"""libcloud's CloudStack driver, unchanged, against the simulated cloud.

usage: cloudstack_libcloud.py   (CLOUDSTACK_ENDPOINT, CLOUDSTACK_KEY and CLOUDSTACK_SECRET say where)
"""

import os
import sys

from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

cloud = get_driver(Provider.CLOUDSTACK)(os.environ["CLOUDSTACK_KEY"], os.environ["CLOUDSTACK_SECRET"], secure=False,
                                        url=os.environ["CLOUDSTACK_ENDPOINT"])


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def node():
    return next((one for one in cloud.list_nodes() if one.id == made.id), None)


must("nodes", cloud.list_nodes(), [])
must("locations", [place.name for place in cloud.list_locations()], ["sim"])
image = cloud.list_images()[0]
must("image", image.name, "cirros")
size = next(one for one in cloud.list_sizes() if one.name == "m1.small")
must("size", size.ram, 2048)
network = next(one for one in cloud.ex_list_networks() if one.name == "private")
key = cloud.create_key_pair("libcloud")
must("key pairs", [pair.name for pair in cloud.list_key_pairs()], ["libcloud"])
own = cloud.import_key_pair_from_string("own", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me")
must("imported", sorted(pair.name for pair in cloud.list_key_pairs()), ["libcloud", "own"])
cloud.ex_create_security_group("libcloud", description="made by libcloud")
rule = cloud.ex_authorize_security_group_ingress("libcloud", "tcp", "10.0.0.0/8", startport=22, endport=22)
must("rule", rule["ingressrule"][0]["cidr"], "10.0.0.0/8")
made = cloud.create_node(name="web", size=size, image=image, location=cloud.list_locations()[0], networks=[network],
                         ex_keyname="libcloud", ex_security_groups=["libcloud"], ex_start_vm=True)
must("created", (made.name, made.state), ("web", NodeState.RUNNING))
must("shown", (node().state, node().private_ips == made.private_ips), (NodeState.RUNNING, True))
must("groups", node().extra["security_group"], ["libcloud"])
cloud.ex_create_tags([made.id], "UserVm", {"env": "prod"})
must("tags", node().extra["tags"], {"env": "prod"})
cloud.ex_delete_tags([made.id], "UserVm", ["env"])
must("no tags", node().extra["tags"], {})
must("stop", cloud.ex_stop(made), "Stopped")
must("stopped", node().state, NodeState.STOPPED)
must("start", cloud.ex_start(made), "Running")
must("reboot", cloud.reboot_node(made), True)
must("running", node().state, NodeState.RUNNING)
volume = cloud.create_volume(5, "data", location=cloud.list_locations()[0])
must("volume", (volume.name, volume.size), ("data", 5))
must("attach", cloud.attach_volume(made, volume), True)
must("volumes", sorted(one.extra["volume_type"] for one in cloud.list_volumes(made)), ["DATADISK", "ROOT"])
must("detach", cloud.detach_volume(volume), True)
must("destroy volume", cloud.destroy_volume(volume), True)
root = cloud.list_volumes(made)[0]
kept = cloud.create_volume_snapshot(root, "kept")
must("snapshots", [one.id for one in cloud.list_snapshots()], [kept.id])
must("delete snapshot", cloud.destroy_volume_snapshot(kept), True)
must("destroy", cloud.destroy_node(made), True)
must("nothing is left", cloud.list_nodes(), [])
for pair in cloud.list_key_pairs():
    cloud.delete_key_pair(pair)
must("no keys", cloud.list_key_pairs(), [])
