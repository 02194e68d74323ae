//! Which module of a file is which layer.

use std::collections::BTreeMap;

use super::Mapping;
use super::slot::{self, Slot};
use crate::array::Arrays;
use crate::error::Error;
use crate::model::{Layer, Model, show};

/// A leaf, from 0, and the name of the array in each of its slots, where there is one.
type Matched = (usize, Vec<Option<String>>);

/// A layer that has tensors.
struct Wanted<'a> {
    number: usize,
    layer: &'a Layer,
    slots: Vec<Slot>,
}

/// The names of a module's arrays begin and end alike: `pattern` has `*` in place of what is between.
struct Module {
    pattern: String,
    /// What stands for `*`, with `_reverse` behind it, and the whole name.
    tensors: BTreeMap<String, String>,
}

/// Matches the layers that have tensors with the arrays of a file.
pub(super) fn all(model: &Model, arrays: &Arrays, mapping: &Mapping) -> Result<Vec<Matched>, Error> {
    let (mut wanted, mut problems) = (Vec::new(), Vec::new());
    for (number, layer) in model.leaves().into_iter().enumerate().filter(|(_, layer)| !layer.tensors().is_empty()) {
        match slot::slots(layer) {
            Ok(slots) => wanted.push(Wanted { number, layer, slots }),
            Err(problem) => problems.push(format!("layer {}: {problem}", number + 1)),
        }
    }
    let numbers: Vec<usize> = wanted.iter().map(|wanted| wanted.number + 1).collect();
    problems.extend(mapping.strangers(&numbers).map(|key| format!("mapping: `{key}` is no layer that has tensors")));
    let mut matched = Vec::new();
    let (mapped, free): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|wanted| mapping.speaks_of(wanted.number + 1));
    for wanted in &mapped {
        let names = wanted.slots.iter().map(|slot| mapping.name(wanted.number + 1, slot)).collect();
        matched.push(take(wanted, names, arrays, &mut problems));
    }
    let used: Vec<&String> = matched.iter().flat_map(|(_, names)| names.iter().flatten()).collect();
    let modules = modules(arrays.keys().filter(|name| !used.contains(name)));
    matched.extend(pair(free, modules, arrays, &mut problems));
    if problems.is_empty() { Ok(matched) } else { Err(Error::Tensors(problems)) }
}

/// The arrays of these names in the slots of a layer.
fn take(wanted: &Wanted, names: Vec<Option<String>>, arrays: &Arrays, problems: &mut Vec<String>) -> Matched {
    let at = || format!("layer {}, a {}", wanted.number + 1, wanted.layer.word());
    let mut found = Vec::new();
    for (slot, name) in wanted.slots.iter().zip(names) {
        let array = name.as_ref().and_then(|name| arrays.get(name));
        match (array, name) {
            (Some(array), name) if array.shape() == slot.shape => found.push(name),
            (Some(array), name) => {
                let (shape, needed) = (show(array.shape()), show(&slot.shape));
                problems.push(format!("{}: `{}` is {shape}, but must be {needed}", at(), name.unwrap_or_default()));
            }
            (None, _) if slot.optional => found.push(None),
            (None, Some(name)) => problems.push(format!("{}: there is no `{name}`", at())),
            (None, None) => problems.push(format!("{}: the mapping has no name for `{}`", at(), slot.name)),
        }
    }
    (wanted.number, found)
}

/// The modules of these names, in their natural order: `2` before `10`.
fn modules<'a>(names: impl Iterator<Item = &'a String>) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for name in names.filter(|name| !name.ends_with("num_batches_tracked")) {
        let (module, tensor) = name.rsplit_once('.').unwrap_or(("", name));
        let dot = if module.is_empty() { "" } else { "." };
        let (plain, reverse) = tensor.strip_suffix("_reverse").map_or((tensor, ""), |plain| (plain, "_reverse"));
        // `weight_ih_l1`: each layer of a stack is a module of its own.
        let (plain, level) = match plain.rsplit_once("_l") {
            Some((plain, level)) if level.parse::<u32>().is_ok() => (plain, format!("_l{level}")),
            _ => (plain, String::new()),
        };
        let pattern = format!("{module}{dot}*{level}");
        let tensor = format!("{plain}{reverse}");
        match modules.iter_mut().find(|module| module.pattern == pattern) {
            Some(module) => drop(module.tensors.insert(tensor, name.clone())),
            None => modules.push(Module { pattern, tensors: BTreeMap::from([(tensor, name.clone())]) }),
        }
    }
    modules.sort_by_key(|module| natural(&module.pattern));
    modules
}

