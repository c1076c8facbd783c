//! The modules of the standard library, which the program carries with it; they are written in the language, and tested in stdlib/.

/// The standard library: name and text.
pub const STDLIB: &[(&str, &str)] = &[
    ("std/backup", include_str!("../../stdlib/backup.rhai")),
    ("std/cleanup", include_str!("../../stdlib/cleanup.rhai")),
    ("std/fleet", include_str!("../../stdlib/fleet.rhai")),
    ("std/health", include_str!("../../stdlib/health.rhai")),
    ("std/inventory", include_str!("../../stdlib/inventory.rhai")),
    ("std/naming", include_str!("../../stdlib/naming.rhai")),
    ("std/quota", include_str!("../../stdlib/quota.rhai")),
    ("std/report", include_str!("../../stdlib/report.rhai")),
    ("std/rollout", include_str!("../../stdlib/rollout.rhai")),
    ("std/wait", include_str!("../../stdlib/wait.rhai")),
];
