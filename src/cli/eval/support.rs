//! How well the support score tells questions that the knowledge answers from those that it does not.
//!
//! Every judged question is asked twice: as it is, and while the documents that are relevant to it do not hold. The
//! second time another document may answer all the same, where judgements are incomplete: what is observed is then
//! told too low. Questions of another set have no answer at all.

use super::scratch::Scratch;
use crate::assistant::model::extractive::supported;
use jiff::civil::{Date, date};
use liaison_evals::{
    calibration::{Bin, Forecast, error, reliability, separation},
    ranking::Judgements,
};
use liaison_knowledge::{DocumentRecord, Validity};
use serde::Serialize;
use std::{collections::HashMap, sync::Arc};

/// Bins of the curve.
const BINS: u8 = 10;
/// A day long before every question.
const PAST: Date = date(1970, 1, 1);

/// Probabilities that were told to questions that can be answered, have lost their answer, or belong elsewhere.
#[derive(Default)]
pub(super) struct Support {
    answered: Vec<f64>,
    lost: Vec<f64>,
    foreign: Vec<f64>,
}

#[derive(Serialize)]
pub(super) struct Measured {
    /// Mean distance of predicted from observed shares.
    error: f64,
    /// How often an answered question was told more than one that lost its answer.
    separation_lost: f64,
    /// How often it was told more than one of another set.
    separation_foreign: f64,
    curve: Vec<Bin>,
}

impl Support {
    /// Asks a question with its documents and without.
    pub(super) async fn ask(
        &mut self,
        scratch: &Scratch,
        records: &HashMap<String, Arc<DocumentRecord>>,
        question: &str,
        judged: &Judgements,
    ) -> anyhow::Result<()> {
        self.answered.push(told(scratch, question).await?);
        let relevant = judged.iter().filter(|(_, grade)| **grade > 0);
        let relevant: Vec<_> = relevant.filter_map(|(name, _)| records.get(name)).collect();
        for record in &relevant {
            let past = Validity {
                until: Some(PAST),
                ..record.validity
            };
            let mut gone = DocumentRecord::clone(record);
            gone.validity = past;
            scratch.knowledge.relabel(&gone).await?;
        }
        self.lost.push(told(scratch, question).await?);
        for record in relevant {
            scratch.knowledge.relabel(record).await?;
        }
        Ok(())
    }

    /// Asks a question of another set.
    pub(super) async fn ask_foreign(&mut self, scratch: &Scratch, question: &str) -> anyhow::Result<()> {
        self.foreign.push(told(scratch, question).await?);
        Ok(())
    }

    pub(super) fn measured(&self) -> Measured {
        let forecasts = |probabilities: &[f64], came| -> Vec<Forecast> {
            let forecast = |probability: &f64| Forecast {
                probability: *probability,
                came,
            };
            probabilities.iter().map(forecast).collect()
        };
        let answered = forecasts(&self.answered, true);
        let lost = forecasts(&self.lost, false);
        let foreign = forecasts(&self.foreign, false);
        let curve = reliability(&[&answered[..], &lost, &foreign].concat(), BINS);
        Measured {
            error: error(&curve),
            separation_lost: separation(&[&answered[..], &lost].concat()),
            separation_foreign: separation(&[&answered[..], &foreign].concat()),
            curve,
        }
    }
}

impl Measured {
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "support: off by {:.3} in the mean; above a question without its answer {:.3}, above a foreign one {:.3}\n\
             predicted  observed  questions",
            self.error, self.separation_lost, self.separation_foreign
        );
        for bin in &self.curve {
            text.push_str(&format!(
                "\n     {:.2}      {:.2}  {:9}",
                bin.predicted, bin.observed, bin.forecasts
            ));
        }
        text
    }
}

async fn told(scratch: &Scratch, question: &str) -> anyhow::Result<f64> {
    let found = scratch.search(question, scratch.passages()).await?;
    Ok(f64::from(
        supported(&scratch.knowledge, question, &found.hits).await?,
    ))
}
