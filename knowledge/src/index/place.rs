//! Where the index of one knowledge is kept. There is a collection for each model that was ever used, and one of them
//! is active: it answers. So vectors of two models never mix, and a new model's collection can be filled while the
//! former one answers.

use super::{
    IndexError, IndexedPassage, PassageIndex,
    edge::{Edge, write_whole},
    editions::{Editions, blocking},
    server::Cluster,
};
use crate::{DocumentRecord, ModelIdentity, Passage};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where an index is kept.
#[derive(Clone)]
pub enum Place {
    /// In this process, in a folder.
    Embedded(PathBuf),
    /// On a Qdrant server or cluster.
    Cluster(Cluster),
}

/// The form of a point's fields in a folder; raised when those of the form before cannot be read.
const FORMAT: u32 = 2;
/// What a collection's folder says about it.
const LABEL: &str = "collection.json";
/// The name of the active collection's folder.
const ACTIVE: &str = "active";

#[derive(Serialize, Deserialize)]
struct Label {
    /// Those of the first form do not say.
    #[serde(default)]
    format: u32,
    #[serde(flatten)]
    model: ModelIdentity,
}

impl Place {
    /// The model whose collection answers; `None` where nothing was ever kept.
    ///
    /// # Errors
    /// When the folder cannot be read or the server does not answer.
    pub async fn active(&self) -> Result<Option<ModelIdentity>, IndexError> {
        match self {
            Self::Cluster(cluster) => cluster.active().await,
            Self::Embedded(folder) => {
                bring_up(folder).await?;
                let folder = folder.clone();
                blocking(move || active_in(&folder)).await?
            }
        }
    }

    /// Opens the collection of a model, making it where there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or holds vectors of another model in spite of its name.
    pub async fn open(&self, model: &ModelIdentity) -> Result<Arc<dyn PassageIndex>, IndexError> {
        match self {
            Self::Cluster(cluster) => {
                let server = cluster.open(model).await?;
                Ok(Arc::new(Editions::open(model.clone(), server).await?))
            }
            Self::Embedded(folder) => {
                bring_up(folder).await?;
                Ok(Arc::new(open_in(folder.join(model.slug()), model).await?))
            }
        }
    }

    /// Makes the collection of a model the one that answers, in one step.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub async fn activate(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        match self {
            Self::Cluster(cluster) => cluster.activate(model).await,
            Self::Embedded(folder) => {
                let (pointer, name) = (folder.join(ACTIVE), model.slug());
                let written = blocking(move || write_whole(&pointer, name.as_bytes(), true)).await?;
                written.map_err(|error| unusable(folder, &error))
            }
        }
    }

    /// Deletes the collection of a model that nobody has open.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn discard(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        match self {
            Self::Cluster(cluster) => cluster.discard(model).await,
            Self::Embedded(folder) => {
                let gone = folder.join(model.slug());
                let removed = blocking(move || remove(&gone)).await?;
                removed.map_err(|error| unusable(folder, &error))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(folder) => write!(f, "{}", folder.display()),
            Self::Cluster(cluster) => write!(f, "collection {} of {}", cluster.collection, cluster.url),
        }
    }
}

/// Opens the collection in a folder of its own.
async fn open_in(path: PathBuf, model: &ModelIdentity) -> Result<Editions<Edge>, IndexError> {
    let wanted = model.clone();
    let edge = blocking(move || -> Result<Edge, IndexError> {
        let label = path.join(LABEL);
        fs::create_dir_all(&path).map_err(|error| unusable(&path, &error))?;
        let fresh = !label.is_file();
        if !fresh {
            let found: Label = read_json(&label)?;
            if found.format != FORMAT {
                let detail =
                    format!("{LABEL} says it was made by another version of Liaison: ingest into a new home");
                return Err(unusable(&path, &detail));
            }
            if found.model != wanted {
                return Err(IndexError::OtherModel {
                    place: path.display().to_string(),
                    found: found.model.to_string(),
                    wanted: wanted.to_string(),
                });
            }
        }
        let edge = Edge::open(&path, wanted.dimensions)?;
        if fresh {
            let own = Label {
                format: FORMAT,
                model: wanted,
            };
            let own = serde_json::to_vec_pretty(&own).map_err(|error| unusable(&path, &error))?;
            write_whole(&label, &own, true).map_err(|error| unusable(&path, &error))?;
        }
        Ok(edge)
    })
    .await??;
    Editions::open(model.clone(), edge).await
}

fn active_in(folder: &Path) -> Result<Option<ModelIdentity>, IndexError> {
    match fs::read_to_string(folder.join(ACTIVE)) {
        Ok(name) => {
            let label: Label = read_json(&folder.join(name.trim()).join(LABEL))?;
            Ok(Some(label.model))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(folder, &error)),
    }
}

/// Brings an index of the first form, which lay in the folder itself, to the present one: with its vectors, so nothing
/// is embedded or read again. Whatever happens meanwhile, the former index is complete until the new one is.
async fn bring_up(folder: &Path) -> Result<(), IndexError> {
    let former = folder.join(LABEL);
    if !former.is_file() {
        return Ok(());
    }
    let label: Label = read_json(&former)?;
    let model = label.model;
    if !folder.join(ACTIVE).is_file() {
        tracing::warn!(index = %folder.display(), "the index is brought to the form of this version");
        let target = folder.join(model.slug());
        remove(&target).map_err(|error| unusable(folder, &error))?;
        let new = open_in(target, &model).await?;
        let (folder_, dimensions) = (folder.to_owned(), model.dimensions);
        let old = blocking(move || Edge::open(&folder_, dimensions)).await??;
        for (record, passages) in first_form(&old).await? {
            new.replace(&record, passages).await?;
        }
        new.flush().await?;
        new.optimise().await?;
        Place::Embedded(folder.to_owned()).activate(&model).await?;
    }
    let shard = folder.join("shard");
    let removed = blocking(move || fs::remove_file(&former).and_then(|()| remove(&shard))).await?;
    removed.map_err(|error| unusable(folder, &error))
}

/// The documents of an index of the first form.
async fn first_form(old: &Edge) -> Result<Vec<(DocumentRecord, Vec<IndexedPassage>)>, IndexError> {
    use super::engine::Engine;
    #[derive(Deserialize)]
    struct Body {
        record: DocumentRecord,
        passage: Passage,
    }
    let mut all = BTreeMap::new();
    for mut point in old.read(&[], true).await? {
        let body = point.fields.remove("body").unwrap_or_default();
        let Body { record, passage } = serde_json::from_value(body).map_err(|error| {
            IndexError::Engine(format!("a point of the former index cannot be read: {error}"))
        })?;
        let (_, points) = all.entry(record.id).or_insert_with(|| (record, Vec::new()));
        points.push((passage, point.dense));
    }
    let document = |(record, mut points): (DocumentRecord, Vec<(Passage, Vec<f32>)>)| {
        points.sort_by_key(|(passage, _)| passage.ordinal);
        let (passages, vectors): (Vec<Passage>, Vec<Vec<f32>>) = points.into_iter().unzip();
        let passages = IndexedPassage::of(&record, passages, vectors);
        (record, passages)
    };
    Ok(all.into_values().map(document).collect())
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, IndexError> {
    let text = fs::read(file).map_err(|error| unusable(file, &error))?;
    serde_json::from_slice(&text).map_err(|error| unusable(file, &error))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn unusable(place: &Path, detail: &impl ToString) -> IndexError {
    IndexError::Unusable {
        place: place.display().to_string(),
        detail: detail.to_string(),
    }
}
