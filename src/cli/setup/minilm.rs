//! all-MiniLM-L6-v2 as we run it: a BERT encoder in ONNX whose matrix products are of 8-bit integers, made from the
//! published 32-bit weights. On a CPU that is about twice as fast as 32-bit arithmetic.
//!
//! Weights are integers of 7 bits, activations of 8, by ranges taken from the text at hand. Three things keep
//! the vectors close to the original ones:
//! - The second feed-forward product has a range for each token, because one loud token would leave the others
//!   a few steps only.
//! - The first one is fed with what a layer normalization yields before its gain and shift, which move into the
//!   product's own weights: all channels then use the range alike.
//! - Sums, normalizations and the soft maximum stay 32-bit.

use std::iter;

use super::onnx::{Attribute, FLOAT, Files, Graph, INT32, UINT8};
use super::quantize::{Matrix, Quantized};
use super::weights::Weights;

/// Weights of the products. The AVX2 kernel adds two products of an unsigned and a signed byte in 16 bits and
/// cuts off what is beyond; 2 × 255 × 63 is not. So every CPU gets the same sums, with or without AVX-512 VNNI.
const PRODUCT_BOUND: i8 = 63;
/// Word vectors are only looked up, so they may use the whole byte.
const WORD_BOUND: i8 = 127;
/// From the model's `config.json`; the other sizes are those of its tensors.
const HEADS: i64 = 12;
const EPSILON: f32 = 1e-12;
/// The least value of the GELU function is -0.16997.
const GELU_FLOOR: f32 = 0.17;
/// The largest byte.
const STEPS: f32 = 255.0;

/// Stands in the file and beside it: the licence asks that changes be stated.
pub(super) const CHANGES: &str = "\
model.onnx and model.onnx.data were made by `liaison setup` from model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
Changed: the weights of matrix products and the word vectors are rounded to 8-bit integers with a scale for
each channel, token type 0 is added to the position vectors, a normalization's gain and shift are multiplied
into the weights that follow it, and the pooler is left out.
";

/// The ONNX files for these weights (safetensors). The same weights give the same bytes on every machine.
pub(super) fn onnx(safetensors: &[u8]) -> anyhow::Result<Files> {
    let mut encoder = Encoder {
        weights: Weights::read(safetensors)?,
        graph: Graph::default(),
    };
    encoder.graph.input("input_ids");
    encoder.graph.input("attention_mask");
    let mask = encoder.cast("attention_mask", INT32);
    let (mut hidden, width) = encoder.embeddings()?;
    for layer in 0..encoder.weights.layers("encoder.layer") {
        let layer = format!("encoder.layer.{layer}");
        let context = encoder.attention(&layer, &hidden, &mask)?;
        hidden = encoder.feed_forward(&layer, &context, &hidden)?;
    }
    Ok(encoder.graph.files(&hidden, "last_hidden_state", width, CHANGES))
}

struct Encoder<'file> {
    weights: Weights<'file>,
    graph: Graph,
}

