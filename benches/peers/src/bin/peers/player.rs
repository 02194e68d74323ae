use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nanoprop_peers::{Network, Quantity};

use crate::yardstick::Yardstick;

/// A peer that runs, or why it doesn't.
pub(crate) struct Player {
    pub(crate) name: String,
    kind: Kind,
}

enum Kind {
    /// Answers lines.
    Serves {
        child: Child,
        to: ChildStdin,
        from: BufReader<ChildStdout>,
        ready: Vec<String>,
    },
    /// A program that is started for each measurement.
    Yardstick(Yardstick),
    Missing(String),
}

/// What a peer says.
pub(crate) enum Answer {
    Numbers(Vec<f64>),
    /// It has no such thing.
    Unable,
    Failed(String),
}

impl Player {
    /// Starts a program and waits until it is ready.
    pub(crate) fn start<'a>(name: &str, mut words: impl Iterator<Item = &'a str>) -> Player {
        let kind = words.next().ok_or_else(|| "no command".to_owned()).and_then(|program| {
            let mut command = Command::new(program);
            command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().map_err(|e| format!("{program}: {e}"))?;
            let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
                return Err("no pipes".into());
            };
            let mut from = BufReader::new(from);
            let line = line(&mut from)?;
            let ready = line.strip_prefix("ready").ok_or(format!("said `{line}`"))?;
            let ready = ready.split_whitespace().map(str::to_owned).collect();
            Ok(Kind::Serves { child, to, from, ready })
        });
        Player { name: name.into(), kind: kind.unwrap_or_else(Kind::Missing) }
    }

    /// A yardstick's program.
    pub(crate) fn yardstick(name: &str, program: &str) -> Player {
        let any = name == "yardstick-any";
        Player { name: name.into(), kind: Kind::Yardstick(Yardstick { program: program.into(), any }) }
    }

    /// A peer that could not be built.
    pub(crate) fn missing(name: &str, why: &str) -> Player {
        Player { name: name.into(), kind: Kind::Missing(why.into()) }
    }

    /// What it said when it was ready: its version, or the names of the ceilings.
    pub(crate) fn words(&self) -> &[String] {
        match &self.kind {
            Kind::Serves { ready, .. } => ready,
            _ => &[],
        }
    }

    /// Why it is missing.
    pub(crate) fn why_missing(&self) -> Option<&str> {
        match &self.kind {
            Kind::Missing(why) => Some(why),
            _ => None,
        }
    }

    /// Sends a line and reads the answer.
    pub(crate) fn ask(&mut self, question: &str) -> Answer {
        let Kind::Serves { to, from, .. } = &mut self.kind else { return Answer::Unable };
        let answer = writeln!(to, "{question}").and_then(|()| to.flush()).map_err(|e| e.to_string());
        let answer = match answer.and_then(|()| line(from)) {
            Ok(answer) => answer,
            Err(why) => {
                self.kind = Kind::Missing(format!("stopped at `{question}`: {why}"));
                return Answer::Failed(why);
            }
        };
        let mut words = answer.split_whitespace();
        match words.next() {
            Some("ok") => words
                .map(|w| w.parse().map_err(|_| format!("said `{w}`")))
                .collect::<Result<_, _>>()
                .map_or_else(Answer::Failed, Answer::Numbers),
            Some("no") => Answer::Unable,
            _ => Answer::Failed(answer),
        }
    }

    /// Its outputs, as the quantity describes them.
    pub(crate) fn check(&mut self, net: Network, quantity: Quantity) -> Answer {
        self.ask(&format!("check {} {}", net.name, quantity.name()))
    }

    /// Its time: median, tenth percentile, least.
    pub(crate) fn measure(&mut self, net: Network, quantity: Quantity, ms: f64) -> Answer {
        match &self.kind {
            Kind::Yardstick(yardstick) => yardstick.measure(net, quantity, ms),
            _ => self.ask(&format!("measure {} {} {ms}", net.name, quantity.name())),
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if let Kind::Serves { child, .. } = &mut self.kind {
            // It has nothing to lose; that it may have ended is no error.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The next line of the protocol. Libraries may print lines of their own.
fn line(from: &mut BufReader<ChildStdout>) -> Result<String, String> {
    let mut line = String::new();
    loop {
        line.clear();
        match from.read_line(&mut line) {
            Ok(0) => return Err("it ended".into()),
            Ok(_) if ["ready", "ok", "no", "err"].iter().any(|w| line.starts_with(w)) => return Ok(line.trim().into()),
            Ok(_) => eprint!("{line}"),
            Err(e) => return Err(e.to_string()),
        }
    }
}
