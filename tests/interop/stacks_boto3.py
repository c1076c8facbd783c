"""boto3's cloudformation, unchanged, against the simulated cloud: waiters, paginators, change sets, nested failures.

usage: stacks_boto3.py   (AWS_CONFIG_FILE and AWS_PROFILE say where)
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError, WaiterError

cfn, ec2 = boto3.client("cloudformation"), boto3.client("ec2")
FAST = {"Delay": 0.1, "MaxAttempts": 300}
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "small web tier",
    "Parameters": {
        "Port": {"Type": "Number", "Default": "80"},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "x"},
    },
    "Conditions": {"Plain": {"Fn::Equals": [{"Ref": "Port"}, "80"]}},
    "Resources": {
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": {"Fn::Join": ["-", ["web", {"Ref": "AWS::StackName"}]]},
                "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": {"Ref": "Port"}, "ToPort": {"Ref": "Port"}, "CidrIp": "0.0.0.0/0"}],
            },
        },
        "Server": {
            "Type": "AWS::EC2::Instance",
            "Properties": {"ImageId": "IMAGE", "InstanceType": "m1.tiny", "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]},
        },
        "Disk": {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": {"Fn::GetAtt": ["Server", "AvailabilityZone"]}, "Size": 2}},
        "Address": {"Type": "AWS::EC2::EIP", "Condition": "Plain"},
    },
    "Outputs": {
        "GroupId": {"Description": "the group", "Value": {"Fn::GetAtt": ["Group", "GroupId"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-gid"}}},
        "Ip": {"Value": {"Fn::GetAtt": ["Server", "PrivateIp"]}},
        "Server": {"Value": {"Ref": "Server"}},
    },
}


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def refused(what, code, words, call, **asked):
    try:
        call(**asked)
    except ClientError as error:
        own = error.response["Error"]
        must(what, (own["Code"], words in own["Message"]), (code, True))
        return
    sys.exit(f"{what}: was not refused")


def stack(name):
    return cfn.describe_stacks(StackName=name)["Stacks"][0]


image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["cirros"]}])["Images"][0]["ImageId"]
text = json.dumps(TEMPLATE).replace("IMAGE", image)
must("no stacks", cfn.list_stacks()["StackSummaries"], [])
asked = {"StackName": "web", "TemplateBody": text, "Parameters": [{"ParameterKey": "Secret", "ParameterValue": "s3"}],
         "Tags": [{"Key": "owner", "Value": "O'Neil + sons"}], "ClientRequestToken": "one"}
made = cfn.create_stack(**asked)["StackId"]
must("the same token makes no second", cfn.create_stack(**asked)["StackId"], made)
refused("the same name does", "AlreadyExistsException", "already exists", cfn.create_stack, StackName="web", TemplateBody=text)
cfn.get_waiter("stack_create_complete").wait(StackName="web", WaiterConfig=FAST)
own = stack("web")
outputs = {row["OutputKey"]: row["OutputValue"] for row in own["Outputs"]}
must("hidden parameters", {row["ParameterKey"]: row["ParameterValue"] for row in own["Parameters"]}, {"Port": "80", "Secret": "****"})
must("tags", own["Tags"], [{"Key": "owner", "Value": "O'Neil + sons"}])
group = ec2.describe_security_groups(GroupIds=[outputs["GroupId"]])["SecurityGroups"][0]
must("the group is EC2's", group["IpPermissions"][0]["FromPort"], 80)
server = ec2.describe_instances(InstanceIds=[outputs["Server"]])["Reservations"][0]["Instances"][0]
must("the instance is EC2's", (server["State"]["Name"], server["PrivateIpAddress"]), ("running", outputs["Ip"]))
events = [row for page in cfn.get_paginator("describe_stack_events").paginate(StackName="web") for row in page["StackEvents"]]
must("newest first", (events[0]["ResourceStatus"], events[-1]["ResourceStatusReason"]), ("CREATE_COMPLETE", "User Initiated"))
must("token of the events", events[0]["ClientRequestToken"], "one")
resources = [row["LogicalResourceId"] for page in cfn.get_paginator("list_stack_resources").paginate(StackName="web") for row in page["StackResourceSummaries"]]
must("resources", sorted(resources), ["Address", "Disk", "Group", "Server"])
must("exports", [(row["Name"], row["Value"]) for row in cfn.list_exports()["Exports"]], [("web-gid", outputs["GroupId"])])
must("the template as it was sent", cfn.get_template(StackName="web")["TemplateBody"], json.loads(text))

user = "Resources:\n  Own:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Value: !ImportValue web-gid}\nOutputs:\n  V: {Value: !GetAtt Own.Value}\n"
cfn.create_stack(StackName="user", TemplateBody=user)
cfn.get_waiter("stack_create_complete").wait(StackName="user", WaiterConfig=FAST)
must("an import", stack("user")["Outputs"][0]["OutputValue"], outputs["GroupId"])
refused("an export in use", "ValidationError", "web-gid cannot be deleted as it is in use by user", cfn.delete_stack, StackName="web")
cfn.delete_stack(StackName="user")
cfn.get_waiter("stack_delete_complete").wait(StackName="user", WaiterConfig=FAST)

keep = [{"ParameterKey": "Secret", "UsePreviousValue": True}]
refused("no change", "ValidationError", "No updates are to be performed.", cfn.update_stack, StackName="web", UsePreviousTemplate=True, Parameters=keep)
cfn.create_change_set(StackName="web", ChangeSetName="set", UsePreviousTemplate=True, Parameters=keep + [{"ParameterKey": "Port", "ParameterValue": "8080"}])
cfn.get_waiter("change_set_create_complete").wait(StackName="web", ChangeSetName="set", WaiterConfig=FAST)
changes = {row["ResourceChange"]["LogicalResourceId"]: row["ResourceChange"] for row in cfn.describe_change_set(StackName="web", ChangeSetName="set")["Changes"]}
must("a change set", (changes["Address"]["Action"], changes["Group"]["Replacement"]), ("Remove", "False"))
cfn.execute_change_set(StackName="web", ChangeSetName="set")
cfn.get_waiter("stack_update_complete").wait(StackName="web", WaiterConfig=FAST)
must("updated", ec2.describe_security_groups(GroupIds=[{row["OutputKey"]: row["OutputValue"] for row in stack("web")["Outputs"]}["GroupId"]])["SecurityGroups"][0]["IpPermissions"][0]["FromPort"], 8080)
cfn.create_change_set(StackName="web", ChangeSetName="same", UsePreviousTemplate=True, Parameters=keep + [{"ParameterKey": "Port", "UsePreviousValue": True}])
try:
    cfn.get_waiter("change_set_create_complete").wait(StackName="web", ChangeSetName="same", WaiterConfig=FAST)
    sys.exit("a change set without changes was made")
except WaiterError:
    must("a change set without changes", "didn't contain changes" in cfn.describe_change_set(StackName="web", ChangeSetName="same")["StatusReason"], True)

bad = json.loads(text)
bad["Resources"]["Worse"] = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-00000000000000000"}}
cfn.update_stack(StackName="web", TemplateBody=json.dumps(bad), Parameters=keep + [{"ParameterKey": "Port", "UsePreviousValue": True}])
try:
    cfn.get_waiter("stack_update_complete").wait(StackName="web", WaiterConfig=FAST)
    sys.exit("an update of what is not there was done")
except WaiterError as error:
    must("a failed update", stack("web")["StackStatus"].startswith("UPDATE_ROLLBACK"), True)
cfn.get_waiter("stack_rollback_complete").wait(StackName="web", WaiterConfig=FAST)
must("rolled back", stack("web")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
failed = [row for row in cfn.describe_stack_events(StackName="web")["StackEvents"] if row["ResourceStatus"] == "CREATE_FAILED"]
must("what failed", (failed[0]["LogicalResourceId"], "does not exist" in failed[0]["ResourceStatusReason"]), ("Worse", True))

cfn.create_stack(StackName="never", TemplateBody=json.dumps({"Resources": {"Bad": bad["Resources"]["Worse"]}}))
try:
    cfn.get_waiter("stack_create_complete").wait(StackName="never", WaiterConfig=FAST)
    sys.exit("what is not there was made")
except WaiterError:
    pass
for _ in range(300):
    if stack("never")["StackStatus"] == "ROLLBACK_COMPLETE":
        break
must("a create that was rolled back", stack("never")["StackStatus"], "ROLLBACK_COMPLETE")
refused("it cannot be updated", "ValidationError", "is in ROLLBACK_COMPLETE state and can not be updated", cfn.update_stack, StackName="never", TemplateBody=text)
refused("a bad name", "ValidationError", "failed to satisfy constraint", cfn.create_stack, StackName="bad name!", TemplateBody=text)
refused("an unknown type", "ValidationError", "Unrecognized resource types: [AWS::EC2::Nope]", cfn.create_stack, StackName="x", TemplateBody='{"Resources": {"A": {"Type": "AWS::EC2::Nope"}}}')
refused("no such stack", "ValidationError", "Stack with id nope does not exist", cfn.describe_stacks, StackName="nope")
role = '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}}}'
refused("capabilities", "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]", cfn.create_stack, StackName="iam", TemplateBody=role)
for number in range(105):
    cfn.create_stack(StackName=f"bulk-{number}", TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}')
names = [row["StackName"] for page in cfn.get_paginator("describe_stacks").paginate() for row in page["Stacks"]]
must("pages", len([name for name in names if name.startswith("bulk-")]), 105)
must("listed too", len([1 for page in cfn.get_paginator("list_stacks").paginate(StackStatusFilter=["CREATE_COMPLETE", "CREATE_IN_PROGRESS"]) for _ in page["StackSummaries"]]), 105)
cfn.update_termination_protection(StackName="web", EnableTerminationProtection=True)
refused("protected", "ValidationError", "TerminationProtection is enabled", cfn.delete_stack, StackName="web")
cfn.update_termination_protection(StackName="web", EnableTerminationProtection=False)
arn = stack("web")["StackId"]
for name in names:
    cfn.delete_stack(StackName=name)
cfn.get_waiter("stack_delete_complete").wait(StackName=arn, WaiterConfig=FAST)
must("a deleted one is told by its id", stack(arn)["StackStatus"], "DELETE_COMPLETE")
must("nothing is left", [row["State"]["Name"] for r in ec2.describe_instances()["Reservations"] for row in r["Instances"] if row["State"]["Name"] != "terminated"], [])
cfn.delete_stack(StackName="nope")
