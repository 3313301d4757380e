//! Addresses: what may be a base URL, and how a call becomes a URL below it.
//!
//! Every address is the base, percent-encoded segments and an encoded query. Nothing that an endpoint answers
//! (`Location`, `meta.location`, `$ref`) is ever an address; an id is one segment, whatever it holds.

use std::fmt::Write as _;
use std::net::IpAddr;

use reqwest::Url;

use super::excerpt::excerpt;
use crate::domain::Call;

/// Longest whole URL in bytes; most servers refuse more than 8 KB of request line.
const MAX_URL: usize = 8_000;

/// Why a text is not accepted as a base URL. Each says what is wrong and what to give instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Empty, or no URL at all.
    #[error(
        "\"{0}\" is not a URL; give the SCIM base URL as the app shows it, like https://app.example.com/scim/v2"
    )]
    NotAUrl(String),
    /// Neither https nor http.
    #[error("a SCIM base URL starts with https://, not with {0}://; copy it from the app's SCIM settings")]
    Scheme(String),
    /// http to another machine: the token would travel in clear.
    #[error(
        "http to {0} would send the token in clear; use https:// (http is only taken for this machine itself)"
    )]
    ClearText(String),
    /// A user name or password inside the URL.
    #[error("the base URL holds a user name or password; take it out, the token is given separately")]
    UserInfo,
    /// A query.
    #[error("the base URL holds a query (\"?...\"); give it without")]
    Query,
    /// A fragment.
    #[error("the base URL holds a fragment (\"#...\"); give it without")]
    Fragment,
    /// Too long.
    #[error("the base URL is longer than 2,000 characters; copy it again from the app's SCIM settings")]
    TooLong,
}

/// A checked base URL without trailing slash.
#[derive(Debug, Clone)]
pub(super) struct BaseUrl {
    text: String,
    /// The same, parsed once.
    url: Url,
    /// Where the path begins in the text.
    path: usize,
    /// Host and port as shown to people.
    pub(super) host: String,
    /// Whether it is http to this machine.
    pub(super) clear: bool,
}

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.len() > 2_000 {
            return Err(BaseUrlError::TooLong);
        }
        let bad = || BaseUrlError::NotAUrl(excerpt(text, 80));
        // The parser would silently take tabs and newlines out.
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad());
        }
        let url = Url::parse(text).map_err(|_| bad())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(match url.scheme() {
                // "localhost:9100" and "app.example.com:443" parse as a scheme.
                scheme if scheme.contains('.') || url.cannot_be_a_base() => bad(),
                scheme => BaseUrlError::Scheme(scheme.to_owned()),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() {
            return Err(BaseUrlError::Query);
        }
        if url.fragment().is_some() {
            return Err(BaseUrlError::Fragment);
        }
        let name = url.host_str().filter(|h| !h.is_empty()).ok_or_else(bad)?;
        let clear = url.scheme() == "http";
        if clear && !loopback(name) {
            return Err(BaseUrlError::ClearText(excerpt(name, 80)));
        }
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Ok(Self::of(url, host, clear))
    }

    fn of(url: Url, host: String, clear: bool) -> Self {
        let text = url.as_str().trim_end_matches('/').to_owned();
        let path = text.len().min(url.as_str().len() - url.path().len());
        Self { text, url, path, host, clear }
    }

    /// A base that the checks would refuse.
    #[cfg(test)]
    pub(super) fn to_nowhere(text: &str) -> Self {
        let host = text.rsplit('/').next().unwrap_or_default().to_owned();
        Self::of(Url::parse(text).expect("a URL"), host, true)
    }

    /// The URL of a call, or why there is none.
    pub(super) fn join(&self, call: &Call) -> Result<Url, String> {
        let length = self.text.len()
            + call.path.iter().map(|s| s.len() + 1).sum::<usize>()
            + call.query.iter().map(|(n, v)| n.len() + v.len() + 2).sum::<usize>();
        let too_long = || format!("its address would be longer than {MAX_URL} bytes");
        if length > MAX_URL {
            return Err(too_long());
        }
        let mut text = self.text.clone();
        for segment in &call.path {
            // A parser takes "." and ".." as steps even when they are encoded: such an id has no address.
            if matches!(segment.as_str(), "" | "." | "..") {
                return Err(format!("\"{segment}\" cannot be part of an address"));
            }
            text.push('/');
            encode(segment, &mut text);
        }
        let path_end = text.len();
        for (i, (name, value)) in call.query.iter().enumerate() {
            text.push(if i == 0 { '?' } else { '&' });
            encode(name, &mut text);
            text.push('=');
            encode(value, &mut text);
        }
        if text.len() > MAX_URL {
            return Err(too_long());
        }
        let mut url = self.url.clone();
        url.set_path(&text[self.path..path_end]);
        url.set_query(text.get(path_end + 1..));
        // Whatever the parser makes of it, it must be the address meant, below the base.
        let same = url.as_str() == text || (call.path.is_empty() && text.get(..path_end) == Some(&self.text));
        if same { Ok(url) } else { Err("its address would lead elsewhere".to_owned()) }
    }
}

