"""cs, unchanged, against the simulated cloud.

usage: cloudstack_cs.py   (CLOUDSTACK_ENDPOINT, CLOUDSTACK_KEY and CLOUDSTACK_SECRET say where)
"""

import os
import sys
import time
import urllib.request

from cs import CloudStack, CloudStackApiException

cloud = CloudStack(endpoint=os.environ["CLOUDSTACK_ENDPOINT"], key=os.environ["CLOUDSTACK_KEY"],
                   secret=os.environ["CLOUDSTACK_SECRET"], poll_interval=0.3)


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def refused(what, code, words, ask):
    try:
        ask()
    except CloudStackApiException as error:
        must(what, (error.error["errorcode"], words in error.error["errortext"]), (code, True))
    else:
        sys.exit(f"{what}: was not refused")


def machine(name):
    found = cloud.listVirtualMachines(name=name).get("virtualmachine", [])
    return found[0] if found else None


zone = cloud.listZones(available=True)["zone"][0]
must("zones", zone["name"], "sim")
template = cloud.listTemplates(templatefilter="executable", fetch_list=True)[0]
must("templates", (template["name"], template["isready"]), ("cirros", True))
offerings = {offering["name"]: offering for offering in cloud.listServiceOfferings(fetch_list=True)}
must("offerings", offerings["m1.small"]["memory"], 2048)
must("no machines", cloud.listVirtualMachines(), {})
must("every page", cloud.listServiceOfferings(fetch_list=True, pagesize=2) == list(offerings.values()), True)
network = cloud.listNetworks()["network"][0]
key = cloud.createSSHKeyPair(name="cs")["keypair"]
must("key", key["privatekey"].startswith("-----BEGIN RSA PRIVATE KEY-----"), True)
group = cloud.createSecurityGroup(name="web", description="web servers")["securitygroup"]
opened = cloud.authorizeSecurityGroupIngress(securitygroupid=group["id"], protocol="tcp", startport=80, endport=80,
                                             cidrlist="0.0.0.0/0", fetch_result=True)
must("rule", opened["securitygroup"]["ingressrule"][0]["startport"], 80)
asked = dict(zoneid=zone["id"], templateid=template["id"], serviceofferingid=offerings["m1.small"]["id"])
made = cloud.deployVirtualMachine(name="web1", displayname="the first & best", keypair="cs", networkids=[network["id"]],
                                  securitygroupids=[group["id"]], userdata="aGVsbG8=", fetch_result=True, **asked)
made = made["virtualmachine"]
must("deployed", (made["name"], made["state"], made["displayname"], made["keypairs"]),
     ("web1", "Running", "the first & best", "cs"))
must("groups", [one["name"] for one in made["securitygroup"]], ["web"])
data = cloud.getVirtualMachineUserData(virtualmachineid=made["id"])["virtualmachineuserdata"]
must("user data", data["userdata"], "aGVsbG8=")
refused("name taken", 431, "already exists", lambda: cloud.deployVirtualMachine(
    name="web1", networkids=[network["id"]], **asked))
refused("unknown template", 431, "templateid", lambda: cloud.deployVirtualMachine(
    name="web2", **{**asked, "templateid": "00000000-0000-4000-8000-000000000000"}))
refused("an administrator's command", 432, "listHosts", cloud.listHosts)
for command, state in (("stop", "Stopped"), ("start", "Running"), ("reboot", "Running")):
    done = getattr(cloud, command + "VirtualMachine")(id=made["id"], fetch_result=True)
    must(command, done["virtualmachine"]["state"], state)
refused("a failed job", 431, "is already running",
        lambda: cloud.startVirtualMachine(id=made["id"], fetch_result=True))
cloud.createTags(resourcetype="UserVm", resourceids=made["id"], fetch_result=True,
                 tags=[{"key": "env", "value": "prod"}, {"key": "owner", "value": "ann & bob"}])
