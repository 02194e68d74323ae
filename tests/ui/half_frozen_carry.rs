use nanoprop::prelude::*;

network! {
    type Body = [8, 4] => Gru<3>, loss = SquaredError;
    type Net = [8, 4] => Frozen(Front) => Dense<2>, loss = SquaredError;
}
static BODY: nanoprop::halved!(Body, nanoprop::bf16) = nanoprop::Half::ZERO;
frozen! { struct Front: nanoprop::halved!(Body, nanoprop::bf16) = &BODY; }

fn main() {
    let mut tape = Net::TAPE;
    Net::carry(&mut tape);
}
