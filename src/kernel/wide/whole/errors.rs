use crate::activation::Activation;
use crate::kernel::arch::Across;
use crate::kernel::whole::Walk;
use crate::kernel::wide::spread::column_sums;
use crate::width::Width;

/// Back from the end of parameters, numbers and derivatives: a layer's derivatives become its δ, and those of the layer
/// before follow from them.
pub(super) struct Errors<V> {
    pub(super) groups: usize,
    pub(super) w: *const f32,
    pub(super) a: *const V,
    pub(super) d: *mut V,
    /// How many numbers of layers are before the end.
    pub(super) left: usize,
}

impl<V: Across> Walk for Errors<V> {
    const BACK: bool = true;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            self.a = self.a.sub(2 * Out::USIZE);
            self.d = self.d.sub(2 * Out::USIZE);
            self.left -= Out::USIZE;
            let w = self.w.sub(In::USIZE * Out::USIZE);
            self.w = if bias { w.sub(Out::USIZE) } else { w };
            for h in 0..self.groups {
                let (a, d) = (self.a.add(h), self.d.add(h));
                for j in 0..Out::USIZE {
                    d.add(2 * j).write(*d.add(2 * j) * A::slope(*a.add(2 * j)));
                }
                if self.left > 0 {
                    let dx = d.sub(2 * In::USIZE);
                    for i in 0..In::USIZE {
                        dx.add(2 * i).write(column_sums::<V, Out, 2>(d, w.add(i * Out::USIZE)));
                    }
                }
            }
        }
    }
}
