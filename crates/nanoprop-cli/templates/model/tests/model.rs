//! The network predicts here what it predicted where it was trained.

use nanoprop::prelude::*;

use {{ident}}::{INPUTS, MODEL, Model, ROWS, TRAINED, Tuned, start};

#[test]
fn rows_are_predicted_as_after_the_training() {
    assert_eq!(ROWS.is_empty(), !TRAINED, "train first: cargo train");
    for row in ROWS {
        assert_eq!(row.x.len(), INPUTS.len());
%classes         assert_eq!(MODEL.classify(&row.x), row.predicted);
%numbers         assert_eq!(MODEL.predict(&row.x)[0], row.predicted);
    }
}

/// The last layer alone learns, and starts from the whole network's predictions.
#[test]
fn the_last_layer_goes_on_learning() {
    let (mut net, mut tape) = (Tuned::ZERO, Tuned::TAPE);
    start(&mut net);
    assert!(Tuned::PARAMETERS < Model::PARAMETERS);
    for row in ROWS {
        assert_eq!(net.predict(&row.x), MODEL.predict(&row.x));
    }
    let Some(row) = ROWS.first() else { return };
%classes     let target = Class::new(row.target).expect("a class of the network");
%numbers     let target = [row.target];
    let before = net.loss(&row.x, &target);
    net.descend(&row.x, &target, 0.001, &mut tape);
    assert!(net.loss(&row.x, &target) <= before);
}
