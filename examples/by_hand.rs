//! One sample through a 3-5-5-3 network by hand, with plain loops and the tutorial's equations (T); the library
//! must agree with every number to 12 decimals.
//!
//! ```text
//! forward
//! a1 = x, with a₀ = 1       1.1.1   1.0000  0.5000 -1.0000  2.0000
//! Θ1                               -0.1437  0.3114  0.2644  0.5806
//!                                  -0.0722  0.4600  0.4277  0.3005
//!                                   0.1739  0.4738  0.7501 -0.0845
//!                                  -0.3748 -0.6053  0.6857 -0.4698
//!                                   0.8099  0.4246  0.8618  0.4350
//! z2 = Θ1 a1                1.1.2   0.9087  0.3312 -0.5083 -2.3027  1.0305
//! a2 = g(z2)                1.1.3   1.0000  0.7127  0.5820  0.3756  0.0909  0.7370
//! Θ2                                0.1037  0.2563 -0.2406 -0.2097 -0.4028 -0.5372
//!                                   0.3427  0.2957 -0.1618 -0.3090  0.5403  0.4709
//!                                  -0.2172 -0.1425  0.1579 -0.6250 -0.0282 -0.3613
//!                                  -0.2427 -0.3191  0.4871 -0.3647  0.7146  0.3235
//!                                   0.4519  0.3629  0.4405 -0.6193  0.6406 -0.4913
//! z3 = Θ2 a2                1.1.2  -0.3650  0.7394 -0.7305 -0.0202  0.4304
//! a3 = g(z3)                1.1.3   1.0000  0.4098  0.6769  0.3251  0.4949  0.6060
//! Θ3                                0.3935 -0.4901  0.1237  0.6337 -0.7974 -0.0966
//!                                   0.5601 -0.1483  0.3726  0.6902 -0.5148  0.6589
//!                                   0.7278 -0.7431  0.2686  0.2575  0.5821  0.4472
//! z4 = Θ3 a3                1.1.2   0.0292  1.1204  1.2479
//! a4 = g(z4)                1.1.3   0.5073  0.7541  0.7769
//! y, the target                     0.0000  1.0000  0.0000
//!
//! cost, m = 1, λ = 0.1
//! −Σ y ln h + (1−y) ln(1−h) 1.2.1   2.4904
//! J, with λ/2m ΣΘ²          1.2.5   3.0993
//!
//! backward: δ of every layer, from the last to the first
//! δ4 = h − y                2.4.6   0.5073 -0.2459  0.7769
//! δ3 = Θ3ᵀ δ4 ⊙ a3(1 − a3)  2.5.8  -0.1909  0.0393  0.0772  0.0436  0.0326
//! δ2 = Θ2ᵀ δ3 ⊙ a2(1 − a2)  2.5.8  -0.0103  0.0212 -0.0132  0.0122  0.0177
//!
//! the gradient of Θ1, and a step with α = 0.5
//! Δ1 = δ2 a1ᵀ               3.1.1  -0.0103 -0.0052  0.0103 -0.0206
//!                                   0.0212  0.0106 -0.0212  0.0425
//!                                  -0.0132 -0.0066  0.0132 -0.0265
//!                                   0.0122  0.0061 -0.0122  0.0245
//!                                   0.0177  0.0088 -0.0177  0.0354
//! ∂J/∂Θ1 = Δ1/m + λ/m Θ1    3.1.3  -0.0103  0.0260  0.0368  0.0374
//!                                   0.0212  0.0566  0.0215  0.0725
//!                                  -0.0132  0.0408  0.0882 -0.0349
//!                                   0.0122 -0.0544  0.0563 -0.0225
//!                                   0.0177  0.0513  0.0685  0.0789
//! Θ1 ← Θ1 − α ∂J/∂Θ1        1.3.2  -0.1386  0.2984  0.2460  0.5619
//!                                  -0.0828  0.4317  0.4169  0.2642
//!                                   0.1805  0.4534  0.7060 -0.0671
//!                                  -0.3809 -0.5781  0.6575 -0.4585
//!                                   0.8011  0.3990  0.8276  0.3956
//!
//! … and so for Θ2 and Θ3
//!
//! the library agrees
//! ```

#[path = "support/pipe.rs"]
mod pipe;

use nanoprop::Course;
use nanoprop::prelude::*;

network! {
    /// Three numbers in, three probabilities out.
    type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy, scalar = f64;
}
const WIDTHS: [usize; 4] = [3, 5, 5, 3];

/// Θ⁽ˡ⁾ or its like: a row for each unit that is reached, in it the bias and a weight for each unit before.
type Theta = Vec<Vec<f64>>;

