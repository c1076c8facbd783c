"""boto 2, unchanged, against the simulated cloud: signature version 2, and version 4 as it makes it.

usage: ec2_boto2.py   (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL say where)
"""

import os
import sys
import time
from urllib.parse import urlparse

from boto.ec2.connection import EC2Connection
from boto.ec2.regioninfo import RegionInfo
from boto.exception import EC2ResponseError


class Old(EC2Connection):
    """As it was before 2.35."""

    def _required_auth_capability(self):
        return ["ec2"]


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def connect(kind, secret=os.environ["AWS_SECRET_ACCESS_KEY"]):
    address = urlparse(os.environ["AWS_ENDPOINT_URL"])
    made = kind(os.environ["AWS_ACCESS_KEY_ID"], secret, is_secure=False, port=address.port, path="/",
                region=RegionInfo(name="us-east-1", endpoint=address.hostname))
    # Both are taken from the host's name otherwise.
    made.auth_region_name, made.auth_service_name = "us-east-1", "ec2"
    return made


for kind in (Old, EC2Connection):
    ec2 = connect(kind)
    version = "4" if kind is EC2Connection else "2"
    image = ec2.get_all_images()[0]
    must(f"image, signed by version {version}", (image.name, image.state), ("cirros", "available"))
    group = ec2.create_security_group("apache", "Our Apache Group")
    must("authorize", group.authorize("tcp", 80, 80, "0.0.0.0/0"), True)
    other = ec2.create_security_group("appserver", "The application tier")
    must("authorize a group", other.authorize(src_group=group), True)
    rules = ec2.get_all_security_groups(groupnames=["appserver"])[0].rules
    must("its rule", [(rule.ip_protocol, rule.grants[0].group_id) for rule in rules], [("-1", group.id)])
    must("revoke", group.revoke("tcp", 80, 80, "0.0.0.0/0"), True)
    instance = ec2.run_instances(image.id, instance_type="m1.tiny", security_groups=["apache"]).instances[0]
    must("run", instance.state, "pending")
    while instance.update() == "pending":
        time.sleep(0.2)
    must("running", instance.state, "running")
    instance.add_tag("Name", f"web & {version}")
    must("found by its tag", [one.id for one in ec2.get_only_instances(filters={"tag:Name": f"w*{version}"})], [instance.id])
    instance.terminate()
    while instance.update() == "shutting-down":
        time.sleep(0.2)
    must("terminated", instance.state, "terminated")
    must("delete", (other.delete(), group.delete()), (True, True))
    try:
        connect(kind, "wrong").get_all_images()
    except EC2ResponseError as error:
        must("a wrong secret", (error.status, error.error_code), (401, "AuthFailure"))
    else:
        sys.exit("a wrong secret: was not refused")
print("all is as it should be")
