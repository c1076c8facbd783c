"""boto3, unchanged, against the simulated cloud: its waiters, its paginators, its errors.

usage: ec2_boto3.py   (AWS_CONFIG_FILE and AWS_PROFILE say where)
"""

import base64
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"mode": "standard", "total_max_attempts": 1})
ec2 = boto3.client("ec2", config=config)
sts = boto3.client("sts", config=config)


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print("ok ", what)


def refused(what, code, call, status=400, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        got = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        must(what, got, (code, status))
    else:
        sys.exit(f"{what}: was not refused")


def wait(name, **arguments):
    ec2.get_waiter(name).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 20}, **arguments)


def one(instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def tags(instance):
    return {tag["Key"]: tag["Value"] for tag in one(instance)["Tags"]}


account = sts.get_caller_identity()["Account"]
must("caller identity", (len(account), account.isdigit()), (12, True))
must("regions", [r["RegionName"] for r in ec2.describe_regions()["Regions"]], ["us-east-1"])
must("zones", [z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]], ["us-east-1a"])
types = {t["InstanceType"]: t for t in ec2.describe_instance_types()["InstanceTypes"]}
must("instance types", sorted(types), ["m1.large", "m1.medium", "m1.nano", "m1.small", "m1.tiny", "m1.xlarge"])
must("a type's memory", types["m1.small"]["MemoryInfo"]["SizeInMiB"], 2048)
pages = ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 5})
must("types by pages", [len(page["InstanceTypes"]) for page in pages], [5, 1])
images = ec2.describe_images(Filters=[{"Name": "name", "Values": ["cir*"]}])["Images"]
must("images", [(i["Name"], i["State"], i["Public"]) for i in images], [("cirros", "available", False)])
must("images that are shared", ec2.describe_images(ExecutableUsers=["self"])["Images"], images)
must("own images", ec2.describe_images(Owners=["self"])["Images"], [])
image = images[0]["ImageId"]
vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
attributes = {a["AttributeName"]: a["AttributeValues"][0]["AttributeValue"]
              for a in ec2.describe_account_attributes()["AccountAttributes"]}
must("default VPC", attributes["default-vpc"], vpc)

# Keys.
key = ec2.create_key_pair(KeyName="deploy", TagSpecifications=[
    {"ResourceType": "key-pair", "Tags": [{"Key": "team", "Value": "blue"}]}])
must("key pair", (key["KeyName"], key["KeyMaterial"].splitlines()[0]), ("deploy", "-----BEGIN RSA PRIVATE KEY-----"))
refused("key pair twice", "InvalidKeyPair.Duplicate", ec2.create_key_pair, KeyName="deploy")
public = b"ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"x" * 32) + b" me@here"
ec2.import_key_pair(KeyName="imported", PublicKeyMaterial=public)
refused("no key", "InvalidKey.Format", ec2.import_key_pair, KeyName="bad", PublicKeyMaterial=b"no key")
must("key pairs", [(k["KeyName"], k["KeyType"]) for k in ec2.describe_key_pairs()["KeyPairs"]],
     [("deploy", "rsa"), ("imported", "ed25519")])
must("key pair by tag", [k["KeyName"] for k in ec2.describe_key_pairs(
    Filters=[{"Name": "tag:team", "Values": ["blue"]}])["KeyPairs"]], ["deploy"])
ec2.delete_key_pair(KeyName="imported")
ec2.delete_key_pair(KeyName="imported")
refused("unknown key pair", "InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["imported"])

# Groups.
web = ec2.create_security_group(GroupName="web", Description="The web tier")["GroupId"]
app = ec2.create_security_group(GroupName="app", Description="The application tier", VpcId=vpc)["GroupId"]
refused("group twice", "InvalidGroup.Duplicate", ec2.create_security_group, GroupName="web", Description="again")
http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
        "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "from anywhere"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
rules = ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[http])["SecurityGroupRules"]
must("authorize by range", [(r["FromPort"], r.get("CidrIpv4") or r["CidrIpv6"]) for r in rules],
     [(80, "0.0.0.0/0"), (80, "::/0")])
