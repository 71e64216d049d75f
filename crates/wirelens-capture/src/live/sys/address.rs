//! Socket addresses as C gives them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::live::device::Address;

/// Reads an address; `None` for a null pointer and for families that are not known here.
///
/// # Safety
/// The pointer is null, or points to a socket address as large as its family says.
pub(super) unsafe fn read(pointer: *const libc::sockaddr) -> Option<Address> {
    // SAFETY: every socket address begins with its family; the caller vouches for the rest.
    let head = unsafe { pointer.as_ref() }?;
    match i32::from(head.sa_family) {
        INET => {
            let bytes = bytes::<8>(head, pointer);
            let [_, _, _, _, address @ ..] = bytes;
            Some(Address::Ip(IpAddr::V4(Ipv4Addr::from(address))))
        }
        INET6 => {
            let bytes = bytes::<24>(head, pointer);
            let [_, _, _, _, _, _, _, _, address @ ..] = bytes;
            Some(Address::Ip(IpAddr::V6(Ipv6Addr::from(address))))
        }
        #[cfg(any(target_os = "linux", target_os = "android"))]
        libc::AF_PACKET => {
            // Family, protocol, index, hardware type, packet type, length of the address, address.
            let [.., length, a, b, c, d, e, f] = bytes::<18>(head, pointer);
            (length == 6).then_some(Address::Mac([a, b, c, d, e, f]))
        }
        #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
        libc::AF_LINK => {
            // Length, family, index, type, lengths of name, address, selector; name, address.
            let bytes = bytes::<{ 8 + 255 + 6 }>(head, pointer);
            let from = 8 + usize::from(bytes[5]);
            let mac = bytes.get(from..from + 6)?.try_into().ok()?;
            (bytes[6] == 6).then_some(Address::Mac(mac))
        }
        _ => None,
    }
}

/// The first bytes of an address that is as large as its family says. Systems that write a length
/// into it may have left out zeros at its end.
fn bytes<const N: usize>(head: &libc::sockaddr, pointer: *const libc::sockaddr) -> [u8; N] {
    let mut bytes = [0; N];
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    let there = N.min(head.sa_len.into());
    #[cfg(not(any(target_vendor = "apple", target_os = "freebsd")))]
    let there = {
        let _ = head;
        N
    };
    // SAFETY: the address has as many bytes, by its family or by its own length.
    unsafe { std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), bytes.as_mut_ptr(), there) };
    bytes
}

#[cfg(unix)]
const INET: i32 = libc::AF_INET;
#[cfg(unix)]
const INET6: i32 = libc::AF_INET6;
#[cfg(not(unix))]
const INET: i32 = 2;
#[cfg(not(unix))]
const INET6: i32 = 23;
