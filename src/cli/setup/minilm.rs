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

use super::onnx::{Attribute, Graph, INT32, MICROSOFT, UINT8};
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

/// Stands in the file and beside it: the licence asks that changes be stated.
pub(super) const CHANGES: &str = "\
model.onnx was made by `liaison setup` from model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
Changed: the weights of matrix products and the word vectors are rounded to 8-bit integers with a scale for
each channel, token type 0 is added to the position vectors, a normalization's gain and shift are multiplied
into the weights that follow it, and the pooler is left out.
";

/// The ONNX file for these weights (safetensors). The same weights give the same bytes on every machine.
pub(super) fn onnx(safetensors: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = Encoder {
        weights: Weights::read(safetensors)?,
        graph: Graph::default(),
    };
    encoder.graph.input("input_ids");
    encoder.graph.input("attention_mask");
    let mask = vec![Attribute::integer("to", INT32.into())];
    let mask = encoder.graph.node("Cast", &["attention_mask"], mask);
    let (mut hidden, width) = encoder.embeddings()?;
    for layer in 0..encoder.weights.layers("encoder.layer") {
        let layer = format!("encoder.layer.{layer}");
        let context = encoder.attention(&layer, &hidden, &mask)?;
        hidden = encoder.feed_forward(&layer, &context, &hidden)?;
    }
    Ok(encoder.graph.file(&hidden, "last_hidden_state", width, CHANGES))
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
        let word = self.float(&word);
        let scale = self.graph.node("Gather", &[&scales, "input_ids"], vec![]);
        let word = self.graph.node("Mul", &[&word, &scale], vec![]);

        let position = self.positions()?;
        let sum = self.graph.node("Add", &[&word, &position], vec![]);
        let name = "embeddings.LayerNorm";
        let gain = self.vector(&format!("{name}.weight"), &self.weights.gain(name)?);
        let shift = self.vector(&format!("{name}.bias"), &self.weights.bias(name)?);
        let attributes = vec![
            Attribute::integer("axis", -1),
            Attribute::float("epsilon", EPSILON),
        ];
        let normal = self
            .graph
            .node("LayerNormalization", &[&sum, &gain, &shift], attributes);
        Ok((normal, width))
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
        let [bytes, range, zero] = self.graph.add("", "DynamicQuantizeLinear", &[hidden], vec![]);
        let inputs = [&bytes, &weights, &bias, &range, &scales, mask, &zero, &zeros];
        let heads = vec![Attribute::integer("num_heads", HEADS)];
        Ok(self.graph.fused("QAttention", &inputs, heads))
    }

    /// The rest of a layer: the attention's output, then two products with GELU between them, each added to what
    /// went in and normalized.
    fn feed_forward(&mut self, layer: &str, context: &str, hidden: &str) -> anyhow::Result<String> {
        let name = format!("{layer}.attention.output.dense");
        let output = self.weights.matrix(&name)?.quantized(PRODUCT_BOUND);
        let output = self.dense(&name, context, &output);
        let bias = self.weights.bias(&name)?;
        let norm = format!("{layer}.attention.output.LayerNorm");
        let (gain, shift) = (self.weights.gain(&norm)?, self.weights.bias(&norm)?);
        // Gain and shift are given to those who use the result, below.
        let ones = self.vector("ones", &vec![1.0; gain.len()]);
        let zeros = self.vector("zeros", &vec![0.0; gain.len()]);
        let normal = self.normalized(&name, [&output, hidden], &bias, [&ones, &zeros]);

        let name = format!("{layer}.intermediate.dense");
        let (mut inner, mut bias) = (self.weights.matrix(&name)?, self.weights.bias(&name)?);
        fold(&mut inner, &mut bias, &gain, &shift);
        let inner = self.dense(&name, &normal, &inner.quantized(PRODUCT_BOUND));
        let bias = self.vector(&format!("{name}.bias"), &bias);
        let active = self.graph.fused("BiasGelu", &[&inner, &bias], vec![]);

        let name = format!("{layer}.output.dense");
        let outer = self.weights.matrix(&name)?.quantized(PRODUCT_BOUND);
        let product = self.dense_by_token(&name, &active, &outer);
        let bias = self.weights.bias(&name)?.into_iter().zip(outer.row_sums());
        let bias: Vec<f32> = bias
            .zip(&shift)
            .map(|((bias, sum), shift)| bias - GELU_FLOOR * sum + shift)
            .collect();
        let gain = self.vector(&format!("{norm}.weight"), &gain);
        let skip = self.graph.node("Mul", &[&normal, &gain], vec![]);
        let norm = format!("{layer}.output.LayerNorm");
        let gain = self.vector(&format!("{norm}.weight"), &self.weights.gain(&norm)?);
        let shift = self.vector(&format!("{norm}.bias"), &self.weights.bias(&norm)?);
        Ok(self.normalized(&name, [&product, &skip], &bias, [&gain, &shift]))
    }

    /// The normalized sum of two values and a bias.
    fn normalized(&mut self, name: &str, added: [&str; 2], bias: &[f32], shape: [&str; 2]) -> String {
        let bias = self.vector(&format!("{name}.bias"), bias);
        let inputs = [added[0], added[1], shape[0], shape[1], &bias];
        let epsilon = vec![Attribute::float("epsilon", EPSILON)];
        self.graph.fused("SkipLayerNormalization", &inputs, epsilon)
    }

    /// A product in integers, with one range for the whole text.
    fn dense(&mut self, name: &str, input: &str, matrix: &Quantized) -> String {
        let (weights, scales) = self.product(name, matrix, 1.0);
        self.graph
            .fused("DynamicQuantizeMatMul", &[input, &weights, &scales], vec![])
    }

    /// A product in integers, with a range for each token. The input is a GELU's output, so its values plus
    /// `GELU_FLOOR` are never negative; the bias that follows takes the floor times the weights off again.
    fn dense_by_token(&mut self, name: &str, input: &str, matrix: &Quantized) -> String {
        let floor = self.graph.constant("gelu.floor", &[], &[GELU_FLOOR]);
        let steps = self.graph.constant("steps", &[], &[255_f32]);
        let half = self.graph.constant("half", &[], &[0.5_f32]);
        let one = self.graph.constant("one", &[], &[1_f32]);
        let last = vec![Attribute::integers("axes", &[-1])];
        let largest = self.graph.node("ReduceMax", &[input], last);
        let span = self.graph.node("Add", &[&largest, &floor], vec![]);
        let factor = self.graph.node("Div", &[&steps, &span], vec![]);
        // The cast cuts off, so a half is added first.
        let offset = self.graph.node("Mul", &[&factor, &floor], vec![]);
        let offset = self.graph.node("Add", &[&offset, &half], vec![]);
        let scaled = self.graph.node("Mul", &[input, &factor], vec![]);
        let scaled = self.graph.node("Add", &[&scaled, &offset], vec![]);
        let byte = vec![Attribute::integer("to", UINT8.into())];
        let bytes = self.graph.node("Cast", &[&scaled], byte);
        let (weights, scales) = self.product(name, matrix, 255.0);
        let inputs = [&bytes, &weights, &one, &scales];
        let product = self
            .graph
            .fused("MatMulIntegerToFloat", &inputs.map(String::as_str), vec![]);
        self.graph.node("Mul", &[&product, &span], vec![])
    }

    /// Constants for a product: the integers with a column for each output, and the outputs' scales.
    fn product(&mut self, name: &str, matrix: &Quantized, steps: f32) -> (String, String) {
        let shape = [matrix.columns, matrix.rows];
        let weights = self
            .graph
            .constant(&format!("{name}.weight"), &shape, &matrix.transposed());
        let scales: Vec<f32> = matrix.scales.iter().map(|scale| scale / steps).collect();
        let scales = self.vector(&format!("{name}.scale"), &scales);
        (weights, scales)
    }

    fn vector(&mut self, name: &str, values: &[f32]) -> String {
        self.graph.constant(name, &[values.len()], values)
    }

    fn float(&mut self, integers: &str) -> String {
        let float = vec![Attribute::integer("to", super::onnx::FLOAT.into())];
        self.graph.node("Cast", &[integers], float)
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
