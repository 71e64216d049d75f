//! The wirelens program.
