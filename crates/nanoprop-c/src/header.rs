//! The header of a library, from the constants of a network's type.

mod text;
mod write;

use core::fmt;

use nanoprop::array::Array as _;
use nanoprop::layer::Plan;
use nanoprop::{InputOf, Layers, Loss, Network, Number, OutputOf, Outputs, Plain, Shape};

use crate::{Context, Error};
use write::{Ascii, Commented, Snake, Template, Upper};

/// Which functions a library has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those of a network that learns, in a context.
    Learning,
    /// Those of weights in flash.
    Resident,
}

/// What a header says of a network.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    plan: &'static Plan,
    loss: &'static str,
    outputs: Outputs,
    /// The kinds of numbers of the network and of its inputs.
    number: &'static str,
    input_number: &'static str,
    input: Shape,
    output: Shape,
    parameters: usize,
    checkpoint: usize,
    fingerprint: u64,
    /// Bytes of a context, and their alignment.
    size: usize,
    alignment: usize,
}

/// What a C library can be made of: a [`Network`]. Sealed by its one implementation.
pub trait Library {
    /// What the header says of it.
    const FACTS: Facts;
}

impl<L: Layers, E: Loss> Library for Network<L, E> {
    const FACTS: Facts = Facts {
        plan: Self::PLAN,
        loss: E::NAME,
        outputs: E::OUTPUTS,
        number: L::Scalar::NAME,
        input_number: <InputOf<Self> as Plain>::Scalar::NAME,
        input: InputOf::<Self>::SHAPE,
        output: OutputOf::<Self>::SHAPE,
        parameters: Self::PARAMETERS,
        checkpoint: Self::CHECKPOINT,
        fingerprint: Self::FINGERPRINT,
        size: size_of::<Context<Self>>(),
        alignment: align_of::<Context<Self>>(),
    };
}

/// The header of a library: its `Display` is the text of the file, in C99 that is C++ too.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_c::{Header, Kind};
///
/// network! { type Line = 2 => Dense<1>, loss = SquaredError; }
/// let header = Header::new::<Line>("line", Kind::Learning).to_string();
/// assert!(header.contains("#define LINE_PARAMETERS 3\n"));
/// assert!(header.contains("int line_learn(line_context *context, const float x[LINE_INPUT], const float y[LINE_OUTPUT],"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Header {
    name: &'static str,
    kind: Kind,
    facts: Facts,
}

impl Header {
    /// The header of a network whose functions begin with `name`.
    pub const fn new<N: Library>(name: &'static str, kind: Kind) -> Header {
        Header { name, kind, facts: N::FACTS }
    }

    /// The prefix of all functions, which is also the name of header and archive.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn sizes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { input, output, parameters, checkpoint, size, alignment, fingerprint, .. } = self.facts;
        let upper = Upper(self.name);
        writeln!(
            f,
            "/* Numbers of an input, {input}, row by row; and of an output, {output}. */",
            input = Ascii(&input),
            output = Ascii(&output)
        )?;
        writeln!(f, "#define {upper}_INPUT {}\n#define {upper}_OUTPUT {}", input.count(), output.count())?;
        writeln!(f, "/* Parameters, and bytes of a checkpoint of them. */")?;
        writeln!(f, "#define {upper}_PARAMETERS {parameters}\n#define {upper}_CHECKPOINT {checkpoint}")?;
        writeln!(f, "/* A hash of the architecture, which a checkpoint has too. */")?;
        writeln!(f, "#define {upper}_FINGERPRINT UINT64_C(0x{fingerprint:016x})\n")?;
        if self.kind == Kind::Resident {
            return Ok(());
        }
        let (word, bits) = if alignment > 4 { (8, 64) } else { (4, 32) };
        writeln!(f, "/* Bytes of a context, and what its address is a multiple of. */")?;
        writeln!(f, "#define {upper}_CONTEXT_SIZE {size}\n#define {upper}_CONTEXT_ALIGNMENT {alignment}\n")?;
        f.write_str(text::CONTEXT)?;
        writeln!(
            f,
            "typedef struct {0}_context {{ uint{bits}_t opaque[{1}]; }} {0}_context;\n",
            self.name,
            size.div_ceil(word)
        )
    }

    fn template<'a>(&'a self, text: &'a str) -> Template<'a> {
        let of_c = |number| match number {
            "f64" => "double",
            "u8" => "uint8_t",
            "u16" => "uint16_t",
            _ => "float",
        };
        Template { text, name: self.name, number: of_c(self.facts.number), input: of_c(self.facts.input_number) }
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { plan, loss, outputs, .. } = self.facts;
        writeln!(
            f,
            "/* {}.h: made by nanoprop-c {} from the network's type.\n *",
            self.name,
            env!("CARGO_PKG_VERSION")
        )?;
        write!(f, "{}", Commented(plan))?;
        writeln!(f, " * loss: {loss}\n */")?;
        write!(f, "{}", self.template(text::BEGIN))?;
        errors(f)?;
        self.sizes(f)?;
        let (head, predict, class) = match self.kind {
            Kind::Learning => (text::LEARNING, text::PREDICT, text::CLASSIFY),
            Kind::Resident => (text::RESIDENT, text::PREDICT_RESIDENT, text::CLASSIFY_RESIDENT),
        };
        write!(f, "{}{}", self.template(head), self.template(text::meaning(outputs)))?;
        write!(f, "{}", self.template(predict))?;
        if outputs != Outputs::Numbers {
            write!(f, "{}", self.template(class))?;
        }
        let learns = self.kind == Kind::Learning;
        let class = learns && outputs != Outputs::Numbers;
        let rest = [
            (!learns, text::COST_RESIDENT),
            (learns, text::LEARN),
            (class, text::LEARN_CLASS),
            (learns, text::COST_AND_FILES),
            (true, text::END),
        ];
        rest.iter().filter(|(there, _)| *there).try_for_each(|(_, text)| write!(f, "{}", self.template(text)))
    }
}

/// What all headers share: the codes, and the function that gives their texts.
fn errors(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(text::ERRORS_BEGIN)?;
    for &error in Error::ALL {
        let text = error.text().to_str().unwrap_or_default();
        writeln!(f, "#define NANOPROP_{} ({}) /* {text} */", Snake(error.name()), error as i32)?;
    }
    f.write_str(text::ERRORS_END)
}
