#!/bin/sh
# boto3, awscli, libcloud and boto 2, unchanged from PyPI, against the EC2 face of `rhain sim`. Exits non-zero at the first
# difference.
#
# usage: aws.sh [SCRATCH]
#   SCRATCH  a folder for the Python environment and the logs, kept for the next run (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   PYTHON   the Python to make the environment with (default: python3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rhain=${RHAIN:-$here/../../target/debug/rhain}
if [ $# -gt 0 ]; then
    scratch=$1
    mkdir -p "$scratch"
    made=
else
    scratch=$(mktemp -d)
    made=$scratch
fi
sim=
finish() {
    status=$?
    if [ -n "$sim" ]; then kill "$sim" 2>/dev/null || true; fi
    if [ -n "$made" ]; then rm -rf "$made"; fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ ! -x "$scratch/venv/bin/aws" ]; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check boto3 awscli apache-libcloud boto
fi
PATH=$scratch/venv/bin:$PATH
pip list 2>/dev/null | grep -iE '^(boto3|botocore|awscli|apache-libcloud|boto) ' || true

for name in $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\|BOTO_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY || true
# Nothing of whoever runs this is read.
HOME=$scratch/home
export HOME
mkdir -p "$HOME"
rm -f "$scratch/aws.config"
"$rhain" sim --port 0 --clouds-yaml "$scratch/clouds.yaml" --aws-config "$scratch/aws.config" >"$scratch/sim.log" 2>&1 &
sim=$!
tries=0
while [ ! -s "$scratch/aws.config" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$sim" 2>/dev/null; then
        cat "$scratch/sim.log" >&2
        echo "rhain sim did not start" >&2
        exit 1
    fi
    sleep 0.1
done

echo "== boto3"
AWS_CONFIG_FILE=$scratch/aws.config AWS_PROFILE=sim python "$here/ec2_boto3.py"

echo "== boto3: cloudformation"
AWS_CONFIG_FILE=$scratch/aws.config AWS_PROFILE=sim python "$here/stacks_boto3.py"

# The others are given what a terminal would be, by the environment.
setting() { sed -n "s/^$1 = //p" "$scratch/aws.config" | head -n 1; }
AWS_ACCESS_KEY_ID=$(setting aws_access_key_id)
AWS_SECRET_ACCESS_KEY=$(setting aws_secret_access_key)
AWS_ENDPOINT_URL=$(setting endpoint_url)
AWS_REGION=$(setting region)
AWS_DEFAULT_REGION=$AWS_REGION
AWS_PAGER=
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION AWS_PAGER

echo "== libcloud"
python "$here/ec2_libcloud.py"

echo "== boto 2"
if python -c 'import boto.ec2.connection' 2>/dev/null; then
    python -W ignore "$here/ec2_boto2.py"
    echo "== boto 2: Heat's CloudFormation"
    # As its users have it; the keys are such as \`openstack ec2 credentials create\` gives.
    cat >"$HOME/.boto" <<BOTO
[Credentials]
aws_access_key_id = $AWS_ACCESS_KEY_ID
aws_secret_access_key = $AWS_SECRET_ACCESS_KEY

[Boto]
debug = 1
is_secure = False
cfn_region_name = heat
cfn_region_endpoint = 127.0.0.1
BOTO
    env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY python -W ignore "$here/stacks_boto2.py" "${AWS_ENDPOINT_URL##*:}"
else
    echo "NOT RUN: boto 2 does not know this Python"
fi

echo "== awscli"
# must WHAT WANTED COMMAND…: the command's output is what is wanted.
must() {
    what=$1 wanted=$2
    shift 2
    if ! got=$("$@" 2>"$scratch/stderr"); then
        cat "$scratch/stderr" >&2
        echo "$what: \`$*\` ended with an error" >&2
        exit 1
    fi
    if [ "$got" != "$wanted" ]; then
        printf '%s: got\n%s\nwanted\n%s\n' "$what" "$got" "$wanted" >&2
        exit 1
    fi
    echo "ok  $what"
}
# refused WHAT WORDS COMMAND…: the command fails, and says so in these words.
refused() {
    what=$1 words=$2
    shift 2
    if "$@" >/dev/null 2>"$scratch/stderr"; then
        echo "$what: was not refused" >&2
        exit 1
    fi
    if ! grep -qF "$words" "$scratch/stderr"; then
        cat "$scratch/stderr" >&2
        echo "$what: refused in other words" >&2
        exit 1
    fi
    echo "ok  $what"
}
ec2() { aws --output text ec2 "$@"; }
must "who it is" "user/demo" sh -c "aws sts get-caller-identity --query Arn --output text | sed 's/.*://'"
image=$(ec2 describe-images --filters Name=name,Values=cirros --query 'Images[].ImageId')
must "types" "m1.tiny 512
m1.small 2048" sh -c "aws --output text ec2 describe-instance-types --instance-types m1.tiny m1.small \
    --query 'InstanceTypes[].[InstanceType,MemoryInfo.SizeInMiB]' | tr '\t' ' '"
group=$(ec2 create-security-group --group-name cli --description "made by awscli" --query GroupId)
must "authorize" "True" ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 8000-8010 \
    --cidr 10.0.0.0/8 --query Return
must "its ranges" "8000	8010	10.0.0.0/8" ec2 describe-security-groups --group-names cli \
    --query 'SecurityGroups[].IpPermissions[].[FromPort,ToPort,IpRanges[0].CidrIp]'
id=$(ec2 run-instances --image-id "$image" --instance-type m1.tiny --security-group-ids "$group" --count 1 \
    --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=cli},{Key=role,Value=web}]' \
    --query 'Instances[].InstanceId')
ec2 wait instance-running --instance-ids "$id"
must "run" "cli	running	m1.tiny" ec2 describe-instances --filters Name=tag:role,Values=web Name=instance-state-name,Values=running \
    --query 'Reservations[].Instances[].[Tags[?Key==`Name`]|[0].Value,State.Name,InstanceType]'
must "stop" "running	stopping" ec2 stop-instances --instance-ids "$id" \
    --query 'StoppingInstances[].[PreviousState.Name,CurrentState.Name]'
refused "reboot while it stops" "(IncorrectInstanceState)" ec2 reboot-instances --instance-ids "$id"
ec2 wait instance-stopped --instance-ids "$id"
must "resize" "" ec2 modify-instance-attribute --instance-id "$id" --instance-type m1.large
must "start" "pending" ec2 start-instances --instance-ids "$id" --query 'StartingInstances[].CurrentState.Name'
ec2 wait instance-running --instance-ids "$id"
must "resized" "m1.large" ec2 describe-instance-attribute --instance-id "$id" --attribute instanceType --query InstanceType.Value
volume=$(ec2 create-volume --availability-zone us-east-1a --size 2 --query VolumeId)
ec2 wait volume-available --volume-ids "$volume"
must "attach" "/dev/sdf" ec2 attach-volume --volume-id "$volume" --instance-id "$id" --device /dev/sdf --query Device
ec2 wait volume-in-use --volume-ids "$volume"
must "terminate" "shutting-down" ec2 terminate-instances --instance-ids "$id" --query 'TerminatingInstances[].CurrentState.Name'
ec2 wait instance-terminated --instance-ids "$id"
must "the volume stays" "available" ec2 describe-volumes --volume-ids "$volume" --query 'Volumes[].State'
must "delete volume" "" ec2 delete-volume --volume-id "$volume"
must "create-placement-group" "apart	spread" ec2 create-placement-group --group-name apart --strategy spread \
    --query 'PlacementGroup.[GroupName,Strategy]'
subnet=$(ec2 describe-subnets --filters Name=availability-zone,Values=us-east-1a --query 'Subnets[0].SubnetId')
interface=$(ec2 create-network-interface --subnet-id "$subnet" --groups "$group" --description "of awscli" \
    --query NetworkInterface.NetworkInterfaceId)
placed=$(ec2 run-instances --image-id "$image" --instance-type m1.tiny --placement GroupName=apart --subnet-id "$subnet" \
    --query 'Instances[].InstanceId')
ec2 wait instance-running --instance-ids "$placed"
must "placed" "apart" ec2 describe-instances --instance-ids "$placed" --query 'Reservations[].Instances[].Placement.GroupName'
attachment=$(ec2 attach-network-interface --network-interface-id "$interface" --instance-id "$placed" --device-index 1 \
    --query AttachmentId)
must "an interface in use" "in-use	of awscli	1" ec2 describe-network-interfaces --network-interface-ids "$interface" \
    --query 'NetworkInterfaces[].[Status,Description,Attachment.DeviceIndex]'
refused "deleting it" "(InvalidParameterValue)" ec2 delete-network-interface --network-interface-id "$interface"
ec2 detach-network-interface --attachment-id "$attachment"
ec2 wait network-interface-available --network-interface-ids "$interface"
must "delete-network-interface" "" ec2 delete-network-interface --network-interface-id "$interface"
refused "a group in use" "(InvalidPlacementGroup.InUse)" ec2 delete-placement-group --group-name apart
ec2 terminate-instances --instance-ids "$placed" >/dev/null
ec2 wait instance-terminated --instance-ids "$placed"
must "delete-placement-group" "" ec2 delete-placement-group --group-name apart
refused "a group that is not there" "(InvalidGroup.NotFound)" ec2 delete-security-group --group-id sg-00000000000000000
ec2 delete-security-group --group-id "$group" >/dev/null
cfn() { aws --output text cloudformation "$@"; }
cat >"$scratch/deploy.yaml" <<'YAML'
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Name: {Type: String}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "of ${AWS::StackName}"
      GroupName: !Ref Name
Outputs:
  Group: {Value: !GetAtt Group.GroupId}
YAML
deploy() { cfn deploy --stack-name deployed --template-file "$scratch/deploy.yaml" "$@"; }
deploy --parameter-overrides Name=first >/dev/null
must "deploy makes a stack" "CREATE_COMPLETE	of deployed" sh -c 'printf "%s\t" "$(aws --output text cloudformation describe-stacks --stack-name deployed --query "Stacks[].StackStatus")"; aws --output text ec2 describe-security-groups --group-names first --query "SecurityGroups[].Description"'
must "deploy again changes nothing" "0" sh -c 'aws cloudformation deploy --stack-name deployed --template-file "$0/deploy.yaml" --parameter-overrides Name=first --no-fail-on-empty-changeset | grep -c "^Successfully created"; true' "$scratch"
# awscli names a change set after the second it is made in, and the one before, without changes, is still there.
sleep 1
deploy --parameter-overrides Name=second >/dev/null
must "deploy changes it" "UPDATE_COMPLETE" cfn describe-stacks --stack-name deployed --query 'Stacks[].StackStatus'
cfn delete-stack --stack-name deployed
cfn wait stack-delete-complete --stack-name deployed
must "no stack is left" "" cfn list-stacks --stack-status-filter UPDATE_COMPLETE CREATE_COMPLETE --query 'StackSummaries[].StackName'
must "groups are as before" "default" ec2 describe-security-groups --query 'SecurityGroups[].GroupName'

echo "== the same world"
AWS_CONFIG_FILE=$scratch/aws.config
export AWS_CONFIG_FILE
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
must "another account sees nothing of it" "None" ec2 --profile sim-admin describe-instances --query 'Reservations[0]'
echo "all is as it should be"
