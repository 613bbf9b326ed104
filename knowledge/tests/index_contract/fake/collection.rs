//! A collection of the stand-in: points in memory, and what a filter and a score are.

use ::qdrant_client::qdrant::{
    condition::ConditionOneOf, facet_value, r#match::MatchValue, payload_index_params,
    point_id::PointIdOptions, query, vector, vector_input, vector_output, vectors, vectors_config,
    vectors_output, *,
};
use half::f16;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};
use tonic::Status;
use uuid::Uuid;

pub(super) struct Collection {
    pub(super) request: CreateCollection,
    /// Fields with an index, and whether they tell tenants apart.
    pub(super) indexes: HashMap<String, bool>,
    dense: HashMap<String, Dense>,
    points: BTreeMap<Uuid, Kept>,
}

/// What dense vectors of a name are like.
struct Dense {
    dimensions: usize,
    /// Kept, and compared, in half precision.
    half: bool,
}

struct Kept {
    payload: Map<String, Json>,
    /// Of unit length.
    dense: HashMap<String, Vec<f32>>,
    sparse: HashMap<String, HashMap<u32, f32>>,
}

fn bad(what: impl Into<String>) -> Status {
    Status::invalid_argument(what)
}

pub(super) fn key_of(id: &PointId) -> Result<Uuid, Status> {
    match &id.point_id_options {
        Some(PointIdOptions::Uuid(id)) => Uuid::parse_str(id).map_err(|_| bad("Unable to parse UUID")),
        other => Err(bad(format!("point id {other:?}"))),
    }
}

impl Collection {
    pub(super) fn new(request: CreateCollection) -> Result<Self, Status> {
        let Some(vectors_config::Config::ParamsMap(dense)) =
            request.vectors_config.clone().and_then(|config| config.config)
        else {
            return Err(bad("the vectors are not named"));
        };
        let idf = request
            .sparse_vectors_config
            .iter()
            .flat_map(|config| config.map.values());
        if idf
            .clone()
            .any(|params| params.modifier != Some(Modifier::Idf as i32))
        {
            return Err(Status::unimplemented("sparse vectors without IDF"));
        }
        let dense = dense.map.into_iter().map(|(name, params)| {
            let kind = Dense {
                dimensions: usize::try_from(params.size).unwrap(),
                half: params.datatype == Some(Datatype::Float16 as i32),
            };
            (name, kind)
        });
        let dense = dense.collect();
        Ok(Self {
            request,
            indexes: HashMap::new(),
            dense,
            points: BTreeMap::new(),
        })
    }

    pub(super) fn index(&mut self, request: CreateFieldIndexCollection) {
        let tenant = match request.field_index_params.and_then(|params| params.index_params) {
            Some(payload_index_params::IndexParams::KeywordIndexParams(params)) => {
                params.is_tenant == Some(true)
            }
            _ => false,
        };
        self.indexes.insert(request.field_name, tenant);
    }

    pub(super) fn upsert(&mut self, point: PointStruct) -> Result<(), Status> {
        let id = key_of(&point.id.ok_or_else(|| bad("Empty ID is not allowed"))?)?;
        let Some(vectors::VectorsOptions::Vectors(named)) = point.vectors.and_then(|v| v.vectors_options)
        else {
            return Err(bad("Expected some vectors"));
        };
        let mut kept = Kept {
            payload: point
                .payload
                .into_iter()
                .map(|(name, value)| (name, value.into_json()))
                .collect(),
            dense: HashMap::new(),
            sparse: HashMap::new(),
        };
        for (name, vector) in named.vectors {
            match vector.vector {
                Some(vector::Vector::Dense(vector)) => {
                    let kind = self.dense.get(&name);
                    let Some(kind) = kind.filter(|kind| kind.dimensions == vector.data.len()) else {
                        return Err(bad(format!("Wrong input: Vector dimension error: {name}")));
                    };
                    kept.dense.insert(name, kind.unit(vector.data));
                }
                Some(vector::Vector::Sparse(vector)) => {
                    kept.sparse
                        .insert(name, vector.indices.into_iter().zip(vector.values).collect());
                }
                other => return Err(bad(format!("vector {other:?}"))),
            }
        }
        self.points.insert(id, kept);
        Ok(())
    }

