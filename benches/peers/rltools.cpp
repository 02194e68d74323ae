// RLtools: dense layers of static sizes in memory of its own, whose pointers it declares free of aliases. Its SGD is a stub, so the update
// is a loop of ours, which clears the gradient too. Sigmoid and softmax outputs are an identity layer and a loop of ours,
// because it has no loss in logits.
//
// With -DRL_TOOLS_BACKEND_ENABLE_OPENBLAS its products are OpenBLAS's, whose names have a prefix in PyPI's package; with
// -DRL_TOOLS_BACKEND_ENABLE_MKL they are MKL's.
#ifdef RL_TOOLS_BACKEND_ENABLE_OPENBLAS
#define cblas_sgemm scipy_cblas_sgemm
#define cblas_dgemm scipy_cblas_dgemm
extern "C" char *scipy_openblas_get_corename(void);
#endif
#include <algorithm>
#include <string>

#include <rl_tools/operations/cpu_mux.h>
#include <rl_tools/nn/operations_cpu_mux.h>

#include "peer.h"

namespace rlt = rl_tools;
namespace dense = rlt::nn::layers::dense;
using Act = rlt::nn::activation_functions::ActivationFunction;
using Device = rlt::devices::DEVICE_FACTORY<>;
using TI = Device::index_t;
using Policy = rlt::numeric_types::Policy<float>;

template <TI ROWS, TI COLS>
using Matrix = rlt::Matrix<rlt::matrix::Specification<float, TI, ROWS, COLS, true>>;
template <TI ROWS, TI COLS>
using View = rlt::Matrix<rlt::matrix::Specification<float, TI, ROWS, COLS, true>>;
template <TI ROWS, TI COLS>
View<ROWS, COLS> view(float *p) {
  View<ROWS, COLS> v;
  v._data = p;
  return v;
}

static Device device;
static bool nothing;  // in place of a generator, which nothing here asks

template <TI I, TI O, Act A, TI B>
using Dense = dense::Layer<dense::Configuration<Policy, TI, O, A>,
                           rlt::nn::capability::Gradient<rlt::nn::parameters::Gradient>, rlt::tensor::Shape<TI, B, I>>;

template <TI I, TI H1, TI H2, TI O, units UNITS, TI B>
struct Net {
  static constexpr bool DEEP = H2 > 0;
  static constexpr TI LAST = DEEP ? H2 : H1, MIDDLE = DEEP ? H2 : 1;
  static constexpr Act HIDDEN = UNITS == TANH ? Act::TANH : UNITS == RELU ? Act::RELU : Act::SIGMOID;
  static constexpr Act OUT = UNITS == TANH ? Act::TANH : Act::IDENTITY;
  Dense<I, H1, HIDDEN, B> first;
  Dense<H1, MIDDLE, HIDDEN, B> middle;
  Dense<LAST, O, OUT, B> last;
  dense::Buffer buffer;
  Matrix<B, H1> d1;
  Matrix<B, MIDDLE> d2;
  Matrix<B, O> d3;

  void allocate() {
    each([](auto &layer) { rlt::malloc(device, layer); });
    rlt::malloc(device, d1);
    rlt::malloc(device, d2);
    rlt::malloc(device, d3);
  }

  template <typename F>
  void each(F f) {
    f(first);
    if constexpr (DEEP) f(middle);
    f(last);
  }

  void load(const float *from) {
    each([&](auto &layer) {
      using L = std::remove_reference_t<decltype(layer)>;
      for (TI o = 0; o < L::OUTPUT_DIM; o++) {
        rlt::data(layer.biases.parameters)[o] = from[o];
        for (TI i = 0; i < L::INPUT_DIM; i++)
          rlt::data(layer.weights.parameters)[o * L::INPUT_DIM + i] = from[(1 + i) * L::OUTPUT_DIM + o];
      }
      from += (L::INPUT_DIM + 1) * L::OUTPUT_DIM;
      rlt::zero_gradient(device, layer);
    });
  }

  static void link(float *h, TI rows) {
    if constexpr (UNITS == SIGMOID)
      for (TI k = 0; k < rows * O; k++) h[k] = 1.0f / (1.0f + std::exp(-h[k]));
    if constexpr (UNITS == RELU)
      for (TI r = 0; r < rows; r++, h += O) {
        float most = h[0], sum = 0;
        for (TI o = 1; o < O; o++) most = std::max(most, h[o]);
        for (TI o = 0; o < O; o++) sum += h[o] = std::exp(h[o] - most);
        for (TI o = 0; o < O; o++) h[o] *= 1.0f / sum;
      }
  }

  // Forward of any batch, with nothing kept.
  template <TI ROWS>
  void predict(float *x, float *h, Matrix<ROWS, H1> &a1, Matrix<ROWS, MIDDLE> &a2) {
    auto input = view<ROWS, I>(x);
    auto output = view<ROWS, O>(h);
    rlt::evaluate(device, first, input, a1, buffer, nothing);
    if constexpr (DEEP) {
      rlt::evaluate(device, middle, a1, a2, buffer, nothing);
      rlt::evaluate(device, last, a2, output, buffer, nothing);
    } else
      rlt::evaluate(device, last, a1, output, buffer, nothing);
    link(h, ROWS);
  }

