use plotters::prelude::*;

use super::scale::Scale;
use super::style::{BLUE, FONT, GREY};

/// Pairs of a target and its prediction as SVG: a point for each, beside the line on which both are the same. Pairs that are
/// not finite are left out.
///
/// # Example
///
/// ```
/// let pairs = [[1.0, 1.2], [2.0, 1.9], [3.0, 3.0]];
/// let svg = nanoprop_host::observe::predictions(&pairs, "price", "homes")?;
/// assert_eq!(svg.matches("<circle").count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What the plotter says; none is known.
pub fn predictions(pairs: &[[f64; 2]], unit: &str, heading: &str) -> Result<String, Box<dyn std::error::Error>> {
    let finite = || pairs.iter().filter(|pair| pair.iter().all(|value| value.is_finite()));
    let scale = Scale::of(finite().flatten().copied());
    let room = 0.06 * (scale.high - scale.low);
    let range = || scale.low - room..scale.high + room;
    let label = |value: &f64| format!("{value:.*}", scale.decimals);
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (560, 520)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(heading, (FONT, 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(range(), range())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .axis_style(GREY)
        .x_desc(scale.unit(unit))
        .y_desc(scale.unit("predicted"))
        .x_labels(6)
        .y_labels(8)
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .label_style((FONT, 13))
        .axis_desc_style((FONT, 14))
        .draw()?;
    let ends = [scale.low - room, scale.high + room].map(|end| (end, end));
    chart.draw_series([PathElement::new(ends, GREY.stroke_width(1))])?;
    let points = finite().map(|&[target, found]| (scale.at(target), scale.at(found)));
    chart.draw_series(points.map(|point| Circle::new(point, 3, BLUE.mix(0.6).filled())))?;
    root.present()?;
    drop((chart, root));
    Ok(svg)
}
