//! What is done outside: written as rows first, worked off here.

mod work_off;
