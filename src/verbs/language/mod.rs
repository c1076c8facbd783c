//! The helpers of the language that ask no cloud. Those over plain values run here; those that need the scripting
//! engine (closures, output, the script's parameters) are declared here and have their bodies in `script/helpers`.

pub mod arrays;
pub mod asking;
pub mod builtins;
pub mod control;
pub mod csv;
mod declared;
pub mod formats;
pub mod output;
pub mod outside;
pub mod param_type;
pub mod patterns;
pub mod scene;
pub mod shapes;
pub mod steering;
pub mod testing;
pub mod text;
pub mod time;
pub mod world;
