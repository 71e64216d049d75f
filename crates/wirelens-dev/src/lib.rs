//! For maintainers: field reference, man page, completions, comparison.
