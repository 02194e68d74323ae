use std::io::{self, Write};

use nanoprop::{Cause, Observer, Progress};

/// A line of numbers for each epoch, separated by commas, under a line of names. What is not known is left empty.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::observe::CsvLog;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])];
/// let (mut net, mut training, mut log) = (Line::ZERO, Training::<Line, Sgd>::ZERO, CsvLog::new(vec![]));
/// let recipe = Recipe { batch: 3, epochs: 2, ..Recipe::new(Sgd::new(0.25)) };
/// recipe.train(&mut net, &mut training).observe(&mut log).run(&samples)?;
/// assert_eq!(
///     String::from_utf8(log.finish()?).unwrap(),
///     "epoch,steps,loss,validation,best,rollbacks\n1,1,5.833333333333333,,5.833333333333333,0\n\
///      2,2,0.9606481194496155,,0.9606481194496155,0\n",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CsvLog<W: Write> {
    out: Lines<W>,
}

impl<W: Write> CsvLog<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> CsvLog<W> {
        let mut out = Lines { out, result: Ok(()) };
        out.line(format_args!("epoch,steps,loss,validation,best,rollbacks"));
        CsvLog { out }
    }

    /// What was written to.
    ///
    /// # Errors
    ///
    /// The first that occurred; after it nothing was written.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}

impl<W: Write> Observer for CsvLog<W> {
    fn epoch(&mut self, progress: &Progress) {
        let Progress { epochs, steps, epoch_loss, validation, best, rollbacks, .. } = progress;
        let [loss, validation, best] = [epoch_loss, validation, best].map(|number| known(*number, ""));
        self.out.line(format_args!("{epochs},{steps},{loss},{validation},{best},{rollbacks}"));
    }
}

/// A JSON object on a line for each event: an epoch, a rollback and, if asked for, a batch. What is not known is `null`.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::observe::JsonLines;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])];
/// let (mut net, mut training, mut log) = (Line::ZERO, Training::<Line, Sgd>::ZERO, JsonLines::new(vec![]).batches());
/// let recipe = Recipe { batch: 3, epochs: 1, ..Recipe::new(Sgd::new(0.25)) };
/// recipe.train(&mut net, &mut training).observe(&mut log).run(&samples)?;
/// assert_eq!(
///     String::from_utf8(log.finish()?).unwrap(),
///     r#"{"event":"batch","epoch":1,"steps":1,"loss":5.833333333333333}
/// {"event":"epoch","epoch":1,"steps":1,"loss":5.833333333333333,"validation":null,"best":5.833333333333333}
/// "#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JsonLines<W: Write> {
    out: Lines<W>,
    batches: bool,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`.
    pub const fn new(out: W) -> JsonLines<W> {
        JsonLines { out: Lines { out, result: Ok(()) }, batches: false }
    }

    /// With a line for each batch, too.
    pub fn batches(self) -> JsonLines<W> {
        JsonLines { batches: true, ..self }
    }

    /// What was written to.
    ///
    /// # Errors
    ///
    /// The first that occurred; after it nothing was written.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}

impl<W: Write> Observer for JsonLines<W> {
    fn batch(&mut self, progress: &Progress) {
        if self.batches {
            let (epoch, steps, loss) = (progress.epochs + 1, progress.steps, known(progress.loss, "null"));
            self.out.line(format_args!(r#"{{"event":"batch","epoch":{epoch},"steps":{steps},"loss":{loss}}}"#));
        }
    }

    fn epoch(&mut self, progress: &Progress) {
        let Progress { epochs, steps, epoch_loss, validation, best, .. } = progress;
        let [loss, validation, best] = [epoch_loss, validation, best].map(|number| known(*number, "null"));
        self.out.line(format_args!(
            r#"{{"event":"epoch","epoch":{epochs},"steps":{steps},"loss":{loss},"validation":{validation},"best":{best}}}"#
        ));
    }

    fn rollback(&mut self, cause: Cause, progress: &Progress) {
        let Progress { epochs, steps, rollbacks, .. } = progress;
        let (epoch, cause) = (epochs + 1, format!("{cause:?}").to_lowercase());
        self.out.line(format_args!(
            r#"{{"event":"rollback","epoch":{epoch},"steps":{steps},"cause":"{cause}","rollbacks":{rollbacks}}}"#
        ));
    }
}

/// A finite number in its shortest form, or what stands for none.
fn known(number: f64, none: &str) -> String {
    if number.is_finite() { format!("{number:?}") } else { none.to_owned() }
}

/// Lines, until one can't be written.
#[derive(Debug)]
struct Lines<W> {
    out: W,
    result: io::Result<()>,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        if self.result.is_ok() {
            self.result = writeln!(self.out, "{line}");
        }
    }

    fn finish(mut self) -> io::Result<W> {
        self.result?;
        self.out.flush()?;
        Ok(self.out)
    }
}
