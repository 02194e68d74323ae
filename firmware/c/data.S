/* The first 600 digits, and a checkpoint: constants in flash, from files in the folders that the assembler is given. */
    .syntax unified
    .section .note.GNU-stack, "", %progbits
    .section .rodata.digits, "a"
    .global pixels, labels, weights, weights_size
pixels:
    .incbin "digits8x8_pixels_u8.bin", 0, 600 * 64
labels:
    .incbin "digits8x8_labels_u8.bin", 0, 600
    .section .rodata.weights, "a"
weights:
    .incbin "digits.nprp"
.Lweights_end:
    .balign 4
weights_size:
    .word .Lweights_end - weights
