//! The part of the ONNX file format that the embedding model needs: the protobuf messages, with the numbers of
//! `onnx.proto`, and a [`Graph`] to fill them. Written once at set-up; ONNX Runtime reads it.

use prost::Message;

/// Operators that ONNX Runtime has beyond the standard.
const MICROSOFT: &str = "com.microsoft";
/// Element types of tensors.
pub(super) const FLOAT: i32 = 1;
pub(super) const UINT8: i32 = 2;
const INT8: i32 = 3;
pub(super) const INT32: i32 = 6;
const INT64: i32 = 7;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(string, tag = "2")]
    producer_name: String,
    #[prost(string, tag = "6")]
    doc_string: String,
    #[prost(message, optional, tag = "7")]
    pub(super) graph: Option<GraphMessage>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSet>,
}

#[derive(Clone, PartialEq, Message)]
struct OperatorSet {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct GraphMessage {
    #[prost(message, repeated, tag = "1")]
    pub(super) node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub(super) input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(super) output: Vec<String>,
    #[prost(string, tag = "4")]
    pub(super) op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
    #[prost(string, tag = "7")]
    domain: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(float, optional, tag = "2")]
    f: Option<f32>,
    #[prost(int64, optional, tag = "3")]
    i: Option<i64>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    kind: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub(super) dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    pub(super) name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub(super) raw_data: Vec<u8>,
    /// Where its content is instead, if `data_location` says so: the file, the offset, the length.
    #[prost(message, repeated, tag = "13")]
    pub(super) external_data: Vec<Entry>,
    #[prost(int32, tag = "14")]
    pub(super) data_location: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Entry {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

#[derive(Clone, PartialEq, Message)]
struct ValueInfo {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    kind: Option<ValueType>,
}

#[derive(Clone, PartialEq, Message)]
struct ValueType {
    #[prost(message, optional, tag = "1")]
    tensor: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    element: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dimension: Vec<Dimension>,
}

#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, optional, tag = "1")]
    value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
}

impl Attribute {
    pub(super) fn float(name: &str, value: f32) -> Self {
        Self {
            name: name.into(),
            f: Some(value),
            kind: 1,
            ..Self::default()
        }
    }

    pub(super) fn integer(name: &str, value: i64) -> Self {
        Self {
            name: name.into(),
            i: Some(value),
            kind: 2,
            ..Self::default()
        }
    }

