//! wire

mod real;
