//! How far somebody is: which lesson is open, which steps are done, which hints were shown.

use crate::lessons::{self, Lesson, Look};
use crate::view::{LessonCard, LessonView, StepView};

/// Progress in all lessons.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The open lesson; 0 for none.
    open: u32,
    /// Steps done of each lesson, from the first.
    done: Vec<usize>,
    /// Hints shown of each step of the open lesson.
    hints: Vec<usize>,
}

impl Course {
    /// The progress of the last visit: steps done of each lesson.
    #[must_use]
    pub fn of(done: &[usize]) -> Self {
        let done =
            lessons::all().zip(done).map(|((_, lesson), &done)| done.min(lesson.steps.len())).collect();
        Self { done, ..Self::default() }
    }

    /// Steps done of each lesson, to be kept.
    #[must_use]
    pub fn done(&self) -> Vec<usize> {
        lessons::all().map(|(number, _)| self.done_of(number)).collect()
    }

    /// Opens a lesson; a number that is none closes it.
    pub fn open(&mut self, number: u32) {
        self.open = if lessons::get(number).is_some() { number } else { 0 };
        self.hints.clear();
    }

    /// The open lesson.
    #[must_use]
    pub fn lesson(&self) -> Option<&'static Lesson> {
        lessons::get(self.open)
    }

    /// Begins the open lesson again.
    pub fn restart(&mut self) {
        self.set_done(0);
        self.hints.clear();
    }

    /// Shows the next hint of the current step; after the last, the solution.
    pub fn hint(&mut self) {
        let current = self.done_of(self.open);
        let Some(step) = self.lesson().and_then(|lesson| lesson.steps.get(current)) else { return };
        if self.hints.len() <= current {
            self.hints.resize(current + 1, 0);
        }
        if let Some(shown) = self.hints.get_mut(current) {
            *shown = (*shown + 1).min(step.hints.len() + 1);
        }
    }

    /// Looks whether the current step is done now, and the ones after it; tells whether any is.
    pub fn check(&mut self, look: &Look<'_>) -> bool {
        let Some(lesson) = self.lesson().filter(|lesson| lesson.ready) else { return false };
        let before = self.done_of(self.open);
        let current = lesson.steps.get(before..).unwrap_or_default();
        let newly = current.iter().take_while(|step| (step.check)(look)).count();
        self.set_done(before + newly);
        newly > 0
    }

    /// All lessons, as cards.
    #[must_use]
    pub fn cards(&self) -> Vec<LessonCard> {
        lessons::all().map(|(number, lesson)| self.card(number, lesson)).collect()
    }

    /// The open lesson, as the page draws it.
    #[must_use]
    pub fn view(&self) -> Option<LessonView> {
        let lesson = self.lesson()?;
        let steps = lesson.steps.iter().enumerate().map(|(index, step)| {
            let shown = self.hints.get(index).copied().unwrap_or(0);
            let mut hints: Vec<String> = step.hints.iter().take(shown).map(|&hint| hint.into()).collect();
            if shown > step.hints.len() {
                hints.push(lessons::solution(step));
            }
            StepView {
                title: step.title,
                text: lessons::blocks(step.text),
                goal: step.goal,
                done: index < self.done_of(self.open),
                hints,
                more_hints: lesson.ready && shown <= step.hints.len(),
            }
        });
        Some(LessonView {
            card: self.card(self.open, lesson),
            intro: lessons::blocks(lesson.intro),
            steps: steps.collect(),
            current: self.done_of(self.open),
        })
    }

    fn card(&self, number: u32, lesson: &Lesson) -> LessonCard {
        LessonCard {
            number,
            title: lesson.title,
            level: lesson.level,
            hours: lesson.hours,
            ready: lesson.ready,
            done: self.done_of(number),
            steps: lesson.steps.len(),
        }
    }

    fn done_of(&self, number: u32) -> usize {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.done.get(index)).copied().unwrap_or(0)
    }

    fn set_done(&mut self, done: usize) {
        self.done.resize(lessons::all().count(), 0);
        let index = usize::try_from(self.open).ok().and_then(|number| number.checked_sub(1));
        if let Some(place) = index.and_then(|index| self.done.get_mut(index)) {
            *place = done;
        }
    }
}
