use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::slot::Slot;
use crate::error::Error;

/// Which names a file has for which layers, where they don't tell themselves.
///
/// A key is the number of a layer, as nanoprop counts them, or that number and a tensor of PyTorch's module: `2`,
/// `2.weight`. Its value is the name of the module, or of the tensor. In a module's name, `*` stands for the tensor's, as in
/// `rnn.*_l1` of the second layer of a stacked `torch.nn.LSTM`; `rnn` alone is its first, `rnn.*_l0`.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::Mapping;
///
/// let mapping = Mapping::from_toml("names.toml", r#"
///     1 = "encoder"
///     2 = "rnn.*_l1"
///     3.weight = "head_w"
///     3.bias = "head_b"
/// "#)?;
/// assert_eq!(mapping.get("3.weight"), Some("head_w"));
/// # Ok::<(), nanoprop_exchange::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    names: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a TOML table of keys and names; `file` is its name, for messages.
    ///
    /// # Errors
    ///
    /// If it is no TOML, or a value is no name.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Error> {
        let fail = |problem: String| Error::file("mapping", format!("{file}: {problem}"));
        let (table, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            return Err(fail(format!("not TOML: {}", error.message())));
        }
        let mut names = BTreeMap::new();
        let refuse = |key: &str| fail(format!("`{key}` must be the name of a module or a tensor, in quotes"));
        for (key, value) in table.get_ref().iter() {
            let key: &str = key.get_ref();
            match value.get_ref() {
                DeValue::String(name) => drop(names.insert(key.to_owned(), name.to_string())),
                DeValue::Table(table) => {
                    for (tensor, value) in table.iter() {
                        let key = format!("{key}.{}", tensor.get_ref());
                        let name = value.get_ref().as_str().ok_or_else(|| refuse(&key))?;
                        names.insert(key, name.to_owned());
                    }
                }
                _ => return Err(refuse(key)),
            }
        }
        for key in names.keys() {
            let number = key.split('.').next().unwrap_or_default();
            if number.parse::<usize>().is_err() {
                return Err(fail(format!("`{key}` does not begin with the number of a layer, from 1")));
            }
        }
        Ok(Mapping { names })
    }

    /// Adds the name of a module or a tensor.
    ///
    /// ```
    /// let mapping = nanoprop_exchange::Mapping::default().with("1", "encoder").with("2.weight", "head_w");
    /// assert_eq!(mapping.get("1"), Some("encoder"));
    /// ```
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, name: impl Into<String>) -> Self {
        self.names.insert(key.into(), name.into());
        self
    }

    /// The name for a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.names.get(key).map(String::as_str)
    }

    /// Whether it says something of a layer, from 1.
    pub(super) fn speaks_of(&self, number: usize) -> bool {
        let (key, start) = (number.to_string(), format!("{number}."));
        self.names.keys().any(|name| *name == key || name.starts_with(&start))
    }

    /// The name of an array of a layer, from 1.
    pub(super) fn name(&self, number: usize, slot: &Slot) -> Option<String> {
        let reverse = if slot.reverse { "_reverse" } else { "" };
        let tensor = self.get(&format!("{number}.{}{reverse}", slot.name));
        let module = || self.get(&number.to_string()).map(|pattern| slot.named(pattern));
        tensor.map(str::to_owned).or_else(module)
    }

    /// The keys that speak of no layer with tensors.
    pub(super) fn strangers<'a>(&'a self, numbers: &[usize]) -> impl Iterator<Item = &'a str> {
        let known: Vec<String> = numbers.iter().map(usize::to_string).collect();
        self.names.keys().map(String::as_str).filter(move |key| {
            let number = key.split('.').next().unwrap_or_default();
            !known.iter().any(|known| known == number)
        })
    }
}