/// Public for the test of the guide that compares its numbers with these.
pub fn main() {
    pipe::end_quietly();
    let (x, y, rate, lambda) = ([0.5, -1.0, 2.0], [0.0, 1.0, 0.0], 0.5, 0.1);
    let mut net = Tiny::ZERO;
    net.initialize(&Course, &mut Pcg32::new(1));
    let theta = layers(&net);

    println!("forward");
    let mut a = vec![vec![1.0, x[0], x[1], x[2]]];
    show("a1 = x, with a₀ = 1", "1.1.1", &a);
    for l in 1..=3 {
        let z: Vec<f64> = theta[l - 1].iter().map(|row| row.iter().zip(&a[l - 1]).map(|(w, a)| w * a).sum()).collect();
        let g = z.iter().map(|z| 1.0 / (1.0 + (-z).exp()));
        a.push(if l < 3 { [1.0].into_iter().chain(g).collect() } else { g.collect() });
        show(&format!("Θ{l}"), "", &theta[l - 1]);
        show(&format!("z{} = Θ{l} a{l}", l + 1), "1.1.2", &[z]);
        show(&format!("a{0} = g(z{0})", l + 1), "1.1.3", &a[l..]);
    }
    agree(&a[3], &net.predict(&x));
    show("y, the target", "", &[y.to_vec()]);

    println!("\ncost, m = 1, λ = {lambda}");
    let price = |(h, y): (&f64, &f64)| -(y * h.ln() + (1.0 - y) * (1.0 - h).ln());
    let cost: f64 = a[3].iter().zip(&y).map(price).sum();
    let squares: f64 = theta.iter().flatten().flat_map(|row| &row[1..]).map(|w| w * w).sum();
    show("−Σ y ln h + (1−y) ln(1−h)", "1.2.1", &[vec![cost]]);
    show("J, with λ/2m ΣΘ²", "1.2.5", &[vec![cost + lambda / 2.0 * squares]]);
    agree(&[cost, cost + lambda / 2.0 * squares], &[net.loss(&x, &y), net.cost(&[(x, y)], L2(lambda))]);

    println!("\nbackward: δ of every layer, from the last to the first");
    let mut delta = vec![vec![]; 5]; // delta[l] is δ of layer l
    delta[4] = a[3].iter().zip(&y).map(|(h, y)| h - y).collect();
    show("δ4 = h − y", "2.4.6", &[delta[4].clone()]);
    for l in (2..=3).rev() {
        let (theta, a, next) = (&theta[l - 1], &a[l - 1], &delta[l + 1]);
        let back = |i: usize| theta.iter().zip(next).map(|(row, d)| row[i] * d).sum::<f64>() * a[i] * (1.0 - a[i]);
        delta[l] = (1..a.len()).map(back).collect();
        show(&format!("δ{l} = Θ{l}ᵀ δ{} ⊙ a{l}(1 − a{l})", l + 1), "2.5.8", &[delta[l].clone()]);
    }

    let (mut tape, mut grad) = (Tiny::TAPE, Tiny::GRADIENT);
    net.gradient(&[(x, y)], L2(lambda), &mut grad, &mut tape);
    net.update(&grad, rate);
    for l in 1..=3 {
        println!("\nthe gradient of Θ{l}, and a step with α = {rate}");
        let (theta, a) = (&theta[l - 1], &a[l - 1]);
        let [mut product, mut derivative, mut step] = [(); 3].map(|()| theta.clone());
        for (j, d) in delta[l + 1].iter().enumerate() {
            for (i, a) in a.iter().enumerate() {
                product[j][i] = d * a;
                derivative[j][i] = product[j][i] + if i > 0 { lambda * theta[j][i] } else { 0.0 };
                step[j][i] = theta[j][i] - rate * derivative[j][i];
            }
        }
        show(&format!("Δ{l} = δ{} a{l}ᵀ", l + 1), "3.1.1", &product);
        show(&format!("∂J/∂Θ{l} = Δ{l}/m + λ/m Θ{l}"), "3.1.3", &derivative);
        show(&format!("Θ{l} ← Θ{l} − α ∂J/∂Θ{l}"), "1.3.2", &step);
        agree(&derivative.concat(), &layers(&grad)[l - 1].concat());
        agree(&step.concat(), &layers(&net)[l - 1].concat());
    }
    println!("\nthe library agrees");
}

fn layers(net: &Tiny) -> Vec<Theta> {
    let row = |l, j| (0..=WIDTHS[l - 1]).map(|i| net.theta(l, j, i).expect("such a weight")).collect();
    (1..=3).map(|l| (1..=WIDTHS[l]).map(|j| row(l, j)).collect()).collect()
}

fn show(what: &str, equation: &str, rows: &[Vec<f64>]) {
    for (r, row) in rows.iter().enumerate() {
        let (what, equation) = if r == 0 { (what, equation) } else { ("", "") };
        println!("{what:26}{equation:6}{}", row.iter().map(|n| format!("{n:8.4}")).collect::<String>());
    }
}

fn agree(by_hand: &[f64], library: &[f64]) {
    assert_eq!(by_hand.len(), library.len());
    by_hand.iter().zip(library).for_each(|(h, l)| assert!((h - l).abs() <= 1e-12, "by hand {h}, by the library {l}"));
}
