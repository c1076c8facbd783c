//! The AWS driver: EC2, CloudFormation, and what else speaks their query protocol.

pub mod credentials;
