/// A layer of a network over windows. Shapes are channels-last; parameters lie in the order in which nanoprop has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Biases `[out]`, weights `[in × out]`; a rectifier behind it unless it is the last.
    Dense {
        /// Numbers that it reads.
        inputs: usize,
        /// Numbers that it writes.
        outputs: usize,
    },
    /// Biases `[out]`, weights `[window · in × out]`; a rectifier behind it unless it is the last.
    Conv1d {
        /// Steps that it reads.
        steps: usize,
        /// Channels that it reads.
        inputs: usize,
        /// Channels that it writes.
        outputs: usize,
        /// Steps of a window.
        window: usize,
        /// From one step of a window to the next.
        dilation: usize,
        /// Whether zeros before the first step make as many windows as steps.
        causal: bool,
    },
    /// Biases `[out]`, weights `[window · window · in × out]`; a rectifier behind it.
    Conv2d {
        /// Rows and columns that it reads.
        size: usize,
        /// Channels that it reads.
        inputs: usize,
        /// Channels that it writes.
        outputs: usize,
        /// Rows and columns of a window.
        window: usize,
        /// Whether zeros around the image make as many windows as places.
        same: bool,
    },
    /// The largest of 2 × 2 places.
    Pool,
    /// One number per step in, the last hidden state out. Biases `[4 hidden]`, weights of x `[4 hidden]`, of h
    /// `[hidden × 4 hidden]`; gates in the order i, f, o, g.
    Lstm {
        /// Steps of a window.
        steps: usize,
        /// Width of the state.
        hidden: usize,
    },
    /// The same with biases `[3 hidden]`, the new gate's bias beside h `[hidden]`, weights of x `[3 hidden]` in the order
    /// n, r, z, and of h `[hidden × 3 hidden]` in the order r, z, n.
    Gru {
        /// Steps of a window.
        steps: usize,
        /// Width of the state.
        hidden: usize,
    },
}

impl Layer {
    /// How many biases and weights.
    pub fn sizes(&self) -> (usize, usize) {
        match *self {
            Layer::Dense { inputs, outputs } => (outputs, inputs * outputs),
            Layer::Conv1d { inputs, outputs, window, .. } => (outputs, window * inputs * outputs),
            Layer::Conv2d { inputs, outputs, window, .. } => (outputs, window * window * inputs * outputs),
            Layer::Pool => (0, 0),
            Layer::Lstm { hidden, .. } => (4 * hidden, 4 * (1 + hidden) * hidden),
            Layer::Gru { hidden, .. } => (4 * hidden, 3 * (1 + hidden) * hidden),
        }
    }

    /// What a sum of the layer has as many terms as.
    pub fn fan_in(&self) -> usize {
        match *self {
            Layer::Lstm { hidden, .. } | Layer::Gru { hidden, .. } => 1 + hidden,
            _ => self.sizes().1 / self.sizes().0.max(1),
        }
    }

    /// How often each weight is used for a sample, with the zeros of the padding.
    pub fn uses(&self) -> usize {
        match *self {
            Layer::Dense { .. } | Layer::Pool => 1,
            Layer::Conv1d { steps, causal: true, .. } => steps,
            Layer::Conv1d { steps, window, dilation, .. } => steps - dilation * (window - 1),
            Layer::Conv2d { size, same: true, .. } => size * size,
            Layer::Conv2d { size, window, .. } => (size - window + 1).pow(2),
            Layer::Lstm { steps, .. } | Layer::Gru { steps, .. } => steps,
        }
    }
}
