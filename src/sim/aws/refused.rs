//! Refusals as EC2 gives them: a code, a status, a sentence. The codes and their statuses are those of the EC2 API reference
//! ("Error codes for the Amazon EC2 API"); where a sentence has no example there, it is what the service has been seen to say.

use crate::world::Refusal;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

/// What an action gives, or why not.
pub(super) type Outcome<T> = Result<T, Refused>;

impl Refused {
    /// A refusal that the caller can mend: status 400.
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::with(400, code, message)
    }

    pub(super) fn with(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    pub(super) fn missing(name: &str) -> Self {
        Self::new("MissingParameter", format!("The request must contain the parameter {name}"))
    }

    pub(super) fn value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", message)
    }

    pub(super) fn combination(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterCombination", message)
    }

    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new("UnsupportedOperation", message)
    }

    pub(super) fn unauthenticated() -> Self {
        Self::with(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
    }

    pub(super) fn state(id: &str, what: &str) -> Self {
        let message = format!("The instance '{id}' is not in a state from which it can be {what}.");
        Self::new("IncorrectInstanceState", message)
    }

    /// What a status that was planned without a code is called.
    pub(super) fn planned(status: u16, code: Option<&str>, message: &str) -> Self {
        let usual = match status {
            401 => "AuthFailure",
            403 => "UnauthorizedOperation",
            400 => "Throttling",
            429 => "ThrottlingException",
            503 => "RequestLimitExceeded",
            500 => "InternalError",
            _ => "Unavailable",
        };
        Self::with(status, code.unwrap_or(usual), message)
    }
}

/// Refusals of the world that mean the same whatever was asked.
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InState(state) => Self::new(
                "IncorrectInstanceState",
                format!("The instance is not in the right state: {state}"),
            ),
            Refusal::InTask(_) | Refusal::NotReady | Refusal::NeverRan | Refusal::NotResized => {
                Self::new("IncorrectInstanceState", "The instance is busy with what was asked before")
            }
            Refusal::Locked => Self::new("OperationNotPermitted", "The instance is locked by its owner"),
            Refusal::ZeroDisk | Refusal::ResizeToZeroDisk => {
                Self::unsupported("The instance type has no disk; give the root device a volume")
            }
            Refusal::FlavorMemory | Refusal::FlavorDisk { .. } => {
                Self::value("The image needs more than the instance type has")
            }
            Refusal::ImageState(_, state) => {
                Self::new("InvalidAMIID.Unavailable", format!("The image is {state}"))
            }
            Refusal::AddressTaken(address, _) => {
                Self::new("InvalidIPAddress.InUse", format!("Address {address} is in use."))
            }
            Refusal::TooManyMetadata(limit) => {
                Self::new("TagLimitExceeded", format!("More than {limit} tags cannot be kept."))
            }
            Refusal::OverQuota { names, .. } => over(&names),
            other => Self::with(500, "InternalError", format!("The simulated cloud refuses: {other:?}")),
        }
    }
}

/// A limit that was passed: instances are counted one by one, their cores by another code.
fn over(names: &[&'static str]) -> Refused {
    let (code, what) = match names.first().copied().unwrap_or_default() {
        "servers" => ("InstanceLimitExceeded", "instances"),
        "cores" | "ram" => ("VcpuLimitExceeded", "vCPUs"),
        "volumes" | "gigabytes" => ("VolumeLimitExceeded", "volumes"),
        "snapshots" => ("SnapshotLimitExceeded", "snapshots"),
        "floating_ips" => ("AddressLimitExceeded", "addresses"),
        "networks" => ("VpcLimitExceeded", "VPCs"),
        "subnets" => ("SubnetLimitExceeded", "subnets"),
        "ports" => ("NetworkInterfaceLimitExceeded", "network interfaces"),
        "groups" => ("PlacementGroupLimitExceeded", "placement groups"),
        "security_groups" => ("SecurityGroupLimitExceeded", "security groups"),
        "rules" => ("RulesPerSecurityGroupLimitExceeded", "rules"),
        _ => ("ResourceLimitExceeded", "resources"),
    };
    Refused::new(code, format!("You have requested more {what} than your current limit allows."))
}
