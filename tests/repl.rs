//! The interactive session: what stays from input to input, what is printed, and the terminal itself.

mod commands;
mod interactive;
mod terminal;
mod typed;
