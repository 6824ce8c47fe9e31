//! Every lesson's solution is played: its answers are the promised ones, and each step is done by its own lines.

use crate::page::Page;
use redstart_playground::lessons;
use redstart_playground::view::{Ask, LessonView, Tell};

fn open(page: &mut Page, number: u32) -> LessonView {
    last_view(&page.ask(Ask::Lesson { number })).expect("the lesson opens")
}

fn last_view(tells: &[Tell]) -> Option<LessonView> {
    tells.iter().rev().find_map(|tell| match tell {
        Tell::Lesson { view, .. } => view.clone(),
        _ => None,
    })
}

fn play(page: &mut Page, number: u32) {
    let lesson = lessons::get(number).expect("there is such a lesson");
    let mut done = open(page, number).current;
    assert_eq!(done, 0, "nothing is done yet in {}", lesson.title);
    for (index, step) in lesson.steps.iter().enumerate() {
        let title = step.title;
        assert_eq!(done, index, "`{title}` was done before its first line");
        for line in step.solution {
            let tells = page.submit(line.terminal, line.text);
            let printed =
                crate::page::entries(&tells).iter().map(crate::page::printed).collect::<Vec<_>>().join("\n");
            match line.answer {
                Some(answer) => assert_eq!(printed, answer, "{title}: {}", line.text),
                None => assert!(!printed.starts_with("(error)"), "{title}: {} → {printed}", line.text),
            }
            if let Some(view) = last_view(&tells) {
                done = view.current;
            }
        }
        assert_eq!(done, index + 1, "`{title}` is done after its last line");
    }
}

fn solutions_lead_to_their_goals(number: u32) {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    play(&mut page, number);
    // The commands in the texts work, too.
    for step in lessons::get(number).expect("it is there").steps {
        for part in step.text {
            if let lessons::Part::Run(text) = part {
                let printed = page.type_in(0, text);
                assert!(!printed.contains("(error)"), "{}: {text} → {printed}", step.title);
            }
        }
    }
}

#[test]
fn setup_leads_to_its_goals() {
    solutions_lead_to_their_goals(1);
}

#[test]
fn strings_leads_to_its_goals() {
    solutions_lead_to_their_goals(2);
}

#[test]
fn no_lesson_goes_untested() {
    let ready: Vec<u32> =
        lessons::all().filter(|(_, lesson)| lesson.ready).map(|(number, _)| number).collect();
    assert_eq!(ready, [1, 2], "a lesson that is ready is played above");
}

#[test]
fn a_lesson_can_be_begun_again() {
    for (number, _) in lessons::all().filter(|(_, lesson)| lesson.ready) {
        let mut page = Page::new();
        page.ask(Ask::Open { terminal: 1 });
        page.type_in(0, "SET mine 1");
        play(&mut page, number);
        let view = last_view(&page.ask(Ask::RestartLesson)).expect("the lesson is told");
        assert_eq!(view.current, 0);
        assert_eq!(page.type_in(0, "KEYS *"), "1) \"mine\"");
        play(&mut page, number);
    }
}

#[test]
fn hints_end_with_the_solution() {
    let mut page = Page::new();
    let view = open(&mut page, 1);
    assert!(view.steps[0].hints.is_empty() && view.steps[0].more_hints);
    let mut view = view;
    while view.steps[0].more_hints {
        view = last_view(&page.ask(Ask::Hint)).expect("the lesson is told");
    }
    assert_eq!(view.steps[0].hints.last().map(String::as_str), Some("PING\nECHO \"hello, store\""));
    let again = last_view(&page.ask(Ask::Hint)).expect("the lesson is told");
    assert_eq!(again.steps[0].hints, view.steps[0].hints);
}

#[test]
fn an_outline_only_names_its_steps() {
    let mut page = Page::new();
    let view = open(&mut page, 14);
    assert!(!view.card.ready && !view.steps.is_empty() && view.current == 0);
    assert!(view.steps.iter().all(|step| !step.more_hints && step.text.is_empty()));
    page.ask(Ask::Hint);
    assert_eq!(last_view(&page.ask(Ask::Lesson { number: 0 })), None);
    assert_eq!(last_view(&page.ask(Ask::Lesson { number: 17 })), None);
}

#[test]
fn progress_is_kept() {
    let mut page = Page::new();
    open(&mut page, 1);
    page.type_in(0, "ECHO hi");
    assert!(page.playground.notes_unsaved());
    let notes = page.playground.notes();
    assert!(!page.playground.notes_unsaved());
    let (mut next, _) = Page::with(page.disk, notes);
    assert_eq!(open(&mut next, 1).current, 1);
}
