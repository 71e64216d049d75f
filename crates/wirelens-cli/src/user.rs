//! Being somebody else than root once the devices are open.

use anyhow::{Result, bail};

#[cfg(unix)]
pub(crate) struct User(nix::unistd::User);

#[cfg(not(unix))]
pub(crate) struct User;

/// Looks a user up, if one was named, while that is still possible.
#[cfg(unix)]
pub(crate) fn find(name: Option<&str>) -> Result<Option<User>> {
    let Some(name) = name else { return Ok(None) };
    if !nix::unistd::geteuid().is_root() {
        bail!("only root can become another user; leave --user out");
    }
    match nix::unistd::User::from_name(name)? {
        Some(user) => Ok(Some(User(user))),
        None => bail!("there is no user '{name}'"),
    }
}

#[cfg(not(unix))]
pub(crate) fn find(name: Option<&str>) -> Result<Option<User>> {
    match name {
        None => Ok(None),
        Some(_) => bail!("--user is for Unix"),
    }
}

/// Gives up being root, all threads of the program, for good.
#[cfg(unix)]
pub(crate) fn become_one(user: Option<User>) -> Result<()> {
    use std::ffi::CString;

    use nix::unistd::{Uid, initgroups, setgid, setuid};

    let Some(User(user)) = user else { return Ok(()) };
    let name = CString::new(user.name.as_str())?;
    // In this order: groups can be changed by root only.
    initgroups(&name, user.gid)?;
    setgid(user.gid)?;
    setuid(user.uid)?;
    if !user.uid.is_root() && setuid(Uid::from_raw(0)).is_ok() {
        bail!("the system let this program become root again; --user has no effect here");
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn become_one(_: Option<User>) -> Result<()> {
    Ok(())
}
