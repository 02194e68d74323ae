/* Learns digits from samples in flash as `firmware/src/bin/learn.rs` begins to do, then loads a checkpoint from flash and
 * recognises others. A context of 9,980 bytes and a sample: it fits into 16 KiB. */
#include "board.h"
#include "digits.h"

static digits_context net;
static float x[DIGITS_INPUT];

static int print_net(const char *name)
{
    uint64_t digest;
    int code = digits_digest(&net, &digest);
    if (code == NANOPROP_OK)
        print_digest(name, digest);
    return code;
}

static int learn(float rate)
{
    int row, code = NANOPROP_OK;
    for (row = 0; row < ROWS && code == NANOPROP_OK; row++) {
        if (row % HELD_OUT == HELD_OUT - 1)
            continue;
        read_row(row, x);
        code = digits_learn_class(&net, x, labels[row], rate);
    }
    return code;
}

/* Returns how many calls with wrong arguments were refused: an unaligned access would be a fault on a Cortex-M0. */
static uint32_t refused(void)
{
    /* Variable, lest the compiler sees that it is no array of so many numbers. */
    uint8_t *volatile odd = (uint8_t *)x + 2;
    uint32_t count = 0;
    count += digits_classify(&net, NULL) == NANOPROP_NULL;
    count += digits_classify(&net, (const float *)(const void *)odd) == NANOPROP_MISALIGNED;
    count += digits_init((digits_context *)(void *)odd, 1) == NANOPROP_MISALIGNED;
    count += digits_learn_class(&net, x, DIGITS_OUTPUT, 0.5f) == NANOPROP_NO_SUCH_CLASS;
    count += digits_load(&net, weights, weights_size - 1) == NANOPROP_TRUNCATED;
    count += digits_load(&net, pixels[0], weights_size) == NANOPROP_NOT_A_CHECKPOINT;
    return count;
}

static int run(void)
{
    int row, code;
    uint32_t right = 0, count = 0;

    if ((code = digits_self_test(&net)) != NANOPROP_OK || (code = digits_init(&net, 1)) != NANOPROP_OK
        || (code = print_net("start")) != NANOPROP_OK || (code = learn(0.4f)) != NANOPROP_OK
        || (code = learn(0.2f)) != NANOPROP_OK)
        return code;
    print_count("refused", refused());
    if ((code = print_net("online")) != NANOPROP_OK || (code = digits_load(&net, weights, weights_size)) != NANOPROP_OK
        || (code = print_net("weights")) != NANOPROP_OK)
        return code;
    for (row = HELD_OUT - 1; row < ROWS; row += HELD_OUT, count++) {
        read_row(row, x);
        if ((code = digits_classify(&net, x)) < 0)
            return code;
        right += code == labels[row];
    }
    print_count("right", right);
    print_count("held_out", count);
    return NANOPROP_OK;
}

int main(void)
{
    int code = run();
    if (code != NANOPROP_OK) {
        print_text(nanoprop_error(code));
        print_text("\n");
    }
    print_count("stack", stack_used());
    return code != NANOPROP_OK;
}
