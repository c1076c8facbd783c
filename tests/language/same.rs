//! The same script gives the same on the simulated cloud as it gave on a real one.

use crate::support::World;

#[test]
fn the_whole_of_compute_answers_as_the_real_one() {
    let world = World::new();
    world.ok(include_str!("same/compute.rhai"));
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    let (ours, real) = (lines(&world.out()), lines(include_str!("same/compute.txt")));
    for (ours, real) in ours.iter().zip(&real) {
        assert_eq!(ours, real);
    }
    assert_eq!(ours.len(), real.len());
}
