use crate::activation::Activation;
use crate::kernel::arch::Across;
use crate::kernel::whole::Walk;
use crate::kernel::wide::spread::column_sums;
use crate::width::Width;

/// Back from the end of parameters, numbers and derivatives: a layer's derivatives become its δ, and those of the layer
/// before follow from them.
pub(super) struct Errors<V, const H: usize> {
    pub(super) w: *const f32,
    pub(super) a: *const V,
    pub(super) d: *mut V,
    /// How many numbers of layers are before the end.
    pub(super) left: usize,
}

impl<V: Across, const H: usize> Walk for Errors<V, H> {
    const BACK: bool = true;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            self.a = self.a.sub(Out::USIZE * H);
            self.d = self.d.sub(Out::USIZE * H);
            self.left -= Out::USIZE;
            let w = self.w.sub(In::USIZE * Out::USIZE);
            self.w = if bias { w.sub(Out::USIZE) } else { w };
            for h in 0..H {
                let (a, d) = (self.a.add(h), self.d.add(h));
                for j in 0..Out::USIZE {
                    d.add(j * H).write(*d.add(j * H) * A::slope(*a.add(j * H)));
                }
                if self.left > 0 {
                    let dx = d.sub(In::USIZE * H);
                    for i in 0..In::USIZE {
                        dx.add(i * H).write(column_sums::<V, Out, H>(d, w.add(i * Out::USIZE)));
                    }
                }
            }
        }
    }
}
