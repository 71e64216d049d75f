//! Bodies of media types that no other protocol shows.

use wirelens_dissect::prelude::*;

protocol! {
    MEDIA = "media" "Media" "Media Type", Application;
    TYPE  = bytes "type" "Body" payload;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.rest(&TYPE)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_body() {
        insta::assert_snapshot!(tree(&MEDIA, b"PK\x03\x04"));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&MEDIA, b"PK\x03\x04");
    }
}
