//! `ngx_http_image_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_image_filter_module", Kind::Http, Presence::With("http_image_filter"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("image_filter", "location", "1 2 3", Custom(image_filter), "1.0.0", "off",
        "Tests, resizes, crops or rotates images in the response, or returns their size as JSON.")
        .was(&[was("1.0.11", "location", "1 2 3"), was("1.1.0", "location", "1 2 3"), was("1.1.9", "location", "1 2 3")]),
    d("image_filter_buffer", "http server location", "1", Size, "1.0.0", "1M",
        "Sets the largest image that will be read for processing; bigger ones get error 415."),
    d("image_filter_interlace", "http server location", "flag", Flag, "1.3.15", "off",
        "Makes transformed images interlaced, so JPEG output becomes progressive."),
    d("image_filter_jpeg_quality", "http server location", "1", Custom(quality), "1.0.0", "75",
        "Sets the quality from 1 to 100 of transformed JPEG images; lower means smaller files."),
    d("image_filter_sharpen", "http server location", "1", Custom(sharpen), "1.0.11", "0",
        "Raises the sharpness of transformed images by the given percentage; zero leaves them unsharpened."),
    d("image_filter_transparency", "http server location", "flag", Flag, "1.0.0", "on",
        "Keeps transparency when transforming palette PNG and GIF images; turning it off improves resampling quality."),
    d("image_filter_webp_quality", "http server location", "1", Custom(quality), "1.11.6", "80",
        "Sets the quality from 1 to 100 of transformed WebP images; lower means smaller files."),
];

fn image_filter(cx: &mut Cx, call: &Call) -> Verdict {
    let what = call.arg(1);
    match call.words.len() {
        2 if matches!(what, "off" | "test" | "size") => {}
        3 if what == "rotate" => {
            let angle = cx.complex(&call.words[2])?;
            if !angle.is_dynamic() && !matches!(number(call.arg(2)), Some(90 | 180 | 270)) {
                return Err(call.invalid_parameter(2).help("90, 180 or 270"));
            }
        }
        4 if matches!(what, "resize" | "crop") => {
            for n in 2..4 {
                let length = cx.complex(&call.words[n])?;
                if !length.is_dynamic() && call.arg(n) != "-" && number(call.arg(n)).is_none() {
                    return Err(call.invalid_parameter(n).help("a number of pixels, or - to keep the proportions"));
                }
            }
        }
        _ => return Err(call.invalid_parameter(1)),
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn number(text: &str) -> Option<i64> {
    values::number(text).filter(|number| *number > 0)
}

fn quality(cx: &mut Cx, call: &Call) -> Verdict {
    let value = cx.complex(&call.words[1])?;
    if !value.is_dynamic() && number(call.arg(1)).is_none() {
        return Err(call.invalid_value(1));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// nginx takes any word that is no number for 0, except `-`.
fn sharpen(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[1])?;
    if call.arg(1) == "-" {
        return Err(call.invalid_value(1));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
