//! What addresses hosts: IP and what serves it.

super::protocols! {
    ipv4: IP;
}