fn loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Percent-encodes all but RFC 3986's unreserved characters; a blank is `%20`, which every server reads.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Method;
    use proptest::prelude::*;

    fn url(base: &str, path: &[&str]) -> Result<String, String> {
        let base = BaseUrl::parse(base).expect("a base");
        base.join(&Call::new(Method::Get, path)).map(|u| u.to_string())
    }

    #[test]
    fn a_base_url_is_kept_but_for_its_trailing_slash() {
        for base in
            ["https://a.example/scim/v2", "https://a.example/scim/v2/", " https://a.example/scim/v2// "]
        {
            assert_eq!(url(base, &["Users"]), Ok("https://a.example/scim/v2/Users".into()));
        }
        assert_eq!(url("https://a.example", &["Users"]), Ok("https://a.example/Users".into()));
        assert_eq!(url("https://a.example", &[]), Ok("https://a.example/".into()));
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for base in ["http://127.0.0.1:9100/x", "http://localhost", "http://[::1]:80/x", "http://127.3.4.5"] {
            assert!(BaseUrl::parse(base).is_ok_and(|b| b.clear), "{base}");
        }
        for base in
            ["http://10.0.0.1/", "http://localhost.example.com", "http://0.0.0.0", "http://127.0.0.1.nip.io"]
        {
            assert!(matches!(BaseUrl::parse(base), Err(BaseUrlError::ClearText(_))), "{base}");
        }
    }

    #[test]
    fn other_base_urls_are_refused_with_their_reason() {
        let refused = |text: &str| BaseUrl::parse(text).expect_err(text);
        assert_eq!(refused("https://u:p@a.example"), BaseUrlError::UserInfo);
        assert_eq!(refused("https://u@a.example"), BaseUrlError::UserInfo);
        assert_eq!(refused("https://a.example/?t=1"), BaseUrlError::Query);
        assert_eq!(refused("https://a.example/#x"), BaseUrlError::Fragment);
        assert_eq!(refused("ftp://a.example/"), BaseUrlError::Scheme("ftp".into()));
        for text in
            ["", "a.example/scim", "localhost:9100", "https://", "https://a.ex\nample/", "https://a b/", "::"]
        {
            assert!(matches!(refused(text), BaseUrlError::NotAUrl(_)), "{text}");
        }
        assert_eq!(refused(&format!("https://a.example/{}", "x".repeat(3_000))), BaseUrlError::TooLong);
    }

    #[test]
    fn an_id_cannot_climb_out_of_its_segment() {
        let base = "https://a.example/v2";
        let of = |id: &str| url(base, &["Users", id]);
        assert_eq!(of("../../admin"), Ok("https://a.example/v2/Users/..%2F..%2Fadmin".into()));
        assert_eq!(of("a/b"), Ok("https://a.example/v2/Users/a%2Fb".into()));
        assert_eq!(of("%2e%2e"), Ok("https://a.example/v2/Users/%252e%252e".into()));
        assert_eq!(of("?x#y"), Ok("https://a.example/v2/Users/%3Fx%23y".into()));
        assert_eq!(of("a@b.c"), Ok("https://a.example/v2/Users/a%40b.c".into()));
        for id in ["", ".", ".."] {
            assert!(of(id).is_err(), "{id:?}");
        }
        assert!(of(&"x".repeat(300_000)).is_err());
        assert!(of(&"é".repeat(3_000)).is_err());
    }

    #[test]
    fn a_filter_is_encoded_whole() {
        let base = BaseUrl::parse("https://a.example/v2").expect("a base");
        let call = Call::new(Method::Get, &["Users"]).query("filter", "userName eq \"a+b&c@d\"");
        assert_eq!(
            base.join(&call).expect("a URL").as_str(),
            "https://a.example/v2/Users?filter=userName%20eq%20%22a%2Bb%26c%40d%22"
        );
        let call = Call::new(Method::Get, &[]).query("page[size]", "100");
        assert_eq!(base.join(&call).expect("a URL").as_str(), "https://a.example/v2?page%5Bsize%5D=100");
    }

    proptest! {
        #[test]
        fn any_id_stays_one_segment_below_the_base(id in any::<String>(), value in any::<String>()) {
            let base = BaseUrl::parse("https://a.example/v2").expect("a base");
            let call = Call::new(Method::Get, &["Users", &id]).query("filter", value);
            if let Ok(url) = base.join(&call) {
                prop_assert_eq!(url.host_str(), Some("a.example"));
                let segments: Vec<_> = url.path_segments().expect("segments").collect();
                prop_assert_eq!(segments.len(), 3);
                prop_assert_eq!(&segments[..2], ["v2", "Users"]);
                prop_assert_eq!(url.query_pairs().count(), 1);
            }
        }
    }
}
