//! tract: the networks as ONNX with their batch size fixed, optimised, run in a state that is kept.

mod windows;

use nanoprop_peers::{Data, LARGE, POOL, Peer, Quantity, Ready, SAMPLES, directory, locked, serve};
use tract_onnx::prelude::*;

struct Model {
    run: Box<dyn FnMut(TValue) -> TractResult<TValue>>,
    inputs: Vec<TValue>,
}

impl Model {
    fn load(data: &'static Data, batch: usize, calls: usize) -> TractResult<Model> {
        let path = directory().join(format!("{}-{batch}.onnx", data.net.name));
        let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?.into_runnable()?;
        let mut state = model.spawn()?;
        let input = |i| Ok(Tensor::from_shape(&[batch, data.net.inputs()], data.x(i, batch))?.into_tvalue());
        Ok(Model {
            run: Box::new(move |x| Ok(state.run(tvec![x])?.remove(0))),
            inputs: (0..calls).map(input).collect::<TractResult<_>>()?,
        })
    }

    fn call(&mut self, i: usize) -> TractResult<TValue> {
        (self.run)(self.inputs[i].clone())
    }
}

struct Tract {
    single: Model,
    large: Model,
    out: Option<TValue>,
}

impl Peer for Tract {
    const DOES: &'static [Quantity] = &[Quantity::Forward, Quantity::BatchForward];

    fn new(data: &'static Data) -> Self {
        let load = |batch, calls| Model::load(data, batch, calls).expect("the model was written for it");
        Tract { single: load(1, POOL), large: load(LARGE, SAMPLES / LARGE), out: None }
    }

    fn reset(&mut self, _: &'static Data) {}

    fn forward(&mut self, i: usize) {
        self.out = Some(self.single.call(i).expect("the shapes fit"));
    }

    fn batch_forward(&mut self, i: usize) {
        self.out = Some(self.large.call(i).expect("the shapes fit"));
    }

    fn outputs(&self) -> Vec<f32> {
        let out = self.out.as_ref().expect("there was a forward pass");
        out.to_plain_array_view::<f32>().expect("it holds floats").iter().copied().collect()
    }
}

fn main() -> std::io::Result<()> {
    serve(&locked("tract-onnx"), |data| match data.net.windows {
        [] => Ready::new::<Tract>(data),
        _ => Ready::new::<windows::Windows>(data),
    })
}
