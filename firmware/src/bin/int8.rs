//! Recognises digits in integers of 8 bits, with weights that stay in flash and no floating-point number.
#![cfg_attr(device, no_std, no_main)]

use firmware::{Hand, Small, digest, digits, number, weights};

static SAMPLE: Hand<[i8; 64]> = Hand::new([0; 64]);

firmware::program!(run);

fn run() -> bool {
    let Some(x) = SAMPLE.take() else { return false };
    let net: &Small = &weights::SMALL;
    digest("weights", net.digest());
    number("count", "bytes", size_of::<Small>() as u32);
    number("bytes", "sample", size_of_val(x) as u32);

    let (mut right, mut all) = (0, 0xcbf2_9ce4_8422_2325_u64);
    for row in digits::held_out() {
        let Some((pixels, label)) = digits::row(row) else { continue };
        read(pixels, x);
        let logits = net.logits(&*x);
        let class = logits.iter().enumerate().fold(0, |best, (k, z)| if logits.get(best) < Some(z) { k } else { best });
        right += u32::from(class == label.index());
        for z in logits {
            all = (all ^ u64::from(z.cast_unsigned())).wrapping_mul(0x100_0000_01b3);
        }
    }
    digest("logits", all);
    number("count", "right", right);
    right > 100
}

/// From 16 shades to the network's input, whose range is from 0 to 1.
fn read(pixels: &[u8; 64], x: &mut [i8; 64]) {
    x.iter_mut().zip(pixels).for_each(|(x, &pixel)| *x = ((u16::from(pixel) * 255 + 8) / 16) as u8 as i8 ^ -128);
}
