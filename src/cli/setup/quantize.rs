//! Weights as 8-bit integers: symmetric, with one scale for each row, so that a row of small weights keeps its
//! precision beside a row of large ones.

/// A matrix in row order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<f32>,
}

/// A matrix whose value at a row is `values × scales[row]`, about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantized {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<i8>,
    pub(super) scales: Vec<f32>,
}

impl Matrix {
    pub(super) fn row_values(&self) -> std::slice::ChunksExact<'_, f32> {
        // A width of 0 would panic; such a matrix has no values either.
        self.values.chunks_exact(self.columns.max(1))
    }

    /// Its integers from `-bound` to `bound`: each row's largest value becomes the bound.
    pub(super) fn quantized(&self, bound: i8) -> Quantized {
        let mut values = Vec::with_capacity(self.values.len());
        let mut scales = Vec::with_capacity(self.rows);
        for row in self.row_values() {
            let largest = row.iter().fold(0_f32, |largest, value| largest.max(value.abs()));
            // A row of zeros has no scale of its own; any will do.
            let scale = if largest == 0.0 {
                1.0
            } else {
                largest / f32::from(bound)
            };
            let limit = f32::from(bound);
            values.extend(
                row.iter()
                    .map(|value| (value / scale).round_ties_even().clamp(-limit, limit) as i8),
            );
            scales.push(scale);
        }
        Quantized {
            rows: self.rows,
            columns: self.columns,
            values,
            scales,
        }
    }
}

impl Quantized {
    /// The integers column by column: PyTorch keeps a row for each output, ONNX a column.
    pub(super) fn transposed(&self) -> Vec<i8> {
        (0..self.columns)
            .flat_map(|column| (0..self.rows).map(move |row| self.values[row * self.columns + column]))
            .collect()
    }

    /// The sum of each row, as the integers have it.
    pub(super) fn row_sums(&self) -> impl Iterator<Item = f32> {
        self.values
            .chunks_exact(self.columns.max(1))
            .zip(&self.scales)
            .map(|(row, scale)| row.iter().map(|&value| i32::from(value)).sum::<i32>() as f32 * scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix(columns: usize, values: &[f32]) -> Matrix {
        Matrix {
            rows: values.len() / columns,
            columns,
            values: values.to_vec(),
        }
    }

    #[test]
    fn each_row_has_its_scale_and_a_row_of_zeros_stays_zero() {
        let found = matrix(3, &[0.5, -1.0, 0.25, 0.0, 0.0, 0.0, 0.001, 0.002, -0.0005]).quantized(64);
        assert_eq!(found.values, [32, -64, 16, 0, 0, 0, 32, 64, -16]);
        assert_eq!(found.scales, [1.0 / 64.0, 1.0, 0.002 / 64.0]);
    }

    #[test]
    fn transposing_and_summing_keep_rows_apart() {
        let found = matrix(3, &[1.0, 2.0, 3.0, 4.0, 5.0, -6.0]).quantized(6);
        assert_eq!(found.values, [2, 4, 6, 4, 5, -6]);
        assert_eq!(found.transposed(), [2, 4, 4, 5, 6, -6]);
        assert_eq!(found.row_sums().collect::<Vec<_>>(), [6.0, 3.0]);
    }

    proptest! {
        #[test]
        fn integers_stay_within_the_bound_and_values_within_half_a_step(
            values in prop::collection::vec(-1e3_f32..1e3, 12), bound in 1..=127_i8,
        ) {
            let original = matrix(4, &values);
            let found = original.quantized(bound);
            prop_assert!(found.values.iter().all(|value| (-bound..=bound).contains(value)));
            for (index, (value, integer)) in values.iter().zip(&found.values).enumerate() {
                let scale = found.scales[index / 4];
                let error = (value - f32::from(*integer) * scale).abs();
                prop_assert!(error <= scale * 0.501, "{value} became {integer} × {scale}");
            }
        }
    }
}
