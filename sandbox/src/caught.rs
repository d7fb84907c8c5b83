//! Work that may have a defect: a panic in it is logged and goes no further.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` returns; `None` when it panicked.
///
/// What it was changing is left half done: give it a copy, or what bears that.
pub fn caught<T>(what: &str, work: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.inspect_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
        tracing::error!(what, said, "THE SANDBOX HAS A DEFECT");
    })
    .ok()
}
