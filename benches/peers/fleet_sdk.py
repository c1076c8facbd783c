"""What scripts/05-fleet.rhai does, as an openstacksdk program with threads: the peer it is measured beside.

usage: fleet_sdk.py [COUNT]     the cloud is $OS_CLOUD of $OS_CLIENT_CONFIG_FILE
Prints one line of JSON: seconds, peak memory in MiB, and the requests it sent, by method.
"""

import collections
import concurrent.futures
import json
import resource
import sys
import time

import openstack

count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
start = time.monotonic()
cloud = openstack.connect()
image = cloud.image.find_image("cirros", ignore_missing=False)
flavor = cloud.compute.find_flavor("m1.tiny", ignore_missing=False)

sent = collections.Counter()
session = cloud.session
plain = session.request


def counted(url, method, *rest, **options):
    sent[method] += 1
    return plain(url, method, *rest, **options)


session.request = counted


def boot(number):
    server = cloud.compute.create_server(
        name=f"peer-{number}", image_id=image.id, flavor_id=flavor.id, networks="auto", metadata={"fleet": "peer"}
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
    tagged = [s for s in cloud.compute.servers(name="^peer-") if s.metadata.get("role") == "worker"]
    assert len(tagged) == count, len(tagged)
    addresses = {a["addr"] for s in tagged for net in s.addresses.values() for a in net}
    assert len(addresses) == count, len(addresses)
    list(pool.map(delete, fleet))

print(
    json.dumps(
        {
            "seconds": round(time.monotonic() - start, 2),
            "mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "writes": sum(n for method, n in sent.items() if method != "GET"),
            "reads": sent["GET"],
        }
    )
)
