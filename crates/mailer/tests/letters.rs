//! Every letter, read as a mail program reads it: by the rules of HTML, and as plain text.

use std::collections::BTreeSet;

use domain::Timestamp;
use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use mailer::{preview, write};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use services::mail::Letter;
use store::KeptMail;
use uuid::Uuid;

const LINK: &str = "https://app.example.com/do?token=abc&more=1";
const OTHER: &str = "https://app.example.com/other";

/// All of them, with `theirs` wherever somebody else decides what stands there.
fn every_letter(theirs: &str) -> Vec<Letter> {
    let (name, link, at) = (theirs.to_owned(), LINK.to_owned(), Timestamp::from_millis(1_700_000_000_000));
    let (text, other) = (theirs.to_owned(), OTHER.to_owned());
    let mut letters = vec![
        Letter::ConfirmRegistration { name: name.clone(), organization: text.clone(), link: link.clone() },
        Letter::AlreadyRegistered { name: name.clone(), sign_in: link.clone(), reset: other.clone() },
        Letter::ResetPassword { name: name.clone(), link: link.clone() },
        Letter::NoAccountToReset { sign_up: link.clone() },
        Letter::PasswordChanged { name: name.clone(), at, address: Some(text.clone()), reset: link.clone() },
        Letter::ConfirmEmailChange { name: name.clone(), link: link.clone() },
        Letter::EmailTaken { sign_in: link.clone(), reset: other },
        Letter::EmailChanged { name: name.clone(), new_email: text.clone(), at, reset: link.clone() },
        Letter::NewDevice {
            name: name.clone(),
            device: text.clone(),
            address: Some(text.clone()),
            at,
            sessions: link.clone(),
        },
        Letter::SignInMethodAdded { name: name.clone(), method: text.clone(), at, review: link.clone() },
        Letter::SignInMethodRemoved { name: name.clone(), method: text, at, review: link.clone() },
        Letter::RecoveryCodeUsed { name: name.clone(), left: 2, at, review: link.clone() },
        Letter::Invitation {
            inviter: theirs.to_owned(),
            organization: theirs.to_owned(),
            role: "Editor".to_owned(),
            link: link.clone(),
        },
        Letter::RoleChanged {
            name: name.clone(),
            organization: theirs.to_owned(),
            role: "Editor".to_owned(),
            link: link.clone(),
        },
        Letter::RemovedFromOrganization { name: name.clone(), organization: theirs.to_owned() },
        Letter::GlassBroken {
            name: name.clone(),
            who: theirs.to_owned(),
            organization: theirs.to_owned(),
            at,
            until: at,
            address: Some(theirs.to_owned()),
            review: link.clone(),
        },
        Letter::Impersonated {
            name: name.clone(),
            organization: theirs.to_owned(),
            reason: theirs.to_owned(),
            at,
            until: at,
        },
        Letter::OrganizationClosing {
            name: name.clone(),
            who: theirs.to_owned(),
            organization: theirs.to_owned(),
            due: at,
            keep: link.clone(),
        },
        Letter::OrganizationReopened {
            name: name.clone(),
            who: theirs.to_owned(),
            organization: theirs.to_owned(),
            link: link.clone(),
        },
        Letter::OrganizationDeleted { name: name.clone(), organization: theirs.to_owned() },
        Letter::DeletionScheduled { name: name.clone(), due: at, keep: link },
        Letter::DeletionCancelled { name: name.clone() },
        Letter::AccountDeleted { name },
    ];
    letters.extend(about_money(theirs));
    // One that is new is named here, and then above.
    for letter in &letters {
        match letter {
            Letter::ConfirmRegistration { .. }
            | Letter::AlreadyRegistered { .. }
            | Letter::ResetPassword { .. }
            | Letter::NoAccountToReset { .. }
            | Letter::PasswordChanged { .. }
            | Letter::ConfirmEmailChange { .. }
            | Letter::EmailTaken { .. }
            | Letter::EmailChanged { .. }
            | Letter::NewDevice { .. }
            | Letter::SignInMethodAdded { .. }
            | Letter::SignInMethodRemoved { .. }
            | Letter::RecoveryCodeUsed { .. }
            | Letter::Invitation { .. }
            | Letter::RoleChanged { .. }
            | Letter::RemovedFromOrganization { .. }
            | Letter::GlassBroken { .. }
            | Letter::Impersonated { .. }
            | Letter::OrganizationClosing { .. }
            | Letter::OrganizationReopened { .. }
            | Letter::OrganizationDeleted { .. }
            | Letter::OperatorAlert { .. }
            | Letter::Receipt { .. }
            | Letter::PaymentFailed { .. }
            | Letter::DeletionScheduled { .. }
            | Letter::DeletionCancelled { .. }
            | Letter::AccountDeleted { .. } => {}
        }
    }
    letters
}