  void step(float *x, const float *y) {
    auto input = view<B, I>(x);
    rlt::forward(device, first, input, buffer, nothing);
    if constexpr (DEEP) {
      rlt::forward(device, middle, first.output, buffer, nothing);
      rlt::forward(device, last, middle.output, buffer, nothing);
    } else
      rlt::forward(device, last, first.output, buffer, nothing);
    float *d = d3._data;
    memcpy(d, last.output._data, sizeof(float) * B * O);
    link(d, B);
    for (TI k = 0; k < B * O; k++) d[k] = (d[k] - y[k]) * (1.0f / B);
    if constexpr (DEEP) {
      rlt::backward_full(device, last, middle.output, d3, d2, buffer);
      rlt::backward_full(device, middle, first.output, d2, d1, buffer);
    } else
      rlt::backward_full(device, last, first.output, d3, d1, buffer);
    rlt::backward(device, first, input, d1, buffer);
    each([](auto &layer) {
      using L = std::remove_reference_t<decltype(layer)>;
      descend(rlt::data(layer.weights.parameters), rlt::data(layer.weights.gradient), L::OUTPUT_DIM * L::INPUT_DIM);
      descend(rlt::data(layer.biases.parameters), rlt::data(layer.biases.gradient), L::OUTPUT_DIM);
    });
  }

  static void descend(float *__restrict w, float *__restrict g, TI count) {
    for (TI k = 0; k < count; k++) {
      w[k] -= RATE * g[k];
      g[k] = 0;
    }
  }
};

template <TI I, TI H1, TI H2, TI O, units UNITS>
struct Peer {
  const network *net;
  Net<I, H1, H2, O, UNITS, 1> online;
  Net<I, H1, H2, O, UNITS, BATCH> batch;
  static constexpr TI MIDDLE = H2 ? H2 : 1;
  Matrix<1, H1> a1;
  Matrix<1, MIDDLE> a2;
  Matrix<LARGE, H1> b1;
  Matrix<LARGE, MIDDLE> b2;
  alignas(64) float out[LARGE * O];
  bool trained;  // the batch's network, not the other

  static void forward_call(void *self, size_t i) {
    auto *p = (Peer *)self;
    if (p->trained) {
      p->batch.template predict<1>(p->net->x + i * I, p->out, p->a1, p->a2);
      return;
    }
    p->online.template predict<1>(p->net->x + i * I, p->out, p->a1, p->a2);
  }
  static void online_call(void *self, size_t i) {
    auto *p = (Peer *)self;
    p->online.step(p->net->x + i * I, p->net->y + i * O);
  }
  static void batch_step_call(void *self, size_t i) {
    auto *p = (Peer *)self;
    p->trained = true;
    p->batch.step(p->net->x + i * BATCH * I, p->net->y + i * BATCH * O);
  }
  static void batch_forward_call(void *self, size_t i) {
    auto *p = (Peer *)self;
    p->online.template predict<LARGE>(p->net->x + i * LARGE * I, p->out, p->b1, p->b2);
  }
  static void reset(void *self) {
    auto *p = (Peer *)self;
    p->online.load(p->net->weights);
    p->batch.load(p->net->weights);
    p->trained = false;
  }
  static const float *outputs(void *self) { return ((Peer *)self)->out; }
  static player make(const network *n) {
    static Peer peer;
    peer.net = n;
    peer.online.allocate();
    peer.batch.allocate();
    rlt::malloc(device, peer.a1);
    rlt::malloc(device, peer.a2);
    rlt::malloc(device, peer.b1);
    rlt::malloc(device, peer.b2);
    reset(&peer);
    return player{&peer, {forward_call, online_call, batch_step_call, batch_forward_call}, reset, outputs};
  }
};

static player make(const network *n) {
  switch (n->name[0]) {
    case 't': return Peer<3, 5, 5, 3, SIGMOID>::make(n);
    case 'c': return Peer<13, 64, 64, 4, TANH>::make(n);
    case 'd': return Peer<64, 32, 0, 10, SIGMOID>::make(n);
    case 'n': return Peer<400, 25, 0, 10, SIGMOID>::make(n);
    case 'm': return Peer<784, 128, 64, 10, SIGMOID>::make(n);
    default: return Peer<128, 256, 0, 10, RELU>::make(n);
  }
}

/// The version, and the kernels that a library of products runs on this processor.
static std::string version() {
#if defined(RL_TOOLS_BACKEND_ENABLE_OPENBLAS)
  return std::string(VERSION) + ", kernels for " + scipy_openblas_get_corename();
#elif defined(RL_TOOLS_BACKEND_ENABLE_MKL)
  MKLVersion mkl;
  mkl_get_version(&mkl);
  return std::string(VERSION) + ", kernels for " + mkl.Processor;
#else
  return VERSION;
#endif
}

int main() { return serve(version().c_str(), make); }
