//! Every kind of fault in plain words: the one table behind the help, the errors, the control call and the console.

/// A kind, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindWords {
    /// How it is written.
    pub form: &'static str,
    /// An example of the kind, as it is rehearsed.
    pub example: &'static str,
    /// The place at which the example shows something.
    pub place: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What the sandbox does.
    pub does: &'static str,
    /// What the operator should see.
    pub expect: &'static str,
}

const fn row(
    form: &'static str,
    example: &'static str,
    place: &'static str,
    title: &'static str,
    does: &'static str,
    expect: &'static str,
) -> KindWords {
    KindWords { form, example, place, title, does, expect }
}

/// All kinds, those that are met most often first.
#[rustfmt::skip]
pub const KINDS: &[KindWords] = &[
    row("lose", "lose", "POST", "the answer is lost", "done; the connection ends without an answer", "in doubt, then found by a look-up; nobody twice"),
    row("late=MS|Nr", "late=1500", "POST", "done after the proxy gave up", "504 now; done MS milliseconds or N requests (40r) later", "in doubt, left alone for a while, then found; nobody twice"),
    row("500", "500", "POST", "fails after it was done", "done; answered with 500", "in doubt, then found by a look-up"),
    row("502", "502", "POST", "the proxy fails", "not done; a proxy's text page", "in doubt, looked up, sent again; \"an intermediary answered\""),
    row("504", "504", "POST", "the proxy waits in vain", "not done; a proxy's text page", "as 502"),
    row("503[=WAIT]", "503=3", "", "the app is being mended", "not done; 503 with Retry-After", "sending waits as long as asked, then goes on"),
    row("429[=WAIT]", "429=5", "", "too many requests", "not done; 429 with Retry-After", "sending waits as long as asked, then goes on"),
    row("bucket=RATE/BURST", "bucket=5/5", "", "a rate limit", "429 above RATE requests a second and BURST at once, for each class of methods", "sending slows down to what is allowed"),
    row("reset", "reset", "", "the connection is reset", "not done; the connection is reset", "writes in doubt and looked up; nothing is lost"),
    row("down=MS", "down=10000", "", "the endpoint is down", "from one request on every connection is reset for MS milliseconds (WHICH is 1 unless given)", "sending stands and probes; everything stays queued"),
    row("401", "401", "", "the token is refused", "not done; 401", "after three answers sending stops until there is another token"),
    row("403", "403", "PUT", "not allowed for this account", "not done; 403", "that person stands still, the others go on"),
    row("404", "404", "/Users/", "the account is gone", "not done; 404", "account gone where another one answers; where none does, sending stops and asks whether this is another workspace"),
    row("400", "400", "POST/Users", "a value is refused", "not done; 400 with invalidValue", "that person fails with the app's words, the others go on"),
    row("409[=uniqueness]", "409", "POST", "a conflict with nobody to be seen", "not done; 409, without scimType or with uniqueness", "looked up, sent once more, then a failure for an operator"),
    row("taken", "taken", "POST", "somebody else was faster", "another client makes the account first, with its own externalId; then the true 409", "conflict: nobody is taken over without a decision"),
    row("412", "412", "PUT", "changed by somebody else meanwhile", "not done; 412", "read again, merged and sent again"),
    row("untyped", "untyped", "", "errors without scimType", "errors come without scimType", "the same as with it: the status decides"),
    row("ignore=NAME", "ignore=active", "PUT", "a change is ignored", "200, and NAME (active, title, roles ...) stays as it was", "accepted, not applied: the attribute is named"),
    row("ignore-active", "ignore-active", "", "the end of access is ignored", "200, and active stays as it was where the account exists", "access remains, until the app confirms"),
    row("lie[=NAME]", "lie=active", "PUT", "the answer lies", "answered as asked; NAME, or nothing at all, is stored", "an end of access is read back and not believed; the rest shows at the next check"),
    row("stale[=MS]", "stale", "GET", "reads are late", "reads answer what was there before the last write, in the first MS milliseconds after it where that is said", "not confirmed yet: looked at again"),
    row("no-id", "no-id", "POST", "answered without id", "done; the answer has no id", "in doubt, then found by a look-up"),
    row("wrong-name", "wrong-name", "POST", "answered as somebody else", "done; the answer has another userName", "not believed: looked up"),
    row("ignore-filter", "ignore-filter", "", "filters are ignored", "lists answer everybody", "the whole list is read instead; nobody else is touched"),
    row("no-filter", "no-filter", "", "filters are refused", "a list with a filter is answered with 400", "the whole list is read instead"),
    row("blind", "blind", "GET", "searches find nobody", "lists and searches: 200, nobody", "nobody is taken for removed; a 409 is looked up"),
    row("same-names", "same-names", "", "names need not be unique", "a userName or a group's name that is there is taken all the same", "nobody twice all the same"),
    row("page-fail", "page-fail", "", "page 2 fails", "pages after the first answer 500", "the check is not complete; nobody is taken for gone"),
    row("page-repeat", "page-repeat", "", "pages come twice", "pages after the first are the first again", "the check is not complete"),
    row("page-shrink", "page-shrink", "", "the total shrinks", "the total gets smaller on later pages", "the check is not complete"),
    row("page-empty", "page-empty", "", "pages without rows", "200 with a total and no Resources", "the check is not complete"),
    row("page-churn", "page-churn", "", "people change while they are listed", "somebody is never shown, and the total fits", "who is not shown is asked for by id before anything is believed"),
    row("string-booleans", "string-booleans", "", "booleans as texts", "true and false come as \"True\" and \"False\"", "read as booleans"),
    row("drop-members", "drop-members", "", "groups without members", "groups are answered without members", "pushed groups cannot be confirmed"),
    row("html", "html", "", "a login page", "not done; a page with status 200", "believed in nothing: \"an intermediary answered\""),
    row("redirect[=STATUS]", "redirect=307", "", "sent elsewhere", "not done; 301, 302, 303, 307 or 308 to another host", "not followed; the host is named"),
    row("slow=MS", "slow=2000", "", "slow answers", "done; answered MS milliseconds late", "it goes on, slowly; the time to finish grows"),
    row("drip=MS", "drip=5000", "", "slow bodies", "the body comes in small pieces over MS milliseconds", "it goes on, or is given up at the time-out and looked up"),
    row("hang", "hang", "", "answers without end", "done; the body never ends", "given up at the time-out, then looked up"),
    row("truncate", "truncate", "", "answers cut off", "done; the body ends in the middle", "in doubt, then found by a look-up"),
    row("gzip-bomb", "gzip-bomb", "", "a small answer that unfolds to a huge one", "done; 1 MB that unfolds to 166", "cut off; in doubt, then looked up"),
    row("deep-json", "deep-json", "", "an answer nested too deep", "done; 200,000 brackets", "not SCIM; in doubt, then looked up"),
    row("bad-utf8", "bad-utf8", "", "an answer that is no text", "done; bytes that are no UTF-8", "shown with marks; no evidence, and nothing is written over it"),
    row("duplicate-keys", "duplicate-keys", "", "keys that come twice", "done; active, userName and totalResults come a second time", "such a user or group is not read, and nothing is written over it"),
];

