//! Sends the workspace's mails: into a folder, one `.eml` file each, and to an SMTP server where one is named.
//!
//! Files are there before the answer that caused them. A mail server may be slow, so mails wait for it in a queue
//! of their own; what it refuses is told in the log, and the invitation can be sent again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::shell::SandboxError;
use super::team::{Mail, line};

/// How many mails wait for a slow server; more are dropped, and said so.
const WAITING: usize = 10_000;
/// The longest line of a mail, without its end.
const MAX_LINE: usize = 998;
/// How long one mail may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where mails go. Both may be set.
#[derive(Debug, Clone, Default)]
pub struct MailConfig {
    /// A folder, made if it is not there: one `.eml` file a mail, readable by its owner only.
    pub folder: Option<PathBuf>,
    /// A mail server.
    pub smtp: Option<Smtp>,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// `smtp://host:25` (plain), `smtp://host:587?tls=required` (STARTTLS) or `smtps://host:465` (TLS).
    pub url: String,
    /// User and password, where it wants them.
    pub user: Option<(String, SecretString)>,
}

/// The open ways out.
pub(super) struct Post {
    files: Option<(PathBuf, AsyncFileTransport<Tokio1Executor>)>,
    queue: Mutex<Option<Queue>>,
}

struct Queue {
    messages: mpsc::Sender<Message>,
    task: JoinHandle<()>,
}

impl Post {
    /// Makes the folder and starts the queue. The server is asked first when there is a mail.
    pub(super) fn open(config: &MailConfig) -> Result<Self, SandboxError> {
        let files = match &config.folder {
            None => None,
            Some(folder) => {
                make(folder).map_err(|e| {
                    SandboxError::Mail(format!("{} is no mail folder: {e}", folder.display()))
                })?;
                Some((folder.clone(), AsyncFileTransport::new(folder)))
            }
        };
        let queue = config.smtp.as_ref().map(server).transpose()?.map(|server| {
            let (messages, waiting) = mpsc::channel(WAITING);
            Queue { messages, task: tokio::spawn(deliver(server, waiting)) }
        });
        Ok(Self { files, queue: Mutex::new(queue) })
    }

    /// Sends what can be sent. A mail that cannot is told in the log; the caller has nothing to do about it.
    pub(super) async fn send(&self, mails: Vec<Mail>) {
        for mail in mails {
            let message = match message(&mail) {
                Ok(message) => message,
                Err(error) => {
                    tracing::warn!("no mail was sent: {:?} is no address to write to ({error})", mail.to);
                    continue;
                }
            };
            if let Some(queue) = self.queue.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
                && queue.messages.try_send(message.clone()).is_err()
            {
                tracing::error!("a mail was dropped: {WAITING} are waiting for the mail server");
            }
            if let Some((folder, files)) = &self.files {
                match files.send(message).await {
                    Ok(name) => close_to_others(&folder.join(format!("{name}.eml"))),
                    Err(error) => tracing::error!("a mail could not be written: {error}"),
                }
            }
        }
    }

    /// Waits for the queue to be empty.
    pub(super) async fn close(&self) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Queue { messages, task }) = queue {
            drop(messages);
            let _ = task.await;
        }
    }
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A mail holds a secret link.
fn close_to_others(path: &Path) {
    #[cfg(unix)]
    if let Err(error) = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)) {
        tracing::error!("{} can be read by others: {error}", path.display());
    }
}

fn server(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, SandboxError> {
    // In the address it would be seen in the process list.
    if smtp.url.contains('@') {
        return Err(SandboxError::Mail(
            "the mail server's address must not hold a user or password".to_owned(),
        ));
    }
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url)
        .map_err(|e| SandboxError::Mail(format!("{:?} is no address of a mail server: {e}", smtp.url)))?
        .timeout(Some(TIMEOUT));
    let builder = match &smtp.user {
        None => builder,
        Some((user, password)) => {
            builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()))
        }
    };
    Ok(builder.build())
}

async fn deliver(server: AsyncSmtpTransport<Tokio1Executor>, mut waiting: mpsc::Receiver<Message>) {
    while let Some(message) = waiting.recv().await {
        if let Err(error) = server.send(message).await {
            tracing::error!("a mail was not taken by the mail server: {error}");
        }
    }
}

