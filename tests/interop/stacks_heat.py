"""python-heatclient and openstacksdk's orchestration, unchanged, against the simulated cloud.

usage: stacks_heat.py CLOUD   (OS_CLIENT_CONFIG_FILE says where)
"""

import sys
import time

import openstack
from heatclient import client as heat
from heatclient import exc
from heatclient.common import event_utils

TEMPLATE = """
heat_template_version: 2018-08-31
description: a little of everything
parameters:
  size: {type: number, default: 1, constraints: [{range: {min: 1, max: 5}}]}
  word: {type: string, hidden: true, default: hush}
resources:
  net: {type: OS::Neutron::Net}
  sub:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.66.0.0/24}
  port:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}}
  server:
    type: OS::Nova::Server
    properties:
      image: cirros
      flavor: m1.tiny
      networks: [{port: {get_resource: port}}]
      metadata: {role: web}
  disk: {type: OS::Cinder::Volume, properties: {size: 1}}
  more: {type: OS::Cinder::Volume, properties: {size: {get_param: size}}}
  at:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: disk}}
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: size}
      resource_def: {type: OS::Heat::RandomString, properties: {length: 8}}
outputs:
  ip: {value: {get_attr: [server, first_address]}}
  words: {value: {get_attr: [group, value]}}
  said: {value: {str_replace: {template: "%w at $ip", params: {"%w": {get_param: word}, "$ip": {get_attr: [port, fixed_ips, 0, ip_address]}}}}}
"""


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def settled(own, name, state):
    for _ in range(300):
        stack = own.stacks.get(name)
        if not stack.stack_status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.05)
    must(f"{name} is {state}", stack.stack_status, state)
    return stack


def value(stack, key):
    return {row["output_key"]: row["output_value"] for row in stack.outputs}[key]


cloud = openstack.connect(cloud=sys.argv[1])
own = heat.Client("1", session=cloud.session, region_name="RegionOne")

own.stacks.create(stack_name="all", template=TEMPLATE, parameters={"size": 2}, tags="a,b", disable_rollback=False)
stack = settled(own, "all", "CREATE_COMPLETE")
must("tags", stack.tags, ["a", "b"])
must("a hidden parameter", stack.parameters["word"], "******")
must("an output of a server", value(stack, "ip").startswith("10.66.0."), True)
must("an output of a group", [len(word) for word in value(stack, "words")], [8, 8])
must("a text of several", value(stack, "said"), f"hush at {value(stack, 'ip')}")
must("the server is one of the cloud's", cloud.compute.find_server(own.resources.get("all", "server").physical_resource_id).status, "ACTIVE")
must("resources", sorted(row.resource_name for row in own.resources.list("all")), ["at", "disk", "group", "more", "net", "port", "server", "sub"])
must("resources inside", len(own.resources.list("all", nested_depth=2)), 10)
events = event_utils.get_events(own, stack_id="all", event_args={"sort_dir": "asc"})
must("the first event", (events[0].resource_name, events[0].resource_status), ("all", "CREATE_IN_PROGRESS"))
must("the last event", (events[-1].resource_name, events[-1].resource_status), ("all", "CREATE_COMPLETE"))
must("template", own.stacks.template("all")["description"], "a little of everything")
must("environment", own.stacks.environment("all")["parameters"], {"size": 2})
must("outputs", sorted(row["output_key"] for row in own.stacks.output_list("all")["outputs"]), ["ip", "said", "words"])
must("one output", own.stacks.output_show("all", "ip")["output"]["output_value"], value(stack, "ip"))
changes = own.stacks.preview_update("all", existing=True, parameters={"size": 3})["resource_changes"]
must("preview", (sorted(row["resource_name"] for row in changes["updated"]), changes["replaced"]), (["group", "more"], []))
must("validate", sorted(own.stacks.validate(template=TEMPLATE)["Parameters"]), ["size", "word"])
must("preview of a new one", own.stacks.preview(stack_name="new", template=TEMPLATE).stack_name, "new")
try:
    own.stacks.validate(template="heat_template_version: 2018-08-31\nresources: [\n")
    sys.exit("a template that is none was taken")
except exc.HTTPBadRequest as error:
    must("a template that is none", "line 3, column 1" in str(error), True)
own.stacks.update("all", existing=True, parameters={"size": 3}, template=TEMPLATE.replace("role: web", "role: db"))
stack = settled(own, "all", "UPDATE_COMPLETE")
must("a larger group", len(value(stack, "words")), 3)
must("a larger volume", cloud.block_storage.get_volume(own.resources.get("all", "more").physical_resource_id).size, 3)
own.actions.suspend("all")
settled(own, "all", "SUSPEND_COMPLETE")
must("a suspended server", cloud.compute.find_server(own.resources.get("all", "server").physical_resource_id).status in ("SUSPENDED", "ACTIVE"), True)
time.sleep(0.6)
own.actions.resume("all")
settled(own, "all", "RESUME_COMPLETE")
time.sleep(0.6)
own.actions.check("all")
settled(own, "all", "CHECK_COMPLETE")
copy = own.stacks.snapshot("all", name="before")
settled(own, "all", "SNAPSHOT_COMPLETE")
must("snapshots", [row["name"] for row in own.stacks.snapshot_list("all")["snapshots"]], ["before"])
try:
    own.actions.cancel_update("all")
    sys.exit("an update that is none was cancelled")
except exc.HTTPBadRequest as error:
    must("no update to cancel", "Cancelling update when stack is SNAPSHOT_COMPLETE is not supported" in str(error), True)

bad = "heat_template_version: 2018-08-31\nresources:\n  boom: {type: OS::Heat::TestResource, properties: {fail: true}}\n"
own.stacks.create(stack_name="bad", template=bad, disable_rollback=False)
settled(own, "bad", "ROLLBACK_COMPLETE")
failed = [row for row in own.events.list("bad") if row.resource_status == "CREATE_FAILED" and row.resource_name == "boom"]
must("what failed", failed[0].resource_status_reason, "ValueError: resources.boom: Test Resource failed boom")

print("== openstacksdk")
must("list", sorted(row.name for row in cloud.orchestration.stacks()), ["all", "bad"])
must("find", cloud.orchestration.find_stack("all").status, "SNAPSHOT_COMPLETE")
sdk = cloud.orchestration.create_stack(name="sdk", template="heat_template_version: 2018-08-31\nresources: {r: {type: OS::Heat::RandomString}}\n")
must("create and wait", cloud.orchestration.wait_for_status(sdk, "CREATE_COMPLETE", failures=["CREATE_FAILED"], interval=0.1, wait=20).status, "CREATE_COMPLETE")
must("its resources", [row.name for row in cloud.orchestration.resources(sdk)], ["r"])
for name in ("sdk", "bad", "all"):
    cloud.orchestration.delete_stack(cloud.orchestration.find_stack(name))
for _ in range(200):
    if not list(own.stacks.list()):
        break
    time.sleep(0.05)
must("nothing is left", [row.stack_name for row in own.stacks.list()], [])
must("no server is left", list(cloud.compute.servers()), [])
must("no network is left", sorted(row.name for row in cloud.network.networks()), ["private", "public"])
