/* Learns handwritten digits, and recognises others: `digits FOLDER`, with the files of data/digits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "trained.h"

enum { ROWS = 1797, EPOCHS = 20, HELD_OUT = 5 };

static digits_context net; /* 9,980 bytes of .bss */
static float x[ROWS][DIGITS_INPUT], held_out[ROWS][DIGITS_INPUT], targets[ROWS][DIGITS_OUTPUT];
static uint8_t pixels[ROWS][DIGITS_INPUT], labels[ROWS], file[DIGITS_CHECKPOINT];

/* Ends the program where a function refused. */
static int checked(int code)
{
    if (code < 0) {
        fprintf(stderr, "digits: %s\n", nanoprop_error(code));
        exit(EXIT_FAILURE);
    }
    return code;
}

static void read_file(const char *folder, const char *name, void *bytes, size_t size)
{
    char path[4096];
    FILE *from;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path
        || (from = fopen(path, "rb")) == NULL || fread(bytes, 1, size, from) != size) {
        fprintf(stderr, "digits: can't read %s/%s\n", folder, name);
        exit(EXIT_FAILURE);
    }
    fclose(from);
}

static void print_digest(const char *name)
{
    uint64_t digest;
    checked(digits_digest(&net, &digest));
    printf("%s %016" PRIx64 "\n", name, digest);
}

int main(int argc, char **argv)
{
    int row, pixel, epoch, count = 0, right = 0;
    float cost;
    uint64_t digest;
    uint32_t bits;
    const char *folder = argc > 1 ? argv[1] : "data/digits";

    read_file(folder, "digits8x8_pixels_u8.bin", pixels, sizeof pixels);
    read_file(folder, "digits8x8_labels_u8.bin", labels, sizeof labels);
    for (row = 0; row < ROWS; row++)
        for (pixel = 0; pixel < DIGITS_INPUT; pixel++)
            x[row][pixel] = (float)pixels[row][pixel] / 16.0f;

    checked(digits_self_test(&net));
    checked(digits_init(&net, 1));
    print_digest("start");
    for (epoch = 0; epoch < EPOCHS; epoch++) {
        float rate = 0.5f / (1.0f + (float)epoch / 5.0f);
        for (row = 0; row < ROWS; row++)
            if (row % HELD_OUT != HELD_OUT - 1)
                checked(digits_learn_class(&net, x[row], labels[row], rate));
    }
    print_digest("trained");

    /* Saved, and loaded again. */
    checked(digits_save(&net, file, sizeof file));
    memset(&net, 0, sizeof net);
    checked(digits_load(&net, file, sizeof file));
    for (row = HELD_OUT - 1; row < ROWS; row += HELD_OUT) {
        right += checked(digits_classify(&net, x[row])) == labels[row];
        memcpy(held_out[count], x[row], sizeof x[row]);
        targets[count][labels[row]] = 1.0f;
        count++;
    }
    printf("recognised %d of %d\n", right, count);
    checked(digits_cost(&net, held_out[0], targets[0], (size_t)count, &cost));
    memcpy(&bits, &cost, sizeof bits);
    printf("cost %08" PRIx32 "\n", bits);

    checked(trained_self_test());
    checked(trained_digest(&digest));
    printf("resident %016" PRIx64 "\n", digest);
    return EXIT_SUCCESS;
}
