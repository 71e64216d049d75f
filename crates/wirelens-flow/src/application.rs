//! What flows are about: their application protocol and its main facts.

use crate::key::Side;

/// An application protocol that was recognised in a flow, and what its first messages say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Application {
    /// The protocol's abbreviation: `tls`.
    pub protocol: &'static str,
    /// What is known of it, in the order in which it was seen: `("server_name", "example.org")`.
    pub facts: Vec<Fact>,
    /// Messages that were looked at.
    pub(crate) looked: u8,
}

/// Something that a message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// Its name, the same in all reports: `server_name`.
    pub name: &'static str,
    /// Who said it.
    pub side: Side,
    /// What it says.
    pub value: String,
}

/// Values of one fact that are kept.
const VALUES: usize = 4;

impl Application {
    pub(crate) fn add(&mut self, name: &'static str, side: Side, value: String) {
        let mut of_name = self.facts.iter().filter(|fact| fact.name == name && fact.side == side);
        let many = matches!(name, "alpn");
        if of_name.clone().any(|fact| fact.value == value) {
            return;
        }
        let most = if many { VALUES } else { 1 };
        if of_name.by_ref().count() < most {
            self.facts.push(Fact { name, side, value });
        }
    }

    /// The first value of a fact.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }
}
