//! How far somebody is: which lesson is open, which steps are done, which hints were shown, what the quiz was answered.

use redstart_engine::machine::Now;

use crate::lessons::{self, Brief, Lesson, Problem, Question, Step, blocks, spans};
use crate::store::Store;
use crate::view::{Block, Kept, LessonCard, LessonView, LinkView, QuestionView, StepView};

/// Progress in all lessons, the same on every page.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    kept: Kept,
}

impl Progress {
    /// The progress of the last visit.
    #[must_use]
    pub fn of(kept: Kept) -> Self {
        let Kept { mut done, mut quiz } = kept;
        let count = lessons::all().count();
        done.resize(count, 0);
        quiz.resize(count, Vec::new());
        for (brief, done) in lessons::all().zip(&mut done) {
            *done = if brief.ready { brief.steps.min(*done) } else { 0 };
        }
        Self { kept: Kept { done, quiz } }
    }

    /// What is to be kept.
    #[must_use]
    pub const fn kept(&self) -> &Kept {
        &self.kept
    }

    /// All lessons, as cards.
    #[must_use]
    pub fn cards(&self) -> Vec<LessonCard> {
        lessons::all().map(|brief| self.card(brief)).collect()
    }

    fn card(&self, brief: &Brief) -> LessonCard {
        let Brief { number, title, level, hours, ready, steps, .. } = *brief;
        LessonCard { number, title, level, hours, ready, done: self.done(number), steps }
    }

    fn done(&self, number: u32) -> usize {
        place(number).and_then(|place| self.kept.done.get(place)).copied().unwrap_or(0)
    }

    fn set_done(&mut self, number: u32, done: usize) {
        self.kept.done.resize(lessons::all().count(), 0);
        if let Some(kept) = place(number).and_then(|place| self.kept.done.get_mut(place)) {
            *kept = done;
        }
    }

    fn answer(&self, number: u32, question: usize) -> Option<usize> {
        let answers = place(number).and_then(|place| self.kept.quiz.get(place))?;
        answers.get(question).copied().flatten()
    }

    fn set_answer(&mut self, number: u32, question: usize, option: usize) {
        self.kept.quiz.resize(lessons::all().count(), Vec::new());
        let Some(answers) = place(number).and_then(|place| self.kept.quiz.get_mut(place)) else { return };
        if answers.len() <= question {
            answers.resize(question + 1, None);
        }
        if let Some(answer) = answers.get_mut(question) {
            *answer = Some(option);
        }
    }

    fn forget(&mut self, number: u32) {
        self.set_done(number, 0);
        if let Some(answers) = place(number).and_then(|place| self.kept.quiz.get_mut(place)) {
            answers.clear();
        }
    }
}

/// Where a lesson's progress is.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// The lesson that is open on a page.
#[derive(Clone, Debug, Default)]
pub struct Course {
    open: Option<(&'static Brief, Lesson)>,
    /// What is wrong with the file of the one that should be open.
    problem: Option<Problem>,
    /// Hints shown of each step.
    hints: Vec<usize>,
    begun: Begun,
}

/// The step that is to be done, and how often its commands had been run when it began.
#[derive(Clone, Debug, Default)]
struct Begun {
    step: usize,
    successes: Vec<u64>,
}

impl Course {
    /// Opens a lesson, whose file this is; a number that is none closes it.
    pub fn open(&mut self, number: u32, text: &str, progress: &Progress, store: &Store) {
        *self = Self::default();
        let Some(brief) = lessons::get(number) else { return };
        match lessons::read(text) {
            Ok(lesson) => self.open = Some((brief, lesson)),
            Err(problem) => self.problem = Some(problem),
        }
        self.begin(progress.done(number), store);
    }

    /// The open lesson.
    #[must_use]
    pub fn lesson(&self) -> Option<&Lesson> {
        self.open.as_ref().map(|(_, lesson)| lesson)
    }

    /// What is wrong with the file of the lesson that should be open.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| format!("The lesson's file can't be read: {problem}."))
    }

    fn number(&self) -> u32 {
        self.open.as_ref().map_or(0, |(brief, _)| brief.number)
    }

    fn begin(&mut self, step: usize, store: &Store) {
        let check = self.lesson().and_then(|lesson| lesson.steps.get(step)).map(|step| &step.check);
        let successes = check.map(|check| check.successes(store)).unwrap_or_default();
        self.begun = Begun { step, successes };
    }

