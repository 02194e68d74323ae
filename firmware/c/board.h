/* What a program needs of the machine: to print and to end, by the debugger's services; and the digits in flash. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

enum { ROWS = 600, HELD_OUT = 5, PIXELS = 64 };

/* data.S */
extern const uint8_t pixels[ROWS][PIXELS], labels[ROWS], weights[];
extern const uint32_t weights_size;

/* Reads a row from flash: pixels from 0 to 1. */
void read_row(int row, float x[PIXELS]);

/* Lines of a kind, a name and a value, as the programs in Rust print them. */
void print_digest(const char *name, uint64_t value);
void print_count(const char *name, uint32_t value);
void print_text(const char *text);

/* Where the stack ends that was never used, painted at the start. */
uint32_t stack_used(void);

/* The program: 0 if all went well. */
int main(void);

#endif
