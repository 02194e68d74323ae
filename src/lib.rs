//! Neural networks of fixed size whose widths are types: inference and backpropagation without heap, the same
//! bits everywhere.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! {
//!     /// 8×8 pixels in, one probability per digit out.
//!     type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
//! }
//!
//! let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE); // 9640 and 336 bytes, from constants; no heap
//! net.initialize(&Xavier, &mut Pcg32::new(1)); // in place, the same weights on every target
//! let (x, y) = ([0.5; 64], Class::<U10>::new(7).unwrap()); // an input, and its class of ten
//! for _ in 0..20 {
//!     net.descend(&x, &y, 0.5, &mut tape); // forward, backward, update
//! }
//! assert_eq!(net.classify(&x), 7);
//! ```
//!
//! A network is its parameters and nothing else: `Digits` is 2410 numbers, a value of 9640 bytes that fits a `static`, a
//! stack or a struct of yours. A gradient is a value of the same type. What a backward pass needs besides is a *tape*,
//! which the caller owns. Layers that do not fit are a compile error in decimals.
//!
//! The guide, the crate `nanoprop-guide`, derives backpropagation for one small network, with the numbers of each equation,
//! and goes from a table in a file to a device; it has a layer in one file, and recipes.
//!
//! # Tour
//!
//! ## Declare
//!
//! [`network!`] spells each width once, in decimals. It makes a type alias; the same type by hand is a tuple of layers
//! and a loss. A tuple may have sixteen elements, which may be tuples again.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
//! type ByHand = Network<(Dense<U64, U32, Sigmoid>, Dense<U32, U10>), SigmoidCrossEntropy>;
//!
//! let net: ByHand = Digits::ZERO; // one type
//! assert_eq!(net.parameters().len(), 65 * 32 + 33 * 10);
//! assert_eq!(
//!     Digits::PLAN.to_string(),
//!     " 1  Dense sigmoid  64 → 32  2080 parameters\n 2  Dense identity  32 → 10  330 parameters\n",
//! );
//! ```
//!
//! The loss owns the *link* from logits to predictions, so the last layer has no activation: [`SigmoidCrossEntropy`] applies
//! the sigmoid, [`SoftmaxCrossEntropy`] the softmax, the others nothing. A last layer that repeats the link, or bounds the
//! logits, does not compile.
//!
//! Where a layer does not read what the one before it writes, the compiler says so, here
//! `layer 2 reads 16 values, but layer 1 writes 32`:
//!
//! ```compile_fail
//! use nanoprop::prelude::*;
//!
//! type Misfit = Network<(Dense<U64, U32, Sigmoid>, Dense<U16, U10>), SigmoidCrossEntropy>;
//! const _: () = Misfit::FITS;
//! ```
//!
//! Of a network by `network!`, `cargo check` says it; of one by hand, where a constant like this one or a `static` asks. An
//! input or target of a wrong length is found by `cargo build` only.
//!
//! Widths are typenum's `U1`, `U2`, …; [`width!`] makes one of any constant up to 1,048,575. In files, networks are TOML
//! that the crate `nanoprop-build` turns into aliases, from a build script; feature `nets` does it with the reference
//! networks of this crate, as the module `nets`.
//!
//! ## Initialise and predict
//!
//! [`Network::initialize`] fills the parameters in place, by [`Xavier`], [`He`], [`LeCun`], [`Uniform`] or [`Course`],
//! from [`Pcg32`] or, with feature `rand`, any generator of the rand crates. An input is any array of the input's shape:
//! `[f32; 2]`, [`Vector<U2>`](Vector), for matrices `[[f32; 3]; 10]`.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! type Line = Network<Dense<U2, U1>, SquaredError>;
//! let mut net = Line::ZERO;
//! net.parameters_mut().copy_from_slice(&[1.0, 2.0, 3.0]); // the bias, then the weight from each input
//! assert_eq!(net.predict(&[10.0, 100.0])[0], 1.0 + 20.0 + 300.0);
//! assert_eq!(net.theta(1, 1, 2), Some(3.0)); // Θ⁽¹⁾₁₂: to unit 1 from unit 2
//! ```
//!
//! ## Cost and gradient
//!
//! [`cost`](Network::cost) and [`gradient`](Network::gradient) take samples and a [`Penalty`], which leaves the bias out.
//! Samples are pairs `(x, y)`, or a pair of slices. A target is an array of the output's shape or, for classifiers, a
//! [`Class`].
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! type Line = Network<Dense<U2, U1>, SquaredError>;
//! let mut net = Line::ZERO;
//! net.parameters_mut().copy_from_slice(&[1.0, 2.0, 3.0]);
//! let samples = [([1.0, 1.0], [4.0])]; // h = 6, δ = h − y = 2
//!
//! assert_eq!(net.cost(&samples, NoPenalty), 2.0); // ½ δ²
//! assert_eq!(net.cost(&samples, L2(1.0)), 2.0 + 6.5); // + λ/(2m) (2² + 3²)
//!
//! let (mut grad, mut tape) = (Line::GRADIENT, Line::TAPE);
//! net.gradient(&samples, L2(1.0), &mut grad, &mut tape);
//! assert_eq!(grad.parameters(), [2.0, 2.0 + 2.0, 2.0 + 3.0]); // Δ + λ Θ, no λ for the bias
//! net.update(&grad, 0.5);
//! assert_eq!(net.parameters(), [0.0, 0.0, 0.5]);
//! ```
//!
//! [`descend_batch`](Network::descend_batch) repeats this for a number of steps, or until J hardly changes. For samples
//! that are not in memory at once, [`accumulate`](Network::accumulate) adds one to a gradient, and
//! [`average`](Network::average) ends the sum.
//!
//! ## One sample at a time
//!
//! [`descend`](Network::descend) is forward, backward and update for one sample, without a gradient: 9976 bytes in all
//! for `Digits`. Errors propagate through the weights as they were before the step.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! type Line = Network<Dense<U2, U1>, SquaredError>;
//! let (mut net, mut tape) = (Line::ZERO, Line::TAPE);
//! net.parameters_mut().copy_from_slice(&[1.0, 2.0, 3.0]);
//! net.descend(&[1.0, 1.0], &[4.0], 0.25, &mut tape);
//! assert_eq!(net.parameters(), [0.5, 1.5, 2.5]); // Θ − ¼ · 2
//! ```
//!
//! Where interrupts have to be served, [`OnlineStep`] does the same a layer at a time, with the same bits.
//!
//! ## Batches
//!
//! With a tape for each of `B` samples, [`predict_batch`](Network::predict_batch),
//! [`gradient_batch`](Network::gradient_batch) and [`step_batch`](Network::step_batch) take `B` samples through a layer
//! at once, which reads its weights once for several of them. The bits are those of one sample after the other.
//! `step_batch` is mini-batch gradient descent, without a gradient.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
//! let mut tapes = [Net::TAPE; 32]; // a constant
//!
//! let samples = [([0.0, 1.0], [1.0]); 100];
//! let (mut net, mut other, mut grad, mut tape) = (Net::ZERO, Net::ZERO, Net::GRADIENT, Net::TAPE);
//! net.step_batch(&samples, L2(0.1), 0.5, &mut tapes); // 4 steps: of 32, 32, 32 and 4
//! for batch in samples.chunks(32) {
//!     other.gradient(batch, L2(0.1), &mut grad, &mut tape);
//!     other.update(&grad, 0.5);
//! }
//! assert_eq!(net.digest(), other.digest());
//! ```
//!
//! On hosts, feature `rayon` has `gradient_parallel`, `step_batch_parallel`, `cost_and_gradient_parallel`, `cost_parallel` and
//! `predict_parallel`, which take several such tapes and all threads of rayon's current pool, with the same bits
//! on any number of them.
//!
//! ## Train
//!
//! An [`Optimizer`] is a small value: [`Sgd`], [`Momentum`], [`Nesterov`], [`RmsProp`], [`Adam`], [`AdamW`], [`Adagrad`],
//! [`Rprop`], with PyTorch's defaults. What it remembers is a [`State`] of the caller's, values of the network's own type.
//! [`Network::optimize`] takes one step by a gradient. A [`Recipe`] has everything around it: batches, epochs, a
//! [`Schedule`], an [`Order`], clipping; a [`Trainer`] does it, to the end or a sample at a time, and can keep the best
//! weights, [`guard`](Trainer::guard) against steps that do harm, and [`save`](Trainer::save) all it knows, to go on with the
//! same bits. A training that can't work, or that diverges, is a [`TrainingError`] that says why and where.
//! [`Network::minimize`] is for full batches: [`ConjugateGradient`], [`Lbfgs`].
//!
//! ```
//! use nanoprop::prelude::*;
//! use nanoprop::{Cosine, End, TrainingError};
//! use std::sync::Mutex;
//!
//! network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
//! const RECIPE: Recipe<Adam, Cosine> = Recipe { batch: 2, epochs: 100, order: Order::Shuffled(1), ..Recipe::new(Adam::new(0.1)) }
//!     .schedule(Cosine { steps: 200, floor: 0.1 });
//! static DESK: Mutex<(Net, Training<Net, Adam>)> = Mutex::new((Net::ZERO, Training::ZERO)); // all of it, in .bss
//!
//! let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
//! let (net, training) = &mut *DESK.lock().unwrap();
//! net.initialize(&Xavier, &mut Pcg32::new(1));
//! assert_eq!(RECIPE.train(net, training).run(&samples)?, End::Epochs);
//! assert!(training.progress().epoch_loss < 0.05, "{training:?}");
//! # Ok::<(), TrainingError>(())
//! ```
//!
//! ## Save and load
//!
//! A checkpoint is bytes in a buffer of the caller, with a fingerprint of the architecture and a CRC-32; see
//! [`checkpoint`]. What is cut short, changed, or of another network is refused, and the network stays as it was.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! {
//!     type Net = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError;
//!     type Other = 2 => Dense<3, Relu> => Dense<1>, loss = SquaredError;
//! }
//! let mut net = Net::ZERO;
//! net.initialize(&Xavier, &mut Pcg32::new(1));
//!
//! let mut file = [0; Net::CHECKPOINT];
//! assert_eq!(net.save(&mut file), Ok(24 + 13 * 4 + 4));
//! let (mut restored, mut other) = (Net::ZERO, Other::ZERO);
//! assert_eq!(restored.load(&file), Ok(()));
//! assert_eq!(restored.digest(), net.digest());
//! assert_eq!(
//!     other.load(&file).unwrap_err().to_string(),
//!     "the checkpoint is of a different architecture with the same parameter count (13)",
//! );
//! ```
//!
//! [`load!`] makes a `static` of a file when the program is compiled: the weights of a network that stays in flash.
//!
//! ## Integers
//!
//! [`Quantized`] is a trained network in integers of 8 bits: a quarter of the bytes, and no floating-point number at a
//! prediction. [`int8`] has the equations; the integers are those of LiteRT's reference kernels.
//!
//! ```
//! use nanoprop::int8::Observer;
//! use nanoprop::prelude::*;
//! use nanoprop::Quantized;
//!
//! network! { type Digits = 64 => Dense<32, Relu> => Dense<10>, loss = SoftmaxCrossEntropy; }
//! type Small = Quantized<Digits>;
//! assert_eq!((size_of::<Digits>(), size_of::<Small>()), (9640, 2770));
//!
//! let mut net = Digits::ZERO;
//! net.initialize(&He, &mut Pcg32::new(1)); // and train it
//! let samples = [([0.5; 64], Class::<U10>::new(7)?), ([1.0; 64], Class::new(3)?)];
//! let mut small = Small::ZERO; // on the device, a static: load_int8!(Small, "small.nprp")
//! small.quantize(&net, &samples, Observer::MinMax); // some hundred samples
//!
//! let x: [i8; 64] = [small.input().encode(1.0); 64];
//! assert_eq!(small.classify(&x), net.classify(&[1.0; 64]));
//! # Ok::<(), nanoprop::OutOfRange>(())
//! ```
//!
//! ## Measure
//!
//! [`metrics`] count what a network gets right, one sample after another: accuracy, top-k, a confusion matrix with
//! precision, recall and F1, the same for several labels, mean squared error, R², the area under the ROC curve.
//!
//! ```
//! use nanoprop::metrics::Confusion;
//! use nanoprop::prelude::*;
//!
//! network! { type Net = 2 => Dense<2>, loss = SoftmaxCrossEntropy; }
//! let mut net = Net::ZERO;
//! net.parameters_mut().copy_from_slice(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]); // the larger of two
//! let samples = [([0.9, 0.1], [1.0, 0.0]), ([0.2, 0.8], [0.0, 1.0]), ([0.6, 0.5], [0.0, 1.0])];
//! let mut confusion = Confusion::<U2>::NEW;
//! confusion.measure(&net, &samples);
//! assert_eq!(confusion.to_string(), "1 0\n1 1\n");
//! ```
//!
//! ## Standardise, drop out, go around
//!
//! [`Standardize`] gives inputs mean 0 and deviation 1 by statistics that are saved with the network and can be
//! [folded](Network::fold) away, and [`BatchNorm`] does so between layers, by what is [measured](Network::measure) there;
//! [`LayerNorm`] and [`GroupNorm`] do so with each sample; [`Dropout`] leaves values out while the network
//! learns, the same on every target; [`Residual`] adds what layers read to what they write.
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! {
//!     type Net = 8 => Standardize => Dense<16> => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
//!         => Dense<3>, loss = SoftmaxCrossEntropy;
//! }
//! assert_eq!(Net::PLAN.layers(), 7);
//! ```
//!
//! ## Sequences
//!
//! [`Elman`] is a recurrent layer: it reads `[Steps × In]`, writes its last hidden state or, with [`All`], each of them,
//! and learns by backpropagation through all its steps. [`Lstm`] and [`Gru`] have gates, and remember longer. On a device
//! they run as the numbers come in, with the same bits:
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! { type Gesture = [3, 2] => Gru<4> => Dense<2>, loss = SoftmaxCrossEntropy; }
//! let mut net = Gesture::ZERO;
//! net.initialize(&Xavier, &mut Pcg32::new(1));
//! let x = [[0.5, -1.0], [1.0, 0.25], [-0.5, 2.0]];
//!
//! let (mut stream, mut h) = (Gesture::STREAM, None);
//! for x in &x {
//!     h = net.stream(x, &mut stream);
//! }
//! assert_eq!(h, Some(net.predict(&x)));
//! ```
//!
//! [`Conv1d`] reads windows of a sequence, [`Conv2d`] of an image `[Height × Width × Channels]`; [`MaxPool1d`] and the
//! other poolings shorten what they write, [`ConvTranspose1d`] makes it longer:
//!
//! ```
//! use nanoprop::prelude::*;
//!
//! network! {
//!     type Gesture = [64, 3] => Conv1d<16, 5, Relu> => MaxPool1d<2> => Conv1d<32, 3, stride = 2, Relu> => GlobalAvgPool
//!         => Dense<5>, loss = SoftmaxCrossEntropy;
//! }
//! assert_eq!(Gesture::PARAMETERS, (5 * 3 + 1) * 16 + (3 * 16 + 1) * 32 + 33 * 5);
//! ```
//!
//! ## Your own
//!
//! An activation, a loss, a layer, a penalty or an initialiser of your own is a trait in a few lines: [`Activation`],
//! [`Loss`], [`Layer`] with [`parameters!`], [`layer::Function`], [`Penalty`], [`Initializer`]. The gradient checker of
//! feature `dev` tells whether its derivatives are right, and its methods for several samples.
//!
//! # Memory
//!
//! Nothing allocates. [`Network::ZERO`] and [`Network::TAPE`] are constants, and everything else writes in place: a network
//! in a `static` never passes through the stack. `let net = Mnist::ZERO` is a value of 437 KB on the stack, and overflows a
//! small one; so does `Box::new(Mnist::ZERO)` without optimisation, where `Mnist::boxed()` of feature `alloc` does not.
//! [`Network::footprint`] says how many bytes each [`Usage`] of a network takes, as a constant, and [`budget!`] fails the
//! build of what does not fit, with the parts in bytes.
//! The stack of `predict` is the layers' outputs.
//!
//! ```
//! use nanoprop::prelude::*;
//! use nanoprop::{Footprint, Online};
//! use std::sync::Mutex;
//!
//! network! {
//!     type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy;
//!     type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4>, loss = SquaredError;
//!     type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
//!     type Ng = 400 => Dense<25, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
//!     type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
//! }
//! const _: () = budget!(Digits, Online, ram = 10_000);
//!
//! static DESK: Mutex<(Mnist, TapeOf<Mnist>)> = Mutex::new((Mnist::ZERO, Mnist::TAPE)); // in .bss
//!
//! // Bytes of weights; of a tape; of both and a gradient.
//! fn bytes(f: Footprint) -> [usize; 3] {
//!     [f.weights, f.tape, f.batch()]
//! }
//! assert_eq!(bytes(Tiny::FOOTPRINT), [272, 104, 928]);
//! assert_eq!(bytes(Control::FOOTPRINT), [21_264, 1_056, 64_856]);
//! assert_eq!(bytes(Digits::FOOTPRINT), [9_640, 336, 29_264]);
//! assert_eq!(bytes(Ng::FOOTPRINT), [41_140, 280, 123_708]);
//! assert_eq!(bytes(Mnist::FOOTPRINT), [437_544, 1_616, 1_314_256]);
//! assert_eq!(size_of_val(&*DESK.lock().unwrap()), 437_544 + 1_616);
//! ```
//!
//! Layers can stay in flash while others learn: see [`Frozen`]. Checkpoints that survive a loss of power are feature
//! `storage`. [`self_test`](fn@self_test) tells at boot whether a machine keeps the promise that follows.
//!
//! # Numerics
//!
//! The same weights and inputs give the same bits: in debug and release builds, with any of the SIMD instructions that a
//! processor has, on any number of threads. That is so because
//!
//! - only `+ − × ÷ √` and exact operations on bits are used, in a stated order, never contracted; the elementary functions
//!   are the crate's own ([`math`], with the errors of each);
//! - every sum has an order that the widths alone fix; a kernel for SIMD follows the order of the plain loop;
//! - the samples of a gradient or cost are added in their order.
//!
//! Not promised: the payload of a NaN, and subnormal results on a target that flushes them to zero. The scalars `f32`,
//! `f64` and [`Fused`] keep the contract; the fixed-point [`Q16`] and [`Q32`] do but for batches, which round less often than
//! their samples one after the other. `Fused` is the opt-in to fused multiply-adds: an `f32` in memory, with bits of its
//! own, for networks declared with `scalar = Fused`. Digests of trained weights test it on x86-64, and on AArch64 in an
//! emulator.
//!
//! On x86-64 an optimised build chooses SSE2, AVX2 or AVX-512 kernels for `f32` and `Fused` when it runs, on AArch64 it has
//! those of NEON; [`Level`] tells which. Elsewhere, for `f64`, and without optimisation, the plain loops run. Losses are finite for all logits up to ±10⁴: there
//! is no `log(0)`.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `checkpoint` (default) | [`checkpoint`]: `save`, `load`, `digest`; the crate `crc` |
//! | `alloc` | `Boxed`: networks, trainings and tapes that were never on the stack; `Vec`s of samples |
//! | `std` | `alloc`, and checkpoints in files: `save_to`, `load_from` |
//! | `rayon` | `std`, and samples on all cores: `gradient_parallel`, `step_batch_parallel`, `cost_parallel`, `predict_parallel`; the crate `rayon` |
//! | `storage` | `storage`: checkpoints in flash that survive a loss of power; the crates `crc` and `embedded-storage` |
//! | `half` | `halves`: networks with weights of 16 bits, bf16 or f16, `load_half!`; the crate `half` |
//! | `rand` | the generators of the rand crates, for [`Network::initialize`]; the crate `rand_core` |
//! | `dev` | `dev`: the gradient checker |
//! | `nets` | `nets`: the reference networks, made by `nanoprop-build` from `networks/*.toml` |
//!
//! The crate is `no_std` whatever the features are, but for `std`.
//!
//! # Sources
//!
//! `T x.y.z` is an equation of the tutorial: the classic derivation of backpropagation for layers of sigmoid units, with
//! cross-entropy and an L2 penalty, in the notation of A. Ng's course "Machine Learning". Units count from 1; unit 0 is
//! the bias, always 1. `Θ⁽ˡ⁾` leads from layer l to layer l + 1, `δ` is `∂J/∂z`, `⊙` multiplies elementwise.
//!
//! | T | equation | where |
//! | --- | --- | --- |
//! | 1.1.1 | `a⁽¹⁾ = x`, with `a₀ = 1` | [`Network`] |
//! | 1.1.2 | `z⁽ˡ⁺¹⁾ = Θ⁽ˡ⁾ a⁽ˡ⁾` | [`Dense`] |
//! | 1.1.3 | `a⁽ˡ⁾ = g(z⁽ˡ⁾)` | [`Dense`], [`Activation`] |
//! | 1.1.4–1.1.7 | the same from layer to layer, to `h_Θ(x) = a⁽ᴸ⁾` | [`Network::predict`] |
//! | 1.2.1 | `J = −Σₖ [yₖ ln hₖ + (1 − yₖ) ln(1 − hₖ)]`, of one sample | [`SigmoidCrossEntropy`], [`Network::loss`] |
//! | 1.2.2 | the mean of it over m samples | [`Network::cost`] |
//! | 1.2.4 | the penalty `λ/(2m) Σₗ Σᵢ Σⱼ (Θ⁽ˡ⁾ⱼᵢ)²`, `i ≥ 1` | [`L2`] |
//! | 1.2.5–1.2.6 | `J(Θ)`, the sum of both | [`Network::cost`] |
//! | 1.3.2 | `Θ ← Θ − α ∂J/∂Θ` | [`Network::update`], [`Network::descend`] |
//! | 2.1.1 | `g(z) = 1 / (1 + e⁻ᶻ)` | [`Sigmoid`] |
//! | 2.1.2 | `g′ = g (1 − g)` | [`Sigmoid`] |
//! | 2.1.7 | the chain rule, from a layer to the one before it | [`network::Link`] |
//! | 2.2.8 | `∂zⱼ/∂Θⱼᵢ = aᵢ` | [`Dense`] |
//! | 2.4.6 | `δ⁽ᴸ⁾ = h − y` | [`SigmoidCrossEntropy`], [`SoftmaxCrossEntropy`] |
//! | 2.5.8 | `δ⁽ˡ⁾ = (Θ⁽ˡ⁾)ᵀ δ⁽ˡ⁺¹⁾ ⊙ g′(z⁽ˡ⁾)`, without the bias | [`Dense`] |
//! | 2.6.1 | the penalty's share of the gradient, `λ/m Θⱼᵢ` for `i ≥ 1` | [`L2`] |
//! | 3.1.1 | `Δ⁽ˡ⁾ ← Δ⁽ˡ⁾ + δ⁽ˡ⁺¹⁾ (a⁽ˡ⁾)ᵀ`, over the samples | [`Network::accumulate`] |
//! | 3.1.2–3.1.3 | `∂J/∂Θⱼᵢ = Δⱼᵢ/m + λ/m Θⱼᵢ`, for `i = 0` without λ | [`Network::gradient`], [`Network::average`] |
//!
//! `1 / m` is rounded once and multiplied by. Other layers, losses and functions name their sources where they stand.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]
// On docs.rs, what needs a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Drawn by guide/figures/draw.py.
#![doc(
    html_logo_url = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'%3E%3Cpath d='M9 16L32 10M9 16L32 24M9 16L32 40M9 16L32 54M9 32L32 10M9 32L32 24M9 32L32 40M9 32L32 54M9 48L32 10M9 48L32 24M9 48L32 40M9 48L32 54M32 10L55 24M32 10L55 40M32 24L55 24M32 24L55 40M32 40L55 24M32 40L55 40M32 54L55 24M32 54L55 40' stroke='%232f7fd6' fill='none'/%3E%3Cpath d='M55 24L32 40L9 16' stroke='%23d9731a' stroke-width='3' fill='none'/%3E%3Cg fill='%232f7fd6'%3E%3Ccircle cx='9' cy='16' r='5'/%3E%3Ccircle cx='9' cy='32' r='5'/%3E%3Ccircle cx='9' cy='48' r='5'/%3E%3Ccircle cx='32' cy='10' r='5'/%3E%3Ccircle cx='32' cy='24' r='5'/%3E%3Ccircle cx='32' cy='40' r='5'/%3E%3Ccircle cx='32' cy='54' r='5'/%3E%3Ccircle cx='55' cy='24' r='5'/%3E%3Ccircle cx='55' cy='40' r='5'/%3E%3C/g%3E%3C/svg%3E"
)]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]

