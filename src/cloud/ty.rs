//! The types of the language: `Ty`, which declares arguments, options, fields and results, and `Noun`, which names the
//! kinds of resources. It imports nothing; values and resources build on it.

/// What kind of thing a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Noun {
    Server,
    Image,
    Flavor,
    Keypair,
    Volume,
    Snapshot,
    SecurityGroup,
    Network,
    Subnet,
    Router,
    PublicIp,
    Port,
    ServerGroup,
    Backup,
    Stack,
}

/// The words of a noun.
struct Words {
    word: &'static str,
    spoken: &'static str,
    with_article: &'static str,
    type_name: &'static str,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Noun; 15] = [
        Noun::Server,
        Noun::Image,
        Noun::Flavor,
        Noun::Keypair,
        Noun::Volume,
        Noun::Snapshot,
        Noun::SecurityGroup,
        Noun::Network,
        Noun::Subnet,
        Noun::Router,
        Noun::PublicIp,
        Noun::Port,
        Noun::ServerGroup,
        Noun::Backup,
        Noun::Stack,
    ];

    const fn words(self) -> Words {
        let (word, spoken, with_article, type_name) = match self {
            Noun::Server => ("server", "server", "a server", "Server"),
            Noun::Image => ("image", "image", "an image", "Image"),
            Noun::Flavor => ("flavor", "flavor", "a flavor", "Flavor"),
            Noun::Keypair => ("keypair", "keypair", "a keypair", "Keypair"),
            Noun::Volume => ("volume", "volume", "a volume", "Volume"),
            Noun::Snapshot => ("snapshot", "snapshot", "a snapshot", "Snapshot"),
            Noun::SecurityGroup => ("security_group", "security group", "a security group", "SecurityGroup"),
            Noun::Network => ("network", "network", "a network", "Network"),
            Noun::Subnet => ("subnet", "subnet", "a subnet", "Subnet"),
            Noun::Router => ("router", "router", "a router", "Router"),
            Noun::PublicIp => ("public_ip", "public IP", "a public IP", "PublicIp"),
            Noun::Port => ("port", "port", "a port", "Port"),
            Noun::ServerGroup => ("server_group", "server group", "a server group", "ServerGroup"),
            Noun::Backup => ("backup", "backup", "a backup", "Backup"),
            Noun::Stack => ("stack", "stack", "a stack", "Stack"),
        };
        Words { word, spoken, with_article, type_name }
    }

    /// The verb that reads one of it: `security_group`. With an `s` it lists them.
    pub const fn word(self) -> &'static str {
        self.words().word
    }

    /// The word in messages: "security group".
    pub const fn as_str(self) -> &'static str {
        self.words().spoken
    }

    /// Several of it: "an array of servers".
    pub const fn many(self) -> &'static str {
        match self {
            Noun::Server => "an array of servers",
            Noun::Image => "an array of images",
            Noun::Flavor => "an array of flavors",
            Noun::Keypair => "an array of keypairs",
            Noun::Volume => "an array of volumes",
            Noun::Snapshot => "an array of snapshots",
            Noun::SecurityGroup => "an array of security groups",
            Noun::Network => "an array of networks",
            Noun::Subnet => "an array of subnets",
            Noun::Router => "an array of routers",
            Noun::PublicIp => "an array of public IPs",
            Noun::Port => "an array of ports",
            Noun::ServerGroup => "an array of server groups",
            Noun::Backup => "an array of backups",
            Noun::Stack => "an array of stacks",
        }
    }

    /// The type's name in the manual.
    pub const fn type_name(self) -> &'static str {
        self.words().type_name
    }

    /// With its article: "a server".
    pub const fn with_article(self) -> &'static str {
        self.words().with_article
    }
}

/// The type of an argument, an option, a field or a result, in the reader's words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ty {
    /// Nothing.
    Unit,
    /// Anything at all.
    Any,
    /// A truth value.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Text.
    Text,
    /// Text that may be secret.
    Secret,
    /// Text or a blob.
    Data,
    /// A length of time, in each of its forms.
    Duration,
    /// A time.
    Time,
    /// One word of a fixed set.
    OneOf(&'static [&'static str]),
    /// An array of something.
    ArrayOf(&'static Ty),
    /// One of something, or an array of it.
    OneOrMany(&'static Ty),
    /// Either of two.
    Either(&'static Ty, &'static Ty),
    /// A map of names to something.
    MapOf(&'static Ty),
    /// A map with these fields and no others.
    Record(&'static Record),
    /// An options map; its keys are the verb's.
    Options,
    /// A resource: an object, an id or a unique name.
    Ref(Noun),
    /// A resource of any of several kinds; text names a server.
    AnyRef(&'static [Noun]),
    /// A resource, as a result.
    Of(Noun),
    /// The resource the verb was called on.
    Same,
    /// A cloud.
    Cloud,
}

/// What a map is that a verb gives, and its fields.
#[derive(Debug)]
pub struct Record {
    /// With its article: "an event of a stack".
    pub word: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.word == other.word
    }
}

/// A field of a noun or of another value, declared once: the language reads it, the manual, the checker and editors
/// show it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// What it holds, with units.
    pub summary: &'static str,
    /// Whether a table without chosen columns shows it.
    pub shown: bool,
    /// The verbs that change it; none where only the cloud does.
    pub changed_by: &'static [&'static str],
}

impl Field {
    /// A field that tables leave out unless asked.
    pub const fn new(name: &'static str, ty: Ty, summary: &'static str) -> Field {
        Field { name, ty, summary, shown: false, changed_by: &[] }
    }

    /// A field that tables show.
    pub const fn shown(name: &'static str, ty: Ty, summary: &'static str) -> Field {
        Field { name, ty, summary, shown: true, changed_by: &[] }
    }

    /// The same, changed by these verbs.
    pub const fn changed_by(self, verbs: &'static [&'static str]) -> Field {
        Field { changed_by: verbs, ..self }
    }
}
