//! Bars beside a line at 1, as SVG.

use std::fmt::Write;

/// One bar.
pub(super) struct Bar<'a> {
    pub(super) name: &'a str,
    pub(super) value: f64,
}

const ROW: usize = 22;
const LEFT: f64 = 150.0;
const WIDTH: f64 = 480.0;

/// A plot of some ratios: bars that reach over the line at 1 in one colour, the others in another.
pub(super) fn bars(title: &str, bars: &[Bar<'_>]) -> String {
    let most = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let width = |value: f64| value / most * WIDTH;
    let height = ROW * bars.len() + 50;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"20\" font-size=\"14\">{title}</text>\n",
        LEFT + WIDTH + 70.0
    );
    for (place, bar) in bars.iter().enumerate() {
        let top = 34 + ROW * place;
        let fill = if bar.value >= 1.0 { "#2a7f62" } else { "#c44536" };
        // A string takes everything that is written to it.
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LEFT:.0}\" y=\"{top}\" width=\"{:.1}\" height=\"{}\" fill=\"{fill}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{:.2}</text>",
            LEFT - 6.0,
            top + 13,
            bar.name,
            width(bar.value),
            ROW - 6,
            LEFT + width(bar.value) + 5.0,
            top + 13,
            bar.value,
        );
    }
    let one = LEFT + width(1.0);
    let _ = writeln!(
        svg,
        "<line x1=\"{one:.1}\" x2=\"{one:.1}\" y1=\"28\" y2=\"{}\" stroke=\"#000\" stroke-dasharray=\"3\"/>\n</svg>",
        height - 12
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_takes_the_whole_width() {
        let svg = bars("Speed", &[Bar { name: "GET", value: 2.0 }, Bar { name: "SET", value: 0.5 }]);
        assert!(svg.contains("width=\"480.0\" height=\"16\" fill=\"#2a7f62\""), "{svg}");
        assert!(svg.contains("width=\"120.0\" height=\"16\" fill=\"#c44536\""), "{svg}");
        assert!(svg.contains("x1=\"390.0\""), "{svg}");
    }
}
