//! Where windows lie.

use nanoprop::runtime::{Around, Axis, Frame};

use super::{Misfit, Padding, WIDEST, Windows};

/// Refuses for a reason, if there is one.
pub(super) fn fault(text: &str) -> Result<(), Misfit> {
    if text.is_empty() { Ok(()) } else { Err(Misfit::new(text)) }
}

/// What is written by windows, with so many channels.
pub(super) fn slid(frame: &Frame, reads: &[usize], channels: usize) -> Vec<usize> {
    match reads {
        [_, _] => vec![frame.columns.count, channels],
        _ => vec![frame.rows.count, frame.columns.count, channels],
    }
}

/// Refuses windows that no type has.
fn sound(windows: &Windows) -> Result<(), Misfit> {
    let &Windows { size: [height, width], stride, dilation, padding } = windows;
    let numbers = [height, width, stride, dilation];
    if numbers.iter().any(|&n| n == 0 || n > WIDEST) {
        let text = format!("a window of {height}×{width}, stride {stride}, dilation {dilation}");
        return Err(Misfit::new(format!("{text}: these are from 1 to {WIDEST}")));
    }
    match padding {
        Padding::Pad(before, after) if before.max(after) > WIDEST => {
            Err(Misfit::new(format!("a padding is at most {WIDEST}")))
        }
        _ => Ok(()),
    }
}

/// Where the windows lie that each step of a sequence is spread over, in what is written with so many channels.
pub(crate) fn spread(windows: &Windows, reads: &[usize], channels: usize) -> Result<Frame, Misfit> {
    sound(windows)?;
    let &Windows { size: [height, window], stride, dilation, padding } = windows;
    let &[steps, _] = reads else { return Err(Misfit::new("a ConvTranspose1d reads [steps, channels]")) };
    if height != 1 {
        return Err(Misfit::new(format!("a window over a sequence has 1 row, not {height}")));
    }
    let all = (steps - 1) * stride + dilation * (window - 1) + 1;
    let (len, around) = match padding {
        Padding::Valid => (all, Around::Valid),
        Padding::Same => (steps * stride, Around::Same),
        Padding::Causal => (steps * stride, Around::Later),
        Padding::Pad(before, after) => match all.checked_sub(before + after) {
            Some(len @ 1..) => (len, Around::Pad(before, after)),
            _ => {
                let cut = before + after;
                let text = format!("has padding that cuts off {cut} of the {all} steps that it would write");
                return Err(Misfit::new(text));
            }
        },
    };
    let columns = Axis::new(len, window, stride, dilation, around, steps);
    Ok(Frame { channels, rows: Axis::SINGLE, columns })
}

/// Where the windows lie.
pub(crate) fn frame(windows: &Windows, reads: &[usize]) -> Result<Frame, Misfit> {
    sound(windows)?;
    let &Windows { size: [height, width], stride, dilation, padding } = windows;
    let around = match padding {
        Padding::Valid => Around::Valid,
        Padding::Same => Around::Same,
        Padding::Causal => Around::Causal,
        Padding::Pad(before, after) => Around::Pad(before, after),
    };
    let axis = |len: usize, window: usize| {
        let axis = Axis::new(len, window, stride, dilation, around, 1);
        Axis { count: axis.total.saturating_sub(axis.span()) / stride + 1, ..axis }
    };
    let frame = match *reads {
        [steps, channels] if height == 1 => Frame { channels, rows: Axis::SINGLE, columns: axis(steps, width) },
        [_, _] => return Err(Misfit::new(format!("a window over a sequence has 1 row, not {height}"))),
        [rows, columns, channels] => Frame { channels, rows: axis(rows, height), columns: axis(columns, width) },
        _ => return Err(Misfit::new("a layer over windows reads [steps, channels] or [height, width, channels]")),
    };
    fault(frame.fault().as_str())?;
    Ok(frame)
}