fn message(mail: &Mail) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    // The library ends the process on a name with a control character.
    let from = Mailbox::new(Some(line(&mail.from_name)), mail.from.parse()?);
    let to_name = Some(line(&mail.to_name)).filter(|name| !name.is_empty() && *name != mail.to);
    let to = Mailbox::new(to_name, mail.to.parse()?);
    let text = part(ContentType::TEXT_PLAIN, &mail.text);
    let html = part(ContentType::TEXT_HTML, &mail.html);
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(line(&mail.subject))
        .date(SystemTime::from(mail.at))
        .message_id(None)
        .multipart(MultiPart::alternative().singlepart(text).singlepart(html))?;
    Ok(message)
}

/// As it is where mail allows it (RFC 5322 section 2.1.1), so that a person finds the link in the file: the library
/// would fold lines of more than 76 characters.
fn part(kind: ContentType, text: &str) -> SinglePart {
    let plain = text.bytes().all(|byte| matches!(byte, b'\r' | b'\n' | b' '..=b'~'));
    let lines = text.split("\r\n").all(|line| line.len() <= MAX_LINE && !line.contains(['\r', '\n']));
    let body = match plain && lines {
        true => Body::dangerous_pre_encoded(text.as_bytes().to_vec(), ContentTransferEncoding::SevenBit),
        false => Body::new(text.to_owned()),
    };
    SinglePart::builder().header(kind).body(body)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn mail(to_name: &str, to: &str, subject: &str) -> Mail {
        Mail {
            to_name: to_name.to_owned(),
            to: to.to_owned(),
            from_name: "Sandbox".to_owned(),
            from: "owner@sandbox.test".to_owned(),
            subject: subject.to_owned(),
            link: String::new(),
            text: "Hello\r\n".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn head(mail: &Mail) -> String {
        let bytes = message(mail).expect("a message").formatted();
        let text = String::from_utf8(bytes).expect("ascii");
        text.split("\r\n\r\n").next().expect("a head").to_owned()
    }

    #[test]
    fn names_from_outside_cannot_add_a_header() {
        for hostile in
            ["Ana\r\nBcc: eve@x.test", "Ana\nX-Evil: 1\n\nbody", "\"Ana\" <eve@x.test>,", "Änä \u{202e}"]
        {
            let head = head(&mail(hostile, "ana@x.test", hostile));
            let names: Vec<&str> = head
                .lines()
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split_once(':').expect("a header").0)
                .collect();
            assert_eq!(
                names,
                ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"],
                "{head}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_name_and_address_are_written_or_refused(name in any::<String>(), to in any::<String>()) {
            let _ = message(&mail(&name, &to, &name));
            let written = message(&mail(&name, "ana@x.test", &name)).map(|message| message.formatted());
            let head = String::from_utf8(written.expect("a message")).expect("ascii");
            let head = head.split("\r\n\r\n").next().unwrap_or("").to_owned();
            prop_assert!(head.bytes().all(|b| matches!(b, b'\r' | b'\n' | b' '..=b'~')), "{head}");
            prop_assert_eq!(head.lines().filter(|l| l.starts_with("To:")).count(), 1);
        }
    }

    #[test]
    fn what_is_no_address_is_not_written_to() {
        for to in ["ana", "", "ana@x.test\r\nBcc: eve@x.test", "a b@x.test", "ana@x.test, eve@x.test"] {
            assert!(message(&mail("Ana", to, "S")).is_err(), "{to:?}");
        }
        assert!(head(&mail("Ana Ruiz", "ana@x.test", "S")).contains("To: \"Ana Ruiz\" <ana@x.test>"));
    }

    #[test]
    fn a_long_link_stays_on_its_line_and_other_text_is_encoded() {
        let body = |text: &str| {
            let mail = Mail { text: text.to_owned(), ..mail("Ana", "ana@x.test", "S") };
            String::from_utf8(message(&mail).expect("a message").formatted()).expect("ascii")
        };
        let link = format!("http://127.0.0.1/invitations/{}", "7".repeat(100));
        assert!(body(&format!("Hello\r\n{link}\r\n")).lines().any(|line| line == link));
        for other in ["H\u{e4}llo", "a\nb", &"7".repeat(2_000), "a\u{0}b"] {
            let text = body(other);
            assert!(text.is_ascii() && text.lines().all(|line| line.len() < 999), "{text}");
        }
    }

    #[test]
    fn a_server_with_a_password_in_its_address_is_refused() {
        for url in ["smtp://ana:secret@x.test", "http://x.test", "x.test:25"] {
            let error = server(&Smtp { url: url.to_owned(), user: None }).expect_err(url).to_string();
            assert!(error.contains("was not started") && !error.contains("secret"), "{error}");
        }
    }
}
