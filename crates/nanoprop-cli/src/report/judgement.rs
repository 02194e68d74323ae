//! How good the predictions of the rows held out are.

use serde::Serialize;

/// The most classes of which each pair is counted in the picture.
pub(super) const MOST_CLASSES: usize = 64;

#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub(super) enum Judgement {
    Classes {
        right: usize,
        of: usize,
        accuracy: f64,
        #[serde(rename = "classes")]
        names: Vec<String>,
        /// A row for each class, a number for each answer; none where there are too many classes to show.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        confusion: Vec<Vec<u32>>,
        scores: Vec<Score>,
    },
    Numbers {
        of: usize,
        root_mean_squared_error: f64,
        mean_absolute_error: f64,
        r2: f64,
        #[serde(skip)]
        pairs: Vec<[f64; 2]>,
    },
}

/// A class: how many rows, and which shares of them and of the answers are right.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Score {
    pub(super) class: String,
    pub(super) rows: usize,
    pub(super) precision: f64,
    pub(super) recall: f64,
}

impl Judgement {
    /// Of targets and predictions: numbers of classes, where the target has some.
    pub(super) fn of(pairs: Vec<[f64; 2]>, classes: Option<&[String]>) -> Result<Judgement, String> {
        let Some(names) = classes else { return Ok(numbers(pairs)) };
        let class = |value: f64| {
            let found = (value >= 0.0 && value < names.len() as f64 && value.fract() == 0.0).then_some(value as usize);
            found.ok_or_else(|| format!("{value} is the number of no class: table.toml has {}", names.len()))
        };
        let pairs: Result<Vec<_>, String> =
            pairs.into_iter().map(|[target, predicted]| Ok((class(target)?, class(predicted)?))).collect();
        let pairs = pairs?;
        let mut confusion = vec![];
        if names.len() <= MOST_CLASSES {
            confusion = vec![vec![0_u32; names.len()]; names.len()];
            for &(target, predicted) in &pairs {
                if let Some(count) = confusion.get_mut(target).and_then(|row| row.get_mut(predicted)) {
                    *count = count.saturating_add(1);
                }
            }
        }
        // Rows, answers and hits of each class.
        let mut counts = vec![[0_usize; 3]; names.len()];
        let mut count = |class: usize, what: usize| {
            counts.get_mut(class).and_then(|counts| counts.get_mut(what)).into_iter().for_each(|count| *count += 1);
        };
        for &(target, predicted) in &pairs {
            count(target, 0);
            count(predicted, 1);
            if target == predicted {
                count(target, 2);
            }
        }
        let scores = names.iter().zip(&counts).map(|(name, &[rows, answers, hits])| Score {
            class: name.clone(),
            rows,
            precision: ratio(hits, answers),
            recall: ratio(hits, rows),
        });
        let right = counts.iter().map(|[_, _, hits]| hits).sum();
        let of = pairs.len();
        let accuracy = ratio(right, of);
        Ok(Judgement::Classes { right, of, accuracy, names: names.to_vec(), confusion, scores: scores.collect() })
    }

    /// In a sentence, as the training says it.
    pub(super) fn sentence(&self) -> String {
        match self {
            Judgement::Classes { right, of, accuracy, .. } => {
                format!("{right} of {of} rows held out are classified correctly, {:.1} %", 100.0 * accuracy)
            }
            Judgement::Numbers { of, root_mean_squared_error, r2, .. } => {
                format!("{of} rows held out: root of the mean squared error {root_mean_squared_error:.4}, R² {r2:.3}")
            }
        }
    }
}

fn numbers(pairs: Vec<[f64; 2]>) -> Judgement {
    let count = pairs.len().max(1) as f64;
    let mean = pairs.iter().map(|[target, _]| target).sum::<f64>() / count;
    let sum = |term: fn(f64, f64, f64) -> f64| pairs.iter().map(|&[target, h]| term(target, h, mean)).sum::<f64>();
    let squares = sum(|target, h, _| (target - h) * (target - h));
    Judgement::Numbers {
        of: pairs.len(),
        root_mean_squared_error: (squares / count).sqrt(),
        mean_absolute_error: sum(|target, h, _| (target - h).abs()) / count,
        r2: 1.0 - squares / sum(|target, _, mean| (target - mean) * (target - mean)),
        pairs,
    }
}

fn ratio(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_counted() {
        let names = ["a", "b", "c"].map(String::from);
        let pairs = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]];
        let judgement = Judgement::of(pairs, Some(&names)).unwrap();
        assert_eq!(judgement.sentence(), "3 of 4 rows held out are classified correctly, 75.0 %");
        let Judgement::Classes { confusion, scores, .. } = judgement else { panic!() };
        assert_eq!(confusion, [[1, 1, 0], [0, 2, 0], [0, 0, 0]]);
        let found: Vec<_> = scores.iter().map(|score| (score.rows, score.precision, score.recall)).collect();
        assert_eq!(found, [(2, 1.0, 0.5), (2, 2.0 / 3.0, 1.0), (0, 0.0, 0.0)]);
        for odd in [3.0, -1.0, 0.5, f64::NAN] {
            let problem = Judgement::of(vec![[odd, 0.0]], Some(&names)).unwrap_err();
            assert_eq!(problem, format!("{odd} is the number of no class: table.toml has 3"));
        }
    }

    #[test]
    fn numbers_are_measured() {
        // sklearn.metrics: r2_score([3, -0.5, 2, 7], [2.5, 0, 2, 8]) = 0.9486081370449679
        let judgement = Judgement::of(vec![[3.0, 2.5], [-0.5, 0.0], [2.0, 2.0], [7.0, 8.0]], None).unwrap();
        let Judgement::Numbers { of, root_mean_squared_error, mean_absolute_error, r2, .. } = judgement else {
            panic!()
        };
        assert_eq!((of, root_mean_squared_error, mean_absolute_error), (4, 0.375_f64.sqrt(), 0.5));
        assert!((r2 - 0.9486081370449679).abs() < 1e-15, "{r2}");
    }
}
