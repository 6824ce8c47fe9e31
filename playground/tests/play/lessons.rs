//! Every lesson's file is played: its solutions lead from goal to goal, its near misses don't, its snippets do what the
//! text says. `LESSONS=04 cargo test -p redstart-playground lessons` plays one of them.

use std::fs;

use redstart_engine::glob;
use redstart_engine::split_args::split_args;
use redstart_playground::lessons::{self, Brief, Lesson, Part, Snippet, Step, is_like};
use redstart_playground::view::{Ask, Kept, LessonView, Tell};

use crate::page::{Page, entries_of, lesson, printed};

fn file(brief: &Brief) -> String {
    let path = format!("{}/lessons/{}", env!("CARGO_MANIFEST_DIR"), brief.file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A lesson's file, and what is in it.
fn read(brief: &Brief) -> Lesson {
    lessons::read(&file(brief)).unwrap_or_else(|problem| panic!("{}: {problem}", brief.file))
}

/// The lessons to play: `LESSONS=04` chooses files.
fn ready() -> impl Iterator<Item = (&'static Brief, Lesson)> {
    let chosen = std::env::var("LESSONS").unwrap_or_default();
    let ready = lessons::all().filter(move |brief| brief.ready && brief.file.contains(&chosen));
    ready.map(|brief| (brief, read(brief)))
}

fn number(number: u32) -> &'static Brief {
    lessons::get(number).expect("there is such a lesson")
}

/// Somebody who plays a lesson.
struct Player {
    page: Page,
    view: LessonView,
    /// Terminals that are there.
    terminals: u32,
}

impl Player {
    fn new(brief: &Brief) -> Self {
        Self::on(Page::new(), brief)
    }

    fn on(mut page: Page, brief: &Brief) -> Self {
        let tells = page.ask(lesson(brief.number));
        let view = last_view(&tells).unwrap_or_else(|| panic!("{} opens: {tells:?}", brief.file));
        Self { page, view, terminals: 1 }
    }

    fn ask(&mut self, ask: Ask) {
        let tells = self.page.ask(ask);
        self.look(&tells);
    }

    fn look(&mut self, tells: &[Tell]) {
        if let Some(view) = last_view(tells) {
            self.view = view;
        }
    }

    /// Types a line, and gives what is printed for it.
    fn type_in(&mut self, terminal: u32, text: &str) -> String {
        while self.terminals <= terminal {
            self.page.ask(Ask::Open { terminal: self.terminals });
            self.terminals += 1;
        }
        let mut tells = self.page.submit(terminal, text);
        // A long script or a snapshot takes several turns.
        while self.page.playground.wait_ms(self.page.now) == 0.0 {
            tells.extend(self.page.advance_ms(0));
        }
        self.look(&tells);
        let shown = entries_of(terminal, &tells).iter().map(printed).find(|shown| !shown.is_empty());
        shown.unwrap_or_default()
    }

    /// Types a step's solution; the answers must be the promised ones.
    fn solve(&mut self, file: &str, step: &Step) {
        for line in &step.solution {
            let printed = self.type_in(line.terminal, &line.text);
            let place = format!("{file}, {}: {}", step.title, line.text);
            match &line.answer {
                Some(answer) => {
                    assert!(is_like(answer, &printed), "{place}\n{printed}\nbut promised is\n{answer}");
                }
                None => assert!(!printed.starts_with("(error)"), "{place} → {printed}"),
            }
        }
    }

    /// Solves all steps in front of this one.
    fn until(brief: &Brief, lesson: &Lesson, step: usize) -> Self {
        let mut player = Self::new(brief);
        lesson.steps.iter().take(step).for_each(|step| player.solve(brief.file, step));
        assert_eq!(player.view.current, step, "{}: solutions lead to step {}", brief.file, step + 1);
        // Opened anew, the step begins now, whatever the last solution went on to run.
        player.ask(crate::page::lesson(brief.number));
        player
    }

    /// Solves all steps, each of which must be done by its own lines.
    fn play(&mut self, brief: &Brief, lesson: &Lesson) {
        for (index, step) in lesson.steps.iter().enumerate() {
            let title = &step.title;
            assert_eq!(self.view.current, index, "{}: `{title}` was done before its first line", brief.file);
            self.solve(brief.file, step);
            assert_eq!(self.view.current, index + 1, "{}: `{title}` is done after its last line", brief.file);
        }
    }
}

fn last_view(tells: &[Tell]) -> Option<LessonView> {
    tells.iter().rev().find_map(|tell| match tell {
        Tell::Lesson { view, .. } => view.clone(),
        _ => None,
    })
}

#[test]
fn solutions_lead_to_their_goals() {
    for (brief, lesson) in ready() {
        Player::new(brief).play(brief, &lesson);
    }
}

#[test]
fn near_misses_are_not_accepted() {
    for (brief, lesson) in ready() {
        for (index, step) in lesson.steps.iter().enumerate() {
            for wrong in &step.wrong {
                let mut player = Player::until(brief, &lesson, index);
                for Snippet { terminal, text, .. } in wrong {
                    player.type_in(*terminal, text);
                }
                assert_eq!(player.view.current, index, "{}: `{}` accepts {wrong:?}", brief.file, step.title);
            }
        }
    }
}

#[test]
fn snippets_do_what_the_text_says() {
    for (brief, lesson) in ready() {
        for (index, step) in lesson.steps.iter().enumerate() {
            let mut player = Player::until(brief, &lesson, index);
            for part in &step.text {
                let Part::Run(Snippet { terminal, text, fails }) = part else { continue };
                let printed = player.type_in(*terminal, text);
                let place = format!("{}, {}: {text}", brief.file, step.title);
                assert_eq!(printed.starts_with("(error)"), *fails, "{place} → {printed}");
            }
        }
    }
}

#[test]
fn a_lesson_can_be_begun_again_and_leaves_other_keys_alone() {
    for (brief, lesson) in ready() {
        let mut page = Page::new();
        page.type_in(0, "SET mine 1");
        let mut player = Player::on(page, brief);
        player.play(brief, &lesson);
        player.ask(Ask::RestartLesson { terminal: Some(0) });
        assert_eq!(player.view.current, 0, "{}", brief.file);
        let keyspace = player.page.playground.keyspace();
        let left =
            keyspace.databases().iter().flat_map(|database| database.iter().map(|entry| entry.key.to_vec()));
        let left: Vec<String> = left.map(|key| String::from_utf8_lossy(&key).into_owned()).collect();
        assert_eq!(left, ["mine"], "{}: `keys:` names all that its steps make", brief.file);
        assert!(
            !lesson.keys.iter().any(|glob| glob::matches(glob.as_bytes(), b"mine", false)),
            "{}",
            brief.file
        );
        player.play(brief, &lesson);
    }
}

/// All lines that a lesson has somebody type.
fn lines(lesson: &Lesson) -> Vec<String> {
    let run = |part: &Part| if let Part::Run(snippet) = part { Some(snippet.text.clone()) } else { None };
    let mut all: Vec<String> = lesson.intro.iter().chain(&lesson.production).filter_map(run).collect();
    for step in &lesson.steps {
        all.extend(step.text.iter().filter_map(run));
        all.extend(step.solution.iter().map(|line| line.text.clone()));
        all.extend(step.wrong.iter().flatten().map(|snippet| snippet.text.clone()));
    }
    all
}

#[test]
fn settings_that_a_lesson_changes_are_named_in_its_head() {
    let mut changed = 0;
    for (brief, lesson) in ready() {
        for line in lines(&lesson) {
            let words = split_args(line.as_bytes()).unwrap_or_default();
            let words: Vec<String> =
                words.iter().map(|word| String::from_utf8_lossy(word).to_lowercase()).collect();
            let [command, set, settings @ ..] = &words[..] else { continue };
            if (command.as_str(), set.as_str()) == ("config", "set") {
                for name in settings.iter().step_by(2) {
                    changed += 1;
                    assert!(lesson.settings.contains(name), "{}: {name} of {line}", brief.file);
                }
            }
        }
    }
    assert!(changed > 0 || std::env::var("LESSONS").is_ok(), "some lessons change settings");
}

/// What is said in terminal a of itself.
fn said(tells: &[Tell]) -> Vec<String> {
    entries_of(0, tells).iter().filter(|entry| entry.text.is_empty()).map(printed).collect()
}

const LIMITED: &str = "CONFIG SET maxmemory-policy allkeys-random maxmemory 1";
const LIMITS: &str = "CONFIG GET maxmemory*policy maxmemory";

fn limits(page: &mut Page) -> String {
    page.type_in(0, LIMITS).replace('\n', " ")
}

#[test]
fn settings_are_as_before_when_a_lesson_is_left_or_begun_again() {
    let mut page = Page::new();
    page.type_in(0, "CONFIG SET maxmemory 64mb");
    assert_eq!(said(&page.ask(lesson(5))), Vec::<String>::new());
    let (put_back, mine) = (
        "As before the lesson again: CONFIG SET maxmemory 67108864 maxmemory-policy noeviction",
        "1) \"maxmemory\" 2) \"67108864\" 3) \"maxmemory-policy\" 4) \"noeviction\"",
    );
    // Lesson 8 changes the same settings: they are put back between the two, too.
    let ways = [
        Ask::RestartLesson { terminal: Some(0) },
        lesson(8),
        lesson(5),
        Ask::Lesson { number: 0, text: String::new(), terminal: Some(0) },
    ];
    for way in ways {
        page.type_in(0, LIMITED);
        assert_ne!(limits(&mut page), mine);
        assert_eq!(said(&page.ask(way)), [put_back]);
        assert_eq!(limits(&mut page), mine);
    }
    // What is done outside of lessons is nobody's business.
    page.type_in(0, LIMITED);
    let changed = limits(&mut page);
    assert_eq!(said(&page.ask(lesson(1))), Vec::<String>::new());
    assert_eq!(limits(&mut page), changed);
}

#[test]
fn settings_are_remembered_while_the_page_is_loaded_again() {
    let mut page = Page::new();
    page.type_in(0, "CONFIG SET save \"60 1000\"");
    page.ask(lesson(12));
    page.type_in(0, "CONFIG SET save \"3600 1\"");
    assert!(page.playground.notes_unsaved());
    let notes = page.playground.notes();
    let (mut page, _) = Page::with(page.disk, notes.clone());
    page.ask(Ask::Open { terminal: 0 });
    assert_eq!(said(&page.ask(lesson(12))), Vec::<String>::new());
    page.type_in(0, "CONFIG SET save \"3600 1\"");
    assert_eq!(said(&page.ask(lesson(1))), ["As before the lesson again: CONFIG SET save \"60 1000\""]);
    assert!(page.playground.notes().settings.is_empty(), "they are put back once");

    // Who comes back to another lesson has left this one, too.
    let (mut page, _) = Page::with(page.disk, notes);
    page.ask(Ask::Open { terminal: 0 });
    assert_eq!(said(&page.ask(lesson(2))), ["As before the lesson again: CONFIG SET save \"60 1000\""]);
}

#[test]
fn settings_stay_as_long_as_a_lesson_on_another_page_needs_them() {
    let mut page = Page::new();
    page.playground.enter(page.now, 1);
    page.ask(lesson(5));
    page.type_in(0, LIMITED);
    let changed = limits(&mut page);
    page.ask_on(1, lesson(8));
    assert_eq!(said(&page.ask(lesson(1))), Vec::<String>::new());
    assert_eq!(limits(&mut page), changed);
    page.ask_on(1, lesson(1));
    assert_eq!(limits(&mut page), "1) \"maxmemory\" 2) \"0\" 3) \"maxmemory-policy\" 4) \"noeviction\"");
}

#[test]
fn a_setting_that_can_not_be_put_back_is_told_and_tried_again() {
    let mut page = Page::new();
    page.ask(lesson(5));
    page.type_in(0, LIMITED);
    let mut notes = page.playground.notes();
    notes.settings[0].value = "much".into();
    let (mut page, _) = Page::with(page.disk, notes);
    page.ask(Ask::Open { terminal: 0 });
    let told = said(&page.ask(lesson(1)));
    assert!(
        matches!(&told[..], [told] if told.starts_with("Not as before the lesson: CONFIG SET maxmemory much was refused: ERR ")),
        "{told:?}"
    );
    assert_eq!(said(&page.ask(lesson(2))), told);
}

#[test]
fn lessons_are_whole() {
    for (brief, lesson) in ready() {
        let file = brief.file;
        assert!(lesson.steps.len() >= 8, "{file} has {} steps", lesson.steps.len());
        assert!(lesson.steps.iter().any(|step| step.is_build), "{file} builds nothing");
        assert!((3..=6).contains(&lesson.quiz.len()), "{file} asks {} questions", lesson.quiz.len());
        assert!(
            !lesson.production.is_empty() && !lesson.further.is_empty() && !lesson.intro.is_empty(),
            "{file}"
        );
        assert!(!lesson.keys.is_empty(), "{file}");
        for question in &lesson.quiz {
            assert!((2..=5).contains(&question.options.len()), "{file}: {}", question.text);
        }
        for step in &lesson.steps {
            let place = format!("{file}, {}", step.title);
            let words = words(&step.text);
            assert!((15..=150).contains(&words), "{place} has {words} words");
            assert!((1..=3).contains(&step.hints.len()), "{place} has {} hints", step.hints.len());
            let libraries: Vec<&str> = step.clients.iter().map(|(name, _)| name.as_str()).collect();
            let all = ["ioredis", "node-redis", "redis-py", "lettuce"];
            assert!(libraries.is_empty() || libraries == all, "{place} shows {libraries:?}");
        }
        let (with_wrong, with_clients) = lesson.steps.iter().fold((0, 0), |(wrong, clients), step| {
            (wrong + usize::from(!step.wrong.is_empty()), clients + usize::from(!step.clients.is_empty()))
        });
        assert!(with_wrong * 2 > lesson.steps.len(), "{file}: near misses of {with_wrong} steps");
        assert!(with_clients * 2 > lesson.steps.len(), "{file}: client libraries for {with_clients} steps");
    }
}

fn words(parts: &[Part]) -> usize {
    let words = |part: &Part| if let Part::Say(text) = part { text.split_whitespace().count() } else { 0 };
    parts.iter().map(words).sum()
}

#[test]
fn the_index_says_what_the_files_say() {
    let numbers: Vec<u32> = lessons::all().map(|brief| brief.number).collect();
    assert_eq!(numbers, (1..=16).collect::<Vec<_>>());
    for brief in lessons::all() {
        let lesson = read(brief);
        let Lesson { title, level, hours, ready, steps, .. } = &lesson;
        let said = (brief.title, brief.level, brief.hours, brief.ready, brief.steps);
        assert_eq!(said, (title.as_str(), *level, *hours, *ready, steps.len()), "{}", brief.file);
    }
}

#[test]
fn any_of_the_commands_that_a_check_names_will_do() {
    for script in ["EVAL 'return 1' 0", "EVAL_RO 'return 1' 0"] {
        let mut player = Player::new(number(9));
        player.type_in(0, "PING");
        assert_eq!(player.view.current, 0);
        player.type_in(0, script);
        assert_eq!(player.view.current, 1, "{script}");
    }
}

#[test]
fn hints_end_with_the_solution() {
    let mut player = Player::new(number(1));
    let first = |player: &Player| player.view.steps[0].clone();
    assert!(first(&player).hints.is_empty() && first(&player).more_hints);
    assert!(!first(&player).is_solved && first(&player).clients.len() == 4);
    while first(&player).more_hints {
        player.ask(Ask::Hint);
    }
    assert_eq!(first(&player).hints.len(), 2);
    assert!(first(&player).is_solved);
    let before = player.view.clone();
    player.ask(Ask::Hint);
    assert_eq!(player.view, before);
}

#[test]
fn an_outline_is_there_to_be_read() {
    let mut player = Player::new(number(14));
    let view = player.view.clone();
    assert!(!view.card.ready && !view.steps.is_empty() && view.current == 0);
    assert!(view.steps.iter().all(|step| !step.more_hints && step.goal.is_empty()));
    player.ask(Ask::Hint);
    player.type_in(0, "PING");
    assert_eq!(player.view, view);
    for number in [0, 17] {
        assert_eq!(
            last_view(&player.page.ask(Ask::Lesson { number, text: String::new(), terminal: None })),
            None
        );
    }
}

#[test]
fn a_file_that_is_none_is_told_of() {
    let mut page = Page::new();
    let tells = page.ask(Ask::Lesson { number: 2, text: "<!doctype html>".into(), terminal: None });
    let problem = tells.iter().find_map(|tell| match tell {
        Tell::Lesson { view: None, problem, .. } => problem.clone(),
        _ => None,
    });
    assert_eq!(
        problem.as_deref(),
        Some("The lesson's file can't be read: line 1: a lesson begins with its title.")
    );
}

#[test]
fn the_quiz_is_answered_until_it_is_right() {
    let mut player = Player::new(number(2));
    let right = read(number(2)).quiz[0].right;
    let wrong = usize::from(right == 0);
    player.ask(Ask::Answer { question: 0, option: wrong });
    let seen = &player.view.quiz[0];
    assert_eq!((seen.chosen, seen.right, seen.why.is_empty()), (Some(wrong), false, true));
    player.ask(Ask::Answer { question: 0, option: right });
    let seen = &player.view.quiz[0];
    assert_eq!((seen.chosen, seen.right, seen.why.is_empty()), (Some(right), true, false));
    let before = player.view.clone();
    player.ask(Ask::Answer { question: 0, option: 99 });
    player.ask(Ask::Answer { question: 99, option: 0 });
    assert_eq!(player.view, before);
    assert!(player.view.quiz[1].chosen.is_none());
}

#[test]
fn progress_is_kept() {
    let mut player = Player::new(number(1));
    player.type_in(0, "ECHO hi");
    player.ask(Ask::Answer { question: 1, option: 0 });
    assert!(player.page.playground.notes_unsaved());
    let notes = player.page.playground.notes();
    assert!(!player.page.playground.notes_unsaved());
    let (next, _) = Page::with(player.page.disk, notes);
    let next = Player::on(next, number(1));
    assert_eq!(next.view.current, 1);
    assert_eq!(next.view.quiz[1].chosen, Some(0));
}

#[test]
fn progress_can_be_taken_elsewhere() {
    let mut player = Player::new(number(1));
    player.type_in(0, "ECHO hi");
    let tells = player.page.ask(Ask::SaveProgress);
    let progress = tells.iter().find_map(|tell| match tell {
        Tell::Progress { progress } => Some(progress.clone()),
        _ => None,
    });
    let progress = progress.expect("it is told");
    let mut elsewhere = Player::new(number(1));
    elsewhere.ask(Ask::LoadProgress { progress });
    assert_eq!(elsewhere.view.current, 1);
    // What no version of the lessons can have brought about does no harm.
    let odd = Kept { done: vec![usize::MAX; 99], quiz: vec![vec![Some(usize::MAX); 99]; 99] };
    elsewhere.ask(Ask::LoadProgress { progress: odd });
    assert_eq!(elsewhere.view.current, elsewhere.view.steps.len());
    elsewhere.ask(Ask::LoadProgress { progress: Kept::default() });
    assert_eq!(elsewhere.view.current, 0);
}

#[test]
fn what_was_run_before_the_step_began_does_not_count() {
    let mut page = Page::new();
    page.type_in(0, "ECHO early");
    let mut player = Player::on(page, number(1));
    player.type_in(0, "PING");
    assert_eq!(player.view.current, 0);
    // Nor does it matter that the statistics are forgotten.
    player.type_in(0, "CONFIG RESETSTAT");
    assert_eq!(player.view.current, 0);
    player.type_in(0, "ECHO now");
    assert_eq!(player.view.current, 1);
}

#[test]
fn what_another_tab_does_counts_for_the_lesson_that_both_have_open() {
    let mut player = Player::new(number(1));
    player.page.playground.enter(player.page.now, 1);
    player.page.ask_on(1, lesson(1));
    player.page.ask_on(1, Ask::Open { terminal: 0 });
    let tells = player.page.ask_on(1, Ask::Submit { terminal: 0, text: "ECHO there".into(), again: false });
    player.look(&crate::page::only(0, tells));
    assert_eq!(player.view.current, 1);
    player.type_in(0, "SET greeting hi");
    player.type_in(0, "GET greeting");
    assert_eq!(player.view.current, 2);
}

#[test]
fn problems_have_a_line() {
    let whole = file(number(2));
    for (from, to, problem) in [
        ("# Strings", "Strings", "line 1: a lesson begins with its title"),
        ("level: beginner", "level: easy", "line 1: `level:` is missing, or none of the three"),
        ("hours: 4", "hours: few", "line 1: `hours:` is missing, or no number"),
        ("keys:", "locks:", "line 4: no fact of a lesson"),
        ("keys:", "settings: maxmem keys:", "line 4: no setting is called `maxmem`"),
        ("### Hints", "### Clues", "a step has no part `Clues`"),
        ("### Hints", "### Goal", "the order is Goal, Check, Hints, Solution, Wrong, Clients"),
        ("- [x] without end", "- [ ] without end", "a question has one right answer, and says why"),
        ("- [x] without end", "- without end", "an answer begins with `[ ]` or `[x]`"),
        ("](https://redis.io", "](ftp://redis.io", "a link is `- [text](https://…)`"),
        ("- ran: setrange", "- setrange", "a check's list says `ran: ` and a command"),
        ("`SET` writes a string", "`SET writes a string", "a backquote is not closed"),
        ("**A value that", "A value that", "two asterisks are not closed"),
    ] {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        let found = lessons::read(&text).expect_err(problem).to_string();
        assert!(found.contains(problem) && found.starts_with("line "), "{found} is not {problem}");
    }
}

#[test]
fn no_text_is_too_odd_to_be_read() {
    let whole = file(number(1));
    for (at, _) in whole.char_indices().step_by(7) {
        let (before, after) = whole.split_at(at);
        let _ = lessons::read(before);
        let _ = lessons::read(after);
        let _ = lessons::read(&format!("{before}\n```\n- [x\n# \n#### \n[](\n> \n{after}"));
    }
}
