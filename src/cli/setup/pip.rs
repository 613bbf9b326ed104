//! Fetching one wheel through the user's pip. What is fetched and whether it is right is decided outside.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::{Wheel, explain};

/// `pip download` of exactly this wheel. pip's own bar goes to stderr: stdout is for results.
pub(super) async fn download(wheel: &Wheel, downloads: &Path, python: &str) -> anyhow::Result<()> {
    let asked = Command::new(python)
        .args(["-m", "pip", "--version"])
        .stdin(Stdio::null())
        .output()
        .await;
    match asked {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!(
                "{python} is not installed; install Python 3 with pip (Debian: apt-get install python3-pip)"
            )
        }
        Err(error) => bail!("{python} cannot be run: {error}"),
        Ok(said) if !said.status.success() => {
            bail!(
                "{python} has no pip; install it (Debian: apt-get install python3-pip) or run {python} -m ensurepip"
            )
        }
        Ok(_) => {}
    }
    let requirements = downloads.join(format!("{}.txt", wheel.package));
    let line = format!(
        "{}=={} --hash=sha256:{}\n",
        wheel.package, wheel.version, wheel.sha256
    );
    fs::write(&requirements, line).map_err(|error| explain(error, &requirements))?;
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "download",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]);
    pip.args([
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        "3.11",
        "--abi",
        "cp311",
    ]);
    pip.args(["--platform", wheel.pip_platform.as_deref().unwrap_or("any")]);
    pip.arg("--requirement")
        .arg(&requirements)
        .arg("--dest")
        .arg(downloads);
    pip.stdin(Stdio::null())
        .stdout(Stdio::from(io::stderr()))
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = pip.spawn().context("pip cannot be started")?;
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_end(&mut said).await?;
    }
    let status = child.wait().await?;
    fs::remove_file(&requirements).map_err(|error| explain(error, &requirements))?;
    if !status.success() {
        bail!(why(&String::from_utf8_lossy(&said)));
    }
    Ok(())
}

/// pip's failure in plain words, followed by its own.
pub(super) fn why(said: &str) -> String {
    let lower = said.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let plain = if has(&["no space left", "errno 28"]) {
        "the disk is full: about 250 MB are needed while setting up"
    } else if has(&["do not match the hashes"]) {
        "the package index served another file than the one we know; nothing was installed"
    } else if has(&[
        "connection",
        "timed out",
        "resolve",
        "unreachable",
        "proxy",
        "ssl",
        "no matching distribution",
    ]) {
        "the package index cannot be reached or does not carry the package; pip's settings (index-url, proxy, cert) are used"
    } else {
        "pip failed"
    };
    let last: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    format!("{plain}\n{}", last[last.len().saturating_sub(6)..].join("\n"))
}
