//! A training as a whole, cut and resumed or not, against one written by hand: `golden/training.py` wrote
//! `golden/training.txt`, in float64.

use super::*;
use nanoprop::Observer;

const NUMBERS: &str = include_str!("../golden/training.txt");
type Learning = Training<Double, Adam, 3>;

/// The generator of the script: k / 2¹⁵ with k of 16 bits.
struct Generator(u64);

impl Generator {
    fn number(&mut self, scale: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 48) as f64 / 32768.0 - 1.0) * scale
    }

    fn samples(&mut self, count: usize) -> Vec<([f64; 6], Class<U3>)> {
        let mut sample = || {
            let x: [f64; 6] = core::array::from_fn(|_| self.number(1.0));
            let sums = [x[0] + x[1], x[2] - x[3], x[4] * x[5] + x[0]];
            (x, Class::new((0..3).fold(0, |best, k| if sums[k] > sums[best] { k } else { best })).unwrap())
        };
        (0..count).map(|_| sample()).collect()
    }
}

/// The losses of each epoch, and those of what is held out as they were heard.
#[derive(Default)]
struct Losses(Vec<[f64; 2]>, Vec<f64>);

impl Observer for Losses {
    fn epoch(&mut self, progress: &Progress) {
        self.0.push([progress.epoch_loss, progress.validation]);
    }

    fn validation(&mut self, progress: &Progress) {
        self.1.push(progress.validation);
    }
}

#[test]
fn a_training_is_the_reference() {
    let lines: Vec<Vec<f64>> =
        NUMBERS.lines().map(|line| line.split(' ').map(|number| number.parse().unwrap()).collect()).collect();
    let schedule = WarmUp { steps: 5, start: 0.1, then: Cosine { steps: 60, floor: 0.1 } };
    let recipe = Recipe::new(Adam::new(0.02)).schedule(schedule).penalty(L2(0.5));
    let recipe = Recipe { batch: 7, epochs: 4, clip: Clip::Norm(0.5), max_norm: 0.9, ..recipe };

    for cuts in [&[][..], &[1], &[5, 17], &[30, 3, 40]] {
        let mut generator = Generator(7);
        let (mut net, mut best, mut losses) = (Double::boxed(), Double::boxed(), Losses::default());
        net.parameters_mut().iter_mut().for_each(|w| *w = generator.number(0.5));
        let (samples, held_out) = (generator.samples(40), generator.samples(13));
        let mut training = Box::new(Learning::ZERO);
        for &cut in cuts {
            let mut file = vec![0; Learning::CHECKPOINT];
            let trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
            let mut trainer = trainer.observe(&mut losses);
            (0..cut).for_each(|_| _ = trainer.step(&samples).unwrap());
            let length = trainer.save(&mut file).unwrap();
            (net, best, *training) = (Double::boxed(), Double::boxed(), Learning::ZERO);
            recipe.train(&mut net, &mut training).keep_best(&mut best).load(&file[..length]).unwrap();
        }
        let trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
        assert_eq!(trainer.observe(&mut losses).run(&samples), Ok(End::Epochs));

        let close = |found: f64, expected: f64, what: &str| {
            assert!((found - expected).abs() < 1e-12, "{what}, cut at {cuts:?}: {found} and not {expected}");
        };
        for (epoch, [loss, validation]) in losses.0.iter().enumerate() {
            close(*loss, lines[0][epoch], "the loss");
            close(*validation, lines[1][epoch], "the loss of what is held out");
        }
        assert_eq!(losses.1, losses.0.iter().map(|[_, validation]| *validation).collect::<Vec<_>>());
        assert_eq!((losses.0.len(), training.progress().best_epoch as f64), (4, lines[2][0]));
        for (k, expected) in lines[3].iter().enumerate() {
            close(net.parameters()[7 * k], *expected, "a parameter");
        }
        assert_eq!(best.digest(), net.digest());
    }
}
