/* Recognises digits with weights that are part of the library and stay in flash: RAM has a sample and the stack. */
#include "board.h"
#include "trained.h"

static float x[TRAINED_INPUT];

static int run(void)
{
    uint64_t digest;
    uint32_t right = 0;
    int row, code;

    if ((code = trained_self_test()) != NANOPROP_OK || (code = trained_digest(&digest)) != NANOPROP_OK)
        return code;
    print_digest("weights", digest);
    for (row = HELD_OUT - 1; row < ROWS; row += HELD_OUT) {
        read_row(row, x);
        if ((code = trained_classify(x)) < 0)
            return code;
        right += code == labels[row];
    }
    print_count("right", right);
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
