//! A PostgreSQL server of a test's own, from what is installed on the machine.

use sqlx::{PgPool, postgres::PgConnectOptions};
use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Who runs the server where the tests are run by root, as whom it refuses to run: `nobody`.
const NOBODY: u32 = 65_534;

/// A running server with an empty database.
pub(crate) struct Postgres {
    folder: TempDir,
    server: Child,
}

impl Postgres {
    /// Starts one; nothing, and a word about it, where none is installed.
    pub(crate) async fn start() -> Option<(Self, PgPool)> {
        let Some(programs) = programs() else {
            eprintln!("SKIPPED: no PostgreSQL is installed, so nothing was tried on it");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let by_root = is_root(folder.path());
        let mut made = as_nobody(&programs.join("initdb"), by_root);
        made.args([
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--pgdata",
        ]);
        let made = made.arg(&data).output().unwrap();
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        // No port: a socket in a folder of its own, so that tests side by side do not meet.
        let mut server = as_nobody(&programs.join("postgres"), by_root);
        server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "", "-c", "fsync=off"]);
        let server = server.spawn().unwrap();
        let options = PgConnectOptions::new()
            .socket(folder.path())
            .username("postgres")
            .database("postgres");
        let began = Instant::now();
        let pool = loop {
            match PgPool::connect_with(options.clone()).await {
                Ok(pool) => break pool,
                Err(error) => assert!(began.elapsed() < Duration::from_secs(30), "PostgreSQL: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        Some((Self { folder, server }, pool))
    }

    /// Its address, as the settings take it.
    pub(crate) fn url(&self) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}/postgres")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where `initdb` and `postgres` are: on the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let found = Command::new("sh")
        .args(["-c", "dirname \"$(readlink -f \"$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | tail -n 1)\")\""])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let folder = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
    folder.join("initdb").is_file().then_some(folder)
}

/// Whether the tests are run by root; if so, gives the folder to nobody.
fn is_root(folder: &Path) -> bool {
    chown(folder, Some(NOBODY), Some(NOBODY)).is_ok()
}

fn as_nobody(program: &Path, by_root: bool) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .current_dir("/");
    if by_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
