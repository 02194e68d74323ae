use super::*;

/// Of both numbers, so that neither is mistaken for the other.
#[derive(Clone, Copy)]
struct Difference;

impl Lanewise for Difference {
    fn of<V: Real>(self, x: V, y: V) -> V {
        sigmoid(x) - y
    }
}

type Map<F> = unsafe fn(F, usize, *const f32, *const f32, *mut f32);

fn check_map<T: Scalar, F: Lanewise>(f: F) {
    let rng = &mut Pcg32::new(9);
    let forms: Forms<Map<F>, PICKED> = forms!(map<F>(f, n, x, y, to));
    for n in (0..=70).chain([127, 128, 129, 145]) {
        let (x, y) = (Fenced::random(rng, n), Fenced::random(rng, n));
        let number = |x: f32| T::from_f64(x as f64);
        let parts = x.as_ref().iter().zip(y.as_ref());
        let expected: Vec<f32> = parts.map(|(&x, &y)| f.of(number(x), number(y)).to_f64() as f32).collect();
        for (level, map) in runnable::<T, _, _>(forms) {
            let (mut to, mut inout) = (Fenced::random(rng, n), y.copy());
            // SAFETY: `n` numbers each, and the processor has the level.
            unsafe {
                map(f, n, x.as_ptr(), y.as_ptr(), to.as_mut_ptr());
                map(f, n, x.as_ptr(), inout.as_ptr(), inout.as_mut_ptr());
            }
            same(to.as_ref(), &expected, format_args!("map of {n} at {level:?}"));
            same(inout.as_ref(), &expected, format_args!("map of {n} in place at {level:?}"));
        }
    }
}

#[test]
fn map_and_activate() {
    fn all<T: Scalar>() {
        check_map::<T, _>(Difference);
        check_map::<T, _>(Of::<Value<Tanh>>::NEW);
        check_map::<T, _>(Of::<Value<Relu>>::NEW);
    }
    all::<f32>();
    all::<Fused>();
}

type Softmax = unsafe fn(usize, *const f32, *mut f32);

fn check_softmax<T: Scalar>(scale: f32, masked: bool) {
    let rng = &mut Pcg32::new(13);
    let forms: Forms<Softmax, PICKED> = forms!(softmax<>(n, x, to));
    for n in 0..=70 {
        let mut x = Fenced::random(rng, n);
        x.as_mut().iter_mut().for_each(|x| *x *= scale);
        if masked && n > 1 {
            x.as_mut()[n / 2] = f32::NEG_INFINITY;
        }
        let logits: Vec<T> = x.as_ref().iter().map(|&x| T::from_f64(x as f64)).collect();
        let mut expected = vec![T::ZERO; n];
        crate::kernel::softmax::plain(&logits, &mut expected);
        let expected: Vec<f32> = expected.iter().map(|x| x.to_f64() as f32).collect();
        for (level, softmax) in runnable::<T, _, _>(forms) {
            let (mut to, mut inout) = (Fenced::random(rng, n), x.copy());
            // SAFETY: `n` numbers each, and the processor has the level.
            unsafe {
                softmax(n, x.as_ptr(), to.as_mut_ptr());
                softmax(n, inout.as_ptr(), inout.as_mut_ptr());
            }
            same(to.as_ref(), &expected, format_args!("softmax of {n} at {level:?}"));
            same(inout.as_ref(), &expected, format_args!("softmax of {n} in place at {level:?}"));
        }
    }
}

#[test]
fn softmax_of_numbers() {
    fn all<T: Scalar>() {
        check_softmax::<T>(1.0, false);
        check_softmax::<T>(30.0, true);
    }
    all::<f32>();
    all::<Fused>();
}

type Sum = unsafe fn(usize, *const [*const f32; 2], *const f32, *mut f32);

