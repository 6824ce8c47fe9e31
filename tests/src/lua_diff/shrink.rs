//! Makes a program that shows a difference small.

use super::oracle::Oracle;
use super::ours::ours;
use super::program::Program;

use crate::runner::Trouble;

/// A program and what both machines say.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) program: Program,
    pub(super) oracle: Vec<u8>,
    pub(super) ours: Vec<u8>,
}

/// Runs a program on both; what they say, if it is not the same.
pub(super) fn compare(oracle: &mut Oracle, program: Program, seed: u64) -> Result<Option<Finding>, Trouble> {
    let Some(theirs) = oracle.run(&program)? else { return Ok(None) };
    let ours = ours(&program, seed);
    Ok((theirs != ours).then_some(Finding { program, oracle: theirs, ours }))
}

/// The smallest program found that both still run differently.
pub(super) fn shrink(oracle: &mut Oracle, mut finding: Finding, seed: u64) -> Result<Finding, Trouble> {
    finding = leave_out_statements(oracle, finding, seed)?;
    'smaller: loop {
        for program in finding.program.smaller() {
            if let Some(found) = compare(oracle, program, seed)? {
                finding = found;
                continue 'smaller;
            }
        }
        return Ok(finding);
    }
}

/// Many at once first, then fewer, down to single ones.
fn leave_out_statements(oracle: &mut Oracle, mut finding: Finding, seed: u64) -> Result<Finding, Trouble> {
    let mut size = finding.program.statements.len().div_ceil(2);
    while size > 0 {
        let mut end = finding.program.statements.len();
        while end > 0 {
            let start = end.saturating_sub(size);
            let mut program = finding.program.clone();
            program.statements.drain(start..end.min(program.statements.len()));
            if let Some(found) = compare(oracle, program, seed)? {
                finding = found;
            }
            end = start.min(finding.program.statements.len());
        }
        size /= 2;
    }
    Ok(finding)
}
