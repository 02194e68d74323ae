//! The networks over windows: of one sample, or of one step with the states before as inputs and those behind as outputs.

use nanoprop_peers::{Data, POOL, Peer, Quantity, directory};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::infer::Factoid;
use tract_onnx::tract_hir::internal::DimLike;

type Run = Box<dyn FnMut(TVec<TValue>) -> TractResult<TVec<TValue>>>;

pub(crate) struct Windows {
    run: Run,
    inputs: Vec<TValue>,
    blank: Vec<TValue>,
    states: Vec<TValue>,
    out: Option<TValue>,
}

impl Windows {
    fn load(data: &'static Data) -> TractResult<Windows> {
        let path = directory().join(format!("{}-1.onnx", data.net.name));
        let model = tract_onnx::onnx().model_for_path(path)?;
        let mut shapes = Vec::new();
        for input in model.input_outlets()? {
            let shape = model.outlet_fact(*input)?.shape.concretize();
            let shape = shape.and_then(|s| s.iter().map(|d| d.to_usize().ok()).collect::<Option<Vec<_>>>());
            shapes.push(shape.ok_or_else(|| TractError::msg("a shape is open"))?);
        }
        let mut state = model.into_optimized()?.into_runnable()?.spawn()?;
        let size: usize = shapes[0].iter().product();
        let sample = |i: usize| {
            let x = &data.inputs()[i * size..][..size];
            // Channels come first there.
            let channels = if size == 1 { 1 } else { shapes[0][1] };
            let x: Vec<f32> = (0..channels).flat_map(|c| x.iter().skip(c).step_by(channels).copied()).collect();
            Ok(Tensor::from_shape(&shapes[0], &x)?.into_tvalue())
        };
        let blank = shapes[1..].iter().map(|s| Ok(Tensor::zero::<f32>(s)?.into_tvalue()));
        let blank: Vec<TValue> = blank.collect::<TractResult<_>>()?;
        Ok(Windows {
            inputs: (0..POOL).map(sample).collect::<TractResult<_>>()?,
            run: Box::new(move |x| state.run(x)),
            states: blank.clone(),
            blank,
            out: None,
        })
    }

    fn call(&mut self, i: usize) -> TractResult<()> {
        let mut inputs = tvec![self.inputs[i].clone()];
        inputs.extend(self.states.drain(..));
        let mut outputs = (self.run)(inputs)?.into_iter();
        self.out = outputs.next();
        self.states.extend(outputs);
        Ok(())
    }
}

impl Peer for Windows {
    const DOES: &'static [Quantity] = &[Quantity::Forward, Quantity::Stream];

    fn new(data: &'static Data) -> Self {
        Windows::load(data).expect("the model was written for it")
    }

    fn reset(&mut self, _: &'static Data) {
        self.states.clone_from(&self.blank);
    }

    fn forward(&mut self, i: usize) {
        self.call(i).expect("the shapes fit");
    }

    fn stream(&mut self, i: usize) {
        self.call(i).expect("the shapes fit");
    }

    fn outputs(&self) -> Vec<f32> {
        let out = self.out.as_ref().expect("there was a forward pass");
        out.to_plain_array_view::<f32>().expect("it holds floats").iter().copied().collect()
    }
}
