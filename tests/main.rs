//! The one test binary. Every file beside this one is listed here; `house` fails when one is not.

// A test binary has no outside: `pub` in it says which room may use an item, and nothing is reached from elsewhere.
#![allow(unreachable_pub)]

mod assist;
mod audit;
mod aws;
mod check;
mod cli;
mod cloudstack;
mod config;
mod diagnostics;
mod effects;
mod explain;
mod format;
mod hostile;
mod house;
mod journal;
mod keys;
mod language;
mod lsp;
mod manual;
mod openstack;
mod permissions;
mod providers;
mod readme;
mod repl;
mod rollouts;
mod scripts;
mod sharing;
mod sim;
mod stacks;
mod support;
mod syntax;
mod testing;
mod wire;
