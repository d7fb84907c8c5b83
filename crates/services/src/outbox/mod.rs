//! What is done outside: written as rows first, worked off here.

mod measure;
mod sweep;
mod work_off;

pub(crate) use work_off::Outcome;