must("tags", {tag["key"]: tag["value"] for tag in machine("web1")["tags"]}, {"env": "prod", "owner": "ann & bob"})
must("by tag", cloud.listVirtualMachines(tags=[{"key": "env", "value": "prod"}])["count"], 1)
cloud.deleteTags(resourcetype="UserVm", resourceids=made["id"], tags=[{"key": "env"}], fetch_result=True)
must("a tag less", [tag["key"] for tag in machine("web1")["tags"]], ["owner"])
must("renamed", cloud.updateVirtualMachine(id=made["id"], name="web9")["virtualmachine"]["name"], "web9")
small = next(one for one in cloud.listDiskOfferings(fetch_list=True) if one["name"] == "Small")
volume = cloud.createVolume(name="data", zoneid=zone["id"], diskofferingid=small["id"], fetch_result=True)["volume"]
must("volume", (volume["state"], volume["size"]), ("Allocated", 5 << 30))
held = cloud.attachVolume(id=volume["id"], virtualmachineid=made["id"], fetch_result=True)["volume"]
must("attached", (held["vmname"], held["deviceid"]), ("web9", 1))
refused("delete what is attached", 431, "not attached", lambda: cloud.deleteVolume(id=volume["id"]))
cloud.detachVolume(id=volume["id"], fetch_result=True)
must("deleted", cloud.deleteVolume(id=volume["id"])["success"], True)
root = cloud.listVolumes(virtualmachineid=made["id"])["volume"][0]
kept = cloud.createSnapshot(volumeid=root["id"], name="kept", fetch_result=True)["snapshot"]
must("snapshot", (kept["state"], kept["volumetype"]), ("BackedUp", "ROOT"))
cloud.deleteSnapshot(id=kept["id"], fetch_result=True)
address = cloud.associateIpAddress(networkid=network["id"], fetch_result=True)["ipaddress"]
cloud.enableStaticNat(ipaddressid=address["id"], virtualmachineid=made["id"])
must("static NAT", machine("web9")["publicip"], address["ipaddress"])
cloud.disassociateIpAddress(id=address["id"], fetch_result=True)
must("bigger", cloud.stopVirtualMachine(id=made["id"], fetch_result=True)["virtualmachine"]["state"], "Stopped")
scaled = cloud.scaleVirtualMachine(id=made["id"], serviceofferingid=offerings["m1.large"]["id"], fetch_result=True)
must("scaled", scaled["virtualmachine"]["serviceofferingname"], "m1.large")
refused("expunge", 530, "expunging", lambda: cloud.destroyVirtualMachine(id=made["id"], expunge=True, fetch_result=True))
must("destroyed", cloud.destroyVirtualMachine(id=made["id"], fetch_result=True)["virtualmachine"]["state"], "Destroyed")
must("hidden from its user", cloud.listVirtualMachines(), {})
sent = bytes(range(256)) * 300
place = cloud.getUploadParamsForTemplate(name="sent", displaytext="sent", format="QCOW2", hypervisor="Simulator",
                                         zoneid=zone["id"], isextractable=True)["getuploadparams"]
head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="sent.qcow2"\r\n\r\n'
signed = {"X-signature": place["signature"], "X-metadata": place["metadata"], "X-expires": place["expires"]}
form = {**signed, "Content-Type": "multipart/form-data; boundary=edge"}
request = urllib.request.Request(place["postURL"], data=head + sent + b"\r\n--edge--\r\n", headers=form)
must("template sent", urllib.request.urlopen(request).read(), b"upload successful.")
for _ in range(40):
    if cloud.listTemplates(templatefilter="self", id=place["id"])["template"][0]["isready"]:
        break
    time.sleep(0.3)
link = cloud.extractTemplate(id=place["id"], mode="HTTP_DOWNLOAD", fetch_result=True)["template"]["url"]
must("template fetched", urllib.request.urlopen(link).read() == sent, True)
cloud.deleteTemplate(id=place["id"], fetch_result=True)
must("key deleted", cloud.deleteSSHKeyPair(name="cs")["success"], True)
