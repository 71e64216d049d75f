//! Bytes that nobody claims.

use wirelens_dissect::prelude::*;

protocol! {
    DATA = "data" "Data" "Data", Application;
    LEN  = uint  "len"  "Length";
    DATA_BYTES = bytes "data" "Data" payload;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.note(&LEN, p.left() as u64, 0);
    p.rest(&DATA_BYTES)?;
    Ok(Next::Nothing)
}
