//! The documented types of the fields that the query APIs answer with, by name: XML itself has text alone.
//!
//! Names that are a number in one answer and text in another are not among them, `code` in particular; a field that is not
//! named here is text. Sorted, for they are searched by halves. Source: the service descriptions that AWS publishes for EC2
//! 2016-11-15, CloudFormation 2010-05-15 and STS 2011-06-15.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Holds {
    Number,
    Truth,
    List,
    Text,
}

/// What a field of this name holds.
pub fn of(name: &str) -> Holds {
    let among = |names: &[&str]| names.binary_search(&name).is_ok();
    match name {
        _ if among(NUMBERS) => Holds::Number,
        _ if among(TRUTHS) => Holds::Truth,
        _ if name.ends_with("Set") || among(LISTS) => Holds::List,
        _ => Holds::Text,
    }
}

/// Fields that hold a number.
#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "DriftedStackInstancesCount", "DriftedStackResourceCount", "EbsCardIndex", "EnaQueueCount",
    "FailedStackInstancesCount", "FailureToleranceCount", "FailureTolerancePercentage", "HookInvocationCount",
    "InProgressStackInstancesCount", "InSyncStackInstancesCount", "Ipv4PrefixCount", "Ipv6PrefixCount", "Max",
    "MaxConcurrentCount", "MaxConcurrentPercentage", "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "Min",
    "MonitoringTimeInMinutes", "NetworkCardIndex", "NumberOfResources",
    "OnDemandMaxPricePercentageOverLowestPrice", "PackedPolicySize", "PercentageCompleted", "ResourcesFailed",
    "ResourcesPending", "ResourcesProcessing", "ResourcesRead", "ResourcesScanned", "ResourcesSucceeded",
    "SessionTokenSize", "SessionTokenUtilization", "SpotMaxPricePercentageOverLowestPrice",
    "TcpEstablishedTimeout", "TimeoutInMinutes", "TotalStackInstancesCount", "TotalWarnings",
    "UdpStreamTimeout", "UdpTimeout", "VolumeInitializationRate", "acceptedRouteCount",
    "additionalFlexibleNetworkInterfaces", "additionalKeyExchangeRound", "addressCount",
    "allocationDefaultNetmaskLength", "allocationMaxNetmaskLength", "allocationMinNetmaskLength",
    "amazonSideAsn", "amiLaunchIndex", "amount", "analyzedEniCount", "availableAddressCount",
    "availableInstanceCount", "availableIpAddressCount", "availableVCpus", "baselineBandwidthInGbps",
    "baselineBandwidthInMbps", "baselineIops", "baselineThroughputInMBps", "blockDurationMinutes",
    "bytesConverted", "capacityBlockDurationHours", "capacityBlockDurationMinutes",
    "capacityBlockExtensionDurationHours", "chargeCommitmentDurationHours", "commitmentDuration",
    "committedInstanceCount", "completionDurationMinutes", "coolOffPeriod", "coreCount", "cores", "count",
    "dataExportCount", "defaultCores", "defaultEnaQueueCountPerInterface", "defaultNetworkCardIndex",
    "defaultTcpEstablishedTimeout", "defaultThreadsPerCore", "defaultUdpStreamTimeout", "defaultUdpTimeout",
    "defaultVCpus", "defaultVersionNumber", "desiredVersion", "destinationPort", "deviceIndex",
    "diskImageSize", "dpdTimeoutSeconds", "duration", "ebsCardIndex", "enaQueueCount",
    "enableLniAtDeviceIndex", "endHour", "estimatedTimeToCompleteInSeconds", "failureThreshold", "fixedPrice",
    "from", "fromPort", "fulfilledCapacity", "fulfilledOnDemandCapacity", "fullSnapshotSizeInBytes",
    "gpuPartitionSize", "greKey", "httpPutResponseHopLimit", "initializationGracePeriodSeconds",
    "instanceCount", "instancePoolsToUseCount", "instancePort", "interval", "iops", "ipUsage",
    "ipv4AddressesPerInterface", "ipv4AddressesPerSecondaryInterface", "ipv4PrefixCount", "ipv6AddressCount",
    "ipv6AddressesPerInterface", "ipv6PrefixCount", "keyExchangeMethod", "lastSyncedVersion",
    "lastTieringProgress", "latestVersion", "latestVersionNumber", "loadBalancerListenerPort",
    "loadBalancerPort", "loadBalancerTargetPort", "localBgpAsn", "localBgpAsnExtended", "lockDuration",
    "logicalGpuCount", "max", "maxAggregationInterval", "maxDaysSinceCriticalFixAvailable",
    "maxDaysSinceHighFixAvailable", "maxDaysSinceInformationalFixAvailable", "maxDaysSinceLastFindingScan",
    "maxDaysSinceLowFixAvailable", "maxDaysSinceMediumFixAvailable", "maxEntries", "maxLength",
    "maxParallelLaunches", "maxResults", "maxSpotPriceAsPercentageOfOptimalOnDemandPrice",
    "maxTermDurationInDays", "maximumBandwidthInMbps", "maximumDaysSinceCreated",
    "maximumDaysSinceDeprecated", "maximumDaysSinceSourceImageCreated", "maximumDaysSinceWatermarkCreated",
    "maximumEbsAttachments", "maximumEbsCards", "maximumEfaInterfaces", "maximumEnaQueueCount",
    "maximumEnaQueueCountPerInterface", "maximumIops", "maximumNetworkCards", "maximumNetworkInterfaces",
    "maximumSecondaryNetworkInterfaces", "maximumThroughputInMBps", "med", "min", "minTargetCapacity",
    "minTermDurationInDays", "netmaskLength", "networkCardIndex", "newCommitmentDuration", "numberOfAccounts",
    "numberOfFailedAccounts", "numberOfMatchedAccounts", "numberOfUnmatchedAccounts",
    "onDemandFulfilledCapacity", "onDemandMaxPricePercentageOverLowestPrice", "onDemandTargetCapacity",
    "originalIops", "originalSize", "originalThroughput", "packetLength", "partitionCount", "partitionNumber",
    "peakBandwidthInGbps", "peerAsn", "peerBgpAsn", "peerBgpAsnExtended", "persistRoutesDuration",
    "phase1DHGroup", "phase1LifetimeSeconds", "phase2DHGroup", "phase2LifetimeSeconds", "poolCount",
    "poolDepth", "port", "price", "priority", "privateIpAddressCount", "progressPercentage",
    "rekeyFuzzPercentage", "rekeyMarginTimeSeconds", "replayWindowSize", "resourceDiscoveryAssociationCount",
    "restoreDuration", "ruleNumber", "scopeCount", "secondaryPrivateIpAddressCount", "sequenceNumber",
    "sessionNumber", "sessionTimeoutHours", "size", "sizeInGB", "sizeInMiB", "slotDurationInHours", "sockets",
    "spotMaxPricePercentageOverLowestPrice", "spotTargetCapacity", "startHour", "statusCode",
    "successThreshold", "sustainedClockSpeedInGhz", "targetCapacity", "targetInstanceCount", "targetIops",
    "targetResourceCount", "targetSize", "targetThroughput", "tcpEstablishedTimeout", "term",
    "terminationDelay", "threadsPerCore", "throughput", "timeout", "to", "toPort", "totalAddressCount",
    "totalAvailableAddressCount", "totalAvailableCapacity", "totalCapacity", "totalFpgaMemoryInMiB",
    "totalFulfilledCapacity", "totalGpuMemoryInMiB", "totalInferenceMemoryInMiB", "totalInstanceCount",
    "totalMediaMemoryInMiB", "totalNeuronDeviceMemoryInMiB", "totalScheduledInstanceHours", "totalSizeInGB",
    "totalTargetCapacity", "totalUnavailableCapacity", "totalVCpus", "transitGatewayAsn", "udpStreamTimeout",
    "udpTimeout", "ultraserverCount", "usageCount", "usagePrice", "usedInstanceCount", "versionNumber",
    "virtualNetworkId", "vlan", "vlanId", "volumeInitializationRate", "volumeSize", "vpnPort", "weight",
    "weightedCapacity",
];

