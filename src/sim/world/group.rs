//! Security groups: what may reach the ports that are in them, and be reached from there.

use super::{Kind, Refusal, Server, Standing, World, fresh_id};

/// The names of protocols, with their numbers.
pub(crate) const PROTOCOLS: &[(&str, u8)] = &[
    ("ah", 51),
    ("dccp", 33),
    ("egp", 8),
    ("esp", 50),
    ("gre", 47),
    ("hopopt", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ip", 0),
    ("ipip", 4),
    ("ipv6-encap", 41),
    ("ipv6-frag", 44),
    ("ipv6-icmp", 58),
    ("icmpv6", 58),
    ("ipv6-nonxt", 59),
    ("ipv6-opts", 60),
    ("ipv6-route", 43),
    ("ospf", 89),
    ("pgm", 113),
    ("rsvp", 46),
    ("sctp", 132),
    ("tcp", 6),
    ("udp", 17),
    ("udplite", 136),
    ("vrrp", 112),
];

/// The number of a protocol that is given by name or number.
pub(crate) fn protocol(word: &str) -> Option<u8> {
    let named = PROTOCOLS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
    named.or_else(|| word.parse().ok())
}

/// A security group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) stateful: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) standing: Standing,
}

/// The two kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// What is let through.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// Counts all rules of the world.
    pub(crate) number: i64,
    pub(crate) inward: bool,
    pub(crate) family: Family,
    /// A lower-case name or a number; None: all.
    pub(crate) protocol: Option<String>,
    /// First and last port; for ICMP its type and code. None: all.
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    /// Whom it is about: addresses, or the members of a group (by id). None of both: everyone.
    pub(crate) cidr: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) standing: Standing,
    /// One of those that the group began with.
    pub(crate) first_day: bool,
}

impl Rule {
    /// A rule for everything in one direction.
    pub(crate) fn open(inward: bool, family: Family) -> RuleSpec {
        RuleSpec {
            inward,
            family,
            protocol: None,
            first: None,
            last: None,
            cidr: None,
            group: None,
            description: String::new(),
        }
    }

    /// Whether it lets the same through.
    fn is_like(&self, spec: &RuleSpec) -> bool {
        let everyone =
            |cidr: &Option<String>| cidr.as_deref().is_none_or(|c| matches!(c, "0.0.0.0/0" | "::/0"));
        self.inward == spec.inward
            && self.family == spec.family
            && self.protocol.as_deref().map(protocol) == spec.protocol.as_deref().map(protocol)
            && self.first == spec.first
            && self.last == spec.last
            && self.group == spec.group
            && (self.cidr == spec.cidr || (everyone(&self.cidr) && everyone(&spec.cidr)))
    }
}

/// A new rule as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct RuleSpec {
    pub(crate) inward: bool,
    pub(crate) family: Family,
    pub(crate) protocol: Option<String>,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    pub(crate) cidr: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) description: String,
}

