//! From the index of a former model to that of the present one, while questions are answered.
//!
//! Vectors of two models cannot be compared, and the former model is not at hand. So until the new index is filled, the
//! former one answers by words alone. What is removed or described anew is so in both at once; what is to be written
//! waits, as it needs the new index.

use super::{
    Hit, IndexError, IndexedPassage, PassageIndex, Place, Query, Stored, Vector,
    transfer::{TransferError, transfer},
};
use crate::{DocumentId, DocumentRecord, Embedder, ModelIdentity, PassageId, View};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::{RwLock, watch};

/// How often it is looked whether the last search of the former index has ended.
const LAST_SEARCH: Duration = Duration::from_millis(20);

/// An index that takes the place of one with vectors of another model.
pub struct Succession {
    place: Place,
    embedder: Arc<dyn Embedder>,
    /// `None` once the new index answers.
    former: watch::Sender<Option<Arc<dyn PassageIndex>>>,
    new: Arc<dyn PassageIndex>,
    /// Small changes read it; it is written when the new index has caught up with all of them.
    turn: RwLock<()>,
}

impl Succession {
    /// Of the collection of `former` in `place` by one with vectors of `embedder`.
    ///
    /// # Errors
    /// When one of the two collections cannot be opened.
    pub async fn open(
        place: Place,
        former: &ModelIdentity,
        embedder: Arc<dyn Embedder>,
    ) -> Result<Self, IndexError> {
        let former = place.open(former).await?;
        let new = place.open(embedder.identity()).await?;
        Ok(Self {
            place,
            embedder,
            former: watch::Sender::new(Some(former)),
            new,
            turn: RwLock::new(()),
        })
    }

    /// Fills the new index, lets it answer, and deletes the former one. What an earlier attempt wrote is used.
    /// `told` hears how many documents are done, of how many.
    ///
    /// # Errors
    /// When an index or the model fails; the former index goes on answering, and calling this again is safe.
    pub async fn run(&self, told: impl Fn(usize, usize) + Sync) -> Result<(), TransferError> {
        let Some(former) = self.former() else {
            return Ok(());
        };
        let catch_up = |told| transfer(&*former, &*self.new, Some(Arc::clone(&self.embedder)), told);
        match catch_up(&told as &(dyn Fn(usize, usize) + Sync)).await {
            // Something was changed meanwhile.
            Ok(_) | Err(TransferError::Differs(_)) => {}
            Err(error) => return Err(error),
        }
        let turn = self.turn.write().await;
        catch_up(&|_, _| {}).await?;
        self.place.activate(self.new.model()).await?;
        self.former.send_replace(None);
        drop(turn);
        while Arc::strong_count(&former) > 1 {
            tokio::time::sleep(LAST_SEARCH).await;
        }
        let model = former.model().clone();
        drop(former);
        Ok(self.place.discard(&model).await?)
    }

    fn former(&self) -> Option<Arc<dyn PassageIndex>> {
        self.former.borrow().clone()
    }

    /// The index that answers now.
    fn answering(&self) -> Arc<dyn PassageIndex> {
        self.former().unwrap_or_else(|| Arc::clone(&self.new))
    }
}

#[async_trait]
impl PassageIndex for Succession {
    fn model(&self) -> &ModelIdentity {
        self.new.model()
    }

    async fn replace(
        &self,
        record: &DocumentRecord,
        passages: Vec<IndexedPassage>,
    ) -> Result<(), IndexError> {
        let closed = || IndexError::Engine("the index was closed while it was made anew".to_owned());
        let mut former = self.former.subscribe();
        former.wait_for(Option::is_none).await.map_err(|_| closed())?;
        self.new.replace(record, passages).await
    }

    async fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError> {
        let _turn = self.turn.read().await;
        if let Some(former) = self.former() {
            former.relabel(record).await?;
        }
        self.new.relabel(record).await
    }

    async fn remove(&self, document: DocumentId) -> Result<(), IndexError> {
        let _turn = self.turn.read().await;
        if let Some(former) = self.former() {
            former.remove(document).await?;
        }
        self.new.remove(document).await
    }

    async fn search(&self, query: &Query<'_>, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let Some(former) = self.former() else {
            return self.new.search(query, limit).await;
        };
        let words_only = Query {
            vector: Vector::ready([]),
            ..query.clone()
        };
        former.search(&words_only, limit).await
    }

    async fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError> {
        self.answering().passage(id, view).await
    }

    async fn passages(&self, documents: &[DocumentId]) -> Result<Vec<Arc<Stored>>, IndexError> {
        self.answering().passages(documents).await
    }

    /// With vectors of the new model; nothing for a document that has none yet.
    async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, IndexError> {
        self.new.contents(document).await
    }

    async fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, IndexError> {
        self.answering().documents().await
    }

    async fn count(&self) -> Result<usize, IndexError> {
        self.answering().count().await
    }

    async fn flush(&self) -> Result<(), IndexError> {
        if let Some(former) = self.former() {
            former.flush().await?;
        }
        self.new.flush().await
    }

    async fn warm_up(&self) -> Result<(), IndexError> {
        self.answering().warm_up().await
    }

    async fn optimise(&self) -> Result<(), IndexError> {
        self.new.optimise().await
    }
}
