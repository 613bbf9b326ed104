//! A stand-in for a Qdrant server: the published gRPC service on the stubs that its client ships, so the real client
//! proves the wire. It evaluates filters, cosines and BM25 with IDF as the server documents them, exactly and slowly;
//! what Liaison does not use is unimplemented.

mod collection;

use ::qdrant_client::qdrant::{
    alias_operations::Action, collections_server::Collections, collections_server::CollectionsServer,
    points_server::Points, points_server::PointsServer, *,
};
use collection::{Collection, key_of};
use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, transport::server::TcpIncoming};

/// A running server; its port closes with it.
pub(crate) struct Fake {
    url: String,
    pub(crate) state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
pub(crate) struct State {
    collections: Mutex<HashMap<String, Collection>>,
    aliases: Mutex<HashMap<String, String>>,
    /// The key that requests must bring, if any.
    key: Option<String>,
    /// Requests that will be answered with "unavailable", after they were carried out.
    pub(crate) failures: AtomicUsize,
    /// Requests that came in.
    pub(crate) requests: AtomicUsize,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        Self::with_key(None).await
    }

    pub(crate) async fn with_key(key: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            key: key.map(str::to_owned),
            ..State::default()
        });
        let service = Service(Arc::clone(&state));
        let points = PointsServer::new(service.clone());
        let points = points.accept_compressed(tonic::codec::CompressionEncoding::Gzip);
        let server = tonic::transport::Server::builder()
            .add_service(points)
            .add_service(CollectionsServer::new(service))
            .serve_with_incoming(TcpIncoming::from(listener));
        let task = tokio::spawn(async move { server.await.unwrap() });
        Self { url, state, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// Names of the collections that there are.
    pub(crate) fn collections(&self) -> Vec<String> {
        let mut names: Vec<String> = lock(&self.collections).keys().cloned().collect();
        names.sort();
        names
    }

    /// How a collection was made.
    pub(crate) fn request(&self, name: &str) -> CreateCollection {
        lock(&self.collections)[name].request.clone()
    }

    /// The fields of a collection that are indexed, and whether they tell tenants apart.
    pub(crate) fn indexes(&self, name: &str) -> Vec<(String, bool)> {
        let mut fields: Vec<_> = lock(&self.collections)[name]
            .indexes
            .clone()
            .into_iter()
            .collect();
        fields.sort();
        fields
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

#[derive(Clone)]
struct Service(Arc<State>);

type Answer<T> = Result<Response<T>, Status>;

impl Service {
    /// Carries out a request, unless its key is wrong; says "unavailable" afterwards if that was asked for.
    fn serve<I, O>(
        &self,
        request: Request<I>,
        work: impl FnOnce(&State, I) -> Result<O, Status>,
    ) -> Answer<O> {
        let state = &*self.0;
        state.requests.fetch_add(1, SeqCst);
        let key = request
            .metadata()
            .get("api-key")
            .and_then(|key| key.to_str().ok());
        if state.key.is_some() && key != state.key.as_deref() {
            return Err(Status::unauthenticated(
                "Must provide an API key or an Authorization bearer token",
            ));
        }
        let done = work(state, request.into_inner())?;
        let fails = state
            .failures
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
            .is_ok();
        if fails {
            return Err(Status::unavailable("the node is going down"));
        }
        Ok(Response::new(done))
    }

    /// The same on a collection, which may be named by its alias.
    fn on<I, O>(
        &self,
        request: Request<I>,
        name: fn(&I) -> &str,
        work: impl FnOnce(&mut Collection, I) -> Result<O, Status>,
    ) -> Answer<O> {
        self.serve(request, |state, request| {
            let aliases = lock(&state.aliases);
            let named = name(&request);
            let named = aliases.get(named).map_or(named, String::as_str).to_owned();
            let mut all = lock(&state.collections);
            let collection = all.get_mut(&named);
            let absent = || Status::not_found(format!("Not found: Collection `{named}` doesn't exist!"));
            work(collection.ok_or_else(absent)?, request)
        })
    }
}

fn written() -> PointsOperationResponse {
    PointsOperationResponse {
        result: Some(UpdateResult {
            operation_id: Some(1),
            status: UpdateStatus::Completed as i32,
        }),
        ..PointsOperationResponse::default()
    }
}

/// Every other method of the service.
macro_rules! unimplemented {
    ($($name:ident($in:ty) -> $out:ty;)*) => { $(
        fn $name<'l, 'a>(&'l self, _: Request<$in>) -> Pin<Box<dyn Future<Output = Answer<$out>> + Send + 'a>>
        where
            'l: 'a,
            Self: 'a,
        {
            Box::pin(async { Err(Status::unimplemented(stringify!($name))) })
        }
    )* };
}

#[tonic::async_trait]
impl Points for Service {
    async fn upsert(&self, request: Request<UpsertPoints>) -> Answer<PointsOperationResponse> {
        // Long enough that a change can be interrupted.
        tokio::time::sleep(Duration::from_micros(500)).await;
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                assert_eq!(request.wait, Some(true), "a write that nobody waits for");
                for point in request.points {
                    collection.upsert(point)?;
                }
                Ok(written())
            },
        )
    }

    async fn delete(&self, request: Request<DeletePoints>) -> Answer<PointsOperationResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                assert_eq!(request.wait, Some(true), "a write that nobody waits for");
                match request.points.and_then(|points| points.points_selector_one_of) {
                    Some(points_selector::PointsSelectorOneOf::Filter(filter)) => {
                        collection.delete(&filter)?;
                    }
                    other => return Err(Status::invalid_argument(format!("delete {other:?}"))),
                }
                Ok(written())
            },
        )
    }

    async fn get(&self, request: Request<GetPoints>) -> Answer<GetResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                let ids: Vec<_> = request.ids.iter().map(key_of).collect::<Result<_, _>>()?;
                // The server promises no order.
                let found = ids
                    .into_iter()
                    .rev()
                    .filter_map(|id| collection.retrieve(id, false));
                Ok(GetResponse {
                    result: found.collect(),
                    ..GetResponse::default()
                })
            },
        )
    }

    async fn query(&self, request: Request<QueryPoints>) -> Answer<QueryResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                Ok(QueryResponse {
                    result: collection.query(request)?,
                    ..QueryResponse::default()
                })
            },
        )
    }

    async fn scroll(&self, request: Request<ScrollPoints>) -> Answer<ScrollResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| collection.scroll(&request),
        )
    }

    async fn count(&self, request: Request<CountPoints>) -> Answer<CountResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                let count = collection.matching(request.filter.as_ref())?.len() as u64;
                Ok(CountResponse {
                    result: Some(CountResult { count }),
                    ..CountResponse::default()
                })
            },
        )
    }

    async fn facet(&self, request: Request<FacetCounts>) -> Answer<FacetResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| collection.facet(&request),
        )
    }

    async fn create_field_index(
        &self,
        request: Request<CreateFieldIndexCollection>,
    ) -> Answer<PointsOperationResponse> {
        self.on(
            request,
            |r| &r.collection_name,
            |collection, request| {
                collection.index(request);
                Ok(written())
            },
        )
    }

    unimplemented! {
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        query_groups(QueryPointGroups) -> QueryGroupsResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}