fn check_products<T: Scalar, C: Width>() {
    let rng = &mut Pcg32::new(4);
    for n in [0, 1, 2, 9, 16] {
        let pairs: Vec<[Fenced; 2]> = (0..n).map(|_| [(); 2].map(|()| Fenced::random(rng, C::USIZE))).collect();
        let start = Fenced::random(rng, C::USIZE);
        let mut expected = array::<Vector<C, T>>(&start);
        for [a, b] in &pairs {
            let pairs = array::<Vector<C, T>>(a).into_iter().zip(array::<Vector<C, T>>(b));
            expected.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum = a.mul_add(b, *sum));
        }
        let pointers: Vec<_> = pairs.iter().map(|[a, b]| [a.as_ptr(), b.as_ptr()]).collect();
        let forms: Forms<Sum, PICKED> = forms!(products<C>(n, pairs, start, to));
        for (level, products) in runnable::<T, _, _>(forms) {
            let (mut to, mut inout) = (Fenced::new(&vec![f32::NAN; C::USIZE]), start.copy());
            // SAFETY: vectors of this width, and the processor has the level.
            unsafe {
                products(n, pointers.as_ptr(), start.as_ptr(), to.as_mut_ptr());
                products(n, pointers.as_ptr(), inout.as_ptr(), inout.as_mut_ptr());
            }
            let what = format!("{n} products of {} numbers at {level:?}", C::USIZE);
            same(to.as_ref(), &numbers(&expected), format_args!("{what}"));
            same(inout.as_ref(), &numbers(&expected), format_args!("{what}, in place"));
        }
    }
}

#[test]
fn products_of_vectors() {
    fn all<T: Scalar>() {
        check_products::<T, U1>();
        check_products::<T, U4>();
        check_products::<T, U7>();
        check_products::<T, U16>();
        check_products::<T, U37>();
    }
    all::<f32>();
    all::<Fused>();
}

/// Two numbers beside each weight, in which all are told apart.
#[derive(Clone, Copy)]
struct Swirl;

impl Update for Swirl {
    type Kept<P> = [P; 2];

    fn of<V: Real>(self, weight: V, slope: V, [a, b]: &mut [V; 2]) -> V {
        (*a, *b) = (*b - slope, *a * weight);
        weight + (*b).abs().sqrt() / (V::of(2.0) + slope.abs())
    }
}

type Updates = unsafe fn(Swirl, usize, *mut f32, *const f32, [*mut f32; 2]);

#[test]
fn updates() {
    check_updates::<f32>();
    check_updates::<Fused>();
}

fn check_updates<T: Scalar>() {
    let rng = &mut Pcg32::new(11);
    let number = |x: f32| T::from_f64(x as f64);
    let forms: Forms<Updates, PICKED> = forms!(update<Swirl>(f, n, w, g, kept));
    for n in (0..=70).chain([127, 128, 129, 145]) {
        let [w, g, a, b] = core::array::from_fn(|_| Fenced::random(rng, n));
        let (mut expected, mut kept) = (w.as_ref().to_vec(), [a.as_ref().to_vec(), b.as_ref().to_vec()]);
        for k in 0..n {
            let mut now = [number(kept[0][k]), number(kept[1][k])];
            expected[k] = Swirl.of(number(expected[k]), number(g.as_ref()[k]), &mut now).to_f64() as f32;
            [kept[0][k], kept[1][k]] = now.map(|now| now.to_f64() as f32);
        }
        for (level, update) in runnable::<T, _, _>(forms) {
            let (mut w, mut a, mut b) = (w.copy(), a.copy(), b.copy());
            // SAFETY: `n` numbers each, and the processor has the level.
            unsafe { update(Swirl, n, w.as_mut_ptr(), g.as_ptr(), [a.as_mut_ptr(), b.as_mut_ptr()]) };
            same(w.as_ref(), &expected, format_args!("update of {n} at {level:?}"));
            same(a.as_ref(), &kept[0], format_args!("first kept of {n} at {level:?}"));
            same(b.as_ref(), &kept[1], format_args!("second kept of {n} at {level:?}"));
        }
    }
}
