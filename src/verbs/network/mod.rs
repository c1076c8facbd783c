//! Networks, subnets and routers.

pub mod create_network;
pub mod create_router;
pub mod networks;
pub mod routers;
pub mod subnets;