/// Text and numbers in turn, to sort by.
fn natural(name: &str) -> Vec<(String, u128)> {
    let (mut parts, mut rest) = (Vec::new(), name);
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (words, tail) = rest.split_at(text);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        parts.push((words.to_owned(), number.parse().unwrap_or(u128::MAX)));
        rest = tail;
    }
    parts
}

impl Wanted<'_> {
    /// The names that the slots have in a module.
    fn names(&self, module: &Module) -> Vec<Option<String>> {
        let key = |slot: &Slot| format!("{}{}", slot.name, if slot.reverse { "_reverse" } else { "" });
        self.slots.iter().map(|slot| module.tensors.get(&key(slot)).cloned()).collect()
    }

    /// Whether a module has all that is needed and nothing else; and that in the right shapes.
    fn fits(&self, module: &Module, arrays: &Arrays) -> (bool, bool) {
        let names = self.names(module);
        let all = self.slots.iter().zip(&names).all(|(slot, name)| slot.optional || name.is_some());
        let mut pairs = self.slots.iter().zip(&names);
        let same = |(slot, name): (&Slot, &Option<String>)| {
            name.as_ref().is_none_or(|name| arrays.get(name).is_some_and(|array| array.shape() == slot.shape))
        };
        let only = names.iter().flatten().count() == module.tensors.len();
        (all && only, all && only && pairs.all(same))
    }
}

/// Pairs layers and modules by their shapes, and several of the same shapes in the order of numbers in their names.
fn pair(mut free: Vec<Wanted>, mut modules: Vec<Module>, arrays: &Arrays, problems: &mut Vec<String>) -> Vec<Matched> {
    let mut matched = Vec::new();
    while let Some(first) = free.first() {
        let alike: Vec<usize> =
            (0..free.len()).filter(|&k| free.get(k).is_some_and(|other| other.slots == first.slots)).collect();
        let candidates: Vec<usize> =
            (0..modules.len()).filter(|&k| modules.get(k).is_some_and(|module| first.fits(module, arrays).1)).collect();
        if alike.len() != candidates.len() {
            break;
        }
        let bare = |k: &usize| modules.get(*k).map(|module| module.pattern.replace(|c: char| c.is_ascii_digit(), ""));
        let mut shapes: Vec<_> = candidates.iter().map(bare).collect();
        shapes.dedup();
        if shapes.len() > 1 {
            let list = |ks: &[usize]| {
                let names = ks.iter().filter_map(|&k| modules.get(k)).map(|module| format!("`{}`", module.pattern));
                names.collect::<Vec<_>>().join(", ")
            };
            let numbers: Vec<String> =
                alike.iter().filter_map(|&k| free.get(k)).map(|w| (w.number + 1).to_string()).collect();
            let layers = numbers.join(", ");
            problems.push(format!(
                "layers {layers} have the same shapes as {}: a mapping must say which is which",
                list(&candidates)
            ));
        }
        for (&layer, &module) in alike.iter().zip(&candidates) {
            if let (Some(wanted), Some(module)) = (free.get(layer), modules.get(module)) {
                matched.push((wanted.number, wanted.names(module)));
            }
        }
        drop_all(&mut free, &alike);
        drop_all(&mut modules, &candidates);
    }
    // What is left does not fit: each layer is compared with the next module of the same tensors.
    for wanted in &free {
        let module = modules.iter().position(|module| wanted.fits(module, arrays).0);
        if let Some(module) = module.map(|k| modules.remove(k)) {
            matched.push(take(wanted, wanted.names(&module), arrays, problems));
            continue;
        }
        let needs: Vec<String> = wanted
            .slots
            .iter()
            .filter(|slot| !slot.optional)
            .map(|slot| format!("`{}` {}", slot.name, show(&slot.shape)))
            .collect();
        let (number, word) = (wanted.number + 1, wanted.layer.word());
        problems.push(format!("layer {number}, a {word}: no module is left that has {}", needs.join(", ")));
    }
    for module in &modules {
        let batch = module.tensors.contains_key("running_mean");
        let hint = if batch {
            " (a batch normalisation: the model has no BatchNorm there, and ONNX files are folded)"
        } else {
            ""
        };
        let names = module.tensors.values().map(|name| {
            let shape = arrays.get(name).map(|array| show(array.shape())).unwrap_or_default();
            format!("`{name}` {shape}")
        });
        problems.push(format!("no layer is left for {}{hint}", names.collect::<Vec<_>>().join(", ")));
    }
    matched
}

/// Takes the elements of these places away, which ascend.
fn drop_all<T>(from: &mut Vec<T>, places: &[usize]) {
    places.iter().rev().for_each(|&place| drop(from.remove(place)));
}