    pub(super) fn integers(name: &str, values: &[i64]) -> Self {
        Self {
            name: name.into(),
            ints: values.to_vec(),
            kind: 7,
            ..Self::default()
        }
    }
}

/// What a constant may consist of.
pub(super) trait Element: Copy {
    const TYPE: i32;
    fn extend(self, bytes: &mut Vec<u8>);
}

macro_rules! element {
    ($($type:ty => $number:expr),*) => {
        $(impl Element for $type {
            const TYPE: i32 = $number;
            fn extend(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        })*
    };
}
element!(f32 => FLOAT, u8 => UINT8, i8 => INT8, i64 => INT64);

/// A graph under construction. Values are known by name; a node is named after its operator and its place.
#[derive(Default)]
pub(super) struct Graph {
    message: GraphMessage,
}

impl Graph {
    /// A matrix of int64 with a row for each text and a column for each token, given at every run.
    pub(super) fn input(&mut self, name: &str) {
        let described = value(name, INT64, &[None, None]);
        self.message.input.push(described);
    }

    /// A constant. One of this name that is already there is taken instead.
    pub(super) fn constant<T: Element>(&mut self, name: &str, shape: &[usize], values: &[T]) -> String {
        if !self.message.initializer.iter().any(|known| known.name == name) {
            let mut raw_data = Vec::with_capacity(size_of_val(values));
            for &value in values {
                value.extend(&mut raw_data);
            }
            self.message.initializer.push(Tensor {
                dims: shape.iter().map(|&length| length as i64).collect(),
                data_type: T::TYPE,
                name: name.into(),
                raw_data,
                ..Tensor::default()
            });
        }
        name.into()
    }

    /// A node of the standard with one output; its name is returned.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let [output] = self.add("", operator, inputs, attributes);
        output
    }

    /// A node of ONNX Runtime's own operators with one output; its name is returned.
    pub(super) fn fused(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let [output] = self.add(MICROSOFT, operator, inputs, attributes);
        output
    }

    /// What matrix products in integers want: the input as bytes, their scale and their zero.
    pub(super) fn quantized(&mut self, input: &str) -> [String; 3] {
        self.add("", "DynamicQuantizeLinear", &[input], vec![])
    }

    fn add<const OUTPUTS: usize>(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        attribute: Vec<Attribute>,
    ) -> [String; OUTPUTS] {
        let place = self.message.node.len();
        let outputs = std::array::from_fn(|index| format!("{operator}_{place}_{index}"));
        self.message.node.push(Node {
            input: inputs.iter().map(|&name| name.into()).collect(),
            output: outputs.to_vec(),
            op_type: operator.into(),
            attribute,
            domain: domain.into(),
        });
        outputs
    }

    /// The files: this graph, with one output of `width` floats for each token of each text, and its weights.
    pub(super) fn files(mut self, result: &str, output: &str, width: usize, about: &str) -> Files {
        let weights = self.outsourced();
        self.message.node.push(Node {
            input: vec![result.into()],
            output: vec![output.into()],
            op_type: "Identity".into(),
            ..Node::default()
        });
        self.message
            .output
            .push(value(output, FLOAT, &[None, None, Some(width)]));
        self.message.name = "bert".into();
        let operators = |domain: &str, version| OperatorSet {
            domain: domain.into(),
            version,
        };
        let model = Model {
            ir_version: 8,
            producer_name: "liaison setup".into(),
            doc_string: about.into(),
            graph: Some(self.message),
            opset_import: vec![operators("", 17), operators(MICROSOFT, 1)],
        };
        Files {
            graph: model.encode_to_vec(),
            weights,
        }
    }

    /// Moves the content of all but the smallest constants into a file of its own.
    fn outsourced(&mut self) -> Vec<u8> {
        let mut weights = Vec::new();
        let large = |constant: &&mut Tensor| constant.raw_data.len() >= LARGE;
        for constant in self.message.initializer.iter_mut().filter(large) {
            weights.resize(weights.len().next_multiple_of(PAGE), 0);
            let content = std::mem::take(&mut constant.raw_data);
            let entries = [
                ("location", WEIGHTS.to_owned()),
                ("offset", weights.len().to_string()),
                ("length", content.len().to_string()),
            ];
            constant.external_data = entries
                .map(|(key, value)| Entry {
                    key: key.into(),
                    value,
                })
                .into();
            constant.data_location = EXTERNAL;
            weights.extend(content);
        }
        weights
    }
}

/// A model in two files: ONNX Runtime maps weights that lie outside of the graph into memory, once for all
/// sessions, where it would read and copy those inside for each. That is 35 MB less for each session.
#[derive(Debug, PartialEq)]
pub(super) struct Files {
    pub(super) graph: Vec<u8>,
    pub(super) weights: Vec<u8>,
}

/// The name of the second file, which the first one holds.
const WEIGHTS: &str = "model.onnx.data";
/// Constants of fewer bytes stay in the graph.
const LARGE: usize = 1024;
/// Where a mapping may start.
const PAGE: usize = 4096;
/// The data location of `onnx.proto`.
const EXTERNAL: i32 = 1;

/// The type of an input or output; the first two lengths are the batch and the tokens.
fn value(name: &str, element: i32, lengths: &[Option<usize>]) -> ValueInfo {
    let dimension = lengths
        .iter()
        .zip(["batch", "sequence", ""])
        .map(|(length, name)| Dimension {
            value: length.map(|length| length as i64),
            name: length.is_none().then(|| name.into()),
        })
        .collect();
    let tensor = TensorType {
        element,
        shape: Some(Shape { dimension }),
    };
    ValueInfo {
        name: name.into(),
        kind: Some(ValueType { tensor: Some(tensor) }),
    }
}
