use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// What goes wrong with a picture.
pub(super) type Error = Box<dyn std::error::Error>;

pub(super) const BLUE: RGBColor = RGBColor(33, 102, 172);
pub(super) const RED: RGBColor = RGBColor(178, 24, 43);
pub(super) const GREY: RGBColor = RGBColor(90, 90, 90);
pub(super) const FONT: &str = "sans-serif";

/// Text of a size and colour, placed by its middle or an end.
pub(super) fn text(size: u32, color: &RGBColor, along: HPos) -> TextStyle<'_> {
    (FONT, size).into_font().color(color).pos(Pos::new(along, VPos::Center))
}
