//! What a layer can write otherwise: only its last step, in another order, less padding.

use super::Chain;
use crate::model::{Kind, Padding};

impl Chain {
    /// Lets the layer before, if it is dense, write its numbers in another order; says whether it can.
    pub(super) fn reorder(&mut self, want: &[usize]) -> bool {
        let len = want.len();
        let Some(plan) = self.plans.last_mut().filter(|plan| matches!(plan.kind, Kind::Dense { .. })) else {
            return false;
        };
        if plan.writes != [len] || self.affine.is_some() || self.index.len() != len {
            return false;
        }
        let mut from = vec![0; len];
        for (&to, &place) in want.iter().zip(&self.index) {
            if let Some(from) = from.get_mut(to) {
                *from = place;
            }
        }
        for (_, values) in &mut plan.tensors {
            let row = |row: &[f64]| from.iter().filter_map(|&place| row.get(place).copied()).collect::<Vec<_>>();
            *values = values.chunks(len).flat_map(row).collect();
        }
        self.index = want.to_vec();
        true
    }

    /// If a convolution's last steps are cut off that its padding behind made, lets it have less padding; says whether it is so.
    fn cut(&mut self) -> bool {
        let (&[steps, channels], Some(plan)) = (self.array.as_slice(), self.plans.last_mut()) else { return false };
        let (Kind::Conv { windows, .. } | Kind::DepthwiseConv { windows, .. }) = &mut plan.kind else { return false };
        let (Padding::Pad(before, after), 1) = (windows.padding, windows.stride) else { return false };
        let mut sorted = self.index.clone();
        sorted.sort_unstable();
        let left = self.index.len().checked_div(channels).unwrap_or(0);
        let rest = steps.checked_sub(left).and_then(|cut| after.checked_sub(cut));
        let (Some(after), true) = (rest, sorted.into_iter().eq(0..left * channels)) else { return false };
        let causal = after == 0 && before == windows.dilation * (windows.size[1] - 1);
        windows.padding = if causal { Padding::Causal } else { Padding::Pad(before, after) };
        plan.writes = vec![left, channels];
        self.array = vec![left, channels];
        true
    }

    /// If only the last step of a recurrent layer is left, lets the layer write only that.
    pub(in super::super) fn choose_last(&mut self) -> Result<(), String> {
        let len: usize = self.array.iter().product();
        if self.index.len() == len || (self.affine.is_none() && self.cut()) {
            return Ok(());
        }
        let refuse =
            "only some of its numbers are used: nanoprop drops none but the steps before the last of a recurrent layer";
        let &[steps, units] = self.array.as_slice() else { return Err(refuse.to_owned()) };
        let first = steps.saturating_sub(1) * units;
        let all = match self.plans.last_mut().map(|plan| &mut plan.kind) {
            Some(Kind::Elman { all, .. } | Kind::Lstm { all, .. } | Kind::Gru { all, .. }) => all,
            Some(Kind::Bidirectional(_)) => {
                return Err("of a bidirectional layer's steps only some are used: use its last state, `h_n`, which is nanoprop's \
                            last of both directions"
                    .to_owned());
            }
            _ => return Err(refuse.to_owned()),
        };
        let mut sorted = self.index.clone();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(first..first + units) || self.affine.is_some() {
            return Err(refuse.to_owned());
        }
        *all = false;
        self.array = vec![units];
        self.index.iter_mut().for_each(|place| *place -= first);
        if let Some(plan) = self.plans.last_mut() {
            plan.writes = vec![units];
        }
        Ok(())
    }
}
