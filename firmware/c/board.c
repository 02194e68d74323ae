/* A Cortex-M from its reset on: vectors, memory, FPU, semihosting. Nothing of a C library is linked. */
#include "board.h"

extern uint32_t __data_load, __data_start, __data_end, __bss_start, __bss_end, __stack_end, __stack_top;

static const uint32_t PAINT = 0xA5A55A5Au;

/* "Semihosting for AArch32 and AArch64": an operation in r0, its argument in r1. */
static void call(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt #0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void print_text(const char *text)
{
    call(0x04, text); /* SYS_WRITE0 */
}

static void end(int code)
{
    uint32_t application_exit[2] = {0x20026, (uint32_t)code};
    for (;;)
        call(0x20, application_exit); /* SYS_EXIT_EXTENDED */
}

static void fault(void)
{
    print_text("fault\n");
    end(2);
}

void reset(void)
{
    uint32_t *to = &__data_start, *from = &__data_load;
    while (to < &__data_end)
        *to++ = *from++;
    for (to = &__bss_start; to < &__bss_end; to++)
        *to = 0;
    /* The stack below what this function has. */
    for (to = &__stack_end; to < (uint32_t *)__builtin_frame_address(0) - 16; to++)
        *(volatile uint32_t *)to = PAINT;
#ifdef __ARM_FP
    /* Coprocessors 10 and 11: the FPU. */
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
    __asm__ volatile("dsb\n isb");
#endif
    end(main());
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))(uintptr_t)&__stack_top, reset, fault, fault, fault, fault, fault,
};

uint32_t stack_used(void)
{
    const volatile uint32_t *at = &__stack_end;
    while (at < &__stack_top && *at == PAINT)
        at++;
    return (uint32_t)((uintptr_t)&__stack_top - (uintptr_t)at);
}

void read_row(int row, float x[PIXELS])
{
    int pixel;
    for (pixel = 0; pixel < PIXELS; pixel++)
        x[pixel] = (float)pixels[row][pixel] / 16.0f;
}

static void line(const char *kind, const char *name, const char *value)
{
    print_text(kind);
    print_text(" ");
    print_text(name);
    print_text(" ");
    print_text(value);
    print_text("\n");
}

void print_digest(const char *name, uint64_t value)
{
    char digits[17];
    int k;
    for (k = 0; k < 16; k++)
        digits[k] = "0123456789abcdef"[(value >> (60 - 4 * k)) & 15];
    digits[16] = 0;
    line("digest", name, digits);
}

void print_count(const char *name, uint32_t value)
{
    char digits[11], *at = digits + 10;
    *at = 0;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    line("count", name, at);
}
