/* Predicts the rows that the training held out:
 *
 *     ./install prefix {{ident}}_c {{ident}}
 *     export PKG_CONFIG_PATH=prefix/lib/pkgconfig
 *     cc predict.c $(pkg-config --cflags --libs {{ident}}_c) -o predict && ./predict
 */
#include <stdio.h>

#include "{{ident}}.h"
#include "rows.h"

int main(void)
{
    int row, code, same = 0;
%classes     int right = 0;
%numbers     double squares = 0.0;

    if ((code = {{ident}}_self_test()) < 0) {
        printf("%s\n", nanoprop_error(code));
        return 1;
    }
    for (row = 0; row < ROWS; row++) {
%classes         int class_index = {{ident}}_classify(rows[row]);
%classes         right += class_index == targets[row];
%classes         same += class_index == predicted[row];
%numbers         float y[{{upper}}_OUTPUT];
%numbers         if ((code = {{ident}}_predict(rows[row], y)) < 0) {
%numbers             printf("%s\n", nanoprop_error(code));
%numbers             return 1;
%numbers         }
%numbers         squares += ((double)y[0] - targets[row]) * ((double)y[0] - targets[row]);
%numbers         same += y[0] == predicted[row];
    }
%classes     printf("%d of %d rows held out are classified correctly\n", right, ROWS);
%numbers     printf("%d rows held out: mean squared error %.8g\n", ROWS, squares / ROWS);
    if (same != ROWS) {
        printf("%d rows are predicted otherwise than after the training\n", ROWS - same);
        return 1;
    }
    return 0;
}