fn changed() -> CollectionOperationResponse {
    CollectionOperationResponse {
        result: true,
        time: 0.0,
    }
}

#[tonic::async_trait]
impl Collections for Service {
    async fn create(&self, request: Request<CreateCollection>) -> Answer<CollectionOperationResponse> {
        self.serve(request, |state, request| {
            let mut all = lock(&state.collections);
            let name = request.collection_name.clone();
            if all.contains_key(&name) || lock(&state.aliases).contains_key(&name) {
                return Err(Status::already_exists(format!(
                    "Collection `{name}` already exists!"
                )));
            }
            all.insert(name, Collection::new(request)?);
            Ok(changed())
        })
    }

    async fn collection_exists(
        &self,
        request: Request<CollectionExistsRequest>,
    ) -> Answer<CollectionExistsResponse> {
        self.serve(request, |state, request| {
            let exists = lock(&state.collections).contains_key(&request.collection_name);
            Ok(CollectionExistsResponse {
                result: Some(CollectionExists { exists }),
                time: 0.0,
            })
        })
    }

    async fn delete(&self, request: Request<DeleteCollection>) -> Answer<CollectionOperationResponse> {
        self.serve(request, |state, request| {
            lock(&state.collections).remove(&request.collection_name);
            lock(&state.aliases).retain(|_, collection| *collection != request.collection_name);
            Ok(changed())
        })
    }

    async fn update_aliases(&self, request: Request<ChangeAliases>) -> Answer<CollectionOperationResponse> {
        self.serve(request, |state, request| {
            for action in request.actions {
                let Some(Action::CreateAlias(alias)) = action.action else {
                    return Err(Status::unimplemented("only aliases are created"));
                };
                if !lock(&state.collections).contains_key(&alias.collection_name) {
                    return Err(Status::not_found(format!(
                        "no collection `{}`",
                        alias.collection_name
                    )));
                }
                lock(&state.aliases).insert(alias.alias_name, alias.collection_name);
            }
            Ok(changed())
        })
    }

    async fn list_aliases(&self, request: Request<ListAliasesRequest>) -> Answer<ListAliasesResponse> {
        self.serve(request, |state, _| {
            let describe = |(alias, collection): (&String, &String)| AliasDescription {
                alias_name: alias.clone(),
                collection_name: collection.clone(),
            };
            let aliases = lock(&state.aliases).iter().map(describe).collect();
            Ok(ListAliasesResponse { aliases, time: 0.0 })
        })
    }

    unimplemented! {
        get(GetCollectionInfoRequest) -> GetCollectionInfoResponse;
        list(ListCollectionsRequest) -> ListCollectionsResponse;
        update(UpdateCollection) -> CollectionOperationResponse;
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest)
            -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}
