// FANN, Debian's float library: fann_run, fann_train and fann_train_epoch with FANN_TRAIN_BATCH. It has no batched
// forward pass: fann_run 256 times.
//
// Training is FANN's own: squared error only, sigmoid slopes kept away from 0, the step on tangents halved. The
// arithmetic is that of the others, the numbers are not, so a check of training answers "no". This version has neither
// ReLU nor softmax, so a network of these is none of its.
#include <floatfann.h>

#include "peer.h"

typedef struct {
  const network *net;
  struct fann *ann;
  struct fann_train_data *batches[SAMPLES / BATCH];
  float *out;
} fann_peer;

static void reset(void *self) {
  fann_peer *p = self;
  const network *n = p->net;
  // FANN keeps each unit's weights together, the bias last.
  float *to = p->ann->weights;
  const float *from = n->weights;
  for (int l = 0; l < n->layers; l++) {
    int in = n->widths[l], out = n->widths[l + 1];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) *to++ = from[out + i * out + o];
      *to++ = from[o];
    }
    from += (in + 1) * out;
  }
}

static void forward(void *self, size_t i) {
  fann_peer *p = self;
  float *h = fann_run(p->ann, p->net->x + i * (size_t)p->net->widths[0]);
  memcpy(p->out, h, (size_t)outputs_of(p->net) * sizeof(float));
}

static void online(void *self, size_t i) {
  fann_peer *p = self;
  fann_train(p->ann, p->net->x + i * (size_t)p->net->widths[0], p->net->y + i * (size_t)outputs_of(p->net));
}

static void batch_step(void *self, size_t i) {
  fann_peer *p = self;
  fann_train_epoch(p->ann, p->batches[i]);
}

static void batch_forward(void *self, size_t i) {
  fann_peer *p = self;
  size_t in = (size_t)p->net->widths[0], out = (size_t)outputs_of(p->net);
  for (size_t k = 0; k < LARGE; k++)
    memcpy(p->out + k * out, fann_run(p->ann, p->net->x + (i * LARGE + k) * in), out * sizeof(float));
}

static const float *outputs(void *self) { return ((fann_peer *)self)->out; }

static player make(const network *n) {
  if (n->units == RELU) return (player){0};
  unsigned widths[4];
  for (int l = 0; l <= n->layers; l++) widths[l] = (unsigned)n->widths[l];
  fann_peer *p = calloc(1, sizeof *p);
  p->net = n;
  p->ann = fann_create_standard_array((unsigned)n->layers + 1, widths);
  // FANN's sigmoid has the slope of 2 s z, its tangent that of s z.
  enum fann_activationfunc_enum activation = n->units == TANH ? FANN_SIGMOID_SYMMETRIC : FANN_SIGMOID;
  fann_set_activation_function_hidden(p->ann, activation);
  fann_set_activation_function_output(p->ann, activation);
  fann_set_activation_steepness_hidden(p->ann, n->units == TANH ? 1.0f : 0.5f);
  fann_set_activation_steepness_output(p->ann, n->units == TANH ? 1.0f : 0.5f);
  fann_set_train_error_function(p->ann, FANN_ERRORFUNC_LINEAR);
  fann_set_training_algorithm(p->ann, FANN_TRAIN_BATCH);
  fann_set_learning_rate(p->ann, RATE);
  fann_set_learning_momentum(p->ann, 0.0f);
  p->out = aligned_alloc(64, LARGE * 16 * sizeof(float));
  for (size_t b = 0; b < SAMPLES / BATCH; b++) {
    struct fann_train_data *data = fann_create_train(BATCH, widths[0], (unsigned)outputs_of(n));
    for (size_t k = 0; k < BATCH; k++) {
      memcpy(data->input[k], n->x + (b * BATCH + k) * widths[0], widths[0] * sizeof(float));
      memcpy(data->output[k], n->y + (b * BATCH + k) * (size_t)outputs_of(n), (size_t)outputs_of(n) * sizeof(float));
    }
    p->batches[b] = data;
  }
  reset(p);
  return (player){p, {forward, online, batch_step, batch_forward}, reset, outputs};
}

int main(void) {
  unchecked_training = 1;
  return serve(VERSION, make);
}
