//! Every command of CloudStack's API, as the server's own list has them, and the top key of each one's answer.

use std::sync::LazyLock;

/// A command as the list has it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: &'static str,
    /// It starts a job.
    pub(super) waits: bool,
    pub(super) required: Vec<&'static str>,
    pub(super) optional: Vec<&'static str>,
}

impl Listed {
    /// Whether it has a parameter of this name, in any case.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.required.iter().chain(&self.optional).any(|own| own.eq_ignore_ascii_case(name))
    }
}

static ALL: LazyLock<Vec<Listed>> = LazyLock::new(|| {
    let names = |text: &'static str| text.split(',').filter(|name| !name.is_empty()).collect::<Vec<_>>();
    let rows = include_str!("commands.tsv").lines().map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        Listed { name: next(), waits: next() == "1", required: names(next()), optional: names(next()) }
    });
    rows.collect()
});

/// All commands.
pub(super) fn all() -> &'static [Listed] {
    &ALL
}

/// The command of exactly this name.
pub(super) fn find(name: &str) -> Option<&'static Listed> {
    ALL.iter().find(|listed| listed.name == name)
}

/// Commands whose answers are not called after them.
const KEYS: &[(&str, &str)] = &[
    ("restoreVirtualMachine", "restorevmresponse"),
    ("updateVMAffinityGroup", "updatevirtualmachineresponse"),
    ("resetSSHKeyForVirtualMachine", "resetSSHKeyforvirtualmachineresponse"),
    ("addIpToNic", "addiptovmnicresponse"),
    ("copyIso", "copytemplateresponse"),
    ("createVMFromBackup", "deployvirtualmachineresponse"),
    ("deployVnfAppliance", "deployvirtualmachineresponse"),
    ("scaleSystemVm", "changeserviceforsystemvmresponse"),
    ("updateNetworkACLItem", "createnetworkaclresponse"),
    ("listVolumesMetrics", "listvolumesresponse"),
    ("archiveSnapshot", "createsnapshotresponse"),
    ("checkVolume", "checkandrepairvolumeresponse"),
    ("listVnfTemplates", "listtemplatesresponse"),
    ("registerVnfTemplate", "registertemplateresponse"),
    ("updateVnfTemplate", "updatetemplateresponse"),
    ("listIsoPermissions", "listtemplatepermissionsresponse"),
    ("getUploadParamsForIso", "postuploadisoresponse"),
    ("getUploadParamsForTemplate", "postuploadtemplateresponse"),
    ("getUploadParamsForVolume", "postuploadvolumeresponse"),
    ("createLBStickinessPolicy", "createLBStickinessPolicy"),
    ("deleteLBStickinessPolicy", "deleteLBstickinessrruleresponse"),
    ("removeFromGlobalLoadBalancerRule", "removefromloadbalancerruleresponse"),
    ("moveNetworkAclItem", "moveNetworkAclItemResponse"),
    ("listNetworkDevice", "listnetworkdevice"),
    ("listPortableIpRanges", "listportableipresponse"),
];

/// The top key of a command's answers.
pub(super) fn key(command: &str) -> String {
    let odd = KEYS.iter().find(|(name, _)| *name == command);
    odd.map_or_else(|| format!("{}response", command.to_lowercase()), |(_, key)| (*key).to_owned())
}

/// What a command is called in the texts of its own errors.
pub(super) fn told(command: &str) -> String {
    let key = key(command).to_lowercase();
    key.strip_suffix("response").unwrap_or(&key).to_owned()
}
