//! Why live capture fails, and what to do about it.

use super::permission;
use crate::Fault;

/// Why a device cannot be opened, listed, read, or written to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// libpcap cannot be loaded.
    #[error("libpcap cannot be loaded ({reason}); {}", install())]
    NoLibpcap {
        /// What the loader says.
        reason: String,
    },
    /// The system does not let this program capture.
    #[error("{interface}: no permission to capture ({message}); {}", permission::remedy(missing))]
    NotPermitted {
        /// Which interface.
        interface: String,
        /// Linux capabilities that the process lacks, such as `CAP_NET_RAW`.
        missing: Vec<&'static str>,
        /// What the system says.
        message: String,
    },
    /// There is no device of that name.
    #[error("{name}: no such device; {}", instead(nearest))]
    NoSuchDevice {
        /// The name.
        name: String,
        /// Names of devices, the most similar first.
        nearest: Vec<String>,
    },
    /// No device was named, and none will do.
    #[error(
        "no device is up and has an address, but for loopback; name one (`lo` and `any` also can \
         be captured), or bring one up"
    )]
    NoDevice,
    /// The device is there but down.
    #[error("{interface}: the device is not up; bring it up first (`ip link set {interface} up`)")]
    NotUp {
        /// Which interface.
        interface: String,
    },
    /// The capture filter is wrong; the words are libpcap's.
    #[error("filter {filter:?}: {message}")]
    Filter {
        /// The filter.
        filter: String,
        /// What libpcap says.
        message: String,
    },
    /// This device, backend or system cannot do that.
    #[error("{interface}: {what}; {instead}")]
    Unsupported {
        /// Which interface.
        interface: String,
        /// What cannot be done.
        what: String,
        /// What can.
        instead: &'static str,
    },
    /// The devices cannot be listed.
    #[error("the devices cannot be listed: {message}")]
    Devices {
        /// What the system says.
        message: String,
    },
    /// Something else failed.
    #[error("{interface}: {doing} failed: {message}")]
    Failed {
        /// Which interface.
        interface: String,
        /// What was being done: `opening`, `reading`, `sending`, ..
        doing: &'static str,
        /// What the system says.
        message: String,
    },
}

impl LiveError {
    /// Whose fault it is.
    pub const fn fault(&self) -> Fault {
        match self {
            Self::NoSuchDevice { .. } | Self::Filter { .. } | Self::Unsupported { .. } => {
                Fault::Caller
            }
            _ => Fault::Environment,
        }
    }
}

fn install() -> &'static str {
    if cfg!(windows) {
        "install Npcap (https://npcap.com); capture files can be read without it"
    } else if cfg!(target_vendor = "apple") {
        "it is part of macOS; `brew install libpcap` gives another; capture files can be read \
         without it"
    } else if cfg!(target_os = "linux") {
        "install it (Debian, Ubuntu: `apt install libpcap0.8`; Fedora, RHEL: `dnf install libpcap`; \
         openSUSE: `zypper install libpcap1`; Arch: `pacman -S libpcap`; Alpine: `apk add libpcap`) \
         or capture without it, with the packet backend and no capture filter; capture files can \
         be read without it"
    } else {
        "install it from the system's packages; capture files can be read without it"
    }
}

fn instead(nearest: &[String]) -> String {
    match nearest {
        [] => "there are no devices here that may be captured".to_owned(),
        names => format!("there are {}", names.join(", ")),
    }
}
