//! The label of an index: which model its vectors come from.

use super::{IndexError, Opening};
use std::{fs, io, path::Path};

/// Checks that the labelled index was made with the model that wants to use it: vectors of two models do not mix.
pub(super) fn check(label: &Path, opening: &Opening) -> Result<(), IndexError> {
    let unusable = |detail: String| IndexError::Unusable {
        path: opening.path.clone(),
        detail,
    };
    let text = fs::read(label).map_err(|error| unusable(error.to_string()))?;
    let found: crate::ModelIdentity =
        serde_json::from_slice(&text).map_err(|error| unusable(format!("collection.json: {error}")))?;
    if found == opening.model {
        return Ok(());
    }
    let name = |model: &crate::ModelIdentity| {
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
    fs::write(&draft, serde_json::to_vec_pretty(&opening.model)?)?;
    fs::rename(draft, label)
}
