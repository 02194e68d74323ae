//! Constants, shapes, and what is made of them.

use super::Inputs;
use crate::onnx::array::{Array, Budget, Number, broadcast, count, joint};
use crate::onnx::graph::Node;
use crate::onnx::tensor;

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let known = match (inputs.node.domain.as_str(), inputs.node.op.as_str()) {
        ("", "Constant") => constant(inputs.node),
        ("", "Shape") => shape(inputs),
        ("", "Size") => inputs.need(0).map(|x| Array::integers([x.values.len() as i64])),
        ("", "Cast") => cast(inputs),
        ("", "Expand") => expand(inputs, budget),
        ("", "ConstantOfShape") => of_shape(inputs, budget),
        _ => return None,
    };
    Some(known.and_then(|array| budget.numbers(Some(array.values.len())).map(|_| vec![array])))
}

fn constant(node: &Node) -> Result<Array, String> {
    if let Some(array) = node.tensor() {
        return Ok(array.clone());
    }
    if let Some(values) = node.ints("value_ints") {
        return Ok(Array::integers(values));
    }
    if let Some(values) = node.floats("value_floats") {
        return Array::new(Number::Single, vec![values.len()], values);
    }
    if node.has_float("value_float") {
        return Array::new(Number::Single, vec![], vec![node.float("value_float", 0.0)]);
    }
    match node.int("value_int", i64::MIN) {
        i64::MIN => Err("its constant is of a kind that is not read".to_owned()),
        value => Array::new(Number::Integer, vec![], vec![value as f64]),
    }
}

fn shape(inputs: &Inputs) -> Result<Array, String> {
    let shape = &inputs.need(0)?.shape;
    let rank = shape.len() as i64;
    let bound = |name: &str, default: i64| {
        let at = inputs.node.int(name, default);
        usize::try_from(if at < 0 { at.saturating_add(rank) } else { at }.clamp(0, rank)).unwrap_or(0)
    };
    let (start, end) = (bound("start", 0), bound("end", rank));
    Ok(Array::integers(shape.get(start..end).unwrap_or_default().iter().map(|&width| width as i64)))
}

fn cast(inputs: &Inputs) -> Result<Array, String> {
    let (x, to) = (inputs.need(0)?, inputs.node.int("to", 0));
    let to = i32::try_from(to).ok().filter(|&to| tensor::number(to).is_some());
    let to = to.ok_or("it casts to a kind of number that is not read")?;
    let number = tensor::number(to).unwrap_or(x.number);
    let one = |&value: &f64| match (number, to) {
        (Number::Integer, tensor::kind::BOOL) => f64::from(value != 0.0),
        (Number::Integer, _) => value.trunc(),
        _ => value,
    };
    Array::new(number, x.shape.clone(), x.values.iter().map(one).collect())
}

fn widths(array: &Array) -> Result<Vec<usize>, String> {
    let width = |width: i64| usize::try_from(width).map_err(|_| format!("it makes a width of {width}"));
    array.to_integers().into_iter().map(width).collect()
}

fn expand(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let shape = joint(&x.shape, &widths(inputs.need(1)?)?)?;
    budget.numbers(count(&shape))?;
    x.pick(shape.clone(), &broadcast(&x.shape, &shape)?)
}

fn of_shape(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let shape = widths(inputs.need(0)?)?;
    let (value, number) = match inputs.node.tensor() {
        Some(tensor) => (tensor.same().ok_or("its value is no number")?, tensor.number),
        None => (0.0, Number::Single),
    };
    let len = budget.numbers(count(&shape))?;
    Array::new(number, shape, vec![value; len])
}
