//! A second look at the first passages, by a [`Reranker`].

use crate::{Hit, Reranker};
use std::sync::Arc;

/// Passages that are looked at again. A cross-encoder of six layers takes some 15 ms for each on one core, one of
/// twelve several times that.
const FIRST: usize = 20;

/// Orders the first hits by what `reranker` says of them. The scores stay with the places: they compare passages of one
/// search, and the reranker's scale is another. Where it fails, the order stays.
pub(super) async fn look(reranker: Arc<dyn Reranker>, question: &str, hits: &mut [Hit]) {
    let first = hits.len().min(FIRST);
    let (question, texts) = (
        question.to_owned(),
        hits[..first]
            .iter()
            .map(|hit| hit.passage.words(&hit.document))
            .collect::<Vec<_>>(),
    );
    let asked = tokio::task::spawn_blocking(move || reranker.scores(&question, &texts)).await;
    let failed = match asked {
        Ok(Ok(scores)) if scores.len() == first => return order(&mut hits[..first], scores),
        Ok(Ok(scores)) => format!("{} scores for {first} passages", scores.len()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    tracing::warn!(error = failed, "passages are not reranked");
}

fn order(hits: &mut [Hit], scores: Vec<f32>) {
    let places: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
    let mut ranked: Vec<(f32, Hit)> = scores.into_iter().zip(hits.iter().cloned()).collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    for (hit, (score, (_, best))) in hits.iter_mut().zip(places.into_iter().zip(ranked)) {
        *hit = Hit { score, ..best };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RerankError, search::samples::hit};

    /// Scores a text by its length; fails on "fail".
    struct Lengths;

    impl Reranker for Lengths {
        #[allow(clippy::cast_precision_loss)] // short texts
        fn scores(&self, question: &str, texts: &[String]) -> Result<Vec<f32>, RerankError> {
            match question {
                "fail" => Err(RerankError::Failed("told to".to_owned())),
                "short" => Ok(vec![1.0]),
                _ => Ok(texts.iter().map(|text| text.len() as f32).collect()),
            }
        }
    }

    async fn check(question: &str, expected: &[(&str, f32)]) {
        let mut hits = vec![
            hit("a", 0, 0.9, "short"),
            hit("b", 0, 0.5, "the longest of them"),
            hit("c", 0, 0.1, "in between"),
        ];
        look(Arc::new(Lengths), question, &mut hits).await;
        let got: Vec<_> = hits
            .iter()
            .map(|hit| (hit.document.path.as_str(), hit.score))
            .collect();
        assert_eq!(got, expected);
    }

    #[tokio::test]
    async fn the_reranker_orders_and_scores_stay_with_their_places() {
        check("length", &[("b", 0.9), ("c", 0.5), ("a", 0.1)]).await;
    }

    #[tokio::test]
    async fn a_reranker_that_fails_changes_nothing() {
        check("fail", &[("a", 0.9), ("b", 0.5), ("c", 0.1)]).await;
        check("short", &[("a", 0.9), ("b", 0.5), ("c", 0.1)]).await;
        look(Arc::new(Lengths), "length", &mut []).await;
    }
}