impl Encoder<'_> {
    /// The sum of word and position vectors, normalized; and its width.
    fn embeddings(&mut self) -> anyhow::Result<(String, usize)> {
        let words = self.weights.matrix("embeddings.word_embeddings")?;
        let (count, width) = (words.rows, words.columns);
        let words = words.quantized(WORD_BOUND);
        let table = self.graph.constant("words", &[count, width], &words.values);
        let scales = self.graph.constant("words.scale", &[count, 1], &words.scales);
        let word = self.graph.node("Gather", &[&table, "input_ids"], vec![]);
        let word = self.cast(&word, FLOAT);
        let scale = self.graph.node("Gather", &[&scales, "input_ids"], vec![]);
        let word = self.graph.node("Mul", &[&word, &scale], vec![]);

        let position = self.positions()?;
        let norm = self.norm("embeddings.LayerNorm")?;
        let hidden = self.normalized(&[&word, &position], &norm.each_ref().map(String::as_str));
        Ok((hidden, width))
    }

    /// The position vectors of as many tokens as there are. A text is always of token type 0.
    fn positions(&mut self) -> anyhow::Result<String> {
        let mut positions = self.weights.matrix("embeddings.position_embeddings")?;
        let types = self.weights.matrix("embeddings.token_type_embeddings")?;
        let width = positions.columns;
        for (index, value) in positions.values.iter_mut().enumerate() {
            *value += types.values.get(index % width).copied().unwrap_or_default();
        }
        let shape = [positions.rows, width];
        let table = self.graph.constant("positions", &shape, &positions.values);
        let [zero, one, two] = [0_i64, 1, 2].map(|n| self.graph.constant(&format!("axis.{n}"), &[1], &[n]));
        let shape = self.graph.node("Shape", &["input_ids"], vec![]);
        let tokens = self.graph.node("Slice", &[&shape, &one, &two], vec![]);
        Ok(self.graph.node("Slice", &[&table, &zero, &tokens, &zero], vec![]))
    }

    /// Multi-head attention: what each token takes from the others.
    fn attention(&mut self, layer: &str, hidden: &str, mask: &str) -> anyhow::Result<String> {
        let (mut rows, mut values, mut bias, mut columns) = (0, vec![], vec![], 0);
        for part in ["query", "key", "value"] {
            let name = format!("{layer}.attention.self.{part}");
            let matrix = self.weights.matrix(&name)?;
            rows += matrix.rows;
            columns = matrix.columns;
            values.extend(matrix.values);
            bias.extend(self.weights.bias(&name)?);
        }
        let matrix = Matrix {
            rows,
            columns,
            values,
        };
        let name = format!("{layer}.attention.self");
        let (weights, scales) = self.product(&name, &matrix.quantized(PRODUCT_BOUND), 1.0);
        let bias = self.vector(&format!("{name}.bias"), &bias);
        let zeros = self
            .graph
            .constant(&format!("{name}.zero"), &[rows], &vec![0_i8; rows]);
        let [bytes, range, zero] = self.graph.quantized(hidden);
        let inputs = [&bytes, &weights, &bias, &range, &scales, mask, &zero, &zeros];
        let heads = vec![Attribute::integer("num_heads", HEADS)];
        Ok(self.graph.fused("QAttention", &inputs, heads))
    }

    /// The rest of a layer: the attention's output, then two products with GELU between them, each added to what
    /// went in and normalized.
    fn feed_forward(&mut self, layer: &str, context: &str, hidden: &str) -> anyhow::Result<String> {
        let name = format!("{layer}.attention.output.dense");
        let (output, bias) = (self.weights.matrix(&name)?, self.weights.bias(&name)?);
        let output = self.dense(&name, context, &output, &bias);
        let norm = format!("{layer}.attention.output.LayerNorm");
        let (gain, shift) = (self.weights.gain(&norm)?, self.weights.bias(&norm)?);
        // Those two are given to both users of the result, below.
        let ones = self.vector("ones", &vec![1.0; gain.len()]);
        let normal = self.normalized(&[&output, hidden], &[&ones]);

        let name = format!("{layer}.intermediate.dense");
        let (mut inner, mut bias) = (self.weights.matrix(&name)?, self.weights.bias(&name)?);
        fold(&mut inner, &mut bias, &gain, &shift);
        let inner = self.dense(&name, &normal, &inner, &bias);
        let active = self.graph.fused("Gelu", &[&inner], vec![]);

        let gain = self.vector(&format!("{norm}.weight"), &gain);
        let skip = self.graph.node("Mul", &[&normal, &gain], vec![]);
        let name = format!("{layer}.output.dense");
        let (outer, bias) = (self.weights.matrix(&name)?, self.weights.bias(&name)?);
        let bias: Vec<f32> = bias
            .iter()
            .zip(&shift)
            .map(|(bias, shift)| bias + shift)
            .collect();
        let [product, bias] = self.dense_after_gelu(&name, &active, &outer, &bias);
        let norm = self.norm(&format!("{layer}.output.LayerNorm"))?;
        Ok(self.normalized(&[&product, &skip, &bias], &norm.each_ref().map(String::as_str)))
    }

    /// A normalization's gain and shift.
    fn norm(&mut self, name: &str) -> anyhow::Result<[String; 2]> {
        let gain = self.vector(&format!("{name}.weight"), &self.weights.gain(name)?);
        let shift = self.vector(&format!("{name}.bias"), &self.weights.bias(name)?);
        Ok([gain, shift])
    }

    /// The normalized sum. ONNX Runtime would fuse an `Add` and the normalization into an operator of its own,
    /// which on a CPU is several times slower than the two; a `Sum` it leaves alone.
    fn normalized(&mut self, added: &[&str], norm: &[&str]) -> String {
        let sum = self.graph.node("Sum", added, vec![]);
        let attributes = vec![
            Attribute::integer("axis", -1),
            Attribute::float("epsilon", EPSILON),
        ];
        let inputs: Vec<&str> = iter::once(&*sum).chain(norm.iter().copied()).collect();
        self.graph.node("LayerNormalization", &inputs, attributes)
    }

    /// A product in integers, with one range for the whole text.
    fn dense(&mut self, name: &str, input: &str, matrix: &Matrix, bias: &[f32]) -> String {
        let (weights, scales) = self.product(name, &matrix.quantized(PRODUCT_BOUND), 1.0);
        let bias = self.vector(&format!("{name}.bias"), bias);
        let inputs = [input, &weights, &scales, "", &bias];
        self.graph.fused("DynamicQuantizeMatMul", &inputs, vec![])
    }

    /// A product in integers, with a range for each token; and the bias to add to it. What comes from a GELU is
    /// never negative once `GELU_FLOOR` is added; the bias takes the floor's share of the product off again.
    fn dense_after_gelu(&mut self, name: &str, input: &str, matrix: &Matrix, bias: &[f32]) -> [String; 2] {
        let matrix = matrix.quantized(PRODUCT_BOUND);
        let bias = bias.iter().zip(matrix.row_sums());
        let bias: Vec<f32> = bias.map(|(bias, sum)| bias - GELU_FLOOR * sum).collect();
        let bias = self.vector(&format!("{name}.bias"), &bias);
        let (weights, scales) = self.product(name, &matrix, STEPS);
        let (bytes, span) = self.bytes_by_token(input);
        let one = self.graph.constant("one", &[], &[1_f32]);
        let inputs = [&*bytes, &weights, &one, &scales];
        let product = self.graph.fused("MatMulIntegerToFloat", &inputs, vec![]);
        [self.graph.node("Mul", &[&product, &span], vec![]), bias]
    }

    /// Each token's values, from `-GELU_FLOOR` to the largest, as bytes; and the length of that range.
    fn bytes_by_token(&mut self, input: &str) -> (String, String) {
        let floor = self.graph.constant("gelu.floor", &[], &[GELU_FLOOR]);
        let steps = self.graph.constant("steps", &[], &[STEPS]);
        let half = self.graph.constant("half", &[], &[0.5_f32]);
        let last = vec![Attribute::integers("axes", &[-1])];
        let largest = self.graph.node("ReduceMax", &[input], last);
        let span = self.graph.node("Add", &[&largest, &floor], vec![]);
        let factor = self.graph.node("Div", &[&steps, &span], vec![]);
        // The cast cuts off, so a half is added first.
        let offset = self.graph.node("Mul", &[&factor, &floor], vec![]);
        let offset = self.graph.node("Add", &[&offset, &half], vec![]);
        let scaled = self.graph.node("Mul", &[input, &factor], vec![]);
        let scaled = self.graph.node("Add", &[&scaled, &offset], vec![]);
        (self.cast(&scaled, UINT8), span)
    }

    /// Constants for a product: the integers with a column for each output, and the outputs' scales, which take
    /// in that the other factor has so many steps.
    fn product(&mut self, name: &str, matrix: &Quantized, steps: f32) -> (String, String) {
        let shape = [matrix.columns, matrix.rows];
        let values = matrix.transposed();
        let weights = self.graph.constant(&format!("{name}.weight"), &shape, &values);
        let scales: Vec<f32> = matrix.scales.iter().map(|scale| scale / steps).collect();
        (weights, self.vector(&format!("{name}.scale"), &scales))
    }

    fn vector(&mut self, name: &str, values: &[f32]) -> String {
        self.graph.constant(name, &[values.len()], values)
    }

    fn cast(&mut self, value: &str, element: i32) -> String {
        let to = vec![Attribute::integer("to", element.into())];
        self.graph.node("Cast", &[value], to)
    }
}

