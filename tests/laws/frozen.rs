//! Frozen layers: what they write and pass back has the bits of the layers as they were, and all else learns as
//! it did.

use std::cell::Cell;
use std::sync::OnceLock;

use super::{bits, fill, net};
use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OutputOf, Weights};

thread_local! {
    /// How often this thread asked for frozen weights.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// freeze! { name: scalar, loss, layers, Marker: frozen layer = net => where it is, layers with it frozen; } makes a test that
/// compares the two networks.
macro_rules! freeze {
    ($(
        $name:ident: $t:ty, $loss:ty, $layers:ty, $frozen:ident: $layer:ty = $whole:ident => $weights:expr, $part:ty;
    )+) => {$(
        #[test]
        fn $name() {
            type Whole = Network<$layers, $loss>;
            struct $frozen;

            fn whole() -> &'static Whole {
                static WHOLE: OnceLock<Box<Whole>> = OnceLock::new();
                WHOLE.get_or_init(|| net(5))
            }

            impl Weights for $frozen {
                type Layer = $layer;

                fn weights() -> &'static $layer {
                    ASKED.set(ASKED.get() + 1);
                    let $whole = whole();
                    $weights
                }
            }
            same::<$layers, $part, $loss>(whole(), <$layer as Plain>::COUNT, start(whole(), $frozen::weights()));
        }
    )+};
}

/// Where the numbers of `part` begin in those of `whole`.
fn start<N: Plain, P: Plain>(whole: &N, part: &P) -> usize {
    let at = |address: usize| address / size_of::<N::Scalar>();
    at(part as *const P as usize - whole as *const N as usize)
}

/// `values` without those of the frozen layer.
fn rest<T: Copy>(values: &[T], start: usize, count: usize) -> Vec<T> {
    [&values[..start], &values[start + count..]].concat()
}

fn same<L: Layers, P: Layers<Scalar = L::Scalar>, E: Loss>(whole: &Network<L, E>, count: usize, start: usize)
where
    P::Chain: Layer<Input = InputOf<L::Chain>, Output = OutputOf<L::Chain>>,
{
    let learns = |net: &Network<L, E>| bits(&rest(net.parameters(), start, count));
    let mut part = Network::<P, E>::boxed();
    part.parameters_mut().copy_from_slice(&rest(whole.parameters(), start, count));
    assert_eq!(Network::<P, E>::PARAMETERS + count, Network::<L, E>::PARAMETERS);
    assert_eq!(Network::<P, E>::PLAN.layers(), Network::<L, E>::PLAN.layers());
    assert_ne!(Network::<P, E>::FINGERPRINT, Network::<L, E>::FINGERPRINT);

    let mut rng = Pcg32::new(6);
    let mut samples = vec![(InputOf::<L::Chain>::ZERO, OutputOf::<L::Chain>::ZERO); 7];
    for (x, y) in &mut samples {
        fill(x.flat_mut(), 1.5, &mut rng);
        fill(y.flat_mut(), 1.0, &mut rng);
    }
    for (x, _) in &samples {
        assert_eq!(bits(part.predict(x).flat()), bits(whole.predict(x).flat()));
    }

    let mut grad = Box::new(Network::<P, E>::GRADIENT);
    let mut expected = Box::new(Network::<L, E>::GRADIENT);
    let (mut tape, mut other) = (Network::<L, E>::TAPE, Network::<P, E>::TAPE);
    whole.gradient(&samples, L2(0.3), &mut expected, &mut tape);
    part.gradient(&samples, L2(0.3), &mut grad, &mut other);
    assert_eq!(bits(grad.parameters()), learns(&expected));
    grad.parameters_mut().fill(L::Scalar::ONE);
    let mut tapes = [<Network<P, E>>::TAPE; 4];
    part.gradient_batch(&samples, L2(0.3), &mut grad, &mut tapes);
    assert_eq!(bits(grad.parameters()), learns(&expected));

    // ∂J/∂x, through all that is frozen.
    let (mut dx, mut expected) = (InputOf::<L::Chain>::ZERO, InputOf::<L::Chain>::ZERO);
    whole.record(&samples[0].0, &mut tape);
    part.record(&samples[0].0, &mut other);
    fill(tape.split().1.flat_mut(), 1.0, &mut Pcg32::new(7));
    fill(other.split().1.flat_mut(), 1.0, &mut Pcg32::new(7));
    whole.backward(&samples[0].0, &mut tape, &mut Network::<L, E>::boxed(), Some(&mut expected));
    part.backward(&samples[0].0, &mut other, &mut grad, Some(&mut dx));
    assert_eq!(bits(dx.flat()), bits(expected.flat()));

    // One step: another would have other errors, since the frozen layer has not moved.
    let (x, y) = &samples[1];
    let mut moved = Network::<L, E>::boxed();
    moved.parameters_mut().copy_from_slice(whole.parameters());
    moved.descend(x, y, L::Scalar::from_f64(0.1), &mut tape);
    part.descend(x, y, L::Scalar::from_f64(0.1), &mut other);
    assert_eq!(bits(part.parameters()), learns(&moved));

    moved.parameters_mut().copy_from_slice(whole.parameters());
    part.parameters_mut().copy_from_slice(&rest(whole.parameters(), start, count));
    let (mut tapes, mut others) = ([<Network<L, E>>::TAPE; 7], [<Network<P, E>>::TAPE; 7]);
    moved.step_batch(&samples, L2(0.1), L::Scalar::from_f64(0.1), &mut tapes);
    part.step_batch(&samples, L2(0.1), L::Scalar::from_f64(0.1), &mut others);
    assert_eq!(bits(part.parameters()), learns(&moved));
}

