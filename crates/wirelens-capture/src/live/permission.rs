//! What a process needs to capture, and what it has.

/// Names of the Linux capabilities that capturing takes and the process lacks.
#[cfg(target_os = "linux")]
pub(crate) fn missing() -> Vec<&'static str> {
    const NEEDED: [(u32, &str); 2] = [(13, "CAP_NET_RAW"), (12, "CAP_NET_ADMIN")];
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .unwrap_or(0);
    NEEDED.iter().filter(|(bit, _)| effective >> bit & 1 == 0).map(|(_, name)| *name).collect()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn missing() -> Vec<&'static str> {
    Vec::new()
}

/// What to do when capturing is not permitted.
pub(super) fn remedy(missing: &[&str]) -> String {
    if cfg!(target_os = "linux") {
        let program = std::env::current_exe()
            .map_or_else(|_| "PROGRAM".to_owned(), |path| path.display().to_string());
        let lacks = match missing {
            [] => "the process has the capabilities, so the system forbids it otherwise \
                   (container, seccomp, security module)"
                .to_owned(),
            names => format!("{} missing", are(names)),
        };
        format!(
            "{lacks}; run as root, or once: sudo setcap cap_net_raw,cap_net_admin=eip {program}"
        )
    } else if cfg!(target_vendor = "apple") {
        "run as root, or make /dev/bpf* readable for your group (Wireshark's ChmodBPF does)"
            .to_owned()
    } else if cfg!(windows) {
        "run as administrator, or install Npcap without the restriction to administrators"
            .to_owned()
    } else {
        "run as root, or make the bpf devices readable".to_owned()
    }
}

fn are(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(" and "))
}