    /// Begins it again.
    pub fn restart(&mut self, progress: &mut Progress, store: &Store) {
        progress.forget(self.number());
        self.hints.clear();
        self.begin(0, store);
    }

    /// Shows the next hint of the current step; after the last, the solution.
    pub fn hint(&mut self, progress: &Progress) {
        let current = progress.done(self.number());
        let Some(step) = self.lesson().and_then(|lesson| lesson.steps.get(current)) else { return };
        let all = step.hints.len() + 1;
        if self.hints.len() <= current {
            self.hints.resize(current + 1, 0);
        }
        if let Some(shown) = self.hints.get_mut(current) {
            *shown = (*shown + 1).min(all);
        }
    }

    /// Answers a question of the quiz; tells whether there is such an answer.
    pub fn answer(&self, progress: &mut Progress, question: usize, option: usize) -> bool {
        let asked = self.lesson().and_then(|lesson| lesson.quiz.get(question));
        let exists = asked.is_some_and(|question| option < question.options.len());
        if exists {
            progress.set_answer(self.number(), question, option);
        }
        exists
    }

    /// Looks whether the current step is done now, and the ones after it; tells whether any is.
    #[must_use]
    pub fn check(&mut self, progress: &mut Progress, store: &mut Store, now: Now) -> bool {
        let number = self.number();
        let before = progress.done(number);
        if self.begun.step != before {
            self.begin(before, store);
        }
        let mut done = before;
        while self.holds(done, store, now) {
            done += 1;
            self.begin(done, store);
        }
        if done > before {
            progress.set_done(number, done);
        }
        done > before
    }

    fn holds(&mut self, step: usize, store: &mut Store, now: Now) -> bool {
        let Self { open: Some((_, lesson)), begun, .. } = self else { return false };
        let Some(step) = lesson.steps.get(step).filter(|_| lesson.ready) else { return false };
        // Somebody may have had the statistics forgotten.
        for (now, before) in step.check.successes(store).into_iter().zip(&mut begun.successes) {
            *before = now.min(*before);
        }
        step.check.holds(store, now, &begun.successes)
    }

    /// The open lesson, as the page draws it.
    #[must_use]
    pub fn view(&self, progress: &Progress) -> Option<LessonView> {
        let (brief, lesson) = self.open.as_ref()?;
        let done = progress.done(brief.number);
        let steps = lesson.steps.iter().enumerate().map(|(index, step)| {
            let shown = self.hints.get(index).copied().unwrap_or(0);
            step_view(step, index < done, shown, lesson.ready)
        });
        let question = |(index, question)| question_view(question, progress.answer(brief.number, index));
        let link = |link: &lessons::Link| LinkView { text: link.text.clone(), url: link.url.clone() };
        Some(LessonView {
            card: progress.card(brief),
            intro: blocks(&lesson.intro),
            steps: steps.collect(),
            current: done,
            production: blocks(&lesson.production),
            quiz: lesson.quiz.iter().enumerate().map(question).collect(),
            further: lesson.further.iter().map(link).collect(),
        })
    }
}

fn step_view(step: &Step, is_done: bool, shown: usize, is_ready: bool) -> StepView {
    // Who has done it may see how others do. Anybody else is shown it if they ask.
    let is_solved = is_ready && (is_done || shown > step.hints.len());
    let command = |line: &lessons::Line| Block::command(line.terminal, &line.text);
    let program =
        |(name, code): &(String, String)| Block::Code { language: name.clone(), text: code.clone() };
    StepView {
        title: step.title.clone(),
        is_build: step.is_build,
        text: blocks(&step.text),
        goal: spans(&step.goal),
        done: is_done,
        hints: step.hints.iter().take(shown).map(|hint| spans(hint)).collect(),
        more_hints: is_ready && !is_solved,
        is_solved,
        solution: step.solution.iter().map(command).collect(),
        clients: step.clients.iter().map(program).collect(),
    }
}

fn question_view(question: &Question, chosen: Option<usize>) -> QuestionView {
    let right = chosen == Some(question.right);
    QuestionView {
        text: spans(&question.text),
        options: question.options.iter().map(|option| spans(option)).collect(),
        chosen,
        right,
        why: if right { spans(&question.why) } else { Vec::new() },
    }
}
