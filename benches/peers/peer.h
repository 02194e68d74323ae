// The harness of the peers written in C and C++: what src/protocol.rs and src/clock.rs are to those in Rust.
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FORWARD, ONLINE, BATCH_STEP, BATCH_FORWARD, QUANTITIES };
enum { POOL = 64, BATCH = 32, LARGE = 256, SAMPLES = 512, STEPS = 8, NETWORKS = 6 };
enum units { SIGMOID, TANH, RELU };  // RELU: with softmax outputs
static const float RATE = 0.05f;
static const char *const quantity_names[QUANTITIES] = {"forward", "online", "batch-step", "batch-forward"};
static const int quantity_samples[QUANTITIES] = {1, 1, BATCH, LARGE};
static const int quantity_calls[QUANTITIES] = {POOL, POOL, SAMPLES / BATCH, SAMPLES / LARGE};

// A network with the weights that all begin with, layer by layer biases [out] and weights [in × out].
typedef struct {
  const char *name;
  int layers;
  int widths[4];
  enum units units;
  float *weights, *x, *y;
} network;

// How a peer computes one network: a call per quantity, NULL where it can't.
typedef struct {
  void *self;
  void (*calls[QUANTITIES])(void *self, size_t i);
  void (*reset)(void *self);
  // The outputs of the last forward pass: of one sample, or of 256.
  const float *(*outputs)(void *self);
} player;

static network networks[NETWORKS] = {
    {"tiny", 3, {3, 5, 5, 3}, SIGMOID, 0, 0, 0},        {"control", 3, {13, 64, 64, 4}, TANH, 0, 0, 0},
    {"digits", 2, {64, 32, 10, 0}, SIGMOID, 0, 0, 0},   {"ng", 2, {400, 25, 10, 0}, SIGMOID, 0, 0, 0},
    {"mnist", 3, {784, 128, 64, 10}, SIGMOID, 0, 0, 0}, {"relu", 2, {128, 256, 10, 0}, RELU, 0, 0, 0},
};

// Set by a peer whose training is not the others': a check of it answers "no".
static int unchecked_training = 0;

static inline int outputs_of(const network *n) { return n->widths[n->layers]; }

static float *numbers(FILE *file, size_t count) {
  float *p = (float *)aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
  if (!p || fread(p, sizeof(float), count, file) != count) exit(1);
  return p;
}

static int read_network(network *n) {
  char path[4096];
  const char *directory = getenv("PEERS_DATA");
  snprintf(path, sizeof path, "%s/%s.f32", directory ? directory : "target/data", n->name);
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  size_t count = 0;
  for (int l = 0; l < n->layers; l++) count += (size_t)(n->widths[l] + 1) * (size_t)n->widths[l + 1];
  n->weights = numbers(file, count);
  n->x = numbers(file, (size_t)SAMPLES * (size_t)n->widths[0]);
  n->y = numbers(file, (size_t)SAMPLES * (size_t)outputs_of(n));
  fclose(file);
  return 1;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

__attribute__((noinline)) static double block(player *p, int q, size_t *at, long count) {
  void (*call)(void *, size_t) = p->calls[q];
  size_t mask = (size_t)quantity_calls[q] - 1, i = *at;
  double start = now();
  for (long k = 0; k < count; k++) call(p->self, i++ & mask);
  *at = i;
  return now() - start;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(player *p, int q, double ms) {
  static double blocks[1 << 20];
  size_t at = 0, length = 0;
  long count = 1;
  p->reset(p->self);
  double took, start = now();
  while (now() - start < 3e6) block(p, q, &at, 1);
  while ((took = block(p, q, &at, count)) < 30e3 && count < 1 << 24) count *= 2;
  count = (long)((double)count * 40e3 / took);
  if (count < 1) count = 1;
  for (start = now(); now() - start < ms * 0.15e6;) block(p, q, &at, count);
  start = now();
  do {
    blocks[length++] = block(p, q, &at, count) / (double)count / quantity_samples[q];
  } while ((now() - start < ms * 1e6 || length < 15) && length < 1 << 20);
  qsort(blocks, length, sizeof *blocks, ascending);
  printf("ok %.3f %.3f %.3f\n", blocks[length / 2], blocks[length / 10], blocks[0]);
}

static void check(const network *n, player *p, int q) {
  p->reset(p->self);
  printf("ok");
  if (q == ONLINE || q == BATCH_STEP)
    for (size_t i = 0; i < STEPS; i++) p->calls[q](p->self, i);
  size_t rounds = q == BATCH_FORWARD ? 1 : POOL, rows = q == BATCH_FORWARD ? LARGE : 1;
  for (size_t i = 0; i < rounds; i++) {
    p->calls[q == BATCH_FORWARD ? q : FORWARD](p->self, i);
    const float *h = p->outputs(p->self);
    for (size_t k = 0; k < rows * (size_t)outputs_of(n); k++) printf(" %.9g", (double)h[k]);
  }
  printf("\n");
}

// Answers the lines on standard input until it ends.
static int serve(const char *version, player (*make)(const network *)) {
  static player players[NETWORKS];
  char verb[16], net[16], quantity[16], line[256];
  double ms;
  printf("ready %s\n", version);
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    ms = 50;
    if (sscanf(line, "%15s %15s %15s %lf", verb, net, quantity, &ms) < 3) continue;
    int n = 0, q = 0;
    while (n < NETWORKS && strcmp(net, networks[n].name)) n++;
    while (q < QUANTITIES && strcmp(quantity, quantity_names[q])) q++;
    if (n < NETWORKS && !networks[n].weights && read_network(&networks[n])) players[n] = make(&networks[n]);
    if (n == NETWORKS || q == QUANTITIES || !players[n].self || !players[n].calls[q])
      printf("no\n");
    else if (!strcmp(verb, "check") && unchecked_training && (q == ONLINE || q == BATCH_STEP))
      printf("no\n");
    else if (!strcmp(verb, "check"))
      check(&networks[n], &players[n], q);
    else
      measure(&players[n], q, ms);
    fflush(stdout);
  }
  return 0;
}