ec2.authorize_security_group_ingress(GroupName="web", IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="192.168.1.130/32")
refused("authorize twice", "InvalidPermission.Duplicate", ec2.authorize_security_group_ingress,
        GroupName="web", IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="192.168.1.130/32")
ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": web}]}])
ec2.authorize_security_group_ingress(GroupName="app", SourceSecurityGroupName="web")
ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[
    {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.1.2.3/8"}]}])
groups = {g["GroupName"]: g for g in ec2.describe_security_groups(GroupIds=[web, app])["SecurityGroups"]}
must("permissions of web", [(p["FromPort"], [r["CidrIp"] for r in p["IpRanges"]], [r["CidrIpv6"] for r in p["Ipv6Ranges"]])
                            for p in groups["web"]["IpPermissions"]],
     [(80, ["0.0.0.0/0"], ["::/0"]), (22, ["192.168.1.130/32"], [])])
must("permissions of app", [(p["IpProtocol"], p.get("FromPort"), [g["GroupId"] for g in p["UserIdGroupPairs"]],
                             [r["CidrIp"] for r in p["IpRanges"]]) for p in groups["app"]["IpPermissions"]],
     [("tcp", 0, [web], []), ("-1", None, [web], []), ("icmp", -1, [], ["10.0.0.0/8"])])
must("everything may go out", [(p["IpProtocol"], p["IpRanges"]) for p in groups["web"]["IpPermissionsEgress"]],
     [("-1", [{"CidrIp": "0.0.0.0/0"}])])
must("rules one by one", len(ec2.describe_security_group_rules(
    Filters=[{"Name": "group-id", "Values": [web]}])["SecurityGroupRules"]), 4)
ec2.revoke_security_group_ingress(GroupId=web, SecurityGroupRuleIds=[rules[1]["SecurityGroupRuleId"]])
ec2.revoke_security_group_ingress(GroupId=app, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": web}]}])
unknown = ec2.revoke_security_group_ingress(GroupId=web, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 99, "ToPort": 99, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
must("revoke what is not there", [p["FromPort"] for p in unknown["UnknownIpPermissions"]], [99])
must("after revoking", [p["IpProtocol"] for p in ec2.describe_security_groups(
    GroupIds=[app])["SecurityGroups"][0]["IpPermissions"]], ["-1", "icmp"])
refused("a source that another names", "DependencyViolation", ec2.delete_security_group, GroupId=web)
refused("the default group", "CannotDelete", ec2.delete_security_group, GroupName="default")
refused("unknown group", "InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=["sg-00000000000000000"])
refused("malformed group", "InvalidGroupId.Malformed", ec2.describe_security_groups, GroupIds=["web"])

# Instances.
order = dict(ImageId=image, InstanceType="m1.tiny", MinCount=1, MaxCount=1)
refused("dry run", "DryRunOperation", ec2.run_instances, status=412, DryRun=True, **order)
refused("malformed image", "InvalidAMIID.Malformed", ec2.run_instances, **{**order, "ImageId": "not-an-ami"})
refused("unknown image", "InvalidAMIID.NotFound", ec2.run_instances, **{**order, "ImageId": "ami-00000000000000000"})
refused("unknown type", "InvalidParameterValue", ec2.run_instances, **{**order, "InstanceType": "z9.nope"})
refused("unknown key", "InvalidKeyPair.NotFound", ec2.run_instances, KeyName="nope", **order)
refused("unknown group", "InvalidGroup.NotFound", ec2.run_instances, SecurityGroups=["nope"], **order)
order.update(KeyName="deploy", SecurityGroupIds=[web], SubnetId=subnet, UserData="#!/bin/sh\necho héllo\n", ClientToken="t1",
             TagSpecifications=[{"ResourceType": "instance", "Tags": [
                 {"Key": "Name", "Value": "web server & co"}, {"Key": "empty", "Value": ""}]},
                 {"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "root"}]}],
             BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12}},
                                  {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 2, "DeleteOnTermination": False}}])
made = ec2.run_instances(**order)
instance = made["Instances"][0]["InstanceId"]
must("run", (made["Instances"][0]["State"], made["OwnerId"]), ({"Code": 0, "Name": "pending"}, account))
again = ec2.run_instances(**order)
must("run again with the token", (again["ReservationId"], again["Instances"][0]["InstanceId"]),
     (made["ReservationId"], instance))
refused("the token for something else", "IdempotentParameterMismatch", ec2.run_instances,
        **{**order, "InstanceType": "m1.small"})
wait("instance_running", InstanceIds=[instance])
wait("instance_status_ok", InstanceIds=[instance])
server = one(instance)
must("running", (server["State"]["Name"], server["KeyName"], server["InstanceType"], server["SubnetId"], server["VpcId"],
                 server["SecurityGroups"]),
     ("running", "deploy", "m1.tiny", subnet, vpc, [{"GroupName": "web", "GroupId": web}]))
must("tags", tags(instance), {"Name": "web server & co", "empty": ""})
must("disks", sorted((m["DeviceName"], m["Ebs"]["Status"], m["Ebs"]["DeleteOnTermination"])
                     for m in server["BlockDeviceMappings"]),
     [("/dev/sdf", "attached", False), ("/dev/xvda", "attached", True)])
volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"]
must("their sizes and names", sorted((v["Size"], v["Tags"][0]["Value"]) for v in volumes), [(2, "root"), (12, "root")])
must("user data", base64.b64decode(ec2.describe_instance_attribute(
    InstanceId=instance, Attribute="userData")["UserData"]["Value"]).decode(), "#!/bin/sh\necho héllo\n")
must("console", instance in ec2.get_console_output(InstanceId=instance)["Output"], True)
must("password", ec2.get_password_data(InstanceId=instance)["PasswordData"], "")
for name, values in [("tag:Name", ["web*"]), ("instance-state-name", ["pending", "running"]), ("group-name", ["web"]),
                     ("client-token", ["t1"]), ("private-ip-address", [server["PrivateIpAddress"]])]:
    found = ec2.describe_instances(Filters=[{"Name": name, "Values": values}])["Reservations"]
    must(f"filter {name}", [i["InstanceId"] for r in found for i in r["Instances"]], [instance])
refused("unknown filter", "InvalidParameterValue", ec2.describe_instances,
        Filters=[{"Name": "no-such-filter", "Values": ["x"]}])
refused("unknown instance", "InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=["i-00000000000000000"])
refused("malformed instance", "InvalidInstanceID.Malformed", ec2.describe_instances, InstanceIds=["bogus"])
odd = "O'Neil + sons ~ 100% * (ok)! snow☃ & <xml>"
ec2.create_tags(Resources=[instance], Tags=[{"Key": "owner", "Value": odd}, {"Key": "ünïcode", "Value": ""}])
ec2.delete_tags(Resources=[instance], Tags=[{"Key": "ünïcode"}])
must("odd tags", tags(instance), {"Name": "web server & co", "empty": "", "owner": odd})
must("tags by themselves", [(t["ResourceType"], t["Value"]) for t in ec2.describe_tags(
    Filters=[{"Name": "key", "Values": ["owner"]}])["Tags"]], [("instance", odd)])
refused("reserved tag", "InvalidParameterValue", ec2.create_tags, Resources=[instance], Tags=[{"Key": "aws:x", "Value": "1"}])

refused("resize while running", "IncorrectInstanceState", ec2.modify_instance_attribute,
        InstanceId=instance, InstanceType={"Value": "m1.small"})
change = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"][0]
must("stop", (change["PreviousState"]["Name"], change["CurrentState"]["Name"]), ("running", "stopping"))
refused("start while stopping", "IncorrectInstanceState", ec2.start_instances, InstanceIds=[instance])
wait("instance_stopped", InstanceIds=[instance])
must("why", one(instance)["StateReason"]["Code"], "Client.UserInitiatedShutdown")
refused("reboot while stopped", "IncorrectInstanceState", ec2.reboot_instances, InstanceIds=[instance])
ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m1.small"})
change = ec2.start_instances(InstanceIds=[instance])["StartingInstances"][0]
must("start", (change["PreviousState"]["Name"], change["CurrentState"]["Name"]), ("stopped", "pending"))
wait("instance_running", InstanceIds=[instance])
must("resized", one(instance)["InstanceType"], "m1.small")
ec2.reboot_instances(InstanceIds=[instance])
ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": True})
refused("terminate what is protected", "OperationNotPermitted", ec2.terminate_instances, InstanceIds=[instance])
ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
ec2.modify_instance_attribute(InstanceId=instance, Groups=[web, app])
must("groups changed", sorted(g["GroupName"] for g in one(instance)["SecurityGroups"]), ["app", "web"])
refused("a group in use", "DependencyViolation", ec2.delete_security_group, GroupId=app)

# An image of it, and an instance of that.
wait("instance_running", InstanceIds=[instance])
snap = ec2.create_image(InstanceId=instance, Name="golden 1.0", Description="nightly", NoReboot=True)["ImageId"]
refused("image name twice", "InvalidAMIName.Duplicate", ec2.create_image, InstanceId=instance, Name="golden 1.0")
wait("image_available", ImageIds=[snap])
golden = ec2.describe_images(Owners=["self"])["Images"][0]
must("image", (golden["ImageId"], golden["Name"], golden["Description"], golden["Public"], golden["SourceInstanceId"],
               [(m["DeviceName"], m["Ebs"]["VolumeSize"]) for m in golden["BlockDeviceMappings"]]),
     (snap, "golden 1.0", "nightly", False, instance, [("/dev/xvda", 12), ("/dev/sdf", 2)]))
copy = golden["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
wait("snapshot_completed", SnapshotIds=[copy])
refused("a snapshot in use", "InvalidSnapshot.InUse", ec2.delete_snapshot, SnapshotId=copy)

# Volumes.
volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=3, VolumeType="gp3", TagSpecifications=[
    {"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "data"}]}])["VolumeId"]
wait("volume_available", VolumeIds=[volume])
attached = ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdg")
must("attach", (attached["State"], attached["Device"]), ("attaching", "/dev/sdg"))
wait("volume_in_use", VolumeIds=[volume])
refused("attach twice", "VolumeInUse", ec2.attach_volume, VolumeId=volume, InstanceId=instance, Device="/dev/sdh")
refused("delete what is attached", "VolumeInUse", ec2.delete_volume, VolumeId=volume)
ec2.modify_volume(VolumeId=volume, Size=5)
refused("smaller", "IncorrectModificationState", ec2.modify_volume, VolumeId=volume, Size=4)
backup = ec2.create_snapshot(VolumeId=volume, Description="before")["SnapshotId"]
wait("snapshot_completed", SnapshotIds=[backup])
attached = ec2.detach_volume(VolumeId=volume)
must("detach", attached["State"], "detaching")
wait("volume_available", VolumeIds=[volume])
ec2.delete_volume(VolumeId=volume)
wait("volume_deleted", VolumeIds=[volume])
refused("unknown volume", "InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=[volume])
must("the snapshot outlives it", [(s["VolumeSize"], s["State"], s["Description"]) for s in ec2.describe_snapshots(
    SnapshotIds=[backup])["Snapshots"]], [(5, "completed", "before")])
volume = ec2.create_volume(AvailabilityZone="us-east-1a", SnapshotId=backup)["VolumeId"]
wait("volume_available", VolumeIds=[volume])
must("a volume of it", ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"], 5)
ec2.delete_volume(VolumeId=volume)
ec2.delete_snapshot(SnapshotId=backup)
refused("unknown snapshot", "InvalidSnapshot.NotFound", ec2.describe_snapshots, SnapshotIds=[backup])

# Addresses.
address = ec2.allocate_address(Domain="vpc")
allocation = address["AllocationId"]
association = ec2.associate_address(AllocationId=allocation, InstanceId=instance)["AssociationId"]
must("address", (one(instance)["PublicIpAddress"], ec2.describe_addresses()["Addresses"][0]["InstanceId"]),
     (address["PublicIp"], instance))
refused("release what is in use", "InvalidIPAddress.InUse", ec2.release_address, AllocationId=allocation)
ec2.disassociate_address(AssociationId=association)
ec2.release_address(AllocationId=allocation)
must("no address", (one(instance).get("PublicIpAddress"), ec2.describe_addresses()["Addresses"]), (None, []))

# VPCs.
other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
refused("subnet outside", "InvalidSubnet.Range", ec2.create_subnet, VpcId=other, CidrBlock="10.98.0.0/24")
inner = ec2.create_subnet(VpcId=other, CidrBlock="10.99.1.0/24")["Subnet"]["SubnetId"]
refused("subnet twice", "InvalidSubnet.Conflict", ec2.create_subnet, VpcId=other, CidrBlock="10.99.1.0/24")
refused("a VPC with a subnet", "DependencyViolation", ec2.delete_vpc, VpcId=other)
elsewhere = ec2.create_security_group(GroupName="web", Description="of the same name", VpcId=other)["GroupId"]
refused("revoke what is not there, elsewhere", "InvalidPermission.NotFound", ec2.revoke_security_group_ingress,
        GroupId=elsewhere, IpPermissions=[http])
ec2.delete_security_group(GroupId=elsewhere)
ec2.delete_subnet(SubnetId=inner)
ec2.delete_vpc(VpcId=other)
must("VPCs", [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"]], [vpc])

# Network interfaces: made by themselves, they outlive their instance.
subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
named = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "db"}]}]
eni = ec2.create_network_interface(SubnetId=subnet, Description="of a database", Groups=[app], TagSpecifications=named)
eni = eni["NetworkInterface"]["NetworkInterfaceId"]


def interface():
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]


before = interface()
must("a network interface", (before["Status"], before["Description"], before["TagSet"][0]["Value"], before["Groups"][0]["GroupId"]),
     ("available", "of a database", "db", app))
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Description={"Value": "of the database"})
must("its description", interface()["Description"], "of the database")
refused("groups beside an interface", "InvalidParameterCombination", ec2.run_instances, ImageId=image, InstanceType="m1.tiny",
        MinCount=1, MaxCount=1, SecurityGroupIds=[app], NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni}])
held = ec2.run_instances(ImageId=image, InstanceType="m1.tiny", MinCount=1, MaxCount=1,
                         NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni}])["Instances"][0]["InstanceId"]
wait("instance_running", InstanceIds=[held])
must("the interface's instance", (interface()["Status"], interface()["Attachment"]["InstanceId"],
                                  one(held)["PrivateIpAddress"]), ("in-use", held, before["PrivateIpAddress"]))
refused("an interface in use", "InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=eni)
allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=eni)
must("an address of it", ec2.describe_addresses()["Addresses"][0]["NetworkInterfaceId"], eni)
ec2.terminate_instances(InstanceIds=[held])
wait("instance_terminated", InstanceIds=[held])
must("it is free again", (interface()["Status"], "Attachment" in interface()), ("available", False))
ec2.disassociate_address(AssociationId=ec2.describe_addresses()["Addresses"][0]["AssociationId"])
ec2.release_address(AllocationId=allocation)
at = {"NetworkInterfaceId": eni, "InstanceId": instance}
refused("an index that is taken", "InvalidParameterValue", ec2.attach_network_interface, DeviceIndex=0, **at)
attachment = ec2.attach_network_interface(DeviceIndex=2, **at)["AttachmentId"]
must("an interface at an instance", (interface()["Attachment"]["DeviceIndex"], interface()["Attachment"]["AttachmentId"]), (2, attachment))
must("both in their places", [i["Attachment"]["DeviceIndex"] for i in one(instance)["NetworkInterfaces"]], [0, 2])
refused("at another too", "InvalidNetworkInterface.InUse", ec2.attach_network_interface, DeviceIndex=3, **at)
primary = one(instance)["NetworkInterfaces"][0]["Attachment"]["AttachmentId"]
refused("the first one stays", "OperationNotPermitted", ec2.detach_network_interface, AttachmentId=primary)
ec2.detach_network_interface(AttachmentId=attachment)
wait("network_interface_available", NetworkInterfaceIds=[eni])
refused("detached twice", "InvalidAttachmentID.NotFound", ec2.detach_network_interface, AttachmentId=attachment)
ec2.delete_network_interface(NetworkInterfaceId=eni)
refused("no interface any more", "InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces,
        NetworkInterfaceIds=[eni])

# Placement groups, known by their names.
group = ec2.create_placement_group(GroupName="apart", Strategy="spread")["PlacementGroup"]
must("a placement group", (group["GroupName"], group["State"], group["Strategy"]), ("apart", "available", "spread"))
refused("of the same name", "InvalidPlacementGroup.Duplicate", ec2.create_placement_group, GroupName="apart", Strategy="cluster")
refused("an unknown strategy", "InvalidParameterValue", ec2.create_placement_group, GroupName="x", Strategy="heap")
placed = ec2.run_instances(ImageId=image, InstanceType="m1.tiny", MinCount=2, MaxCount=2, Placement={"GroupName": "apart"})
placed = [i["InstanceId"] for i in placed["Instances"]]
wait("instance_running", InstanceIds=placed)
members = ec2.describe_instances(Filters=[{"Name": "placement-group-name", "Values": ["apart"]}])["Reservations"]
must("its instances", sorted(i["InstanceId"] for r in members for i in r["Instances"]), sorted(placed))
refused("a group in use", "InvalidPlacementGroup.InUse", ec2.delete_placement_group, GroupName="apart")
refused("an unknown group", "InvalidPlacementGroup.Unknown", ec2.run_instances, ImageId=image, InstanceType="m1.tiny",
        MinCount=1, MaxCount=1, Placement={"GroupName": "nosuch"})
ec2.terminate_instances(InstanceIds=placed)
wait("instance_terminated", InstanceIds=placed)
ec2.delete_placement_group(GroupName="apart")
must("no placement groups", ec2.describe_placement_groups()["PlacementGroups"], [])

# Twelve at once, by pages of five; and one of the image.
many = [i["InstanceId"] for i in ec2.run_instances(ImageId=image, InstanceType="m1.tiny", MinCount=2, MaxCount=11)["Instances"]]
third = ec2.run_instances(ImageId=snap, InstanceType="m1.tiny", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
wait("instance_running", InstanceIds=[*many, third])
must("the image's disks", sorted(m["DeviceName"] for m in one(third)["BlockDeviceMappings"]), ["/dev/sdf", "/dev/xvda"])
ec2.terminate_instances(InstanceIds=[third])
wait("instance_terminated", InstanceIds=[third])
must("terminated is still shown", one(third)["State"], {"Code": 48, "Name": "terminated"})
refused("start what is terminated", "IncorrectInstanceState", ec2.start_instances, InstanceIds=[third])
live = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
pages = ec2.get_paginator("describe_instances").paginate(Filters=live, PaginationConfig={"PageSize": 5})
pages = [[i["InstanceId"] for r in page["Reservations"] for i in r["Instances"]] for page in pages]
must("12 instances by 5", [len(page) for page in pages], [5, 5, 2])
must("every one once", sorted(sum(pages, [])), sorted([instance, *many]))
refused("a page of 2", "InvalidParameterValue", ec2.describe_instances, MaxResults=2)
refused("a page of ids", "InvalidParameterCombination", ec2.describe_instances, MaxResults=5, InstanceIds=many)
change = ec2.terminate_instances(InstanceIds=[instance, *many])["TerminatingInstances"]
must("terminate", {c["CurrentState"]["Name"] for c in change}, {"shutting-down"})
wait("instance_terminated", InstanceIds=[instance, *many])
left = ec2.describe_volumes()["Volumes"]
must("what did not go with them", [(v["Size"], v["State"]) for v in left], [(2, "available")])
ec2.delete_volume(VolumeId=left[0]["VolumeId"])
ec2.deregister_image(ImageId=snap)
refused("no image any more", "InvalidAMIID.NotFound", ec2.describe_images, ImageIds=[snap])
for mapping in golden["BlockDeviceMappings"]:
    ec2.delete_snapshot(SnapshotId=mapping["Ebs"]["SnapshotId"])
ec2.delete_security_group(GroupId=app)
ec2.delete_security_group(GroupName="web")
ec2.delete_key_pair(KeyName="deploy")

# What is signed otherwise is refused.
stranger = boto3.client("ec2", aws_access_key_id="AKIANOBODY0000000000", aws_secret_access_key="nothing", config=config)
refused("unknown access key", "AuthFailure", stranger.describe_instances, status=401)
known = boto3.Session().get_credentials().access_key
wrong = boto3.client("ec2", aws_access_key_id=known, aws_secret_access_key="nothing", config=config)
refused("wrong secret", "AuthFailure", wrong.describe_instances, status=401)
wrong = boto3.client("sts", aws_access_key_id=known, aws_secret_access_key="nothing", config=config)
refused("wrong secret for STS", "SignatureDoesNotMatch", wrong.get_caller_identity, status=403)
away = boto3.client("ec2", region_name="eu-west-1", config=config)
refused("another region", "AuthFailure", away.describe_instances, status=401)
refused("no such action", "InvalidAction", ec2.describe_fleets)
print("all is as it should be")
