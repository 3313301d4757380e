//! Several texts in one allocation.

/// `N` texts, kept back to back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed<const N: usize> {
    text: Box<str>,
    ends: [u32; N],
}

impl<const N: usize> Packed<N> {
    /// Packs them in order.
    pub(super) fn new(parts: [&str; N]) -> Self {
        let mut text = String::with_capacity(parts.iter().map(|p| p.len()).sum());
        let ends = parts.map(|part| {
            text.push_str(part);
            u32::try_from(text.len()).unwrap_or(u32::MAX)
        });
        Self { text: text.into_boxed_str(), ends }
    }

    /// The text at a place.
    pub(super) fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.text.get(start..self.ends[at] as usize).unwrap_or_default()
    }

    /// The same with one text replaced.
    #[must_use]
    pub(super) fn with(&self, at: usize, value: &str) -> Self {
        Self::new(std::array::from_fn(|i| if i == at { value } else { self.get(i) }))
    }

    /// The texts from `from` up to `to`, back to back: for search.
    pub(super) fn span(&self, from: usize, to: usize) -> &str {
        let start = if from == 0 { 0 } else { self.ends[from - 1] as usize };
        self.text.get(start..self.ends[to - 1] as usize).unwrap_or_default()
    }
}