fn about_money(theirs: &str) -> [Letter; 3] {
    let (name, link, at) = (theirs.to_owned(), LINK.to_owned(), Timestamp::from_millis(1_700_000_000_000));
    [
        Letter::OperatorAlert { kind: theirs.to_owned(), what: theirs.to_owned(), at },
        Letter::Receipt {
            name: name.clone(),
            organization: theirs.to_owned(),
            amount: "$49.00".to_owned(),
            number: Some(theirs.to_owned()),
            at,
            link: link.clone(),
        },
        Letter::PaymentFailed {
            name,
            organization: theirs.to_owned(),
            amount: "$49.00".to_owned(),
            again: Some(at),
            link,
        },
    ]
}

#[derive(Default)]
struct Document {
    /// Name and attributes' names.
    skeleton: Vec<String>,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Document {
    fn parse(html: &str) -> Self {
        let parsed = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut document = Self::default();
        document.read(&parsed.document, true);
        document
    }

    fn read(&mut self, node: &Handle, shown: bool) {
        let mut shown = shown;
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let attrs = attrs.borrow();
                let names: Vec<_> = attrs.iter().map(|a| a.name.local.to_string()).collect();
                self.skeleton.push(format!("{} {}", name.local, names.join(" ")));
                self.attributes.extend(attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string())));
                shown &= !["style", "title"].contains(&&*name.local);
            }
            NodeData::Comment { .. } => self.skeleton.push("#comment".into()),
            NodeData::Text { contents } if shown => self.text += &format!("{} ", contents.borrow()),
            _ => {}
        }
        for child in node.children.borrow().iter() {
            self.read(child, shown);
        }
    }
}

const HOSTILE: [&str; 14] = [
    "{{7*7}}",
    "${7*7}",
    "<%= 7*7 %>",
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style></head><body onload=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<a href>click</a>",
    "<!-- <b>",
    "&lt;b&gt;",
    "]]><svg onload=alert(1)>",
    "javascript:alert(1)",
    "<bdi></bdi></td></tr></table>",
];

/// T08, H03: whatever somebody is called, a mail has the same elements, and the name stands there as it was typed.
#[test]
fn t08_hostile_text_is_text_in_both_parts() {
    let plain_ones = every_letter("Ann");
    for theirs in HOSTILE {
        for (letter, harmless) in every_letter(theirs).iter().zip(&plain_ones) {
            let (mail, other) = (write(letter), write(harmless));
            let (html, harmless) = (Document::parse(&mail.html()), Document::parse(&other.html()));
            assert_eq!(html.skeleton, harmless.skeleton, "{letter:?} {theirs}");
            assert_eq!((mail.subject, mail.plain().lines().count()), (other.subject, other.plain().lines().count()));
            if other.plain().contains("Ann") {
                assert!(html.text.contains(theirs), "{letter:?} {theirs}: {}", html.text);
                assert!(mail.plain().contains(theirs), "{letter:?} {theirs}: {}", mail.plain());
            }
        }
    }
}