impl World {
    pub(crate) fn group_by_id(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The group of this id or name in this project; none when the name is there twice, too.
    pub(crate) fn group(&self, project: &str, name: &str) -> Option<&Group> {
        let own = || self.groups.iter().filter(|group| group.project == project);
        own().find(|group| group.id == name).or_else(|| own().find(|group| group.name == name))
    }

    /// How many groups of a project have this name.
    pub(crate) fn groups_named(&self, project: &str, name: &str) -> usize {
        self.groups.iter().filter(|group| group.project == project && group.name == name).count()
    }

    /// The default group of a project, made when it is first needed. Gives its id.
    pub(crate) fn default_group(&mut self, project: &str) -> String {
        if let Some(group) = self.group(project, "default") {
            return group.id.clone();
        }
        let id = self.push_group(project, "default", "Default security group");
        for family in [Family::V4, Family::V6] {
            let spec = RuleSpec { group: Some(id.clone()), ..Rule::open(true, family) };
            self.push_rule(&id, &spec, true);
        }
        id
    }

    fn push_group(&mut self, project: &str, name: &str, description: &str) -> String {
        let id = fresh_id();
        let mut standing = Standing::new(self.now(), 1);
        description.clone_into(&mut standing.description);
        self.groups.push(Group {
            id: id.clone(),
            name: name.to_owned(),
            project: project.to_owned(),
            stateful: true,
            rules: Vec::new(),
            standing,
        });
        for family in [Family::V4, Family::V6] {
            self.push_rule(&id, &Rule::open(false, family), true);
        }
        id
    }

    fn push_rule(&mut self, group: &str, spec: &RuleSpec, first_day: bool) -> String {
        let id = fresh_id();
        let number = i64::try_from(self.next()).unwrap_or(i64::MAX);
        let mut standing = Standing::new(self.now(), 0);
        standing.description.clone_from(&spec.description);
        let rule = Rule {
            id: id.clone(),
            number,
            inward: spec.inward,
            family: spec.family,
            protocol: spec.protocol.clone(),
            first: spec.first,
            last: spec.last,
            cidr: spec.cidr.clone(),
            group: spec.group.clone(),
            standing,
            first_day,
        };
        if let Some(group) = self.groups.iter_mut().find(|one| one.id == group) {
            group.rules.push(rule);
        }
        id
    }

    /// Makes a group that lets its members out and nothing in. Gives its id.
    ///
    /// # Errors
    /// When the name is `default`, or the project has as many as it may have.
    pub(crate) fn create_group(
        &mut self,
        project: &str,
        name: &str,
        description: &str,
    ) -> Result<String, Refusal> {
        self.default_group(project);
        if name == "default" {
            return Err(Refusal::DefaultGroup);
        }
        self.room_for("security_groups", project, 1)?;
        Ok(self.push_group(project, name, description))
    }

    /// Takes a group away, with the rules of others that name it.
    ///
    /// # Errors
    /// When it is not there, a port is in it, or it is a project's default.
    pub(crate) fn delete_group(&mut self, id: &str) -> Result<(), Refusal> {
        let group = self.group_by_id(id).ok_or_else(|| Refusal::Missing(Kind::Group, id.to_owned()))?;
        if self.all_ports().any(|port| port.groups.iter().any(|own| own == id)) {
            return Err(Refusal::GroupInUse(id.to_owned()));
        }
        if group.name == "default" {
            return Err(Refusal::DefaultGroup);
        }
        self.groups.retain(|group| group.id != id);
        for group in &mut self.groups {
            group.rules.retain(|rule| rule.group.as_deref() != Some(id));
        }
        Ok(())
    }

    /// Adds a rule. Gives its id.
    ///
    /// # Errors
    /// When a group is not there, the group lets this through already, or the project has as many as it may have.
    pub(crate) fn add_rule(&mut self, group: &str, spec: &RuleSpec) -> Result<String, Refusal> {
        let found = self.group_by_id(group).ok_or_else(|| Refusal::Missing(Kind::Group, group.to_owned()))?;
        if let Some(other) = spec.group.as_deref().filter(|other| self.group_by_id(other).is_none()) {
            return Err(Refusal::Missing(Kind::Group, other.to_owned()));
        }
        if let Some(rule) = found.rules.iter().find(|rule| rule.is_like(spec)) {
            return Err(Refusal::SameRule(rule.id.clone()));
        }
        let project = found.project.clone();
        self.room_for("security_rules", &project, 1)?;
        let id = self.push_rule(group, spec, false);
        self.touch_group(group);
        Ok(id)
    }

    fn touch_group(&mut self, id: &str) {
        let now = self.now();
        if let Some(group) = self.groups.iter_mut().find(|group| group.id == id) {
            group.standing.touch(now);
        }
    }

    /// The rule of this id, and its group.
    pub(crate) fn rule(&self, id: &str) -> Option<(&Group, &Rule)> {
        self.groups.iter().find_map(|group| Some((group, group.rules.iter().find(|rule| rule.id == id)?)))
    }

    /// Takes a rule away.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn remove_rule(&mut self, id: &str) -> Result<(), Refusal> {
        let (group, _) = self.rule(id).ok_or_else(|| Refusal::Missing(Kind::Rule, id.to_owned()))?;
        let group = group.id.clone();
        for group in &mut self.groups {
            group.rules.retain(|rule| rule.id != id);
        }
        self.touch_group(&group);
        Ok(())
    }

    /// The groups that a server is in: those of its ports.
    pub(crate) fn groups_of(&self, server: &Server) -> Vec<&Group> {
        let mut groups: Vec<&Group> = Vec::new();
        for id in server.ports.iter().flat_map(|port| &port.groups) {
            if let Some(group) = self.group_by_id(id).filter(|g| groups.iter().all(|other| other.id != g.id))
            {
                groups.push(group);
            }
        }
        groups
    }

    /// Puts a server (by index) into a group.
    ///
    /// # Errors
    /// When one of its ports is in it already.
    pub(crate) fn join_group(&mut self, at: usize, group: &str) -> Result<(), Refusal> {
        let now = self.now();
        let ports = &mut self.servers[at].ports;
        if ports.iter().any(|port| port.groups.iter().any(|own| own == group)) {
            return Err(Refusal::InGroup(group.to_owned()));
        }
        for port in ports.iter_mut().filter(|port| port.secured && !port.addresses.is_empty()) {
            port.groups.push(group.to_owned());
            port.standing.touch(now);
        }
        Ok(())
    }

    /// Takes a server (by index) out of a group.
    ///
    /// # Errors
    /// When none of its ports is in it.
    pub(crate) fn leave_group(&mut self, at: usize, group: &str) -> Result<(), Refusal> {
        let now = self.now();
        let mut left = false;
        for port in &mut self.servers[at].ports {
            let before = port.groups.len();
            port.groups.retain(|own| own != group);
            if port.groups.len() < before {
                port.standing.touch(now);
                left = true;
            }
        }
        if left { Ok(()) } else { Err(Refusal::NotInGroup(group.to_owned())) }
    }

    /// Puts a server (by index) into exactly these groups.
    ///
    /// # Errors
    /// When one is not there.
    pub(crate) fn set_groups(&mut self, at: usize, groups: &[String]) -> Result<(), Refusal> {
        self.known_groups(groups)?;
        let now = self.now();
        for port in &mut self.servers[at].ports {
            port.groups = groups.to_vec();
            port.standing.touch(now);
        }
        Ok(())
    }
}
