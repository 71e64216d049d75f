//! What programs say.

super::protocols! {
    data: DATA;
}
