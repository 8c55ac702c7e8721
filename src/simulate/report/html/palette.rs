//! Colours: plots are drawn in the light ones, a style sheet turns them into the dark ones.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// A colour on light ground and on dark ground.
type Pair = (RGBColor, RGBColor);

const fn rgb(hex: u32) -> RGBColor {
    RGBColor((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Peers: told apart also by those who see few colours (after Okabe and Ito).
const PEERS: [Pair; 8] = [
    (rgb(0x1f_77b4), rgb(0x5a_a9e6)),
    (rgb(0xe6_9f00), rgb(0xf0_b429)),
    (rgb(0x00_9e73), rgb(0x2f_c79b)),
    (rgb(0xcc_79a7), rgb(0xe3_9ac3)),
    (rgb(0x56_b4e9), rgb(0x8f_d0f5)),
    (rgb(0xd5_5e00), rgb(0xf2_8a3d)),
    (rgb(0x7b_5ea7), rgb(0xa9_8fd6)),
    (rgb(0x8a_9a2b), rgb(0xb9_c95c)),
];

/// All peers that have no colour of their own.
pub const OTHERS: Pair = (rgb(0x9a_a3ae), rgb(0x6b_7683));
/// Lines, axes and markers.
pub const INK: Pair = (rgb(0x1c_2430), rgb(0xe4_e9f0));
/// Grids and empty tracks.
pub const GRID: Pair = (rgb(0xe3_e7ec), rgb(0x2a_323d));
/// What is out of service or failed.
pub const BAD: Pair = (rgb(0xc6_2f3b), rgb(0xff_7a82));

/// How many peers get a colour of their own.
pub const OWN: usize = PEERS.len();

/// The colour of a peer by its place in the list.
pub fn peer(place: usize) -> RGBColor {
    PEERS.get(place).unwrap_or(&OTHERS).0
}

/// `#1F77B4`, as plotters writes it.
pub fn hex(colour: RGBColor) -> String {
    let RGBColor(red, green, blue) = colour;
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// The rules that turn the light colours dark where the reader asks for it.
pub fn dark() -> String {
    let mut css = String::from("@media (prefers-color-scheme: dark) {\n");
    for (light, dark) in PEERS.iter().chain(&[OTHERS, INK, GRID, BAD]) {
        for property in ["fill", "stroke"] {
            let _ = writeln!(css, "  [{property}=\"{}\"] {{ {property}: {}; }}", hex(*light), hex(*dark));
        }
    }
    css.push_str("}\n");
    css
}
