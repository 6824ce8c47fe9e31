//! Iterators that can only be stepped.

/// The same items, one step at a time. Of an iterator made of many others, each way to go through it (`fold`, `any`,
/// `collect` …) is made anew for each use, down to the innermost. Of this one only its `next` is made, once.
#[derive(Clone, Debug)]
pub struct Stepwise<I>(I);

/// Lets an iterator only be stepped.
pub const fn stepwise<I: Iterator>(items: I) -> Stepwise<I> {
    Stepwise(items)
}

impl<I: Iterator> Iterator for Stepwise<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}
