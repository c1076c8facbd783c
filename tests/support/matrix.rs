//! How the tables of faults are judged: every cell, or of each row a share that a small machine has the time for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a cell's answer may be lost by after the deed: no row is judged without these.
const ALWAYS: [&str; 2] = ["reset after", "malformed"];

/// Of each row those where an answer is lost after the deed, and one in eight of the others, in turn: eight rows have all columns.
pub fn share<'a, F, T>(
    rows: &'a [F],
    columns: &'a [T],
    name: fn(&T) -> &str,
) -> impl Iterator<Item = (&'a F, &'a T)> {
    let known = |wanted: &&&str| columns.iter().any(|column| name(column) == **wanted);
    assert_eq!(ALWAYS.iter().filter(known).count(), ALWAYS.len(), "a column that each row has was renamed");
    rows.iter().enumerate().flat_map(move |(row, family)| {
        let chosen =
            move |at: usize, column: &T| ALWAYS.contains(&name(column)) || (at + row * 3).is_multiple_of(8);
        let of_row = columns.iter().enumerate().filter(move |(at, column)| chosen(*at, column));
        of_row.map(move |(_, column)| (family, column))
    })
}

/// The cells of a table whose first rows meet every column, and whose others only those that `of_others` takes: a share of each row,
/// or with `whole` all of it.
pub fn cells<'a, F, T>(
    (first, others): (&'a [F], &'a [F]),
    columns: &'a [T],
    name: fn(&T) -> &str,
    of_others: &[&str],
    whole: bool,
) -> Vec<(&'a F, &'a T)> {
    let known = of_others.iter().all(|wanted| columns.iter().any(|column| name(column) == *wanted));
    assert!(known, "a column of the other rows was renamed");
    let rows = |rows: &'a [F]| -> Vec<(&'a F, &'a T)> {
        match whole {
            true => rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column))).collect(),
            false => share(rows, columns, name).collect(),
        }
    };
    let mut all = rows(first);
    all.extend(rows(others).into_iter().filter(|(_, column)| of_others.contains(&name(column))));
    all
}

/// Judges the cells, some at a time, and fails with all that is wrong.
pub fn judge<C: Sync>(cells: &[C], one: impl Fn(&C) -> Vec<String> + Sync) {
    assert!(!cells.is_empty(), "there is no cell");
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = one(cell);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    println!("fault matrix: {} cells", cells.len());
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
}