type D<In, Out, A = Identity> = Dense<In, Out, A>;
type F<In, Out, A = Identity> = Dense<In, Out, A, f64>;
type Rnn<A> = Elman<U3, U4, U5, Tanh, A>;
type Gated<E> = Gru<U3, U4, U5, E>;
type Body = Network<(D<U9, U33, Relu>, Gelu<U33>, D<U33, U20, Tanh>), SquaredError>;

freeze! {
    first: f32, SigmoidCrossEntropy, (D<U64, U32, Sigmoid>, D<U32, U10>),
        Front: D<U64, U32, Sigmoid> = net => net.layers().0, (Frozen<Front>, D<U32, U10>);
    first_two: f32, SquaredError, ((D<U3, U5, Tanh>, D<U5, U7, Tanh>), D<U7, U2>),
        Second: D<U5, U7, Tanh> = net => net.layers().0.1, ((D<U3, U5, Tanh>, Frozen<Second>), D<U7, U2>);
    middle: f32, SoftmaxCrossEntropy, (D<U20, U40, Tanh>, D<U40, U130, Relu>, D<U130, U10>),
        Middle: D<U40, U130, Relu> = net => net.layers().1, (D<U20, U40, Tanh>, Frozen<Middle>, D<U130, U10>);
    small: f32, SquaredError, (D<U3, U5, Sigmoid>, D<U5, U5, Sigmoid>, D<U5, U3>),
        Small: D<U5, U5, Sigmoid> = net => net.layers().1, (D<U3, U5, Sigmoid>, Frozen<Small>, D<U5, U3>);
    double: f64, SquaredError, (F<U3, U5, Sigmoid>, F<U5, U6, Sigmoid>, F<U6, U3>),
        Double: F<U5, U6, Sigmoid> = net => net.layers().1, (F<U3, U5, Sigmoid>, Frozen<Double>, F<U6, U3>);
    last: f32, SigmoidCrossEntropy, (D<U12, U20, Tanh>, D<U20, U4>),
        End: D<U20, U4> = net => net.layers().1, (D<U12, U20, Tanh>, Frozen<End>);
    unbiased: f32, SquaredError, (D<U12, U20, Tanh>, Dense<U20, U4, Tanh, f32, Unbiased>, D<U4, U4>),
        NoBias: Dense<U20, U4, Tanh, f32, Unbiased> = net => net.layers().1,
        (D<U12, U20, Tanh>, Frozen<NoBias>, D<U4, U4>);
    recurrent: f32, SquaredError, (Elman<U3, U2, U4, Tanh, All>, Rnn<All>, Rnn5, D<U4, U2>),
        Recurrent: Rnn<All> = net => net.layers().1, (Elman<U3, U2, U4, Tanh, All>, Frozen<Recurrent>, Rnn5, D<U4, U2>);
    gates: f32, SquaredError, (Lstm<U3, U2, U4, All>, Gated<All>, Lstm<U3, U5, U4>, D<U4, U2>),
        Gates: Gated<All> = net => net.layers().1, (Lstm<U3, U2, U4, All>, Frozen<Gates>, Lstm<U3, U5, U4>, D<U4, U2>);
    last_state: f32, SquaredError, (Elman<U3, U2, U4, Tanh, All>, Rnn<Last>, D<U5, U2>),
        State: Rnn<Last> = net => net.layers().1, (Elman<U3, U2, U4, Tanh, All>, Frozen<State>, D<U5, U2>);
}

