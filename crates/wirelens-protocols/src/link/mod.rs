//! What a frame begins with: Ethernet and its like.

super::protocols! {
    ethernet: ETH;
}
