use super::*;

fn setup() -> Setup {
    Caching::new(7).shop.setup()
}

fn open(setup: Setup) -> Caching {
    Caching { seed: 7, shop: Shop::new(7, setup) }
}

fn pass(lab: &mut Caching, secs: u32) -> View {
    lab.ask(Ask::Pass { ms: f64::from(secs) * 1000.0 });
    lab.view()
}

fn after(secs: u32, setup: Setup) -> View {
    pass(&mut open(setup), secs)
}

#[test]
fn writes_that_go_around_the_cache_leave_old_prices_in_it() {
    let stale = |strategy| after(20, Setup { strategy, writes: 20.0, ..setup() }).totals.stale;
    let (aside, around, through) =
        (stale(Strategy::CacheAside), stale(Strategy::ReadThrough), stale(Strategy::WriteThrough));
    assert!(around > 100 && aside < around / 5 && through < around / 5, "{aside} {around} {through}");
}

#[test]
fn with_write_behind_nobody_waits_for_the_database_to_save() {
    let slowest = |strategy| {
        let view = after(10, Setup { strategy, ..setup() });
        view.samples.iter().filter_map(|sample| sample.writes_ms).fold(0.0, f64::max)
    };
    assert!(slowest(Strategy::WriteBehind) < 5.0);
    assert!(slowest(Strategy::WriteThrough) > 200.0);
}

#[test]
fn many_writes_of_a_product_reach_the_database_as_one() {
    let queries =
        |strategy| after(20, Setup { strategy, writes: 50.0, rate: 60.0, ..setup() }).totals.queries;
    assert!(queries(Strategy::WriteBehind) < queries(Strategy::WriteThrough) / 2);
}

#[test]
fn a_crash_loses_what_only_the_app_knew_and_nothing_that_the_store_has_noted() {
    for (notes, loses) in [(Notes::App, true), (Notes::Store, false)] {
        let mut lab = open(Setup { strategy: Strategy::WriteBehind, notes, writes: 30.0, ..setup() });
        pass(&mut lab, 5);
        lab.ask(Ask::Pass { ms: 800.0 });
        assert!(lab.view().unwritten > 0);
        lab.ask(Ask::Crash);
        let view = lab.view();
        assert_eq!((view.is_up, view.totals.lost > 0), (false, loses));
        let calm = Setup { writes: 0.0, ..lab.shop.setup() };
        lab.ask(Ask::Set { setup: calm });
        let view = pass(&mut lab, 5);
        assert_eq!((view.is_up, view.unwritten), (true, 0));
        assert!(view.totals.failed > 0, "the app was down for a second");
        assert_eq!(lab.shop.database_is_behind(), loses);
    }
}

#[test]
fn with_a_lock_one_fetches_and_with_chance_few_do() {
    let full = |guard| {
        let mut lab = open(Setup { guard, writes: 0.0, rate: 400.0, ..setup() });
        pass(&mut lab, 20);
        let setup = lab.shop.setup();
        lab.ask(Ask::Set { setup });
        pass(&mut lab, 20).totals
    };
    let (none, lock, early) = (full(Guard::None), full(Guard::Lock), full(Guard::Early));
    assert!(lock.queries * 3 < none.queries * 2, "{lock:?} {none:?}");
    assert!(early.hits * none.reads > none.hits * early.reads, "{early:?} {none:?}");
    assert!(early.queries < none.queries, "{early:?} {none:?}");
}

#[test]
fn an_empty_cache_sends_everybody_to_the_database() {
    let mut lab = open(setup());
    let before = pass(&mut lab, 20);
    lab.ask(Ask::Empty);
    assert_eq!(lab.view().keys, 0);
    let after = pass(&mut lab, 2);
    let hit_rate = |view: &View| view.samples.last().and_then(|sample| sample.hit_rate).unwrap_or(0.0);
    let worst = after.samples.iter().rev().take(2).filter_map(|sample| sample.hit_rate).fold(1.0, f64::min);
    assert!(worst < hit_rate(&before) - 0.1, "{worst} after {}", hit_rate(&before));
    assert!(after.line > before.line || after.busy > before.busy, "{before:?} {after:?}");
}

#[test]
fn a_lock_that_its_owner_left_behind_ends_by_itself() {
    let mut lab = open(Setup { guard: Guard::Lock, writes: 0.0, latency_ms: 1000.0, ..setup() });
    lab.ask(Ask::Pass { ms: 300.0 });
    lab.ask(Ask::Crash);
    let view = pass(&mut lab, 30);
    assert!(view.totals.failed > 0 && view.is_up);
    let sample = view.samples.last().expect("seconds have passed");
    assert!(sample.hit_rate > Some(0.5), "{sample:?}");
}

#[test]
fn the_same_seed_gives_the_same() {
    assert_eq!(after(5, setup()), after(5, setup()));
    let mut lab = open(setup());
    for _ in 0..50 {
        lab.ask(Ask::Pass { ms: 100.0 });
    }
    assert_eq!(lab.view(), after(5, setup()));
    lab.ask(Ask::Restart);
    assert_eq!(lab.view().samples, []);
}
