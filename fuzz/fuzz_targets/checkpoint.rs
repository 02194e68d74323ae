//! A spec and a checkpoint of its network, parted by a zero byte: what is read is written as the same spec and bytes, and
//! predicts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::Model;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |&byte| byte == 0);
    let (spec, bytes) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Ok(spec) = str::from_utf8(spec) else { return };
    let Ok(mut model) = Model::from_toml("fuzz.toml", spec) else { return };
    assert_eq!(Model::from_toml("fuzz.toml", &model.to_toml()).as_ref(), Ok(&model));
    if model.load_checkpoint(bytes).is_ok() {
        model.checkpoint().into_iter().for_each(|again| assert_eq!(again, bytes));
    }
    // Weights of zeros, where it is small.
    let numbers: usize = model.layers().iter().map(|layer| layer.writes().iter().product::<usize>()).sum();
    if numbers < 1000 && model.parameters() < 1000 && model.input().iter().product::<usize>() < 1000 {
        for layer in model.leaves_mut() {
            layer.tensors_mut().iter_mut().for_each(|tensor| tensor.set(vec![0.5; tensor.count()]).unwrap());
        }
        let input = model.input().iter().product();
        assert_eq!(model.predict(&vec![1.0; input]).unwrap().len(), model.output().iter().product::<usize>());
    }
});
