//! What things are called in other languages and other clouds, and what they are called here: functions, methods,
//! and the objects that they hang on there. Sentences around them are [`super::no_such_function`]'s and [`super::foreign_syntax`]'s.

use super::runtime::Known;
use crate::cloud::nearest::nearest;
use crate::verbs::language::builtins::built_in;

/// Functions and methods with another name here.
const NAMES: &[(&str, &str)] = &[
    ("add", "push"),
    ("add_tag", "add_tags"),
    ("allocate_address", "allocate_ip"),
    ("allocate_floating_ip", "allocate_ip"),
    ("associate_address", "associate_ip"),
    ("associateIpAddress", "associate_ip"),
    ("attach_volume", "attach"),
    ("attachVolume", "attach"),
    ("authorize_security_group_ingress", "authorize"),
    ("authorizeSecurityGroupIngress", "authorize"),
    ("capitalize", "to_upper"),
    ("change_password", "set_password"),
    ("confirmResize", "confirm_resize"),
    ("copy_image", "save_image"),
    ("count", "len"),
    ("create", "boot"),
    ("create_backup_image", "snapshot"),
    ("create_image", "snapshot"),
    ("create_instance", "boot"),
    ("create_instances", "boot"),
    ("create_key_pair", "create_keypair"),
    ("create_server", "boot"),
    ("create_snapshot", "snapshot"),
    ("create_tags", "set_meta"),
    ("createSnapshot", "snapshot"),
    ("createTags", "set_meta"),
    ("createVolume", "create_volume"),
    ("delete_image", "delete"),
    ("delete_instance", "delete"),
    ("delete_key_pair", "delete"),
    ("delete_server", "delete"),
    ("delete_servers", "delete"),
    ("delete_snapshot", "delete"),
    ("delete_stack", "delete"),
    ("delete_tags", "delete_meta"),
    ("delete_volume", "delete"),
    ("deploy", "boot"),
    ("deployVirtualMachine", "boot"),
    ("describe_addresses", "public_ips"),
    ("describe_images", "images"),
    ("describe_instance_types", "flavors"),
    ("describe_instances", "servers"),
    ("describe_key_pairs", "keypairs"),
    ("describe_networks", "networks"),
    ("describe_security_groups", "security_groups"),
    ("describe_snapshots", "snapshots"),
    ("describe_stacks", "stacks"),
    ("describe_subnets", "subnets"),
    ("describe_volumes", "volumes"),
    ("describe_vpcs", "networks"),
    ("destroy", "delete"),
    ("destroyVirtualMachine", "delete"),
    ("detach_volume", "detach"),
    ("detachVolume", "detach"),
    ("disassociate_address", "disassociate_ip"),
    ("disassociateIpAddress", "disassociate_ip"),
    ("each", "for_each"),
    ("echo", "print"),
    ("endsWith", "ends_with"),
    ("endswith", "ends_with"),
    ("every", "all"),
    ("extend", "append"),
    ("extend_volume", "extend"),
    ("fetch", "http_get"),
    ("findIndex", "index_of"),
    ("float", "parse_float"),
    ("forEach", "for_each"),
    ("get_all_addresses", "public_ips"),
    ("get_all_images", "images"),
    ("get_all_instances", "servers"),
    ("get_all_key_pairs", "keypairs"),
    ("get_all_reservations", "servers"),
    ("get_all_security_groups", "security_groups"),
    ("get_all_servers", "servers"),
    ("get_all_snapshots", "snapshots"),
    ("get_all_volumes", "volumes"),
    ("get_all_zones", "zones"),
    ("get_console_output", "console_log"),
    ("get_flavor", "flavor"),
    ("get_image", "image"),
    ("get_instance", "server"),
    ("get_only_instances", "servers"),
    ("get_server", "server"),
    ("get_vnc_console", "console_url"),
    ("get_volume", "volume"),
    ("getConsoleOutput", "console_log"),
    ("getenv", "env"),
    ("halt", "stop"),
    ("has", "contains"),
    ("has_key", "contains"),
    ("hasOwnProperty", "contains"),
    ("import_key_pair", "create_keypair"),
    ("includes", "contains"),
    ("indexOf", "index_of"),
    ("input", "ask"),
    ("instances", "servers"),
    ("int", "parse_int"),
    ("isEmpty", "is_empty"),
    ("launch", "boot"),
    ("length", "len"),
    ("list_addresses", "public_ips"),
    ("list_flavors", "flavors"),
    ("list_floating_ips", "public_ips"),
    ("list_images", "images"),
    ("list_instances", "servers"),
    ("list_keypairs", "keypairs"),
    ("list_networks", "networks"),
    ("list_security_groups", "security_groups"),
    ("list_servers", "servers"),
    ("list_snapshots", "snapshots"),
    ("list_stacks", "stacks"),
    ("list_volumes", "volumes"),
    ("list_zones", "zones"),
    ("listVirtualMachines", "servers"),
    ("listVolumes", "volumes"),
    ("listZones", "zones"),
    ("lower", "to_lower"),
    ("open", "read_file"),
    ("open_port", "authorize"),
    ("padEnd", "pad"),
    ("parseFloat", "parse_float"),
    ("parseInt", "parse_int"),
    ("poweroff", "stop"),
    ("poweron", "start"),
    ("printf", "print"),
    ("println", "print"),
    ("prompt", "ask"),
    ("puts", "print"),
    ("readFile", "read_file"),
    ("reboot_instances", "reboot"),
    ("reboot_server", "reboot"),
    ("rebootVirtualMachine", "reboot"),
    ("release_address", "release_ip"),
    ("reset_password", "set_password"),
    ("resetPasswordForVirtualMachine", "set_password"),
    ("resize_server", "resize"),
    ("restart", "reboot"),
    ("revoke_security_group_ingress", "revoke"),
    ("run_instances", "boot"),
    ("setTimeout", "sleep"),
    ("shutdown", "stop"),
    ("size", "len"),
    ("sizeof", "len"),
    ("slice", "extract"),
    ("sorted", "order_by"),
    ("spawn", "boot"),
    ("start_instances", "start"),
    ("start_server", "start"),
    ("startsWith", "starts_with"),
    ("startswith", "starts_with"),
    ("startVirtualMachine", "start"),
    ("stop_instances", "stop"),
    ("stop_server", "stop"),
    ("stopVirtualMachine", "stop"),
    ("str", "to_string"),
    ("strip", "trim"),
    ("substr", "sub_string"),
    ("substring", "sub_string"),
    ("system", "exec"),
    ("terminate", "delete"),
    ("terminate_instances", "delete"),
    ("terminate_server", "delete"),
    ("toLowerCase", "to_lower"),
    ("toString", "to_string"),
    ("toUpperCase", "to_upper"),
    ("typeof", "type_of"),
    ("unshift", "insert"),
    ("update_server", "update"),
    ("upper", "to_upper"),
    ("wait", "wait_active"),
    ("wait_for", "wait_active"),
    ("wait_for_status", "wait_status"),
    ("wait_until_running", "wait_active"),
    ("writeFile", "write_file"),
];

