//! Registering a deal from what a partner wrote: the text is read ([`extract`]), its customer is looked for among those
//! that are known ([`names`]), and what others already have with that customer is weighed by the vendor's rules
//! ([`engagement`]).
//!
//! Pure functions over plain values. A text is data here: nothing in it is followed, and what is read from it is shown
//! to the partner, with the words it was read from, before anything is written.

pub mod engagement;
pub mod extract;
mod fold;
mod lexicon;
pub mod names;
