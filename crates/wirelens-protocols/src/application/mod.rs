//! What programs say.

super::protocols! {
    data: DATA;
    http: HTTP;
    media: MEDIA;
    text_lines: TEXT_LINES;
    urlencoded_form: URLENCODED_FORM;
}
