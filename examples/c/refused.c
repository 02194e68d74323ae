/* What the library must refuse, with the right code, and without a change of the network. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "trained.h"

static int failures;

static void expect(int line, int code, int expected)
{
    if (code != expected) {
        printf("line %d: %d, %s, instead of %d, %s\n", line, code, nanoprop_error(code), expected, nanoprop_error(expected));
        failures++;
    }
}
#define EXPECT(code, expected) expect(__LINE__, (code), (expected))

int main(void)
{
    static float x[DIGITS_INPUT], y[DIGITS_OUTPUT];
    static uint8_t file[DIGITS_CHECKPOINT + 1], other[DIGITS_CHECKPOINT + 1];
    /* On the stack, with whatever is there; and a second on the heap, at an address of ours. */
    digits_context net;
    unsigned char *heap = malloc(DIGITS_CONTEXT_SIZE + 2 * DIGITS_CONTEXT_ALIGNMENT);
    /* Variables, lest the compiler warns of what the test is about. */
    float *volatile null = NULL, *volatile odd = (float *)(void *)((unsigned char *)x + 1);
    uint64_t before, after;
    if (heap == NULL)
        return EXIT_FAILURE;

    memset(&net, 0x5A, sizeof net);
    EXPECT(digits_predict(&net, x, y), NANOPROP_UNINITIALIZED);
    EXPECT(digits_learn(&net, x, y, 0.5f), NANOPROP_UNINITIALIZED);
    EXPECT(digits_save(&net, file, sizeof file), NANOPROP_UNINITIALIZED);
    EXPECT(digits_digest(&net, &before), NANOPROP_UNINITIALIZED);
    EXPECT(digits_load(&net, file, DIGITS_CHECKPOINT), NANOPROP_NOT_A_CHECKPOINT);
    EXPECT(digits_init(NULL, 1), NANOPROP_NULL);
    EXPECT(digits_init((digits_context *)(void *)(heap + 1), 1), NANOPROP_MISALIGNED);
    /* As if the header were of another network. */
    EXPECT(digits_init_sized(&net, sizeof net - 4, DIGITS_FINGERPRINT, 1), NANOPROP_WRONG_HEADER);
    EXPECT(digits_init_sized(&net, sizeof net, DIGITS_FINGERPRINT + 1, 1), NANOPROP_WRONG_HEADER);
    EXPECT(digits_load_sized(&net, sizeof net, 0, file, sizeof file), NANOPROP_WRONG_HEADER);
    EXPECT(trained_self_test_sized(0, 0), NANOPROP_WRONG_HEADER);

    EXPECT(digits_init(&net, 1), NANOPROP_OK);
    EXPECT(digits_digest(&net, &before), NANOPROP_OK);
    EXPECT(digits_predict(&net, null, y), NANOPROP_NULL);
    EXPECT(digits_predict(&net, x, null), NANOPROP_NULL);
    EXPECT(digits_predict(&net, odd, y), NANOPROP_MISALIGNED);
    EXPECT(digits_predict(&net, x, odd), NANOPROP_MISALIGNED);
    EXPECT(digits_classify(&net, null), NANOPROP_NULL);
    EXPECT(digits_learn(&net, x, odd, 0.5f), NANOPROP_MISALIGNED);
    EXPECT(digits_learn(&net, x, null, 0.5f), NANOPROP_NULL);
    EXPECT(digits_learn_class(&net, x, DIGITS_OUTPUT, 0.5f), NANOPROP_NO_SUCH_CLASS);
    EXPECT(digits_learn_class(&net, x, SIZE_MAX, 0.5f), NANOPROP_NO_SUCH_CLASS);
    EXPECT(digits_cost(&net, x, y, SIZE_MAX / 8, y), NANOPROP_TOO_MANY);
    EXPECT(digits_cost(&net, null, y, 1, y), NANOPROP_NULL);
    EXPECT(digits_digest(&net, NULL), NANOPROP_NULL);
    EXPECT(trained_predict(null, y), NANOPROP_NULL);
    EXPECT(trained_classify(odd), NANOPROP_MISALIGNED);
    {
        volatile float zero = 0.0f;
        EXPECT(digits_learn(&net, x, y, zero / zero), NANOPROP_WRONG_RATE);
        EXPECT(digits_learn(&net, x, y, 1.0f / zero), NANOPROP_WRONG_RATE);
    }

    EXPECT(digits_save(&net, file, DIGITS_CHECKPOINT - 1), NANOPROP_BUFFER_TOO_SMALL);
    EXPECT(digits_save(&net, NULL, DIGITS_CHECKPOINT), NANOPROP_NULL);
    EXPECT(digits_save(&net, file, sizeof file), NANOPROP_OK);
    EXPECT(digits_load(&net, file, DIGITS_CHECKPOINT - 1), NANOPROP_TRUNCATED);
    EXPECT(digits_load(&net, file, 0), NANOPROP_TRUNCATED);
    EXPECT(digits_load(&net, NULL, 0), NANOPROP_TRUNCATED);
    EXPECT(digits_load(&net, NULL, 7), NANOPROP_NULL);
    EXPECT(digits_load(&net, file, DIGITS_CHECKPOINT + 1), NANOPROP_TRAILING_BYTES);
    memcpy(other, file, sizeof file);
    other[1000] ^= 1;
    EXPECT(digits_load(&net, other, DIGITS_CHECKPOINT), NANOPROP_CORRUPTED);
    other[0] = 'X';
    EXPECT(digits_load(&net, other, DIGITS_CHECKPOINT), NANOPROP_NOT_A_CHECKPOINT);

    EXPECT(digits_digest(&net, &after), NANOPROP_OK);
    if (after != before) {
        printf("a refused call changed the network\n");
        failures++;
    }
    free(heap);
    printf("%d failures\n", failures);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
