//! Collections on a server: making them, telling which one answers.

use super::{
    Server, ask, failure,
    wire::{fields, payload},
};
use crate::{
    ModelIdentity,
    index::{
        IndexError,
        engine::{DENSE, INTEGERS, KEYWORDS, SPARSE},
    },
};
use qdrant_client::{
    Qdrant, QdrantError,
    qdrant::{
        self as q, CreateAliasBuilder, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, FieldType,
        GetPointsBuilder, IntegerIndexParamsBuilder, KeywordIndexParamsBuilder, NamedVectors, PointStruct,
        SparseVectorParamsBuilder, SparseVectorsConfigBuilder, UpsertPointsBuilder, VectorParamsBuilder,
        VectorsConfigBuilder,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// The point that says what the collection is; it has no vector and none of the fields that conditions look at.
const ABOUT: Uuid = Uuid::from_u128(0x6c69_6169_736f_6e00_8000_6162_6f75_7400);
/// The form of a point's fields.
const FORMAT: u32 = 2;
/// How long a request may take, and how long connecting.
const DEADLINE: Duration = Duration::from_secs(20);
const TO_CONNECT: Duration = Duration::from_secs(5);

/// A server or cluster, and how collections are made there.
#[derive(Clone)]
pub struct Cluster {
    /// Its gRPC address, e.g. `http://127.0.0.1:6334`.
    pub url: String,
    /// Its key, where it wants one.
    pub api_key: Option<String>,
    /// The vendor's collection; the name is an alias of the collection that answers, which is named after its model.
    pub collection: String,
    /// Shards of a new collection.
    pub shards: u32,
    /// Copies of each shard of a new collection. A write is done when all of them have it.
    pub replicas: u32,
}

/// What [`ABOUT`] says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct About {
    format: u32,
    model: ModelIdentity,
    pub(super) hidden: BTreeSet<String>,
}

impl Cluster {
    /// The model whose collection answers, if there is one.
    pub(in crate::index) async fn active(&self) -> Result<Option<ModelIdentity>, IndexError> {
        let client = self.client()?;
        let aliases = self.ask(|| client.list_aliases()).await?.aliases;
        let Some(alias) = aliases
            .into_iter()
            .find(|alias| alias.alias_name == self.collection)
        else {
            return Ok(None);
        };
        Ok(self
            .about(&client, &alias.collection_name)
            .await?
            .map(|about| about.model))
    }

    /// Opens the collection of a model, making it where there is none.
    pub(in crate::index) async fn open(&self, model: &ModelIdentity) -> Result<Server, IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        if !self.ask(|| client.collection_exists(&collection)).await? {
            self.create(&client, &collection, model).await?;
        }
        let about = match self.about(&client, &collection).await? {
            Some(about) => about,
            None => self.furnish(&client, &collection, model).await?,
        };
        let place = || format!("collection {collection} of {}", self.url);
        if about.format != FORMAT {
            return Err(IndexError::Unusable {
                place: place(),
                detail: "it was made by another version of Liaison: give another name as index.collection"
                    .into(),
            });
        }
        if about.model != *model {
            return Err(IndexError::OtherModel {
                place: place(),
                found: about.model.to_string(),
                wanted: model.to_string(),
            });
        }
        Ok(Server {
            client,
            url: self.url.clone(),
            collection,
            about,
        })
    }

    /// Makes the collection of a model the one that answers, in one step.
    pub(in crate::index) async fn activate(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        // An alias that exists is moved.
        let alias = || CreateAliasBuilder::new(collection.clone(), self.collection.clone());
        self.ask(|| client.create_alias(alias())).await?;
        Ok(())
    }

    /// Deletes the collection of a model.
    pub(in crate::index) async fn discard(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        self.ask(|| client.delete_collection(collection.clone())).await?;
        Ok(())
    }

    fn named(&self, model: &ModelIdentity) -> String {
        format!("{}-{}", self.collection, model.short_hash())
    }

    fn client(&self) -> Result<Qdrant, IndexError> {
        let client = Qdrant::from_url(&self.url)
            .api_key(self.api_key.clone())
            .timeout(DEADLINE)
            .connect_timeout(TO_CONNECT)
            .keep_alive_while_idle()
            .skip_compatibility_check()
            .build();
        client.map_err(|error| failure(&self.url, error))
    }

    async fn ask<T, F: Future<Output = Result<T, QdrantError>>>(
        &self,
        request: impl Fn() -> F,
    ) -> Result<T, IndexError> {
        ask(&self.url, request).await
    }

    async fn about(&self, client: &Qdrant, collection: &str) -> Result<Option<About>, IndexError> {
        let request = || GetPointsBuilder::new(collection, vec![ABOUT.to_string().into()]).with_payload(true);
        let found = self.ask(|| client.get_points(request())).await?.result;
        let about = found
            .into_iter()
            .next()
            .map(|point| serde_json::from_value(Value::Object(fields(point.payload))));
        about.transpose().map_err(|error| IndexError::Unusable {
            place: format!("collection {collection} of {}", self.url),
            detail: format!("what it says about itself cannot be read: {error}"),
        })
    }

    async fn create(&self, client: &Qdrant, name: &str, model: &ModelIdentity) -> Result<(), IndexError> {
        let request = || {
            let mut dense = VectorsConfigBuilder::default();
            let size = model.dimensions as u64;
            let params = VectorParamsBuilder::new(size, q::Distance::Cosine).datatype(q::Datatype::Float16);
            dense.add_named_vector_params(DENSE, params);
            let mut sparse = SparseVectorsConfigBuilder::default();
            let params = SparseVectorParamsBuilder::default().modifier(q::Modifier::Idf);
            sparse.add_named_vector_params(SPARSE, params);
            CreateCollectionBuilder::new(name)
                .vectors_config(dense)
                .sparse_vectors_config(sparse)
                .shard_number(self.shards)
                .replication_factor(self.replicas)
                // A removed passage must not be found in a copy that lags behind.
                .write_consistency_factor(self.replicas)
        };
        match self.ask(|| client.create_collection(request())).await {
            // A repeated request finds what the first one made.
            Err(_) if self.ask(|| client.collection_exists(name)).await? => Ok(()),
            done => done.map(|_| ()),
        }
    }

    /// The field indexes, then what the collection is: a collection that says so has them all.
    async fn furnish(&self, client: &Qdrant, name: &str, model: &ModelIdentity) -> Result<About, IndexError> {
        for field in KEYWORDS {
            // Points of one named partner lie together on disk.
            let params = || KeywordIndexParamsBuilder::default().is_tenant(field == "partner");
            let request = || field_index(name, field, FieldType::Keyword).field_index_params(params());
            self.ask(|| client.create_field_index(request())).await?;
        }
        for field in INTEGERS {
            let params = || IntegerIndexParamsBuilder::new(false, true);
            let request = || field_index(name, field, FieldType::Integer).field_index_params(params());
            self.ask(|| client.create_field_index(request())).await?;
        }
        let about = About {
            format: FORMAT,
            model: model.clone(),
            hidden: BTreeSet::new(),
        };
        let point = about.point()?;
        self.ask(|| client.upsert_points(UpsertPointsBuilder::new(name, vec![point.clone()]).wait(true)))
            .await?;
        Ok(about)
    }
}

fn field_index(collection: &str, field: &str, kind: FieldType) -> CreateFieldIndexCollectionBuilder {
    CreateFieldIndexCollectionBuilder::new(collection, field, kind).wait(true)
}

impl About {
    /// The same, with these editions hidden.
    pub(super) fn hiding(&self, editions: &BTreeSet<String>) -> Self {
        Self {
            hidden: editions.clone(),
            ..self.clone()
        }
    }

    pub(super) fn point(&self) -> Result<PointStruct, IndexError> {
        let said = serde_json::to_value(self).map_err(|error| IndexError::Engine(error.to_string()))?;
        Ok(PointStruct::new(
            ABOUT.to_string(),
            NamedVectors::default(),
            payload(said)?,
        ))
    }
}
