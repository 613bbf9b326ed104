//! Homes of benchmarks and measurements, with the model of the test home.

use std::{os::unix::fs::symlink, path::PathBuf};
use tempfile::TempDir;

/// A fresh home that borrows the model and the runtime of the test home.
pub(crate) fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for part in ["runtime", "models"] {
        symlink(test_home().join(part), home.path().join(part)).unwrap();
    }
    home
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement's own setting, made by `make bench`"
)]
fn test_home() -> PathBuf {
    std::env::var("LIAISON_TEST_HOME")
        .expect("LIAISON_TEST_HOME: a home with the model; `make bench` names one")
        .into()
}
