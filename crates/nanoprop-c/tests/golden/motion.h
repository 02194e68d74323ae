/* motion.h: made by nanoprop-c 0.1.0 from the network's type.
 *
 *  1  Conv1d relu, window 5  32x3 -> 28x8  128 parameters
 *  2  Gru reset_after  28x8 -> 8  416 parameters
 *  3  Dense identity  8 -> 4  36 parameters
 * loss: softmax_cross_entropy
 */
#ifndef MOTION_H
#define MOTION_H

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

/* Numbers of an input, 32x3, row by row; and of an output, 4. */
#define MOTION_INPUT 96
#define MOTION_OUTPUT 4
/* Parameters, and bytes of a checkpoint of them. */
#define MOTION_PARAMETERS 580
#define MOTION_CHECKPOINT 2348
/* A hash of the architecture, which a checkpoint has too. */
#define MOTION_FINGERPRINT UINT64_C(0x15d08d2f6bdb6c28)

/* The weights are part of the library: constants, in flash on a device. */

int motion_self_test_sized(size_t size, uint64_t fingerprint);

/* Tests the machine's arithmetic, and that the weights are those of the build: for the boot of a device.
 * Refuses with NANOPROP_WRONG_HEADER if this header is of another network than the library, else with the codes from -32 to
 * -40. */
static inline int motion_self_test(void)
{
    return motion_self_test_sized(0, MOTION_FINGERPRINT);
}

/* A hash of the weights' bits, the same on every target. */
int motion_digest(uint64_t *digest);

/* y: the probability of each class; their sum is 1. A target is 1 for one class, or shares of it. */
/* The prediction y of an input x, which may be the same memory. */
int motion_predict(const float x[MOTION_INPUT], float y[MOTION_OUTPUT]);

/* Returns the predicted class, from 0; or an error, which is negative. */
int motion_classify(const float x[MOTION_INPUT]);

/* The mean cost of `count` samples, which stand one behind the other: count * MOTION_INPUT numbers of x, and
 * count * MOTION_OUTPUT numbers of y. 0 of none. */
int motion_cost(const float *x, const float *y, size_t count, float *cost);

#ifdef __cplusplus
}
#endif

#endif
