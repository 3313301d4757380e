//! Plain HTML pages: no script, nothing from elsewhere, every value escaped.

use crate::sandbox::http::Response;

/// Where the style is.
pub(super) const STYLE_PATH: &str = "/style.css";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}\
h1{font-size:1.4rem}label{display:block;margin:1rem 0}input{display:block;font:inherit;padding:.4rem;width:100%;\
box-sizing:border-box}button{font:inherit;padding:.5rem 1.2rem}.wrong{color:#a00}footer{color:#666;font-size:.8rem;\
margin-top:3rem}\n";

/// Scripts, frames, pictures and requests elsewhere are all refused by the browser.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Text as HTML, safe in content and in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

fn strict(response: Response) -> Response {
    response
        .with("content-security-policy", POLICY)
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-store")
}

/// A page. `body` is HTML whose values are escaped already; the title is escaped here.
pub(super) fn page(status: u16, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{STYLE_PATH}\"></head>\n<body><h1>{title}</h1>\n{body}\n\
         <footer>This is a sandbox.</footer></body></html>\n"
    );
    strict(Response::text(status, "text/html; charset=utf-8", html))
}

/// A page of one sentence.
pub(super) fn say(status: u16, title: &str, sentence: &str) -> Response {
    page(status, title, &format!("<p>{}</p>", escape(sentence)))
}

/// On to another page of ours, by GET.
pub(super) fn go(to: &str) -> Response {
    strict(Response::empty(303).with("location", to))
}

pub(super) fn style() -> Response {
    strict(Response::text(200, "text/css; charset=utf-8", STYLE))
}

/// A labelled field of a form.
pub(super) fn field(label: &str, kind: &str, name: &str, more: &str) -> String {
    format!("<label>{label}<input type=\"{kind}\" name=\"{name}\" required {more}></label>")
}

/// What was wrong with a form, when something was.
pub(super) fn wrong(text: Option<&str>) -> String {
    text.map(|text| format!("<p class=\"wrong\">{}</p>", escape(text))).unwrap_or_default()
}
