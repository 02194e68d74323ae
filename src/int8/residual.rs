use crate::array::{Array, Plain};
use crate::int8::scale::{Factor, Word};
use crate::int8::{Int8InputOf, Int8Layer, Int8OutputOf, Outcome, Quantize, Scale, at_once, outcome};
use crate::layer::{InputOf, OutputOf, Parameters, Residual};
use crate::network::Layers;
use crate::plain::fit;

/// A [`Residual`] in integers: what the layers read is added to what they write.
///
/// # Equations
///
/// As TensorFlow Lite's `ADD`: with `s = 2 max(s_f, s_x)`, each operand is rounded to steps of `s·2⁻²⁰`, by the factors `s_f / s`
/// and `s_x / s` of `(q − z)·2²⁰`; the sum is rounded to the output's steps by `s / (2²⁰ s_y)`.
///
/// # Memory
///
/// The layers, and 40 bytes. Stack: an output.
#[repr(C)]
pub struct ResidualInt8<C> {
    layers: C,
    scale: Scale,
    zeros: [Word; 2],
    factors: [[Word; 2]; 3],
}

// SAFETY: `repr(C)`, and each field is plain and of `i8`, so nothing lies between them.
#[allow(unsafe_code)]
unsafe impl<C: Plain<Scalar = i8>> Plain for ResidualInt8<C> {
    type Scalar = i8;
    const COUNT: usize = C::COUNT + Scale::COUNT + 8 * Word::COUNT;
}

/// The bits that operands get before they are rounded.
const LEFT: u32 = 20;

impl<C> ResidualInt8<C> {
    /// The layers in integers.
    pub fn layers_mut(&mut self) -> &mut C {
        &mut self.layers
    }

    /// Sets the sum, from the scales of what the layers write, of what they read, and of the output.
    pub fn set(&mut self, f: Scale, x: Scale, y: Scale) -> Scale {
        self.scale = y;
        self.zeros = [f, x].map(|scale| Word::of(scale.zero().into()));
        let twice = 2.0 * if f.step() < x.step() { f64::from(x.step()) } else { f64::from(f.step()) };
        let out = twice / f64::from((1_i32 << LEFT) as f32 * y.step());
        self.factors = [f64::from(f.step()) / twice, f64::from(x.step()) / twice, out].map(|m| Factor::new(m).words());
        y
    }

    /// One output.
    #[inline(always)]
    fn sum(&self, f: i8, x: i8) -> i8 {
        let [f0, x0] = self.zeros.map(|zero| i32::from(zero.get() as i8));
        let [by_f, by_x, by_y] = self.factors.map(Factor::of);
        let f = by_f.times((i32::from(f) - f0) << LEFT);
        let x = by_x.times((i32::from(x) - x0) << LEFT);
        let y = by_y.times(f.wrapping_add(x));
        y.saturating_add(self.scale.zero().into()).clamp(-128, 127) as i8
    }
}

impl<C: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>> Int8Layer for ResidualInt8<C> {
    type Input = C::Input;
    type Output = C::Output;

    #[inline]
    fn forward(&self, x: &C::Input, y: &mut C::Output) {
        self.layers.forward(x, y);
        for (y, &x) in y.flat_mut().iter_mut().zip(x.flat()) {
            *y = self.sum(*y, x);
        }
    }

    fn scale(&self, _: Scale) -> Scale {
        self.scale
    }

    const KEPT: u64 = C::KEPT;
}

at_once! { [C: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>] ResidualInt8<C> }

impl<L: Layers<Chain: Quantize<Int8: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>>>> Quantize
    for Residual<L>
{
    type Int8 = ResidualInt8<<L::Chain as Quantize>::Int8>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [L::Scalar])) {
        let mut f = OutputOf::<L::Chain>::ZERO;
        self.chain().observe(x, &mut f, visit);
        Self::join(x, &f, y);
        visit(y.flat_mut());
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let f = self.chain().quantize(x, next, &mut to.layers);
        to.set(f, x, next())
    }

    fn compare(
        &self,
        int8: &Self::Int8,
        scale: Scale,
        x: &InputOf<L::Chain>,
        q: &Int8InputOf<L::Chain>,
        y: &mut OutputOf<L::Chain>,
        to: &mut Int8OutputOf<L::Chain>,
        visit: &mut impl FnMut(Outcome),
    ) {
        let (mut f, mut integers) = (OutputOf::<L::Chain>::ZERO, Int8OutputOf::<L::Chain>::ZERO);
        self.chain().compare(&int8.layers, scale, x, q, &mut f, &mut integers, visit);
        Self::join(x, &f, y);
        let parts = integers.flat().iter().zip(fit::<_, Int8OutputOf<L::Chain>>(q).flat());
        to.flat_mut().iter_mut().zip(parts).for_each(|(to, (&f, &x))| *to = int8.sum(f, x));
        outcome(Self::NAME, int8.scale(scale), y, to, visit);
    }
}
