//! `ngx_http_image_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_image_filter_module", Kind::Http, Presence::With("http_image_filter"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("image_filter", "location", "1 2 3", Unchecked, "1.0.0", "off",
        "Tests, resizes, crops or rotates images in the response, or returns their size as JSON.")
        .was(&[was("1.0.11", "location", "1 2 3"), was("1.1.0", "location", "1 2 3"), was("1.1.9", "location", "1 2 3")]), // TODO ngx_http_image_filter
    d("image_filter_buffer", "http server location", "1", Size, "1.0.0", "1M",
        "Sets the largest image that will be read for processing; bigger ones get error 415."),
    d("image_filter_interlace", "http server location", "flag", Flag, "1.3.15", "off",
        "Makes transformed images interlaced, so JPEG output becomes progressive."),
    d("image_filter_jpeg_quality", "http server location", "1", Unchecked, "1.0.0", "75",
        "Sets the quality from 1 to 100 of transformed JPEG images; lower means smaller files."), // TODO ngx_http_image_filter_jpeg_quality
    d("image_filter_sharpen", "http server location", "1", Unchecked, "1.0.11", "0",
        "Raises the sharpness of transformed images by the given percentage; zero leaves them unsharpened."), // TODO ngx_http_image_filter_sharpen
    d("image_filter_transparency", "http server location", "flag", Flag, "1.0.0", "on",
        "Keeps transparency when transforming palette PNG and GIF images; turning it off improves resampling quality."),
    d("image_filter_webp_quality", "http server location", "1", Unchecked, "1.11.6", "80",
        "Sets the quality from 1 to 100 of transformed WebP images; lower means smaller files."), // TODO ngx_http_image_filter_webp_quality
];