/// Every form, for an error.
pub(super) fn forms() -> String {
    KINDS.iter().map(|kind| kind.form).collect::<Vec<_>>().join(", ")
}

/// What WAIT stands for.
const WAIT: &str = "WAIT is a number of seconds, date+SECONDS, past, garbage or none";

/// How a kind is written that is there, for one that was written otherwise.
pub(super) fn written(name: &str) -> Option<String> {
    let named = |kind: &&KindWords| kind.form.split(['=', '[']).next() == Some(name);
    let kind = KINDS.iter().find(named)?;
    let value = match kind.form.split_once('=') {
        None => "takes no value".to_owned(),
        Some((_, value)) => {
            let value = value.trim_end_matches(']');
            let means = match value {
                "MS" if name == "down" => "MS are milliseconds, at least 1",
                "MS" => "MS are milliseconds",
                "MS|Nr" => "MS are milliseconds, Nr is after so many other requests",
                "WAIT" => WAIT,
                "NAME" => "NAME is an attribute of users or groups, as active, title or roles",
                _ => kind.does,
            };
            format!("is written {}: {means}", kind.form)
        }
    };
    Some(format!("the kind {name} {value}"))
}

/// The whole language, for `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Misbehave, for trying what happens then; may be given more than once.\n\nKIND[:WHICH][@WHERE]\n\n\
         WHICH counts the requests WHERE lets through, from 1: 3 is the third, 2-5 a range, 2- from the second on, 5% \
         one in twenty, 5%/42 the same with a seed; without it every one. WHERE is a method (PUT), a path below the \
         SCIM root (/Users, with everything below it; /Users$ for itself alone), or both (PUT/Users); a path that \
         starts with /api/ or /sandbox/ is taken from the host's root. Without it every SCIM request. ",
    );
    text.push_str(&format!("{WAIT}.\n\n"));
    for kind in KINDS {
        text.push_str(&format!("{:<18} {}\n", kind.form, kind.does));
    }
    text
}
