//! How entries are laid over each other, as openstacksdk lays them.

use super::document::{Data, Item};

/// `over` on `under`, maps within maps too: a secure.yaml over a clouds.yaml.
pub(super) fn deep(under: &mut Item, over: &Item) {
    for (key, item) in over.fields() {
        match (under.get(key).is_some_and(Item::is_map), item.is_map()) {
            (true, true) => {
                if let Data::Map(fields) = &mut under.data
                    && let Some((_, old)) = fields.iter_mut().find(|(name, _)| name == key)
                {
                    deep(old, item);
                }
            }
            _ => under.set(key, item.clone()),
        }
    }
}

/// `over` on `under`, key by key; only `auth` is merged: an entry over its profile.
pub(super) fn shallow(under: &mut Item, over: &Item) {
    for (key, item) in over.fields() {
        if key == "auth"
            && item.is_map()
            && let Data::Map(fields) = &mut under.data
            && let Some((_, old)) = fields.iter_mut().find(|(name, old)| name == key && old.is_map())
        {
            for (key, item) in item.fields() {
                old.set(key, item.clone());
            }
        } else {
            under.set(key, item.clone());
        }
    }
}

/// Keys with underscores for dashes, in maps within maps too.
pub(super) fn underscores(item: &Item) -> Item {
    let data = match &item.data {
        Data::Map(fields) => {
            let mut all = Item { at: item.at.clone(), data: Data::Map(Vec::new()) };
            for (key, value) in fields {
                all.set(&key.replace('-', "_"), underscores(value));
            }
            return all;
        }
        Data::List(items) => Data::List(items.iter().map(underscores).collect()),
        text => text.clone(),
    };
    Item { at: item.at.clone(), data }
}
