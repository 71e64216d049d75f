//! What an engine's names mean: the kinds of its fields, the titles of its protocols.

use wirelens_dissect::Kind;

/// What is known of a field's name.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) kind: Kind,
    /// There may be several of it in a layer, as far as is known.
    pub(crate) many: bool,
    /// The protocol it belongs to: `ip`.
    pub(crate) protocol: String,
    /// What people read.
    pub(crate) label: String,
}

/// The names that an engine knows.
pub(crate) trait Words: Send + Sync {
    /// A field.
    fn field(&self, name: &str) -> Option<Word>;
    /// The title of a protocol.
    fn protocol(&self, name: &str) -> Option<&str>;
    /// Every protocol.
    fn protocols(&self) -> Vec<&str>;
    /// Names of fields that begin like this one.
    fn like(&self, name: &str) -> Vec<&str>;
}