type Rnn5 = Elman<U3, U5, U4, Sigmoid>;

/// A whole network between layers that learn: as its layers in a nested tuple.
#[test]
fn a_chain() {
    type Layers = (D<U6, U9>, (D<U9, U33, Relu>, Gelu<U33>, D<U33, U20, Tanh>), D<U20, U3>);
    type Whole = Network<Layers, SquaredError>;
    struct Middle;

    fn whole() -> &'static Whole {
        static WHOLE: OnceLock<Box<Whole>> = OnceLock::new();
        WHOLE.get_or_init(|| net(8))
    }

    impl Weights for Middle {
        type Layer = Body;

        fn weights() -> &'static Body {
            static BODY: OnceLock<Box<Body>> = OnceLock::new();
            BODY.get_or_init(|| {
                let mut body = Body::boxed();
                body.parameters_mut().copy_from_slice(&whole().parameters()[7 * 9..][..Body::PARAMETERS]);
                body
            })
        }
    }
    type Part = (D<U6, U9>, Frozen<Middle>, D<U20, U3>);
    same::<Layers, Part, SquaredError>(whole(), Body::PARAMETERS, 7 * 9);
}

/// In front of all that learns, a frozen layer has a forward pass and no other.
#[test]
fn no_backward_pass_in_front() {
    struct Counted;

    impl Weights for Counted {
        type Layer = D<U4, U4, Tanh>;

        fn weights() -> &'static Self::Layer {
            static LAYER: D<U4, U4, Tanh> = D::<U4, U4, Tanh>::ZERO;
            ASKED.set(ASKED.get() + 1);
            &LAYER
        }
    }
    type Front = Network<((Frozen<Counted>, Frozen<Counted>), Frozen<Counted>, D<U4, U2>), SquaredError>;
    type Behind = Network<(D<U4, U4>, Frozen<Counted>, D<U4, U2>), SquaredError>;

    fn passes<L: Layers<Scalar = f32>>() -> [usize; 3]
    where
        L::Chain: Layer<Input = Vector<U4>, Output = Vector<U2>>,
    {
        type N<L> = Network<L, SquaredError>;
        let (x, y) = (Vector::<U4>::ZERO, Vector::<U2>::ZERO);
        let (mut net, mut grad, mut tape) = (N::<L>::boxed(), N::<L>::GRADIENT, N::<L>::TAPE);
        let mut tapes = [<N<L>>::TAPE; 3];
        let samples = [(x, y), (x, y)];
        let count = |work: &mut dyn FnMut()| {
            ASKED.set(0);
            work();
            ASKED.get()
        };
        [
            count(&mut || net.descend(&x, &y, 0.1, &mut tape)),
            count(&mut || net.step_batch(&samples, NoPenalty, 0.1, &mut tapes)),
            count(&mut || net.gradient_batch(&samples, NoPenalty, &mut grad, &mut tapes)),
        ]
    }
    assert_eq!(passes::<((Frozen<Counted>, Frozen<Counted>), Frozen<Counted>, D<U4, U2>)>(), [3; 3]);
    assert_eq!(passes::<(D<U4, U4>, Frozen<Counted>, D<U4, U2>)>(), [2; 3]);
    assert_eq!(Front::FOOTPRINT.gradient, size_of::<Gradient<Front>>());
    assert_eq!(Behind::FOOTPRINT.weights, (5 * 4 + 5 * 2) * size_of::<f32>());
    let plan = " 1  Dense identity  4 → 4  20 parameters\n 2  Dense tanh  4 → 4  20 frozen parameters\n \
                 3  Dense identity  4 → 2  10 parameters\n";
    assert_eq!(Behind::PLAN.to_string(), plan);
    assert_eq!(Behind::ZERO.theta(3, 2, 4), Some(0.0));
}
