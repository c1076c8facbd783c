//! How large a machine is: by its offering, or as an offering without a size leaves it to be said.

use crate::cloudstack::params::Params;
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Flavor, Image};

const GIB: u64 = 1 << 30;

impl Cloud<'_> {
    /// An offering with the size that was asked for where it has none, and the speed of that.
    pub(super) fn sized(&self, flavor: &Flavor, params: &Params) -> Outcome<(Flavor, Option<i64>)> {
        if !self.offering(flavor).custom {
            return Ok((flavor.clone(), None));
        }
        let details = params.named("details");
        let number = |name: &str| -> Outcome<i64> {
            let own =
                details.iter().find(|pair| pair.0.eq_ignore_ascii_case(name)).map(|pair| pair.1.as_str());
            let text = own.ok_or_else(|| {
                Refused::value("Need to specify custom parameter values cpu, cpu speed and memory when using custom offering")
            })?;
            let least = if name == "memory" { 32 } else { 1 };
            text.parse().ok().filter(|number| *number >= least).ok_or_else(|| {
                Refused::value(format!("Invalid value for {name}, specify a value of {least} or more"))
            })
        };
        let (cpus, speed, memory) = (number("cpuNumber")?, number("cpuSpeed")?, number("memory")?);
        Ok((Flavor { vcpus: cpus, ram_mib: memory, ..flavor.clone() }, Some(speed)))
    }

    /// How large the root disk is to be, in GiB.
    pub(super) fn root_gib(&self, flavor: &Flavor, image: &Image) -> Outcome<i64> {
        let least =
            i64::try_from(image.size().div_ceil(GIB)).unwrap_or(i64::MAX).max(image.min_disk_gib).max(1);
        let Some(asked) = self.params.number("rootdisksize")? else { return Ok(flavor.disk_gib.max(least)) };
        if asked <= 0 {
            return Err(Refused::value("Root disk size should be a positive number."));
        }
        if asked < least {
            return Err(Refused::value(format!(
                "Unsupported: rootdisksize override ({asked} GB) is smaller than template size {least} GB"
            )));
        }
        Ok(asked)
    }
}
