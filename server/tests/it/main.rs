//! Portico from outside, on both databases.
