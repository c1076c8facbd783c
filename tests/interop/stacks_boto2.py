"""boto 2, unchanged, with a ~/.boto as its users have it, against the CloudFormation that Heat serves.

usage: stacks_boto2.py PORT   ($HOME/.boto says the rest)
"""

import sys
import time

import boto
import boto.cloudformation
from boto.cloudformation.connection import CloudFormationConnection
from boto.exception import BotoServerError


class Old(CloudFormationConnection):
    """As it was before 2.6."""

    def _required_auth_capability(self):
        return ["cloudformation"]


TEMPLATE = '{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"A": {"Type": "String"}}, "Resources": {"r": {"Type": "OS::Heat::RandomString"}}, "Outputs": {"O": {"Value": {"Ref": "A"}}}}'


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


port = int(sys.argv[1])
own = boto.cloudformation.connection.CloudFormationConnection(port=port, path="/v1")
must("it is sent where ~/.boto says", own.host, boto.config.get("Boto", "cfn_region_endpoint"))
for name, cfn in (("four", own), ("two", Old(port=port, path="/v1"))):
    # Of a stack that is there the list has `None` for the time of its deletion, which boto cannot read; Heat answers so too.
    if cfn is own:
        must("none is listed", len(cfn.list_stacks()), 0)
    # Without a timeout this endpoint answers `None` for one, and boto reads a number there.
    made = cfn.create_stack(f"boto-{name}", template_body=TEMPLATE, parameters=[("A", "given")], timeout_in_minutes=10)
    must("an id", f"stacks/boto-{name}/" in made, True)
    for _ in range(200):
        stack = cfn.describe_stacks(f"boto-{name}")[0]
        if stack.stack_status == "CREATE_COMPLETE":
            break
        time.sleep(0.05)
    must("created", stack.stack_status, "CREATE_COMPLETE")
    must("outputs", [(row.key, row.value) for row in stack.outputs], [("O", "given")])
    must("resources", [row.logical_resource_id for row in cfn.describe_stack_resources(f"boto-{name}")], ["r"])
    try:
        cfn.create_stack(f"boto-{name}", template_body=TEMPLATE, parameters=[("A", "given")])
        sys.exit("it was made twice")
    except BotoServerError as error:
        must("a second of that name", (error.status, "AlreadyExists" in str(error.body)), (400, True))
    cfn.delete_stack(f"boto-{name}")
