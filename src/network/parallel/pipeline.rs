use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most sets, and the most parts: what keeps 16 threads busy, and more than that not idle.
pub(super) const MOST: usize = 64;

/// How often a thread looks before it lets others have its core.
const LOOKS: usize = 10_000;

/// Rounds of two kinds of tasks on all threads: in each round, sets are filled, and each part goes through all sets in
/// their order.
///
/// A set is filled again when all parts have gone through it, and a part goes on when the next set is full; there is no
/// moment at which all threads wait for the last. Tasks are taken in one order in which each comes after those that it
/// waits for, so whatever a thread waits for is in work on another; that one is near its end, and waking a thread that
/// sleeps takes longer than most waits, so a thread that waits stays awake. Tasks must not use the pool themselves.
pub(super) struct Pipeline {
    rounds: usize,
    sets: usize,
    parts: usize,
    /// The next task of all rounds.
    next: AtomicUsize,
    /// Of each set how often it was filled.
    filled: [AtomicUsize; MOST],
    /// Of each set how often a part has gone through it.
    passed: [AtomicUsize; MOST],
    /// Of each part in how many rounds it was.
    done: [AtomicUsize; MOST],
    /// A thread has panicked.
    failed: AtomicBool,
}

impl Pipeline {
    /// At most [`MOST`] sets and parts.
    pub(super) fn new(rounds: usize, sets: usize, parts: usize) -> Self {
        Pipeline {
            rounds,
            sets,
            parts,
            next: AtomicUsize::new(0),
            filled: [const { AtomicUsize::new(0) }; MOST],
            passed: [const { AtomicUsize::new(0) }; MOST],
            done: [const { AtomicUsize::new(0) }; MOST],
            failed: AtomicBool::new(false),
        }
    }

    /// Calls `fill` with each round and set, and `visit` with each round, set and part.
    pub(super) fn run(&self, fill: &(impl Fn(usize, usize) + Sync), visit: &(impl Fn(usize, usize, usize) + Sync)) {
        self.fork(rayon::current_num_threads(), fill, visit);
    }

    /// On so many threads.
    fn fork(
        &self,
        threads: usize,
        fill: &(impl Fn(usize, usize) + Sync),
        visit: &(impl Fn(usize, usize, usize) + Sync),
    ) {
        if threads < 2 {
            self.work(fill, visit);
            return;
        }
        let half = threads / 2;
        rayon::join(|| self.fork(threads - half, fill, visit), || self.fork(half, fill, visit));
    }

    /// Takes tasks until all are done; `None` where a thread has panicked.
    fn work(&self, fill: &impl Fn(usize, usize), visit: &impl Fn(usize, usize, usize)) -> Option<()> {
        let _bell = Bell(&self.failed);
        let (sets, parts) = (self.sets, self.parts);
        loop {
            let task = self.next.fetch_add(1, Ordering::Relaxed);
            let (round, task) = (task / (sets + parts), task % (sets + parts));
            if round >= self.rounds {
                break;
            }
            if task < sets {
                self.wait(&self.passed, task, round * parts)?;
                fill(round, task);
                self.filled.get(task)?.store(round + 1, Ordering::Release);
                continue;
            }
            let part = task - sets;
            self.wait(&self.done, part, round)?;
            for (set, passed) in self.passed.iter().enumerate().take(sets) {
                self.wait(&self.filled, set, round + 1)?;
                visit(round, set, part);
                passed.fetch_add(1, Ordering::Release);
            }
            self.done.get(part)?.store(round + 1, Ordering::Release);
        }
        (0..parts).try_for_each(|part| self.wait(&self.done, part, self.rounds))
    }

    /// Waits until one of the counters has come so far; `None` where it never will.
    fn wait(&self, counters: &[AtomicUsize], at: usize, until: usize) -> Option<()> {
        let counter = counters.get(at)?;
        let mut looks = 0;
        while counter.load(Ordering::Acquire) != until {
            if self.failed.load(Ordering::Relaxed) {
                return None;
            }
            looks += 1;
            if looks < LOOKS { spin_loop() } else { std::thread::yield_now() }
        }
        Some(())
    }
}

/// Tells the other threads of a panic.
struct Bell<'a>(&'a AtomicBool);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