/// Functions and methods that are something else than a function here.
const OTHERWISE: &[(&str, &str)] = &[
    ("alert", "write `print(…)`"),
    ("catch", "write `try { … } catch (e) { … }`"),
    ("dict", "write `#{ key: value }`"),
    ("enumerate", "write `for (item, nth) in items { … }`"),
    ("entries", "write `for key in map.keys() { … }`"),
    ("finally", "write it behind the call"),
    ("format", "write `` `… ${x} …` ``"),
    ("isinstance", "compare `type_of(x)` instead"),
    ("items", "write `for key in map.keys() { … }`"),
    ("list", "write `[ … ]`"),
    ("padStart", "write `` `${x}` `` and `pad`"),
    ("require", "write `import \"path\" as name`"),
    ("scp", "give files to `boot`, in its `files`"),
    ("sprintf", "write `` `… ${x} …` ``"),
    ("ssh", "run it on the server by `user_data`, or `exec(\"ssh\", […])`"),
    ("then", "write the next call behind it: every verb waits by itself"),
    ("tuple", "write `[ … ]`"),
];

/// Members of the objects of other languages: which function does it here, and how it is called.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("console", "", "print(value)"),
    ("Date", "", "now()"),
    ("datetime", "", "now()"),
    ("http", "", "http_get(url)"),
    ("JSON", "parse", "parse_json(text)"),
    ("JSON", "stringify", "to_json(value)"),
    ("json", "dumps", "to_json(value)"),
    ("json", "loads", "parse_json(text)"),
    ("logging", "", "info(value)"),
    ("Math", "ceil", "ceiling(number)"),
    ("Math", "floor", "floor(number)"),
    ("Math", "max", "max(a, b)"),
    ("Math", "min", "min(a, b)"),
    ("Math", "round", "round(number)"),
    ("math", "ceil", "ceiling(number)"),
    ("math", "floor", "floor(number)"),
    ("math", "sqrt", "sqrt(number)"),
    ("Object", "keys", "keys(map)"),
    ("Object", "values", "values(map)"),
    ("os", "environ", "env(name)"),
    ("os", "getenv", "env(name)"),
    ("os", "system", "exec(program, arguments)"),
    ("process", "env", "env(name)"),
    ("process", "exit", "exit(code)"),
    ("re", "", "regex_match(text, pattern)"),
    ("requests", "", "http_get(url)"),
    ("subprocess", "", "exec(program, arguments)"),
    ("sys", "argv", "param(name)"),
    ("sys", "exit", "exit(code)"),
    ("time", "sleep", "sleep(duration)"),
    ("time", "time", "timestamp()"),
    ("uuid", "", "uuid()"),
    ("var", "", "param(name)"),
    ("yaml", "dump", "to_yaml(value)"),
    ("yaml", "", "parse_yaml(text)"),
];