/// Moves a gain and a shift of the input into the weights: `W(gx + s) + b = (Wg)x + (Ws + b)`.
fn fold(matrix: &mut Matrix, bias: &mut [f32], gain: &[f32], shift: &[f32]) {
    for (row, bias) in matrix.row_values().zip(bias) {
        let moved: f64 = row
            .iter()
            .zip(shift)
            .map(|(weight, shift)| f64::from(*weight) * f64::from(*shift))
            .sum();
        *bias = (f64::from(*bias) + moved) as f32;
    }
    let columns = matrix.columns.max(1);
    for (index, weight) in matrix.values.iter_mut().enumerate() {
        *weight *= gain.get(index % columns).copied().unwrap_or(1.0);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::onnx::{Model, Tensor};
    use super::*;
    use prost::Message;
    use safetensors::{Dtype, tensor::TensorView};

    /// The weights of a model of two small layers.
    pub(in super::super) fn tiny() -> Vec<u8> {
        const WIDTH: usize = 24;
        let mut shapes = vec![
            ("embeddings.word_embeddings.weight".to_owned(), vec![10, WIDTH]),
            ("embeddings.position_embeddings.weight".to_owned(), vec![8, WIDTH]),
            (
                "embeddings.token_type_embeddings.weight".to_owned(),
                vec![2, WIDTH],
            ),
        ];
        let mut part = |name: String, rows: usize, columns: Option<usize>| {
            let shape = std::iter::once(rows).chain(columns).collect();
            shapes.push((format!("{name}.weight"), shape));
            shapes.push((format!("{name}.bias"), vec![rows]));
        };
        part("embeddings.LayerNorm".into(), WIDTH, None);
        for layer in ["encoder.layer.0", "encoder.layer.1"] {
            for name in ["self.query", "self.key", "self.value", "output.dense"] {
                part(format!("{layer}.attention.{name}"), WIDTH, Some(WIDTH));
            }
            part(format!("{layer}.intermediate.dense"), 2 * WIDTH, Some(WIDTH));
            part(format!("{layer}.output.dense"), WIDTH, Some(2 * WIDTH));
            part(format!("{layer}.attention.output.LayerNorm"), WIDTH, None);
            part(format!("{layer}.output.LayerNorm"), WIDTH, None);
        }
        let tensor = |(seed, (name, shape)): (usize, (String, Vec<usize>))| {
            let count = shape.iter().product();
            let value = |index: usize| ((index * 37 + seed * 11) % 101) as f32 / 50.0 - 1.0;
            let bytes: Vec<u8> = (0..count).flat_map(|index| value(index).to_le_bytes()).collect();
            (name, shape, bytes)
        };
        let tensors: Vec<_> = shapes.into_iter().enumerate().map(tensor).collect();
        let views = tensors
            .iter()
            .map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
        safetensors::serialize(views, None).unwrap()
    }

    #[test]
    fn the_same_weights_give_the_same_bytes() {
        let weights = tiny();
        assert_eq!(onnx(&weights).unwrap(), onnx(&weights).unwrap());
    }

    #[test]
    fn every_value_of_the_graph_is_made_before_it_is_used() {
        let files = onnx(&tiny()).unwrap();
        let graph = Model::decode(&*files.graph).unwrap().graph.unwrap();
        let constants = graph.initializer.iter().map(|constant| &*constant.name);
        let mut known: Vec<&str> = constants.chain(["", "input_ids", "attention_mask"]).collect();
        for node in &graph.node {
            for input in &node.input {
                assert!(known.contains(&&**input), "{}: {input}", node.op_type);
            }
            known.extend(node.output.iter().map(|output| &**output));
        }
        assert!(known.contains(&"last_hidden_state"));
    }

    /// A constant's bytes, wherever they are.
    fn content<'a>(constant: &'a Tensor, files: &'a Files) -> &'a [u8] {
        let said = |key: &str| -> Option<usize> {
            let entry = constant.external_data.iter().find(|entry| entry.key == key)?;
            entry.value.parse().ok()
        };
        match said("offset").zip(said("length")) {
            Some((offset, length)) => &files.weights[offset..offset + length],
            None => &constant.raw_data,
        }
    }

    #[test]
    fn large_constants_lie_outside_of_the_graph() {
        let files = onnx(&tiny()).unwrap();
        let graph = Model::decode(&*files.graph).unwrap().graph.unwrap();
        let outside = |constant: &&Tensor| constant.data_location == 1;
        let count = graph.initializer.iter().filter(outside).count();
        assert!(count > 0 && count < graph.initializer.len(), "{count}");
        for constant in &graph.initializer {
            assert!(constant.raw_data.len() < 1024, "{}", constant.name);
            assert_eq!(
                constant.raw_data.is_empty(),
                outside(&constant),
                "{}",
                constant.name
            );
        }
    }

    #[test]
    fn weights_of_products_stay_within_seven_bits() {
        let files = onnx(&tiny()).unwrap();
        let graph = Model::decode(&*files.graph).unwrap().graph.unwrap();
        let products = ["MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QAttention"];
        let products = graph
            .node
            .iter()
            .filter(|node| products.contains(&&*node.op_type));
        let names: Vec<&String> = products.map(|node| &node.input[1]).collect();
        assert_eq!(names.len(), 8);
        for constant in graph
            .initializer
            .iter()
            .filter(|constant| names.contains(&&constant.name))
        {
            let largest = content(constant, &files)
                .iter()
                .map(|&byte| byte.cast_signed().unsigned_abs())
                .max();
            assert_eq!(largest, Some(63), "{}", constant.name);
        }
    }

    #[test]
    fn folding_keeps_the_product() {
        let (mut matrix, mut bias) = (
            Matrix {
                rows: 2,
                columns: 2,
                values: vec![1.0, 2.0, 3.0, 4.0],
            },
            [0.5, -0.5],
        );
        fold(&mut matrix, &mut bias, &[2.0, 10.0], &[1.0, -1.0]);
        assert_eq!(matrix.values, [2.0, 20.0, 6.0, 40.0]);
        assert_eq!(bias, [-0.5, -1.5]);
    }

    #[test]
    fn what_is_not_the_model_is_refused() {
        assert!(onnx(b"no weights").is_err());
        let empty: Vec<(String, TensorView)> = vec![];
        let error = onnx(&safetensors::serialize(empty, None).unwrap()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("lack embeddings.word_embeddings.weight"),
            "{error}"
        );
    }
}
