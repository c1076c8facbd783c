"""What scripts/05-fleet.rhai does, as an openstacksdk program with threads: the peer it is measured beside.

usage: fleet_sdk.py [COUNT [NAME]]     the cloud is $OS_CLOUD of $OS_CLIENT_CONFIG_FILE
Prints one line of JSON: the requests it sent, counted by writes and reads.
"""

import collections
import concurrent.futures
import json
import sys

import openstack
from keystoneauth1 import session as keystone

count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
name = sys.argv[2] if len(sys.argv) > 2 else "peer"

sent = collections.Counter()
plain = keystone.Session.request


def counted(session, url, method, *rest, **options):
    sent[method] += 1
    return plain(session, url, method, *rest, **options)


# Before anything is sent: the token and the versions count as well.
keystone.Session.request = counted

cloud = openstack.connect()
image = cloud.image.find_image("cirros", ignore_missing=False)
flavor = cloud.compute.find_flavor("m1.tiny", ignore_missing=False)


def boot(number):
    server = cloud.compute.create_server(
        name=f"{name}-{number}", image_id=image.id, flavor_id=flavor.id, networks="auto", metadata={"fleet": name}
    )
    return cloud.compute.wait_for_server(server, wait=1200)


def tag(server):
    cloud.compute.set_server_metadata(server, role="worker", batch="1")


def delete(server):
    cloud.compute.delete_server(server)
    cloud.compute.wait_for_delete(server, wait=1200)


with concurrent.futures.ThreadPoolExecutor(max_workers=32) as pool:
    fleet = list(pool.map(boot, range(1, count + 1)))
    assert all(server.status == "ACTIVE" for server in fleet)
    list(pool.map(tag, fleet))
    tagged = [s for s in cloud.compute.servers(name=f"^{name}-") if s.metadata.get("role") == "worker"]
    assert len(tagged) == count, len(tagged)
    addresses = {a["addr"] for s in tagged for net in s.addresses.values() for a in net}
    assert len(addresses) == count, len(addresses)
    list(pool.map(delete, fleet))
    # A server that is DELETED stays in the list a moment longer.
    assert all(s.status == "DELETED" for s in cloud.compute.servers(name=f"^{name}-"))

print(json.dumps({"writes": sum(n for method, n in sent.items() if method != "GET"), "reads": sent["GET"]}))