/// Objects of other languages that have no one counterpart; their members are functions of their own here.
const OBJECTS: &[&str] = &[
    "Array",
    "boto3",
    "client",
    "conn",
    "console",
    "ec2",
    "fmt",
    "fs",
    "glance",
    "heat",
    "json",
    "keystone",
    "math",
    "Math",
    "neutron",
    "nova",
    "Number",
    "Object",
    "openstack",
    "os",
    "process",
    "random",
    "re",
    "self",
    "String",
    "string",
    "strings",
    "sys",
    "time",
];

/// Whether this is a function of this run.
fn is_here(name: &str, known: &dyn Known) -> bool {
    built_in(name).is_some() || known.verbs().iter().any(|verb| verb.name == name)
}

/// What a function or method of this name is here: `it is `len` here`. A slip of the pen counts where `near`.
pub(in crate::script) fn function(name: &str, near: bool, known: &dyn Known) -> Option<String> {
    let names = || NAMES.iter().filter(|(_, here)| is_here(here, known));
    if let Some((_, here)) = names().find(|(other, _)| *other == name) {
        return Some(format!("it is `{here}` here"));
    }
    if let Some((_, label)) = OTHERWISE.iter().find(|(other, _)| *other == name) {
        return Some((*label).to_owned());
    }
    if !near {
        return None;
    }
    let found = nearest(name, names().map(|(other, _)| *other), 1);
    let found = found.first()?;
    let (_, here) = names().find(|(other, _)| other == found)?;
    Some(format!("it is `{here}` here"))
}

/// The field of this name as a call: `len()` for `length`.
pub(in crate::script) fn method(name: &str, known: &dyn Known) -> Option<&'static str> {
    NAMES.iter().find(|(other, here)| *other == name && is_here(here, known)).map(|(_, here)| *here)
}

/// What to write for `object.member` of another language; `None` where the object is of none.
pub(in crate::script) fn member(object: &str, member: &str, known: &dyn Known) -> Option<String> {
    let of = |wanted: &str| {
        MEMBERS.iter().find(|(other, name, here)| {
            *other == object && *name == wanted && is_here(here.split('(').next().unwrap_or(""), known)
        })
    };
    if let Some((_, _, here)) = of(member).or_else(|| of("")) {
        return Some(format!("write `{here}`"));
    }
    let named = OBJECTS.contains(&object) || MEMBERS.iter().any(|(other, ..)| *other == object);
    named.then(|| match is_here(member, known) {
        true => format!("write `{member}(…)` alone"),
        false => match function(member, false, known) {
            Some(label) => label,
            None => "functions stand alone here".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order_and_name_no_function_of_this_language() {
        let sorted = |names: Vec<String>| {
            let mut order = names.clone();
            order.sort_by_key(|name| name.to_lowercase());
            order == names
        };
        assert!(sorted(OBJECTS.iter().map(|name| (*name).to_lowercase()).collect()));
        let here = |name: &str| built_in(name).is_some();
        let names = NAMES.iter().map(|(other, _)| *other).chain(OTHERWISE.iter().map(|(other, _)| *other));
        for name in names {
            assert!(!here(name), "{name}");
        }
    }
}
