/* line.h: made by nanoprop-c 0.1.0 from the network's type.
 *
 *  1  Dense identity  2 -> 1  3 parameters
 * loss: squared_error
 */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each function returns 0 or more where it succeeded, and a negative code where it refused; it changed nothing then. Null and
 * misaligned pointers are refused. What else a function refuses stands at the function.
 *
 * No function allocates. A context is used by one thread at a time. */

#ifndef NANOPROP_ERRORS
#define NANOPROP_ERRORS
#define NANOPROP_OK (0)
#define NANOPROP_NULL (-1) /* a pointer is null */
#define NANOPROP_MISALIGNED (-2) /* a pointer is misaligned */
#define NANOPROP_UNINITIALIZED (-3) /* the context is not initialized */
#define NANOPROP_WRONG_HEADER (-4) /* the header does not belong to the library: make it anew */
#define NANOPROP_NO_SUCH_CLASS (-5) /* there is no such class */
#define NANOPROP_NO_CLASSES (-6) /* the network predicts numbers, not classes */
#define NANOPROP_TOO_MANY (-7) /* there can't be so many samples */
#define NANOPROP_WRONG_RATE (-8) /* the rate is not finite */
#define NANOPROP_BUFFER_TOO_SMALL (-16) /* the buffer is too small for the checkpoint */
#define NANOPROP_NOT_FINITE (-17) /* not saved: a parameter is not finite */
#define NANOPROP_NOT_A_CHECKPOINT (-18) /* not a checkpoint of nanoprop */
#define NANOPROP_UNKNOWN_VERSION (-19) /* the checkpoint is of a training, or of another version */
#define NANOPROP_TRUNCATED (-20) /* the checkpoint is cut short */
#define NANOPROP_TRAILING_BYTES (-21) /* bytes follow a whole checkpoint */
#define NANOPROP_CORRUPTED (-22) /* the checkpoint is corrupted: not the bytes that were written */
#define NANOPROP_WRONG_SCALAR (-23) /* the checkpoint's numbers have another size */
#define NANOPROP_WRONG_ARCHITECTURE (-24) /* the checkpoint is of a different network */
#define NANOPROP_OTHER_CHECKPOINT (-25) /* the checkpoint can't be used */
#define NANOPROP_ROUNDING (-32) /* f32 is not rounded to the nearest */
#define NANOPROP_SUBNORMALS (-33) /* subnormal numbers are flushed to zero */
#define NANOPROP_CONTRACTION (-34) /* products and sums are fused */
#define NANOPROP_REORDERED (-35) /* arithmetic is not done as it is written */
#define NANOPROP_FUNCTIONS (-36) /* an elementary function gives other bits */
#define NANOPROP_TRAINING (-37) /* training gives other bits */
#define NANOPROP_WEIGHTS (-38) /* the weights have changed */
#define NANOPROP_GRADIENT (-39) /* a slope is not what differences of the cost say */
#define NANOPROP_OTHER_SELF_TEST (-40) /* a self-test failed */
/* The text of a code. Never null; a constant. */
const char *nanoprop_error(int code);
#endif

/* Numbers of an input, 2, row by row; and of an output, 1. */
#define LINE_INPUT 2
#define LINE_OUTPUT 1
/* Parameters, and bytes of a checkpoint of them. */
#define LINE_PARAMETERS 3
#define LINE_CHECKPOINT 52
/* A hash of the architecture, which a checkpoint has too. */
#define LINE_FINGERPRINT UINT64_C(0x7785f9fe82d51995)

/* Bytes of a context, and what its address is a multiple of. */
#define LINE_CONTEXT_SIZE 48
#define LINE_CONTEXT_ALIGNMENT 8

/* A network that learns, in memory of yours: static, on a stack or on a heap. What is in it is the library's; it may be copied
 * as bytes. */
typedef struct line_context { uint64_t opaque[6]; } line_context;

int line_init_sized(line_context *context, size_t size, uint64_t fingerprint, uint64_t seed);
int line_load_sized(line_context *context, size_t room, uint64_t fingerprint, const uint8_t *bytes, size_t size);
int line_self_test_sized(line_context *context, size_t size, uint64_t fingerprint);

/* Makes a new network, whose weights are random: for one seed the same on every target.
 * Refuses with NANOPROP_WRONG_HEADER if this header is of another network than the library. */
static inline int line_init(line_context *context, uint64_t seed)
{
    return line_init_sized(context, sizeof *context, LINE_FINGERPRINT, seed);
}

/* Reads the `size` bytes of a checkpoint, into a context that may be new. Refuses what is cut short, changed, or of another
 * network: NANOPROP_TRUNCATED and the other codes from -16 to -25; an initialized network is then as it was. */
static inline int line_load(line_context *context, const uint8_t *bytes, size_t size)
{
    return line_load_sized(context, sizeof *context, LINE_FINGERPRINT, bytes, size);
}

/* Tests the machine's arithmetic, and this network's derivatives: for the boot of a device, before line_init or
 * line_load, since the context holds no network afterwards. Refuses with the codes from -32 to -40. */
static inline int line_self_test(line_context *context)
{
    return line_self_test_sized(context, sizeof *context, LINE_FINGERPRINT);
}

/* All others refuse a context that was neither initialized nor loaded: NANOPROP_UNINITIALIZED. */

/* y: numbers. */
/* The prediction y of an input x, which may be the same memory. */
int line_predict(const line_context *context, const double x[LINE_INPUT], double y[LINE_OUTPUT]);

/* One online step: forward, backward, and weight = weight - rate * slope, of one sample with the target y.
 * Refuses a rate that is not finite with NANOPROP_WRONG_RATE. */
int line_learn(line_context *context, const double x[LINE_INPUT], const double y[LINE_OUTPUT],
    double rate);

/* The mean cost of `count` samples, which stand one behind the other: count * LINE_INPUT numbers of x, and
 * count * LINE_OUTPUT numbers of y. 0 of none. */
int line_cost(const line_context *context, const double *x, const double *y, size_t count, double *cost);

/* Writes a checkpoint of LINE_CHECKPOINT bytes. Refuses a shorter buffer with NANOPROP_BUFFER_TOO_SMALL, and a network with NaN
 * or an infinite number with NANOPROP_NOT_FINITE. */
int line_save(const line_context *context, uint8_t *bytes, size_t size);

/* A hash of the weights' bits, the same on every target. */
int line_digest(const line_context *context, uint64_t *digest);

#ifdef __cplusplus
}
#endif

#endif