/// What hides, turns around, makes lines, or is too long, is gone; what is a link is not said at all.
#[test]
fn t08_invisible_and_endless_text_changes_nothing_else() {
    let long = "n".repeat(10_240);
    for theirs in [
        "Ann\r\nBcc: b@evil.example\r\n\r\nDear customer",
        "\u{202e}nnA\u{2066}\u{200b}",
        "\0\u{7}\u{1b}[31m",
        &long,
        "https://evil.example/claim",
        "You won! Go to evil.example now",
    ] {
        for (letter, ann) in every_letter(theirs).iter().zip(every_letter("Ann")) {
            let (mail, other) = (write(letter), write(&ann));
            let plain = mail.plain();
            assert_eq!(plain.lines().count(), other.plain().lines().count(), "{letter:?} {theirs:?}: {plain}");
            assert!(plain.len() < 3_000 && mail.html().len() < 16_000, "{letter:?}: {}", mail.html().len());
            assert!(!plain.chars().any(|c| matches!(c, '\r' | '\0' | '\u{202e}' | '\u{2066}' | '\u{1b}')));
            assert!(!plain.lines().any(|line| line.starts_with("Bcc:")));
            assert!(!plain.starts_with("https://evil") && !plain.contains("\nhttps://evil"));
        }
    }
    for letter in [
        Letter::ConfirmRegistration {
            name: "go to evil.example".into(),
            organization: "www.evil.example".into(),
            link: LINK.into(),
        },
        Letter::ResetPassword { name: "https://evil.example".into(), link: LINK.into() },
    ] {
        let mail = write(&letter);
        assert!(!mail.plain().contains("evil") && !mail.html().contains("evil"), "{letter:?}");
    }
}

/// Letters and digits only: how they stand is each part's own.
fn essence(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn both_parts_say_the_same() {
    for letter in every_letter("Ann Müller") {
        let mail = write(&letter);
        let document = Document::parse(&mail.html());
        let html = essence(&document.text);
        for line in mail.plain().lines() {
            // A link of a few words has its address in text only.
            if document.attributes.contains(&("href".to_owned(), line.to_owned())) {
                continue;
            }
            assert!(html.contains(&essence(line)), "{letter:?}: {line:?} is in the text only");
        }
        let plain = essence(&mail.plain());
        let said = mail.happened.iter().flatten().count() + mail.facts.len();
        assert!(said >= 1 && plain.contains(&essence(mail.title)) && plain.contains(&essence(mail.otherwise)));
    }
}

/// Nothing is loaded, and every link is one of the letter's.
#[test]
fn a_mail_loads_nothing_and_leads_only_where_its_letter_does() {
    for letter in every_letter("Ann") {
        let mail = write(&letter);
        let html = mail.html();
        let document = Document::parse(&html);
        for element in &document.skeleton {
            let name = element.split(' ').next().unwrap();
            assert!(
                !["img", "script", "link", "iframe", "object", "embed", "form", "input", "svg", "base", "video"]
                    .contains(&name),
                "{letter:?}: {name}"
            );
        }
        for (name, value) in &document.attributes {
            assert!(!name.starts_with("on") && !["src", "srcset", "background"].contains(&name.as_str()), "{name}");
            assert!(name != "href" || value == LINK || value == OTHER, "{letter:?}: {value}");
        }
        assert!(!html.contains("url(") && !html.contains("@import") && !html.contains("@font-face"));
        // What is wider than a small telephone would have to be scrolled.
        assert!(document.attributes.iter().all(|(name, value)| name != "width" || value == "100%"));
        let actions = html.matches("class=\"button\"").count();
        assert_eq!(actions, usize::from(mail.action.is_some()), "{letter:?}: one clear action");
        assert!(mail.subject.is_ascii() && mail.subject.len() <= 60, "{}", mail.subject);
    }
}

#[test]
fn every_letter_has_words_of_its_own() {
    let letters = every_letter("Ann");
    let names: BTreeSet<_> = letters.iter().map(Letter::name).collect();
    let texts: BTreeSet<_> = letters.iter().map(|letter| write(letter).plain()).collect();
    assert_eq!((names.len(), texts.len()), (letters.len(), letters.len()));
}

#[test]
fn the_mailbox_of_development_shows_hostile_mail_as_text() {
    for theirs in HOSTILE {
        let mail = |text: &str| KeptMail {
            id: Uuid::from_u128(1),
            at: Timestamp::from_millis(0),
            to: text.to_owned(),
            subject: text.to_owned(),
            plain: format!("{text}\n{LINK}\n"),
            html: String::new(),
        };
        for (page, harmless) in [
            (preview::list(&[mail(theirs)]), preview::list(&[mail("Ann")])),
            (preview::one(&mail(theirs)), preview::one(&mail("Ann"))),
        ] {
            let (page, harmless) = (Document::parse(&page), Document::parse(&harmless));
            assert_eq!(page.skeleton, harmless.skeleton, "{theirs}");
            assert!(page.text.contains(theirs), "{theirs}");
        }
    }
}