    pub(super) fn delete(&mut self, filter: &Filter) -> Result<(), Status> {
        for id in self.matching(Some(filter))? {
            self.points.remove(&id);
        }
        Ok(())
    }

    /// The points that satisfy a filter, in the order of their ids.
    pub(super) fn matching(&self, filter: Option<&Filter>) -> Result<Vec<Uuid>, Status> {
        let mut found = Vec::new();
        for (id, kept) in &self.points {
            if filter.map_or(Ok(true), |filter| self.satisfies(*id, kept, filter))? {
                found.push(*id);
            }
        }
        Ok(found)
    }

    fn satisfies(&self, id: Uuid, kept: &Kept, filter: &Filter) -> Result<bool, Status> {
        if !filter.should.is_empty() || filter.min_should.is_some() {
            return Err(Status::unimplemented("should"));
        }
        for condition in &filter.must {
            if !self.holds(id, kept, condition)? {
                return Ok(false);
            }
        }
        for condition in &filter.must_not {
            if self.holds(id, kept, condition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn holds(&self, id: Uuid, kept: &Kept, condition: &Condition) -> Result<bool, Status> {
        let field = match &condition.condition_one_of {
            Some(ConditionOneOf::HasId(ids)) => {
                let ids: Vec<_> = ids.has_id.iter().map(key_of).collect::<Result<_, _>>()?;
                return Ok(ids.contains(&id));
            }
            Some(ConditionOneOf::Field(field)) => field,
            other => return Err(Status::unimplemented(format!("condition {other:?}"))),
        };
        // A filter on a field without an index is slow, and refused in strict mode.
        if !self.indexes.contains_key(&field.key) {
            return Err(bad(format!("Index required but not found for \"{}\"", field.key)));
        }
        let values = match kept.payload.get(&field.key) {
            Some(Json::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        if let Some(MatchValue::Keywords(wanted)) =
            field.r#match.as_ref().and_then(|m| m.match_value.as_ref())
        {
            let is_wanted = |value: &Json| {
                value
                    .as_str()
                    .is_some_and(|value| wanted.strings.iter().any(|w| w == value))
            };
            return Ok(values.iter().any(is_wanted));
        }
        let Some(range) = &field.range else {
            return Err(Status::unimplemented(format!("condition {field:?}")));
        };
        let within = |value: f64| {
            range.gt.is_none_or(|than| value > than)
                && range.gte.is_none_or(|than| value >= than)
                && range.lt.is_none_or(|than| value < than)
                && range.lte.is_none_or(|than| value <= than)
        };
        Ok(values.iter().filter_map(Json::as_f64).any(within))
    }

    pub(super) fn query(&self, request: QueryPoints) -> Result<Vec<ScoredPoint>, Status> {
        let Some(query::Variant::Nearest(nearest)) = request.query.and_then(|query| query.variant) else {
            return Err(Status::unimplemented("only the nearest are found"));
        };
        let using = request.using.unwrap_or_default();
        let mut found = Vec::new();
        match nearest.variant {
            Some(vector_input::Variant::Dense(query)) => {
                let kind = self.dense.get(&using);
                let kind = kind.ok_or_else(|| bad(format!("Not existing vector name error: {using}")))?;
                let query = kind.unit(query.data);
                for id in self.matching(request.filter.as_ref())? {
                    if let Some(own) = self.points[&id].dense.get(&using) {
                        found.push((id, query.iter().zip(own).map(|(a, b)| a * b).sum::<f32>()));
                    }
                }
            }
            Some(vector_input::Variant::Sparse(query)) => {
                let weights = self.weighted(&using, query);
                for id in self.matching(request.filter.as_ref())? {
                    let Some(own) = self.points[&id].sparse.get(&using) else {
                        continue;
                    };
                    let shared: Vec<f32> = weights
                        .iter()
                        .filter_map(|(term, weight)| Some(weight * own.get(term)?))
                        .collect();
                    if !shared.is_empty() {
                        found.push((id, shared.iter().sum()));
                    }
                }
            }
            other => return Err(Status::unimplemented(format!("{other:?}"))),
        }
        found.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
        found.truncate(usize::try_from(request.limit.unwrap_or(10)).unwrap());
        let scored = |(id, score): (Uuid, f32)| ScoredPoint {
            id: Some(id.to_string().into()),
            score,
            ..ScoredPoint::default()
        };
        Ok(found.into_iter().map(scored).collect())
    }

    /// A query's terms, each weighted by how rare it is among all points that have such a vector.
    #[allow(clippy::cast_precision_loss)] // a handful of points
    fn weighted(&self, using: &str, query: SparseVector) -> Vec<(u32, f32)> {
        let all: Vec<_> = self
            .points
            .values()
            .filter_map(|kept| kept.sparse.get(using))
            .collect();
        let count = all.len() as f32;
        let weighted = |(term, weight): (u32, f32)| {
            let with = all.iter().filter(|vector| vector.contains_key(&term)).count() as f32;
            (term, weight * ((count - with + 0.5) / (with + 0.5) + 1.0).ln())
        };
        query
            .indices
            .into_iter()
            .zip(query.values)
            .map(weighted)
            .collect()
    }

    pub(super) fn scroll(&self, request: &ScrollPoints) -> Result<ScrollResponse, Status> {
        let from = request.offset.as_ref().map(key_of).transpose()?;
        let mut found = self.matching(request.filter.as_ref())?;
        found.retain(|id| from.is_none_or(|from| *id >= from));
        let limit = usize::try_from(request.limit.unwrap_or(10)).unwrap();
        let next = found.get(limit).map(|id| id.to_string().into());
        found.truncate(limit);
        let enabled = |selector: &with_vectors_selector::SelectorOptions| {
            matches!(selector, with_vectors_selector::SelectorOptions::Enable(true))
        };
        let vectors = request
            .with_vectors
            .as_ref()
            .and_then(|with| with.selector_options.as_ref())
            .is_some_and(enabled);
        Ok(ScrollResponse {
            next_page_offset: next,
            result: found
                .into_iter()
                .filter_map(|id| self.retrieve(id, vectors))
                .collect(),
            ..ScrollResponse::default()
        })
    }

    pub(super) fn facet(&self, request: &FacetCounts) -> Result<FacetResponse, Status> {
        if !self.indexes.contains_key(&request.key) {
            return Err(bad(format!("a facet needs an index on {}", request.key)));
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for id in self.matching(request.filter.as_ref())? {
            if let Some(value) = self.points[&id].payload.get(&request.key).and_then(Json::as_str) {
                *counts.entry(value.to_owned()).or_default() += 1;
            }
        }
        let hit = |(value, count)| FacetHit {
            value: Some(FacetValue {
                variant: Some(facet_value::Variant::StringValue(value)),
            }),
            count,
        };
        let limit = usize::try_from(request.limit.unwrap_or(10)).unwrap();
        Ok(FacetResponse {
            hits: counts.into_iter().map(hit).take(limit).collect(),
            ..FacetResponse::default()
        })
    }

    pub(super) fn retrieve(&self, id: Uuid, with_vectors: bool) -> Option<RetrievedPoint> {
        let kept = self.points.get(&id)?;
        let dense = kept.dense.iter().map(|(name, vector)| {
            let vector = DenseVector { data: vector.clone() };
            (name.clone(), vector_output::Vector::Dense(vector))
        });
        let sparse = kept.sparse.iter().map(|(name, vector)| {
            let (indices, values) = vector.iter().map(|(term, weight)| (*term, *weight)).unzip();
            (
                name.clone(),
                vector_output::Vector::Sparse(SparseVector { values, indices }),
            )
        });
        let named = dense.chain(sparse).map(|(name, vector)| {
            let output = VectorOutput {
                vector: Some(vector),
                ..VectorOutput::default()
            };
            (name, output)
        });
        let vectors = with_vectors.then(|| VectorsOutput {
            vectors_options: Some(vectors_output::VectorsOptions::Vectors(NamedVectorsOutput {
                vectors: named.collect(),
            })),
        });
        let payload = kept
            .payload
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()));
        Some(RetrievedPoint {
            id: Some(id.to_string().into()),
            payload: payload.collect(),
            vectors,
            ..RetrievedPoint::default()
        })
    }
}

impl Dense {
    /// A vector of unit length, as it is kept.
    fn unit(&self, vector: Vec<f32>) -> Vec<f32> {
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        let rounded = |x: f32| if self.half { f16::from_f32(x).to_f32() } else { x };
        vector.into_iter().map(|x| rounded(x / length)).collect()
    }
}
