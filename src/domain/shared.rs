//! Values that are large and hardly ever changed, where copies of what holds them are made all the time.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A value whose clones share it until one of them is changed, which then gets its own. Reads and writes as the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shared<T>(Arc<T>);

impl<T: Clone> Shared<T> {
    /// The value itself, copied where others share it.
    pub fn own(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_that_is_changed_leaves_the_other_as_it_was() {
        let one = Shared::from(vec![1]);
        let mut two = one.clone();
        two.push(2);
        assert_eq!((one.own(), two.own()), (vec![1], vec![1, 2]));
    }

    #[test]
    fn it_is_written_and_read_as_the_value() {
        let text = serde_json::to_string(&Shared::from(vec![1])).unwrap();
        assert_eq!(text, "[1]");
        assert_eq!(serde_json::from_str::<Shared<Vec<i32>>>(&text).unwrap(), Shared::from(vec![1]));
    }
}