/// Fields that hold a truth value.
#[rustfmt::skip]
const TRUTHS: &[&str] = &[
    "Active", "AssociateCarrierIpAddress", "AutoUpdate", "DisableRollback", "EnaSrdEnabled",
    "EnaSrdUdpEnabled", "EnableTerminationProtection", "Enabled", "ImportExistingResources",
    "IncludeAuthorizationPolicyContext", "IncludeNestedStacks", "IsActivated", "IsDefaultConfiguration",
    "IsDefaultVersion", "ManagedByStack", "NoEcho", "PrimaryIpv6", "RequireEncryptionInTransit",
    "RequireHibernateSupport", "Required", "RetainExceptOnCreate", "RetainStacks",
    "RetainStacksOnAccountRemoval", "UsePreviousValue", "acceptanceRequired",
    "accepterAllowMultipathResilience", "accessAll", "active", "additionalRoutesAvailable",
    "allowDnsResolutionFromRemoteVpc", "allowEgressFromLocalClassicLinkToRemoteVpc",
    "allowEgressFromLocalVpcToRemoteClassicLink", "allowMultipathResilience", "areRoutesPersisted",
    "assignIpv6AddressOnCreation", "associateCarrierIpAddress", "associatePublicIpAddress", "autoImport",
    "autoRecoverySupported", "bgpLogEnabled", "blackhole", "burstablePerformanceSupported",
    "capacityManagerProvided", "classicLinkDnsSupported", "classicLinkEnabled", "configured",
    "currentGeneration", "customerManagedKeyEnabled", "dataRetentionSupport", "dedicatedHostsSupported",
    "default", "defaultAssociationRouteTable", "defaultForAz", "defaultPropagationRouteTable",
    "defaultVersion", "deleteOnTermination", "deleteReplacedRootVolume", "denyAllIgwTraffic",
    "disableApiStop", "disableApiTermination", "disconnectOnSessionTimeout", "ebsEncryptionByDefault",
    "ebsOptimized", "efaSupported", "egress", "enaSrdEnabled", "enaSrdSupported", "enaSrdUdpEnabled",
    "enableAcceleration", "enableDns64", "enablePrivateGua", "enableResourceNameDnsAAAARecord",
    "enableResourceNameDnsARecord", "enableTunnelLifecycleControl", "enabled", "encrypted",
    "encryptionInTransitSupported", "enforced", "ephemeralStorage", "fastRestored", "fipsEnabled",
    "fixAvailable", "freeTierEligible", "groupMember", "groupSource", "hibernationSupported",
    "hiddenByDefault", "hiveCompatiblePartitions", "imageAllowed", "includeAllTagsOfInstance",
    "includeTrustContext", "instanceStorageSupported", "interruptible", "ipamPolicyEnabled",
    "ipamPrefixListResolverSyncEnabled", "ipv6Native", "ipv6Supported", "isDefault", "isEgress",
    "isExcludable", "isPermanentRestore", "isPrimary", "isPrimaryIpv6", "isPublic", "isValidExchange",
    "logEnabled", "main", "managed", "managesVpcEndpoints", "mapCustomerOwnedIpOnLaunch",
    "mapPublicIpOnLaunch", "marketplace", "match", "memberOfServiceLinkedResourceGroup", "multiAttachEnabled",
    "networkPathFound", "occurrenceRelativeToEnd", "organizationsAccess", "originalMultiAttachEnabled",
    "perHourPartition", "permitMoreSpecificAnnouncements", "pkceEnabled", "policyEnabled", "preserveClientIp",
    "primary", "primaryIpv6", "privateDnsEnabled", "privateDnsOnlyForInboundResolverEndpoint", "public",
    "publiclyAdvertisable", "remoteAccessEnabled", "replaceUnhealthyInstances",
    "requesterAllowMultipathResilience", "requesterManaged", "requireEncryptionInTransit",
    "requireHibernateSupport", "return", "returnValue", "secondaryNetworkSupported",
    "serialConsoleAccessEnabled", "showBackEnabled", "singleAvailabilityZone", "singleInstanceType",
    "snsNotificationsEnabled", "sourceDestCheck", "splitTunnel", "staticRoutesOnly", "success", "successful",
    "supportedInRegion", "targetMultiAttachEnabled", "terminateInstancesWithExpiration", "trackLatestVersion",
    "useLongIds", "useLongIdsAggregated", "valid", "vpcEndpointPolicySupported",
];

