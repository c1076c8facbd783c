//! The program: everything it does is in the library.

fn main() -> std::process::ExitCode {
    rhain::cli::main(std::env::args_os())
}
