//! The tree that joins sums.

use std::ops::Range;

/// What can be joined: what comes later is added to what came first.
pub(crate) trait Sum {
    fn add(&mut self, later: &Self);
}

/// Sums that come one after the other, joined as soon as they can be: of n there are at most `log₂ n + 1` at a time.
pub(crate) struct Tree<T> {
    /// Of 2ᵏ leaves each, in place k.
    levels: Vec<Option<T>>,
    /// For leaves to come.
    pub(crate) spare: Vec<T>,
}

impl<T: Sum> Tree<T> {
    pub(crate) fn new() -> Tree<T> {
        Tree { levels: vec![], spare: vec![] }
    }

    /// The next leaf.
    pub(crate) fn push(&mut self, leaf: T) {
        let mut sum = leaf;
        for level in &mut self.levels {
            match level.take() {
                Some(mut first) => {
                    first.add(&sum);
                    self.spare.push(std::mem::replace(&mut sum, first));
                }
                None => {
                    *level = Some(sum);
                    return;
                }
            }
        }
        self.levels.push(Some(sum));
    }

    /// The sum of all, and an empty tree.
    pub(crate) fn end(&mut self) -> Option<T> {
        let mut sum: Option<T> = None;
        for mut first in self.levels.iter_mut().filter_map(Option::take) {
            if let Some(rest) = sum.take() {
                first.add(&rest);
                self.spare.push(rest);
            }
            sum = Some(first);
        }
        sum
    }
}

/// Where a tree over these leaves is cut in two, if it has two.
fn cut(leaves: &Range<usize>) -> Option<usize> {
    (leaves.len() > 1).then(|| leaves.start + leaves.len().next_power_of_two() / 2)
}

/// The largest nodes of the tree over `all` leaves that have leaves of `mine` only, from the first on.
pub(crate) fn nodes(all: Range<usize>, mine: &Range<usize>) -> Vec<Range<usize>> {
    if all.start >= mine.start && all.end <= mine.end && !all.is_empty() {
        return vec![all];
    }
    match cut(&all) {
        Some(cut) if all.start < mine.end && mine.start < all.end => {
            let mut both = nodes(all.start..cut, mine);
            both.extend(nodes(cut..all.end, mine));
            both
        }
        _ => vec![],
    }
}

/// Adds up the tree over `all` leaves, of which `known` are given in any order; `None` where one is missing.
pub(crate) fn join(all: Range<usize>, known: &[(Range<usize>, &[f32])]) -> Option<Vec<f32>> {
    if let Some((_, sum)) = known.iter().find(|(leaves, _)| *leaves == all) {
        return Some(sum.to_vec());
    }
    let cut = cut(&all)?;
    let (mut first, rest) = (join(all.start..cut, known)?, join(cut..all.end, known)?);
    first.iter_mut().zip(rest).for_each(|(a, b)| *a += b);
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Text(String);

    impl Sum for Text {
        fn add(&mut self, later: &Self) {
            self.0 = format!("({}{})", self.0, later.0);
        }
    }

    #[test]
    fn a_tree_is_fixed_by_its_leaves() {
        let text = |n: u8| {
            let mut tree = Tree::new();
            (0..n).for_each(|k| tree.push(Text(char::from(b'a' + k).into())));
            tree.end().map(|sum| sum.0)
        };
        assert_eq!(text(0), None);
        assert_eq!(text(4).unwrap(), "((ab)(cd))");
        assert_eq!(text(7).unwrap(), "(((ab)(cd))((ef)g))");
    }

    /// However leaves are shared among ranks, the sum has the bits of the tree that takes them one by one.
    #[test]
    fn any_ranks_join_the_same_sum() {
        struct Number(f32);
        impl Sum for Number {
            fn add(&mut self, later: &Self) {
                self.0 += later.0;
            }
        }
        for shards in 1..20 {
            let leaf = |s: usize| 1.0 / (3.0 + s as f32);
            let mut tree = Tree::new();
            (0..shards).for_each(|s| tree.push(Number(leaf(s))));
            let expected = tree.end().unwrap().0;
            for ranks in 1..=shards {
                let mut sums = vec![];
                for rank in 0..ranks {
                    for node in nodes(0..shards, &(shards * rank / ranks..shards * (rank + 1) / ranks)) {
                        let mut tree = Tree::new();
                        node.clone().for_each(|s| tree.push(Number(leaf(s))));
                        sums.push((node, [tree.end().unwrap().0]));
                    }
                }
                let known: Vec<_> = sums.iter().map(|(node, sum)| (node.clone(), &sum[..])).collect();
                let found = join(0..shards, &known).unwrap();
                assert_eq!(found[0].to_bits(), expected.to_bits(), "{shards} shards, {ranks} ranks");
            }
        }
    }
}
