//! `create_keypair`: make a key pair, or take in the public half of one.

use crate::cloud::{Error, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The key pair's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
/// The public half.
pub const PUBLIC_KEY: Key<Name> =
    Key::optional("public_key", "The public key, as in id_ed25519.pub; the cloud makes a pair otherwise.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_keypair",
    group: Group::Keypairs,
    summary: "Make a key pair, whose private key is told this once; or take in a public key.",
    forms: &[Form::of(&[NAME.param(), PUBLIC_KEY.param()])],
    returns: Ty::Of(Noun::Keypair),
    effect: Effect::Creates,
    examples: &[Example { code: r#"create_keypair("ops").name"#, gives: "ops" }],
    errors: &[Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota],
    see: &["keypairs", "write_file", "reveal"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let (Name(name), public_key) = (call.get(&NAME)?, call.find(&PUBLIC_KEY)?.map(|key| key.0));
            if let Some(key) = public_key.as_deref() {
                is_public(key).map_err(|error| error.at(call.place(PUBLIC_KEY.name), "not a public key"))?;
            }
            let cloud = call.cloud()?;
            Ok(Value::from(cloud.create_keypair(&name, public_key.as_deref()).await?))
        })
    }),
};

/// A private key that is given by mistake goes nowhere, and no word of it is said.
fn is_public(key: &str) -> Result<()> {
    let is_private =
        |key: &str| key.contains("PRIVATE KEY") || key.trim_start().starts_with("PuTTY-User-Key-File");
    // EC2's API takes keys in base64, and people bring them so.
    let packed: String = key.split_whitespace().collect();
    let unpacked = STANDARD.decode(packed).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match is_private(key) || unpacked.is_ok_and(|key| is_private(&key)) {
        true => Err(Error::new(Kind::InvalidArgument, "`public_key` holds a private key; nothing was sent")
            .coded("call::invalid_argument")
            .help("give the public half: the file that ends in `.pub`, or `ssh-keygen -y -f FILE`")),
        false => Ok(()),
    }
}
