//! A letter as the bytes that travel (RFC 5322). The same for the same envelope, always: whoever
//! gets a mail twice can tell by its `Message-ID`, and its boundary is made of that id too.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Body, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use services::mail::{Envelope, MailError};
use uuid::Uuid;

use crate::{Sender, letters, words::Words};

const UNWRITABLE: MailError = MailError::Never("a mail that can't be written");

/// RFC 3834: no holiday answers to this.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// # Errors
/// [`MailError::Never`] for an address that no mail can go to.
pub fn write(from: &Sender, envelope: &Envelope) -> Result<Message, MailError> {
    let to = address(&envelope.to).ok_or(MailError::Never("not an address that mail can go to"))?;
    let words = letters::write(&envelope.letter);
    let millis = u64::try_from(envelope.at.as_millis()).unwrap_or(0);
    Message::builder()
        .message_id(Some(format!("<{}@{}>", envelope.id, from.domain())))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .from(from.mailbox().clone())
        .to(to.into())
        .subject(words.subject)
        .header(AutoSubmitted)
        .multipart(parts(&words, envelope.id)?)
        .map_err(|_| UNWRITABLE)
}

/// The last one is the one that is shown, where it can be. Both are quoted-printable, where `=_`
/// can't occur: so nothing that is said ends a part (RFC 2045 section 6.7).
fn parts(words: &Words, id: Uuid) -> Result<MultiPart, MailError> {
    Ok(MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("=_portico-{}", id.simple()))
        .singlepart(part(ContentType::TEXT_PLAIN, words.plain())?)
        .singlepart(part(ContentType::TEXT_HTML, words.html())?))
}

fn part(kind: ContentType, text: String) -> Result<SinglePart, MailError> {
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable).map_err(|_| UNWRITABLE)?;
    Ok(SinglePart::builder().header(kind).body(body))
}

/// With the domain as DNS has it: what is before the `@` may need a server that takes it (RFC 6531).
fn address(canonical: &str) -> Option<Address> {
    let (local, domain) = canonical.rsplit_once('@')?;
    let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else { return None };
    Address::new(local, domain).ok()
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use mail_parser::MessageParser;
    use services::mail::Letter;

    use super::*;

    fn envelope(to: &str, letter: Letter) -> Envelope {
        Envelope { id: Uuid::from_u128(7), at: Timestamp::from_millis(1_700_000_000_000), to: to.to_owned(), letter }
    }

    fn sender() -> Sender {
        Sender::parse("Portico <no-reply@app.example.com>").unwrap()
    }

    fn written(to: &str, letter: Letter) -> Vec<u8> {
        write(&sender(), &envelope(to, letter)).unwrap().formatted()
    }

    fn letter(name: &str) -> Letter {
        let link = "https://app.example.com/sign-up/confirm?token=abc".to_owned();
        Letter::ConfirmRegistration { name: name.to_owned(), organization: name.to_owned(), link }
    }

    #[test]
    fn a_mail_is_the_same_to_the_byte_at_every_attempt() {
        assert_eq!(written("ann@acme.test", letter("Ann")), written("ann@acme.test", letter("Ann")));
    }

    /// Read by a parser that is not the library that wrote it.
    #[test]
    fn another_parser_reads_what_was_meant() {
        let bytes = written("ann@acme.test", letter("Änn Müller"));
        assert!(bytes.is_ascii() && bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.message_id(), Some("00000000-0000-0000-0000-000000000007@app.example.com"));
        assert_eq!(mail.date().unwrap().to_timestamp(), 1_700_000_000);
        assert_eq!(mail.subject(), Some("Confirm your email address"));
        assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("no-reply@app.example.com"));
        let to = mail.to().unwrap();
        assert_eq!((to.iter().count(), to.first().unwrap().address()), (1, Some("ann@acme.test")));
        assert_eq!(mail.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
        assert_eq!((mail.text_body_count(), mail.html_body_count(), mail.attachment_count()), (1, 1, 0));
        for body in [mail.body_text(0).unwrap(), mail.body_html(0).unwrap()] {
            assert!(body.contains("Änn Müller") && body.contains("/sign-up/confirm?token=abc"), "{body}");
        }
    }

    /// T08: whatever somebody is called, the headers are the same ones.
    #[test]
    fn t08_no_name_makes_a_header() {
        let headers = |name: &str| {
            let bytes = written("ann@acme.test", letter(name));
            let mail = MessageParser::default().parse(&bytes).unwrap().into_owned();
            let headers: Vec<_> = mail.headers_raw().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            (headers, mail.parts.len())
        };
        let plain = headers("Ann");
        for name in [
            "Ann\r\nBcc: b@evil.example",
            "Ann\nBcc: b@evil.example",
            "Ann\r\n\r\nA body of its own",
            "Ann\r\n.\r\nMAIL FROM:<a@evil.example>",
            "Ann\0",
            "=?utf-8?q?Bcc=3A_b?=",
            "--=_portico-00000000000000000000000000000007--",
            "=\r\n--=_portico-00000000000000000000000000000007\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
            &"n".repeat(10_240),
        ] {
            assert_eq!(headers(name), plain, "{name:?}");
        }
    }

    #[test]
    fn an_address_is_one_address() {
        for wrong in [
            "",
            "ann",
            "ann@",
            "@acme.test",
            "ann@acme.test\r\nBcc: b@evil.example",
            "ann@acme.test, b@evil.example",
            "ann@acme.test> RCPT TO:<b@evil.example",
            "ann@[127.0.0.1]",
        ] {
            let refused = write(&sender(), &envelope(wrong, letter("Ann")));
            assert!(matches!(refused, Err(MailError::Never(_))), "{wrong:?}");
        }
        assert_eq!(address("ann@bücher.example").unwrap().to_string(), "ann@xn--bcher-kva.example");
    }
}
