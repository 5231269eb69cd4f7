//! All threads' values, for whoever owns the object or has it to himself.

use alloc::{boxed::Box, vec};
use core::fmt;

use super::raw::{Members, Node};

/// All living threads' values; made by [`PerThread::iter_mut`](crate::PerThread::iter_mut).
///
/// A thread that exits while the object is borrowed does not wait: it leaves its value to the
/// object, whose next use drops it.
pub struct IterMut<'a, T> {
    pub(super) members: Option<Members<'a, T>>,
}

impl<'a, T> Iterator for IterMut<'a, T> {
    type Item = &'a mut T;

    fn next(&mut self) -> Option<&'a mut T> {
        self.members.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members
            .as_ref()
            .map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<T> ExactSizeIterator for IterMut<'_, T> {}

impl<T> fmt::Debug for IterMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterMut")
            .field("left", &self.len())
            .finish()
    }
}

/// All living threads' values, owned; made by `PerThread::into_iter`. What is not asked for is
/// dropped with the iterator.
pub struct IntoIter<T> {
    pub(super) nodes: vec::IntoIter<Box<Node<T>>>,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.nodes.next().map(|node| node.into_value())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}

impl<T> ExactSizeIterator for IntoIter<T> {}

impl<T> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter")
            .field("left", &self.len())
            .finish()
    }
}
