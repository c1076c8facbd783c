//! Stacks by the query protocol of CloudFormation: at the root of the address as AWS serves it ([`actions`]), and at `/v1` as
//! Heat serves it, with Heat's own templates, words and gaps ([`heat`]). Both ask the one engine of the world.

mod actions;
mod asked;
mod call;
mod changes;
mod drift;
mod flawed;
mod heat;
mod heat_read;
mod heat_words;
mod json;
pub(crate) mod kinds;
pub(crate) mod objects;
mod read;
mod resources;
mod show;
mod signer;

pub(crate) use call::{Call, find, is_ours, operations};

use super::xml::Xml;

/// Writes an element with a `member` for each.
fn members<T>(
    xml: &mut Xml,
    name: &str,
    rows: impl IntoIterator<Item = T>,
    mut fill: impl FnMut(&mut Xml, T),
) {
    xml.node(name, |xml| {
        for row in rows {
            xml.node("member", |xml| fill(xml, row));
        }
    });
}
