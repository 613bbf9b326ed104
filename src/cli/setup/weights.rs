//! A model's published weights: a safetensors file, in which every tensor is known by its PyTorch name.

use anyhow::{Context, bail};
use safetensors::{Dtype, SafeTensors};

use super::quantize::Matrix;

pub(super) struct Weights<'file> {
    tensors: SafeTensors<'file>,
}

impl<'file> Weights<'file> {
    pub(super) fn read(file: &'file [u8]) -> anyhow::Result<Self> {
        let tensors = SafeTensors::deserialize(file).context("this is no safetensors file")?;
        Ok(Self { tensors })
    }

    /// `name.weight` as a matrix.
    pub(super) fn matrix(&self, name: &str) -> anyhow::Result<Matrix> {
        let (shape, values) = self.tensor(&format!("{name}.weight"))?;
        let [rows, columns] = shape[..] else {
            bail!("{name}.weight is no matrix but has the shape {shape:?}");
        };
        Ok(Matrix {
            rows,
            columns,
            values,
        })
    }

    /// `name.weight` as a vector.
    pub(super) fn gain(&self, name: &str) -> anyhow::Result<Vec<f32>> {
        Ok(self.tensor(&format!("{name}.weight"))?.1)
    }

    /// `name.bias`.
    pub(super) fn bias(&self, name: &str) -> anyhow::Result<Vec<f32>> {
        Ok(self.tensor(&format!("{name}.bias"))?.1)
    }

    /// How many names of the form `prefix.N.…` there are, counted by N.
    pub(super) fn layers(&self, prefix: &str) -> usize {
        let number = |name: &str| {
            let rest = name.strip_prefix(prefix)?.strip_prefix('.')?;
            rest.split_once('.')?.0.parse::<usize>().ok()
        };
        let last = self.tensors.names().into_iter().filter_map(number).max();
        last.map_or(0, |last| last + 1)
    }

    fn tensor(&self, name: &str) -> anyhow::Result<(Vec<usize>, Vec<f32>)> {
        let tensor = self
            .tensors
            .tensor(name)
            .with_context(|| format!("the weights lack {name}"))?;
        if tensor.dtype() != Dtype::F32 {
            bail!("{name} is {:?} instead of F32", tensor.dtype());
        }
        let (numbers, _) = tensor.data().as_chunks::<4>();
        let values = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        Ok((tensor.shape().to_vec(), values))
    }
}
