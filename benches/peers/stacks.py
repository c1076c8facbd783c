"""Make a stack and wait for it, as the users of python-heatclient and of boto3 do; counts the requests.

usage: stacks.py heat|boto TEMPLATE COUNT
"""

import contextlib
import os
import sys
import time

how, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
text = open(path).read()
sent = 0


def row(what, since, resources):
    if resources != count:
        sys.exit(f"{what}: {resources} resources")
    print(f"{what:46} {time.time() - since:8.1f} s {sent:6} requests")


def heat():
    """As `openstack stack create --wait` does: its own loop over events."""
    import requests
    import openstack
    from heatclient import client
    from heatclient.common import event_utils

    send = requests.Session.send

    def counted(self, *args, **options):
        global sent
        sent += 1
        return send(self, *args, **options)

    requests.Session.send = counted
    since = time.time()
    cloud = openstack.connect(cloud="sim")
    own = client.Client("1", session=cloud.session, region_name="RegionOne")
    own.stacks.create(stack_name="theirs", template=text, disable_rollback=False)
    with open(os.devnull, "w") as out, contextlib.redirect_stdout(out):
        status, message = event_utils.poll_for_events(own, "theirs", action="CREATE", poll_period=5)
    if status != "CREATE_COMPLETE":
        sys.exit(message)
    row("python-heatclient, its loop over events", since, len(own.resources.list("theirs")))


def boto():
    import boto3

    since = time.time()
    cfn = boto3.client("cloudformation")

    def counted(**_):
        global sent
        sent += 1

    cfn.meta.events.register("before-send.cloudformation", counted)
    cfn.create_stack(StackName="theirs", TemplateBody=text)
    cfn.get_waiter("stack_create_complete").wait(StackName="theirs")
    pages = cfn.get_paginator("list_stack_resources").paginate(StackName="theirs")
    row("boto3, its waiter", since, sum(len(page["StackResourceSummaries"]) for page in pages))


{"heat": heat, "boto": boto}[how]()
