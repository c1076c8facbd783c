//! Who signed a request.

use crate::aws::keys::owner;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::signature::claim;
use crate::openstack::Request;
use crate::world::stack::Side;
use crate::world::{Asker, Pairs, World};

/// Who signed it: with a key of AWS's, or, for Heat, with one that Keystone gave.
pub(super) fn signer(world: &World, request: &Request, params: &Pairs, side: Side) -> Outcome<Asker> {
    let aws = side == Side::Aws;
    let words = |aws_code: &str, aws_words: &str, code: &str, words: &str| match aws {
        true => Refused::with(403, aws_code, aws_words),
        false => Refused::with(if code == "MissingAuthenticationToken" { 403 } else { 401 }, code, words),
    };
    let missing = || {
        words(
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
            "MissingAuthenticationToken",
            "Does not contain a valid AWS Access Key or certificate",
        )
    };
    let claim = claim(request, params).map_err(|_| missing())?;
    let unknown = || {
        words(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            "InvalidClientTokenId",
            "The certificate or AWS Key ID provided does not exist",
        )
    };
    let mismatch = || {
        words(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
             Key and signing method. Consult the service documentation for details.",
            "SignatureDoesNotMatch",
            "The request signature does not match that computed",
        )
    };
    let keystone = world.ec2_credentials.iter().find(|own| own.access == claim.access_key);
    let (asker, secret) = match (keystone, aws) {
        (Some(own), false) => {
            let admin = world.roles_in(&own.user, &own.project).iter().any(|role| role.name == "admin");
            let asker = Asker {
                request: request.id.clone(),
                user: own.user.clone(),
                project: own.project.clone(),
                admin,
            };
            (asker, own.secret.clone())
        }
        _ => {
            let found = owner(world, &claim.access_key, &request.id).ok_or_else(unknown)?;
            (found.0, found.1.secret)
        }
    };
    if claim.is_off(world.now()) || !claim.is_by(&secret, request, params) {
        return Err(mismatch());
    }
    Ok(asker)
}