extern crate self as nanoprop;

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// First, so that its methods are the first on the page of `Network`.
pub mod network;

pub mod activation;
pub mod array;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "dev")]
pub mod dev;
#[cfg(feature = "half")]
pub mod halves;
#[cfg(feature = "alloc")]
mod host;
pub mod init;
pub mod int8;
mod kernel;
mod lines;
mod plain;
#[doc(hidden)]
pub mod runtime;

pub mod layer;
pub mod loss;
pub mod math;
pub mod metrics;
#[cfg(feature = "nets")]
pub mod nets;
pub mod penalty;
pub mod prelude;
pub mod scalar;
pub mod self_test;
pub mod shape;
#[cfg(feature = "storage")]
pub mod storage;
pub mod stored;
pub mod train;
pub mod width;
mod window;

#[doc(hidden)]
pub use plain::count as __count;

pub use activation::*;
pub use array::{Array, ArrayLike, Matrix, Plain, Vector, Volume};
#[cfg(feature = "checkpoint")]
pub use checkpoint::CheckpointError;
pub use generic_array;
#[cfg(feature = "half")]
pub use halves::{Half, bf16, f16};
#[cfg(feature = "alloc")]
pub use host::Boxed;
pub use init::{Course, He, Initializer, LeCun, Pcg32, Random, Uniform, Xavier};
pub use int8::Quantized;
pub use kernel::Level;
pub use layer::{
    All, AvgPool, AvgPool1d, AvgPool2d, BatchNorm, Biased, Bidirectional, Conv, Conv1d, Conv2d, ConvTranspose,
    ConvTranspose1d, Dense, DepthwiseConv, DepthwiseConv1d, DepthwiseConv2d, Dropout, Elman, Embedding, EmitOf,
    FakeQuantize, Flatten, Frozen, Function, Gelu, GlobalAvgPool, GroupNorm, Gru, InputOf, InstanceNorm, KeepFloat,
    Last, Layer, LayerNorm, Lstm, Map, MaxPool, MaxPool1d, MaxPool2d, Mish, Moments, OutputOf, Parameters, Percent,
    ResetAfter, ResetBefore, Residual, Role, ScalarOf, Silu, Slot, Softmax, Standardize, StepOf, StreamOf, Tape,
    TapeOf, Tensor, Unbiased, Unflatten, Weights,
};
pub use loss::*;
pub use network::{Footprint, FullBatch, Gradient, Inference, Layers, MiniBatch, Network, Online, Samples, Usage};
pub use penalty::{Elastic, L1, L2, NoPenalty, Penalty, Step};
pub use scalar::{ClassNumber, Fused, Number, Q16, Q32, Real, Scalar};
pub use self_test::{SelfTestError, self_test};
pub use shape::Shape;
pub use train::optimizers::*;
pub use train::{
    Cause, Clip, ConjugateGradient, Constant, Cosine, Decay, Descent, Divergence, End, Event, Exponential, Guard,
    Layerwise, Lbfgs, Method, NoSamples, Now, Observer, OneCycle, OnlineStep, Optimizer, Order, PerEpoch, Progress,
    Recipe, ReduceOnPlateau, Schedule, Search, State, StepDecay, Stochastic, Stop, Switch, TensorName, Trainer,
    Training, TrainingError, WarmUp,
};
pub use typenum;
pub use width::{Causal, Pad, Padding, Same, Valid, Width};
pub use window::{Spread, Spread1d, Windows, Windows1d, Windows2d};
