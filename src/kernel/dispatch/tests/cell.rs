use super::*;
use crate::kernel::cell::{Cell, Moment};
use crate::kernel::gemv::partials;
use crate::plain::Few;

/// Cells that tell all of their numbers apart; `C, kept, sums, inner`.
macro_rules! cells {
    ($($Cell:ident $kept:literal $sums:literal $inner:literal;)*) => {$(
        #[derive(Clone, Copy)]
        struct $Cell;

        impl Update for $Cell {
            type Kept<P> = [P; $kept];

            fn of<V: Real>(self, _: V, before: V, kept: &mut [V; $kept]) -> V {
                let mut sum = before.abs().sqrt();
                for (k, kept) in kept.iter_mut().enumerate() {
                    *kept = sigmoid(*kept) - V::of((k + 1) as f64) * sum;
                    sum = *kept / (V::of(2.0) + sum.abs());
                }
                sum + before
            }
        }

        impl Cell for $Cell {
            const SUMS: usize = $sums;
            const INNER: bool = $inner;
        }
    )*};
}

cells! {
    Lstm 5 4 true;
    Gru 4 4 false;
    Reset 3 3 false;
    New 2 1 false;
    Elman 1 1 false;
}

/// s ← s + Wᵀ x in the order that gemv states.
fn product<T: Scalar>(w: &[f32], x: &[f32], s: &mut [T]) {
    let (out, number) = (s.len(), |x: f32| T::from_f64(x as f64));
    for (j, s) in s.iter_mut().enumerate() {
        let mut parts = [*s, T::ZERO, T::ZERO, T::ZERO];
        for (i, &x) in x.iter().enumerate() {
            let part = &mut parts[i % partials(out)];
            *part = number(x).mul_add(number(w[i * out + j]), *part);
        }
        *s = match partials(out) {
            4 => (parts[0] + parts[2]) + (parts[1] + parts[3]),
            2 => parts[0] + parts[1],
            _ => parts[0],
        };
    }
}

type Advance<C> = unsafe fn(Moment<C>);

/// By so many inputs, none where their sums are there; with the state where h is written, and elsewhere.
fn check_cell<T: Scalar, Hidden: Width, X: Width, U: Width, C: Cell>(cell: C) {
    let forms: Forms<Advance<C>, PICKED> = forms!(advance < Hidden, X, U, C > (moment));
    let (rng, units) = (&mut Pcg32::new(Hidden::U64 << 8 | U::U64), Hidden::USIZE);
    let number = |x: f32| T::from_f64(x as f64);
    for (inputs, in_place) in [(0, false), (1, true), (3, false), (6, true), (0, true)] {
        let [w, x, z, beside, u] = [inputs * X::USIZE, inputs, X::USIZE, C::SUMS * units - X::USIZE, units * U::USIZE]
            .map(|n| Fenced::random(rng, n));
        let (sums, rest) = (Fenced::random(rng, C::SUMS * units), Fenced::random(rng, units));
        let [of, before, h] = core::array::from_fn(|_| Fenced::random(rng, units));
        let state = if C::INNER { &rest } else { &h };
        let (from, state) = if in_place { (&h, state) } else { (&of, &before) };

        let start = if inputs > 0 { z.as_ref() } else { &sums.as_ref()[..X::USIZE] };
        let mut expected: Vec<T> = start.iter().chain(beside.as_ref()).map(|&x| number(x)).collect();
        if inputs > 0 {
            product(w.as_ref(), x.as_ref(), &mut expected[..X::USIZE]);
        }
        product(u.as_ref(), from.as_ref(), &mut expected[C::SUMS * units - U::USIZE..]);
        let (mut last, mut new) = (rest.as_ref().to_vec(), vec![0.0; units]);
        for k in 0..units {
            let place = |g: usize| g * units + k;
            let mut now =
                C::Kept::<T>::make(|g| if g < C::SUMS { expected[place(g)] } else { number(rest.as_ref()[k]) });
            new[k] = cell.of(T::ZERO, number(state.as_ref()[k]), &mut now).to_f64() as f32;
            for (g, &now) in now.as_ref().iter().enumerate() {
                if g < C::SUMS {
                    expected[place(g)] = now;
                } else {
                    last[k] = now.to_f64() as f32;
                }
            }
        }
        let expected: Vec<f32> = expected.iter().map(|x| x.to_f64() as f32).collect();

        for (level, advance) in runnable::<T, _, _>(forms) {
            let (mut sums, mut rest, mut h) = (sums.copy(), rest.copy(), h.copy());
            let (to, others, to_h) = (sums.as_mut_ptr(), rest.as_mut_ptr(), h.as_mut_ptr());
            let state = if C::INNER { others } else { to_h };
            let moment = Moment {
                cell,
                inputs,
                w: w.as_ptr(),
                x: x.as_ptr(),
                z: if inputs > 0 { z.as_ptr() } else { to },
                beside: beside.as_ptr(),
                u: u.as_ptr(),
                of: if in_place { to_h } else { of.as_ptr() },
                before: if in_place { state } else { before.as_ptr() },
                h: to_h,
                kept: C::Kept::make(|g| if g < C::SUMS { to.wrapping_add(g * units) } else { others }),
            };
            // SAFETY: arrays of these widths, and the processor has the level.
            unsafe { advance(moment) };
            let what = format!("{units} units, {inputs} inputs, in place: {in_place}, {}, at {level:?}", U::USIZE);
            same(sums.as_ref(), &expected, format_args!("kept of {what}"));
            same(rest.as_ref(), &last, format_args!("last kept of {what}"));
            same(h.as_ref(), &new, format_args!("h of {what}"));
        }
    }
}

#[test]
fn cells() {
    fn all<T: Scalar, Hidden: Gates>() {
        check_cell::<T, Hidden, Hidden::Four, Hidden::Four, _>(Lstm);
        check_cell::<T, Hidden, Hidden::Three, Hidden::Three, _>(Gru);
    }
    fn other<T: Scalar, Hidden: Gates>() {
        check_cell::<T, Hidden, Hidden::Three, Hidden::Two, _>(Reset);
        check_cell::<T, Hidden, Hidden, Hidden, _>(New);
        check_cell::<T, Hidden, Hidden, Hidden, _>(Elman);
    }
    all::<f32, U1>();
    all::<Fused, U3>();
    other::<f32, U4>();
    all::<f32, U5>();
    other::<Fused, U7>();
    all::<f32, U8>();
    all::<Fused, U8>();
    all::<f32, U10>();
    other::<f32, U11>();
    all::<Fused, U13>();
    all::<f32, U16>();
    other::<Fused, U16>();
    all::<f32, U17>();
    other::<f32, U33>();
    all::<Fused, U40>();
}
