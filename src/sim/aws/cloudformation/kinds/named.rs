//! Types of services that the simulated cloud has nothing else of: they have a name, an ARN, and the properties they were given.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind;
use crate::aws::account;
use crate::world::World;
use crate::world::stack::{Behaviour, Kind, Made, Property, Resource, Shape, Site, live, plain};

/// Such a type: the property that names it, the form of its ARN, and what its id begins with where it has no name.
struct Named {
    property: &'static str,
    arn: &'static str,
    prefix: &'static str,
    /// A reference to it is its ARN.
    by_arn: bool,
}

impl Behaviour for Named {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let name = site.text(self.property).filter(|text| !text.is_empty());
        let name = name.unwrap_or_else(|| match self.prefix {
            "" => site.name.clone(),
            prefix => {
                let digits = crate::world::fresh_hex();
                format!("{prefix}-{}", &digits[..17])
            }
        });
        let name = if self.arn.contains(":s3:") { name.to_lowercase() } else { name };
        let account = account(&site.asker.project);
        let arn = self.arn.replace("{account}", &account).replace("{name}", &name);
        let physical = if self.by_arn { arn.clone() } else { name.clone() };
        Ok(Made { physical, data: json!({"Arn": arn, "Name": name}) })
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        let own = &resource.data["Name"];
        match name {
            "Arn" | "TopicArn" => resource.data.get("Arn").cloned(),
            "Value" => resource.properties.get("Value").cloned(),
            "DomainName" => Some(format!("{}.s3.amazonaws.com", crate::world::stack::as_text(own)).into()),
            "WebsiteURL" => Some(
                format!("http://{}.s3-website-us-east-1.amazonaws.com", crate::world::stack::as_text(own))
                    .into(),
            ),
            "QueueUrl" => resource.data.get("Arn").cloned(),
            _ => Some(own.clone()),
        }
    }
}

const ANY: &[Property] = &[live("*", Shape::Any)];
const BUCKET: &[Property] = &[plain("BucketName", Shape::Text), live("*", Shape::Any)];

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    let named = |property, arn, prefix, by_arn| Named { property, arn, prefix, by_arn };
    let rows: [(&'static str, &'static [Property], Named); 16] = [
        ("AWS::S3::Bucket", BUCKET, named("BucketName", "arn:aws:s3:::{name}", "", false)),
        ("AWS::SNS::Topic", ANY, named("TopicName", "arn:aws:sns:us-east-1:{account}:{name}", "", true)),
        ("AWS::SQS::Queue", ANY, named("QueueName", "arn:aws:sqs:us-east-1:{account}:{name}", "", false)),
        (
            "AWS::SSM::Parameter",
            ANY,
            named("Name", "arn:aws:ssm:us-east-1:{account}:parameter/{name}", "", false),
        ),
        (
            "AWS::Logs::LogGroup",
            ANY,
            named("LogGroupName", "arn:aws:logs:us-east-1:{account}:log-group:{name}:*", "", false),
        ),
        (
            "AWS::DynamoDB::Table",
            ANY,
            named("TableName", "arn:aws:dynamodb:us-east-1:{account}:table/{name}", "", false),
        ),
        ("AWS::IAM::Role", ANY, named("RoleName", "arn:aws:iam::{account}:role/{name}", "", false)),
        ("AWS::IAM::User", ANY, named("UserName", "arn:aws:iam::{account}:user/{name}", "", false)),
        ("AWS::IAM::Group", ANY, named("GroupName", "arn:aws:iam::{account}:group/{name}", "", false)),
        ("AWS::IAM::Policy", ANY, named("PolicyName", "arn:aws:iam::{account}:policy/{name}", "", false)),
        (
            "AWS::IAM::ManagedPolicy",
            ANY,
            named("ManagedPolicyName", "arn:aws:iam::{account}:policy/{name}", "", true),
        ),
        (
            "AWS::IAM::InstanceProfile",
            ANY,
            named("InstanceProfileName", "arn:aws:iam::{account}:instance-profile/{name}", "", false),
        ),
        ("AWS::EC2::InternetGateway", ANY, named("", "", "igw", false)),
        ("AWS::EC2::VPCGatewayAttachment", ANY, named("", "", "attach", false)),
        ("AWS::EC2::RouteTable", ANY, named("", "", "rtb", false)),
        ("AWS::EC2::SubnetRouteTableAssociation", ANY, named("", "", "rtbassoc", false)),
    ];
    const ATTRIBUTES: &[&str] = &[
        "Arn",
        "TopicArn",
        "TopicName",
        "QueueName",
        "QueueUrl",
        "DomainName",
        "WebsiteURL",
        "Value",
        "RoleId",
        "InternetGatewayId",
        "RouteTableId",
        "Id",
        "AttachmentType",
    ];
    kinds.extend(rows.into_iter().map(|(name, properties, own)| kind(name, properties, ATTRIBUTES, own)));
    kinds.push(kind("AWS::EC2::Route", ANY, &["CidrBlock"], named("", "", "r", false)));
}
