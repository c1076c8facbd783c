"""py-acs-sdk, unchanged, against the simulated cloud.

usage: cloudstack_acs.py   (CLOUDSTACK_ENDPOINT, CLOUDSTACK_KEY and CLOUDSTACK_SECRET say where)
"""

import os
import sys
import time

from acs_sdk.client.client import ApacheCloudStackClient
from acs_sdk.schemas.config import ApacheCloudStackConfig

cloud = ApacheCloudStackClient(ApacheCloudStackConfig(
    api_endpoint=os.environ["CLOUDSTACK_ENDPOINT"], api_key=os.environ["CLOUDSTACK_KEY"],
    api_secret=os.environ["CLOUDSTACK_SECRET"]))


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def ask(command, **params):
    (told,) = cloud.call(command, params).values()
    return told


def job(command, **params):
    began = ask(command, **params)
    for _ in range(100):
        told = ask("queryAsyncJobResult", jobid=began["jobid"])
        if told["jobstatus"]:
            return told
        time.sleep(0.2)
    sys.exit(f"{command}: the job is not over")


zone = ask("listZones")["zone"][0]["id"]
template = ask("listTemplates", templatefilter="executable")["template"][0]["id"]
offering = next(one["id"] for one in ask("listServiceOfferings")["serviceoffering"] if one["name"] == "m1.small")
must("no machines", ask("listVirtualMachines"), {})
made = job("deployVirtualMachine", zoneid=zone, templateid=template, serviceofferingid=offering, name="sdk")
made = made["jobresult"]["virtualmachine"]
must("deployed", (made["name"], made["state"]), ("sdk", "Running"))
must("stopped", job("stopVirtualMachine", id=made["id"])["jobresult"]["virtualmachine"]["state"], "Stopped")
must("started", job("startVirtualMachine", id=made["id"])["jobresult"]["virtualmachine"]["state"], "Running")
must("a failed job", job("startVirtualMachine", id=made["id"])["jobresultcode"], 431)
must("destroyed", job("destroyVirtualMachine", id=made["id"])["jobstatus"], 1)
must("nothing is left", ask("listVirtualMachines"), {})
