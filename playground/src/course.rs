//! How far somebody is: which lesson is open, which steps are done, which hints were shown.

use crate::lessons::{self, Lesson, Look};
use crate::view::{LessonCard, LessonView, StepView};

/// Progress in all lessons, the same on every page.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Steps done of each lesson, from the first.
    done: Vec<usize>,
}

impl Progress {
    /// The progress of the last visit: steps done of each lesson.
    #[must_use]
    pub fn of(done: &[usize]) -> Self {
        let done =
            lessons::all().zip(done).map(|((_, lesson), &done)| done.min(lesson.steps.len())).collect();
        Self { done }
    }

    /// Steps done of each lesson, to be kept.
    #[must_use]
    pub fn done(&self) -> Vec<usize> {
        lessons::all().map(|(number, _)| self.done_of(number)).collect()
    }

    /// All lessons, as cards.
    #[must_use]
    pub fn cards(&self) -> Vec<LessonCard> {
        lessons::all().map(|(number, lesson)| self.card(number, lesson)).collect()
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

    fn set_done(&mut self, number: u32, done: usize) {
        self.done.resize(lessons::all().count(), 0);
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        if let Some(place) = index.and_then(|index| self.done.get_mut(index)) {
            *place = done;
        }
    }
}

/// The lesson that is open on a page.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// Its number; 0 for none.
    open: u32,
    /// Hints shown of each step.
    hints: Vec<usize>,
}

impl Course {
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

    /// Begins it again.
    pub fn restart(&mut self, progress: &mut Progress) {
        progress.set_done(self.open, 0);
        self.hints.clear();
    }

    /// Shows the next hint of the current step; after the last, the solution.
    pub fn hint(&mut self, progress: &Progress) {
        let current = progress.done_of(self.open);
        let Some(step) = self.lesson().and_then(|lesson| lesson.steps.get(current)) else { return };
        if self.hints.len() <= current {
            self.hints.resize(current + 1, 0);
        }
        if let Some(shown) = self.hints.get_mut(current) {
            *shown = (*shown + 1).min(step.hints.len() + 1);
        }
    }

    /// Looks whether the current step is done now, and the ones after it; tells whether any is.
    #[must_use]
    pub fn check(&self, progress: &mut Progress, look: &Look<'_>) -> bool {
        let Some(lesson) = self.lesson().filter(|lesson| lesson.ready) else { return false };
        let before = progress.done_of(self.open);
        let current = lesson.steps.get(before..).unwrap_or_default();
        let newly = current.iter().take_while(|step| (step.check)(look)).count();
        progress.set_done(self.open, before + newly);
        newly > 0
    }

    /// The open lesson, as the page draws it.
    #[must_use]
    pub fn view(&self, progress: &Progress) -> Option<LessonView> {
        let lesson = self.lesson()?;
        let done = progress.done_of(self.open);
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
                done: index < done,
                hints,
                more_hints: lesson.ready && shown <= step.hints.len(),
            }
        });
        Some(LessonView {
            card: progress.card(self.open, lesson),
            intro: lessons::blocks(lesson.intro),
            steps: steps.collect(),
            current: done,
        })
    }
}