/// Fields that hold a list, beside all whose name ends in `Set`.
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "AcceleratorManufacturer", "AcceleratorName", "AcceleratorType", "AccountLimits", "Accounts",
    "AllowedInstanceType", "AllowedValues", "Annotations", "Capabilities", "Changes", "CpuManufacturer",
    "DeclaredTransforms", "DependsOn", "Details", "Dimensions", "Errors", "ExcludedInstanceType", "Exports",
    "HookResults", "Hooks", "Imports", "InstanceGeneration", "LastOperations", "LocalStorageType",
    "LogicalResourceIds", "MetricCategoryId", "NotificationARNs", "OperationEvents", "OrganizationalUnitIds",
    "Outputs", "ParameterOverrides", "Parameters", "PhysicalResourceIdContext", "Prefixes", "Properties",
    "PropertyDifferences", "Reference", "RegionOrder", "Regions", "RegistrationTokenList", "RelatedResources",
    "ReportingGranularity", "RequiredActivatedTypes", "ResourceDriftIgnoredAttributes",
    "ResourceIdentifierSummaries", "ResourceIdentifiers", "ResourceScanSummaries", "ResourceTypes",
    "Resources", "RollbackTriggers", "ScanFilters", "Scope", "SecurityGroupId", "StackEvents", "StackIds",
    "StackRefactorActions", "StackRefactorSummaries", "StackResourceDrifts", "StackResourceSummaries",
    "StackResources", "StackSummaries", "Stacks", "StagesAvailable", "Summaries", "SupportedMajorVersions",
    "Tag", "TagResources", "TagSpecification", "Tags", "TypeConfigurations", "TypeSummaries",
    "TypeVersionSummaries", "Types", "UnprocessedTypeConfigurations", "UnrecognizedResourceTypes",
    "UntagResources", "accelerators", "allocationMetadataList", "allowedPrincipals", "assignedIpv6Addresses",
    "associatedTargetNetwork", "attachmentStatuses", "attachments", "authenticationOptions",
    "authorizationRule", "availabilityZoneInfo", "availableInstanceCapacity", "bandwidthWeightings",
    "bgpConfigurations", "blockDeviceMapping", "classicLoadBalancers", "clientVpnEndpoint",
    "clientVpnTargetNetworks", "connectionEvents", "connectionStatuses", "connections", "conversionTasks",
    "createVolumePermission", "deregisteredNetworkInterfaceIds", "details", "disks", "dnsServer", "failed",
    "fcaPolicyAssociationFailures", "fcaPolicyAssociations", "fcaPolicyDisassociationFailures",
    "fcaPolicyDisassociations", "fcaPolicyVersions", "flexCostAllocationPolicies", "fpgas", "gpus", "groups",
    "insideCidrBlocks", "instanceCounts", "instanceIds", "instanceTypes", "instances", "ipPermissions",
    "ipPermissionsEgress", "ipRanges", "ipv6Ranges", "launchPermission", "launchSpecifications",
    "launchTemplateConfigs", "launchTemplates", "licenseSpecifications", "loadPermissions",
    "multicastDomainAssociations", "multicastGroups", "networkCards", "networkInterfacePermissions",
    "neuronDevices", "prefixListIds", "priceSchedules", "productCodes", "purchase", "recurringCharges",
    "regionInfo", "registeredNetworkInterfaceIds", "routes", "securityGroupIds", "securityGroupInfo",
    "securityGroups", "staleIpPermissions", "staleIpPermissionsEgress", "subnetIds", "subnets",
    "supportedArchitectures", "supportedBootModes", "supportedFeatures", "supportedRootDeviceTypes",
    "supportedStrategies", "supportedUsageClasses", "supportedVersions", "supportedVirtualizationTypes",
    "tag", "targetGroups", "transitGatewayAttachmentPropagations", "transitGatewayAttachments",
    "transitGatewayCidrBlocks", "transitGatewayMeteringPolicies", "transitGatewayMeteringPolicyEntries",
    "transitGatewayMulticastDomains", "transitGatewayPeeringAttachments", "transitGatewayPolicyTableEntries",
    "transitGatewayPolicyTables", "transitGatewayRouteTableAnnouncements",
    "transitGatewayRouteTablePropagations", "transitGatewayRouteTables", "transitGatewayVpcAttachments",
    "unassignedIpv6Addresses", "unsuccessful", "validCores", "validThreadsPerCore", "vgwTelemetry", "volumes",
    "vpcs",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_apart() {
        for names in [NUMBERS, TRUTHS, LISTS] {
            assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        }
        assert!(NUMBERS.iter().all(|name| !TRUTHS.contains(name) && !LISTS.contains(name)));
        assert_eq!(of("volumeSize"), Holds::Number);
        assert_eq!(of("deleteOnTermination"), Holds::Truth);
        assert_eq!((of("tagSet"), of("ipRanges")), (Holds::List, Holds::List));
        assert_eq!((of("code"), of("value")), (Holds::Text, Holds::Text));
    }
}
