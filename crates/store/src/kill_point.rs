//! Places at which a test has a node killed, as a power cut would (check F2).

/// A place with a name. In a release there is nothing.
#[macro_export]
macro_rules! kill_point {
    ($place:literal) => {
        #[cfg(debug_assertions)]
        ::fail::fail_point!($place);
    };
}
