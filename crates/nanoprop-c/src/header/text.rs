//! The pieces of a header, in C. In a [`Template`](super::write::Template), `@` is the name of the library, `^` the name in
//! capitals, `$` the type of a number and `%` that of an input.

use nanoprop::Outputs;

pub(super) const BEGIN: &str = "\
#ifndef ^_H
#define ^_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif

/* Each function returns 0 or more where it succeeded, and a negative code where it refused; it changed nothing then. Null and
 * misaligned pointers are refused. What else a function refuses stands at the function.
 *
 * No function allocates. A context is used by one thread at a time. */

";

pub(super) const ERRORS_BEGIN: &str = "\
#ifndef NANOPROP_ERRORS
#define NANOPROP_ERRORS
#define NANOPROP_OK (0)
";

pub(super) const ERRORS_END: &str = "\
/* The text of a code. Never null; a constant. */
const char *nanoprop_error(int code);
#endif

";

pub(super) const CONTEXT: &str = "\
/* A network that learns, in memory of yours: static, on a stack or on a heap. What is in it is the library's; it may be copied
 * as bytes. */
";

/// What an output means.
pub(super) const fn meaning(outputs: Outputs) -> &'static str {
    match outputs {
        Outputs::Numbers => "/* y: numbers. */\n",
        Outputs::Labels => "/* y: the probability of each label. A target is 0 or 1, or between, for each. */\n",
        Outputs::Classes => {
            "/* y: the probability of each class; their sum is 1. A target is 1 for one class, or shares of it. */\n"
        }
    }
}

pub(super) const LEARNING: &str = "\
int @_init_sized(@_context *context, size_t size, uint64_t fingerprint, uint64_t seed);
int @_load_sized(@_context *context, size_t room, uint64_t fingerprint, const uint8_t *bytes, size_t size);
int @_self_test_sized(@_context *context, size_t size, uint64_t fingerprint);

/* Makes a new network, whose weights are random: for one seed the same on every target.
 * Refuses with NANOPROP_WRONG_HEADER if this header is of another network than the library. */
static inline int @_init(@_context *context, uint64_t seed)
{
    return @_init_sized(context, sizeof *context, ^_FINGERPRINT, seed);
}

/* Reads the `size` bytes of a checkpoint, into a context that may be new. Refuses what is cut short, changed, or of another
 * network: NANOPROP_TRUNCATED and the other codes from -16 to -25; an initialized network is then as it was. */
static inline int @_load(@_context *context, const uint8_t *bytes, size_t size)
{
    return @_load_sized(context, sizeof *context, ^_FINGERPRINT, bytes, size);
}

/* Tests the machine's arithmetic, and this network's derivatives: for the boot of a device, before @_init or
 * @_load, since the context holds no network afterwards. Refuses with the codes from -32 to -40. */
static inline int @_self_test(@_context *context)
{
    return @_self_test_sized(context, sizeof *context, ^_FINGERPRINT);
}

/* All others refuse a context that was neither initialized nor loaded: NANOPROP_UNINITIALIZED. */

";

pub(super) const RESIDENT: &str = "\
/* The weights are part of the library: constants, in flash on a device. */

int @_self_test_sized(size_t size, uint64_t fingerprint);

/* Tests the machine's arithmetic, and that the weights are those of the build: for the boot of a device.
 * Refuses with NANOPROP_WRONG_HEADER if this header is of another network than the library, else with the codes from -32 to
 * -40. */
static inline int @_self_test(void)
{
    return @_self_test_sized(0, ^_FINGERPRINT);
}

/* A hash of the weights' bits, the same on every target. */
int @_digest(uint64_t *digest);

";

pub(super) const PREDICT: &str = "\
/* The prediction y of an input x, which may be the same memory. */
int @_predict(const @_context *context, const % x[^_INPUT], $ y[^_OUTPUT]);

";

pub(super) const PREDICT_RESIDENT: &str = "\
/* The prediction y of an input x, which may be the same memory. */
int @_predict(const % x[^_INPUT], $ y[^_OUTPUT]);

";

pub(super) const CLASSIFY: &str = "\
/* Returns the predicted class, from 0; or an error, which is negative. */
int @_classify(const @_context *context, const % x[^_INPUT]);

";

pub(super) const CLASSIFY_RESIDENT: &str = "\
/* Returns the predicted class, from 0; or an error, which is negative. */
int @_classify(const % x[^_INPUT]);

";

pub(super) const LEARN: &str = "\
/* One online step: forward, backward, and weight = weight - rate * slope, of one sample with the target y.
 * Refuses a rate that is not finite with NANOPROP_WRONG_RATE. */
int @_learn(@_context *context, const % x[^_INPUT], const $ y[^_OUTPUT],
    $ rate);

";

pub(super) const LEARN_CLASS: &str = "\
/* The same for a sample of this class, from 0. Refuses others with NANOPROP_NO_SUCH_CLASS. */
int @_learn_class(@_context *context, const % x[^_INPUT], size_t class_index, $ rate);

";

pub(super) const COST_AND_FILES: &str = "\
/* The mean cost of `count` samples, which stand one behind the other: count * ^_INPUT numbers of x, and
 * count * ^_OUTPUT numbers of y. 0 of none. */
int @_cost(const @_context *context, const % *x, const $ *y, size_t count, $ *cost);

/* Writes a checkpoint of ^_CHECKPOINT bytes. Refuses a shorter buffer with NANOPROP_BUFFER_TOO_SMALL, and a network with NaN
 * or an infinite number with NANOPROP_NOT_FINITE. */
int @_save(const @_context *context, uint8_t *bytes, size_t size);

/* A hash of the weights' bits, the same on every target. */
int @_digest(const @_context *context, uint64_t *digest);

";

pub(super) const COST_RESIDENT: &str = "\
/* The mean cost of `count` samples, which stand one behind the other: count * ^_INPUT numbers of x, and
 * count * ^_OUTPUT numbers of y. 0 of none. */
int @_cost(const % *x, const $ *y, size_t count, $ *cost);

";

pub(super) const END: &str = "\
#ifdef __cplusplus
}
#endif

#endif
";
