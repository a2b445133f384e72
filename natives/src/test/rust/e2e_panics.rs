// Threads that call functions which return, and functions which panic and are caught above, for each line of stdin.
use std::collections::BTreeMap;
use std::io::BufRead;
use std::panic::catch_unwind;

#[inline(never)]
fn divide(n: i64, by: i64) -> i64 {
    if by == 0 {
        panic!("by zero");
    }
    n / by
}

#[inline(never)]
fn through(n: i64, by: i64) -> i64 {
    divide(n, by) + 1
}

struct Shape {
    side: i64,
}

trait Area {
    fn area(&self) -> i64;
}

impl Area for Shape {
    #[inline(never)]
    fn area(&self) -> i64 {
        self.side * self.side
    }
}

fn work() -> i64 {
    let mut sum = 0;
    let mut seen: BTreeMap<i64, i64> = BTreeMap::new();
    for i in 0..1000 {
        sum += match catch_unwind(|| through(i, i % 10)) {
            Ok(value) => value,
            Err(_) => -1,
        };
        let shape: Box<dyn Area> = Box::new(Shape { side: i });
        *seen.entry(i % 7).or_insert(0) += shape.area();
    }
    sum + seen.values().sum::<i64>()
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    println!("ready");
    for _ in std::io::stdin().lock().lines() {
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(work)).collect();
        let sum: i64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        println!("sum {}", sum);
    }
}
