//! The label of an index: which model its vectors come from, and in which form its points are.

use super::{IndexError, Opening};
use crate::ModelIdentity;
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};

/// The form of a point's fields; raised when an index of the form before cannot be used.
const FORMAT: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Label {
    /// Indexes of the first form do not say.
    #[serde(default)]
    format: u32,
    #[serde(flatten)]
    model: ModelIdentity,
}

/// Checks that the labelled index can be read, and was made with the model that wants to use it: vectors of two
/// models do not mix.
pub(super) fn check(label: &Path, opening: &Opening) -> Result<(), IndexError> {
    let unusable = |detail: String| IndexError::Unusable {
        path: opening.path.clone(),
        detail,
    };
    let text = fs::read(label).map_err(|error| unusable(error.to_string()))?;
    let found: Label =
        serde_json::from_slice(&text).map_err(|error| unusable(format!("collection.json: {error}")))?;
    if found.format != FORMAT {
        return Err(unusable(
            "it was made by another version of Liaison: ingest into a new home".to_owned(),
        ));
    }
    let found = found.model;
    if found == opening.model {
        return Ok(());
    }
    let name = |model: &ModelIdentity| {
        format!(
            "{} ({})",
            model.name,
            model.sha256.get(..12).unwrap_or(&model.sha256)
        )
    };
    Err(IndexError::OtherModel {
        path: opening.path.clone(),
        found: name(&found),
        wanted: name(&opening.model),
    })
}

/// Labels an index, in one step.
pub(super) fn write(label: &Path, opening: &Opening) -> io::Result<()> {
    let draft = label.with_extension("tmp");
    let own = Label {
        format: FORMAT,
        model: opening.model.clone(),
    };
    fs::write(&draft, serde_json::to_vec_pretty(&own)?)?;
    fs::rename(draft, label)
}
