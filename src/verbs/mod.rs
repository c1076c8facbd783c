//! What the language can do: one file a verb, grouped by noun, and [`VERBS`], the only list.
//!
//! A verb is one `static` (see [`mod@verb`]): from it come the registration of every arity, the array and method forms, the
//! checks before the gate, permissions, the manual, and tests. To add one, write its file and put it into the list.

pub mod argument;
pub mod arguments;
pub mod backup;
pub mod call;
mod each_name;
pub mod filter;
pub mod flavor;
pub mod foreign_names;
pub mod held;
pub mod image;
pub mod keypair;
mod known_names;
pub mod language;
pub mod members;
pub mod metadata;
mod named;
pub mod network;
pub mod port;
pub mod public_ip;
pub mod read;
pub mod resolve;
pub mod run;
pub mod run_context;
pub mod security_group;
pub mod server;
pub mod server_group;
pub mod session;
pub mod stack;
pub mod undo;
pub mod verb;
pub mod volume;
pub mod wait;

pub use call::Call;
pub use run_context::RunContext;
pub use verb::{Effect, Form, Group, Key, Param, Role, Run, Verb};

/// Every verb of the language.
pub static VERBS: &[&Verb] = &[
    &session::api::VERB,
    &session::catalog::VERB,
    &session::cloud::VERB,
    &session::clouds::VERB,
    &session::limits::VERB,
    &session::services::VERB,
    &session::whoami::VERB,
    &session::zones::VERB,
    &server::add_security_group::VERB,
    &server::addresses::VERB,
    &server::boot::VERB,
    &server::boot_all::VERB,
    &server::confirm_resize::VERB,
    &server::console_log::VERB,
    &server::console_screenshot::VERB,
    &server::console_url::VERB,
    &server::password_data::VERB,
    &server::delete::VERB,
    &server::find_server::VERB,
    &server::lock::VERB,
    &server::migrate::VERB,
    &server::one::VERB,
    &server::pause::VERB,
    &server::reboot::VERB,
    &server::rebuild::VERB,
    &server::refresh::VERB,
    &server::remove_security_group::VERB,
    &server::rename::VERB,
    &server::rescue::VERB,
    &server::resize::VERB,
    &server::resume::VERB,
    &server::revert_resize::VERB,
    &server::servers::VERB,
    &server::set_password::VERB,
    &server::shelve::VERB,
    &server::start::VERB,
    &server::stop::VERB,
    &server::suspend::VERB,
    &server::unlock::VERB,
    &server::unpause::VERB,
    &server::unrescue::VERB,
    &server::unshelve::VERB,
    &server::update::VERB,
    &server_group::create_server_group::VERB,
    &server_group::read::FIND_SERVER_GROUP,
    &server_group::read::SERVER_GROUP,
    &server_group::read::SERVER_GROUPS,
    &metadata::delete_meta::VERB,
    &metadata::meta::VERB,
    &metadata::replace_meta::VERB,
    &metadata::set_meta::VERB,
    &metadata::tags::ADD,
    &metadata::tags::REMOVE,
    &metadata::tags::REPLACE,
    &wait::wait_active::VERB,
    &wait::wait_deleted::VERB,
    &wait::wait_port::VERB,
    &wait::wait_ready::VERB,
    &wait::wait_status::VERB,
    &image::find_image::VERB,
    &image::images::VERB,
    &image::one::VERB,
    &image::save_image::VERB,
    &image::share_image::SHARE,
    &image::share_image::UNSHARE,
    &image::upload_image::VERB,
    &flavor::find_flavor::VERB,
    &flavor::flavors::VERB,
    &flavor::one::VERB,
    &keypair::create_keypair::VERB,
    &keypair::read::FIND_KEYPAIR,
    &keypair::read::KEYPAIR,
    &keypair::read::KEYPAIRS,
    &network::create_network::VERB,
    &network::create_router::VERB,
    &network::networks::FIND_NETWORK,
    &network::networks::NETWORK,
    &network::networks::NETWORKS,
    &network::routers::FIND_ROUTER,
    &network::routers::ROUTER,
    &network::routers::ROUTERS,
    &network::subnets::FIND_SUBNET,
    &network::subnets::SUBNET,
    &network::subnets::SUBNETS,
    &port::create_port::VERB,
    &port::read::FIND_PORT,
    &port::read::PORT,
    &port::read::PORTS,
    &security_group::authorize::VERB,
    &security_group::create_security_group::VERB,
    &security_group::read::FIND_SECURITY_GROUP,
    &security_group::read::SECURITY_GROUP,
    &security_group::read::SECURITY_GROUPS,
    &security_group::revoke::VERB,
    &public_ip::allocate_ip::VERB,
    &public_ip::associate_ip::VERB,
    &public_ip::disassociate_ip::VERB,
    &public_ip::read::FIND_PUBLIC_IP,
    &public_ip::read::PUBLIC_IP,
    &public_ip::read::PUBLIC_IPS,
    &public_ip::release_ip::VERB,
    &backup::create_backup::VERB,
    &backup::read::BACKUP,
    &backup::read::BACKUPS,
    &backup::read::FIND_BACKUP,
    &backup::restore_backup::VERB,
    &volume::attach::VERB,
    &volume::create_volume::VERB,
    &volume::detach::VERB,
    &volume::extend::VERB,
    &volume::snapshot::VERB,
    &volume::snapshots::FIND_SNAPSHOT,
    &volume::snapshots::SNAPSHOTS,
    &volume::volumes::FIND_VOLUME,
    &volume::volumes::VOLUME,
    &volume::volumes::VOLUMES,
    &stack::cancel_update::VERB,
    &stack::check_stack::VERB,
    &stack::create_stack::VERB,
    &stack::ec2_credentials::CREATE_EC2_CREDENTIAL,
    &stack::ec2_credentials::EC2_CREDENTIALS,
    &stack::preview_stack::VERB,
    &stack::restore_stack::VERB,
    &stack::rollback_stack::VERB,
    &stack::stack_drift::VERB,
    &stack::stack_events::VERB,
    &stack::stack_resources::VERB,
    &stack::stack_template::VERB,
    &stack::stacks::FIND_STACK,
    &stack::stacks::STACK,
    &stack::stacks::STACKS,
    &stack::update_stack::VERB,
    &stack::validate_template::VERB,
    &language::asking::ASK,
    &language::asking::ASK_SECRET,
    &language::asking::CONFIRM,
    &language::control::ASSERT,
    &language::control::ASSERT_EQ,
    &language::control::EXIT,
    &language::control::FAIL,
    &language::control::GET,
    &language::control::ORDER_BY,
    &language::control::PARAM,
    &language::control::WAIT_UNTIL,
    &language::csv::PARSE_CSV,
    &language::csv::TO_CSV,
    &language::formats::PARSE_YAML,
    &language::formats::SHA256,
    &language::formats::TO_YAML,
    &language::output::DEBUG,
    &language::output::INFO,
    &language::output::PRINT,
    &language::output::TABLE,
    &language::output::WARN,
    &language::outside::EXEC,
    &language::outside::HTTP,
    &language::outside::HTTP_GET,
    &language::outside::WRITE_FILE,
    &language::patterns::REGEX_FIND,
    &language::patterns::REGEX_MATCH,
    &language::patterns::REGEX_REPLACE,
    &language::steering::DEFER,
    &language::steering::EXCLUSIVE,
    &language::steering::ON_FAILURE,
    &language::steering::PARALLEL,
    &language::steering::RETRY,
    &language::steering::STEP,
    &language::text::BASE64,
    &language::text::FROM_BASE64,
    &language::text::GLOB,
    &language::text::IS_ERROR,
    &language::text::PARSE_JSON,
    &language::text::REVEAL,
    &language::text::SECRET,
    &language::text::TO_JSON,
    &language::text::UUID,
    &language::time::DURATION,
    &language::time::NOW,
    &language::time::PARSE_TIME,
    &language::time::SLEEP,
    &language::time::TIMESTAMP,
    &language::world::ENV,
    &language::world::READ_FILE,
    &language::testing::ASSERT_THROWS,
    &language::testing::RUN_SCRIPT,
    &language::testing::SIM_ADVANCE,
    &language::scene::SIM_CONSOLE,
    &language::testing::SIM_FAULT,
    &language::scene::SIM_FLAVORS,
    &language::scene::SIM_IMAGES,
    &language::testing::SIM_JOURNAL,
    &language::testing::SIM_QUOTA,
    &language::scene::SIM_REPLIES,
    &language::scene::SIM_REPLY,
    &language::testing::SNAPSHOT_OUTPUT,
    &language::arrays::CHUNKS,
    &language::arrays::FIRST,
    &language::arrays::GROUP_BY,
    &language::arrays::JOIN,
    &language::arrays::LAST,
    &language::arrays::SUM,
    &language::arrays::UNIQUE,
    &language::arrays::ZIP,
];

/// The verb of this name.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name).copied()
}
