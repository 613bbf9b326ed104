//! Homes, and the binary run in them.
//!
//! Taking in the sample library costs seconds, and every test wants a home of its own. So the first test that
//! needs one seeds a template, under a lock because each test is a process, and all others copy it.

use serde_json::Value;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::UNIX_EPOCH,
};
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_liaison");

/// A fresh home without a model.
pub(crate) fn bare_home() -> TempDir {
    TempDir::new().unwrap()
}

/// A fresh home with the model of the test home.
pub(crate) fn home() -> TempDir {
    let home = bare_home();
    link_model(home.path());
    home
}

/// A home of its own with the sample library and the sample CRM.
pub(crate) fn seeded() -> TempDir {
    copied(&template())
}

/// A copy of a home that no process has open.
pub(crate) fn copied(from: &Path) -> TempDir {
    let home = bare_home();
    copy(from, home.path());
    home
}

/// The template, made anew for every build and every day: the sample CRM's dates move with the day.
fn template() -> PathBuf {
    let shelf = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let lock = File::create(shelf.join("seeded.lock")).unwrap();
    lock.lock().unwrap();
    let binary = fs::metadata(BINARY).unwrap();
    let built = binary.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    let today = jiff::Timestamp::now().strftime("%F");
    let name = format!("seeded-{}-{}-{today}", binary.len(), built.as_nanos());
    let template = shelf.join(&name);
    // Seeded where it will stand, since documents are known by their place; the mark is made last.
    let whole = template.join("whole");
    if !whole.is_file() {
        let of_earlier_builds = fs::read_dir(shelf).unwrap().flatten();
        for old in
            of_earlier_builds.filter(|entry| entry.file_name().to_string_lossy().starts_with("seeded-"))
        {
            let _ = fs::remove_dir_all(old.path());
        }
        fs::create_dir_all(&template).unwrap();
        link_model(&template);
        let (code, _, said) = run(&template, &["seed"]);
        assert_eq!(code, 0, "the sample cannot be seeded: {said}");
        File::create(whole).unwrap();
    }
    template
}

fn link_model(home: &Path) {
    for part in ["runtime", "models"] {
        std::os::unix::fs::symlink(test_home().join(part), home.join(part)).unwrap();
    }
}

/// Gives a home a folder of models of its own, in which others can lie beside the test home's.
pub(crate) fn own_models(home: &Path) -> PathBuf {
    let models = home.join("models");
    fs::remove_file(&models).unwrap();
    fs::create_dir(&models).unwrap();
    for model in fs::read_dir(test_home().join("models")).unwrap().flatten() {
        std::os::unix::fs::symlink(model.path(), models.join(model.file_name())).unwrap();
    }
    models
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' own setting, made by `make test`"
)]
pub(crate) fn test_home() -> PathBuf {
    let home = std::env::var("LIAISON_TEST_HOME").expect("LIAISON_TEST_HOME: run the tests with `make test`");
    assert!(
        Path::new(&home).join("models").is_dir(),
        "{home} has no model: run `liaison --home {home} setup`"
    );
    home.into()
}

/// With `cp`, because it leaves the holes in the index's files: they are a hundred times as long as their content.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .arg("-RP")
        .arg(from.join("."))
        .arg(to)
        .status()
        .unwrap();
    assert!(copied.success(), "{} cannot be copied", from.display());
}

/// The binary in a home; of the machine's own settings it sees none.
pub(crate) fn liaison(home: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .arg("--home")
        .arg(home)
        .env("LIAISON_LOG__FILTER", "error")
        .current_dir(home);
    command
}

/// Runs a command; its exit code, its JSON (null when it printed none) and what it said on stderr.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> (i32, Value, String) {
    run_with(home, &[], arguments)
}

/// [`run`], with settings from the environment.
pub(crate) fn run_with(home: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> (i32, Value, String) {
    let mut command = liaison(home);
    command.envs(settings.iter().copied());
    let output = command.arg("--json").args(arguments).output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap_or(-1), json, stderr_of(&output))
}

/// What a command said on stderr. No command may panic, whatever a test does to it.
pub(crate) fn stderr_of(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked at"), "{said}");
    said
}
