//! Who has an account there.

use serde::Serialize;

/// One of their addresses, as the API shows it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Address {
    pub email: &'static str,
    pub primary: bool,
    pub verified: bool,
    pub visibility: Option<&'static str>,
}

pub struct Person {
    pub id: u64,
    pub login: &'static str,
    pub name: Option<&'static str>,
    /// What the page says about them.
    pub remark: &'static str,
    pub addresses: &'static [Address],
}

const fn address(email: &'static str, primary: bool, verified: bool) -> Address {
    Address { email, primary, verified, visibility: None }
}

pub const PEOPLE: [Person; 5] = [
    Person {
        id: 1001,
        login: "octo-vera",
        name: Some("Vera Verified"),
        remark: "one address, verified",
        addresses: &[address("vera@github.test", true, true)],
    },
    Person {
        id: 1002,
        login: "octo-uwe",
        name: Some("Uwe Unverified"),
        remark: "one address, not verified",
        addresses: &[address("uwe@github.test", true, false)],
    },
    Person {
        id: 1003,
        login: "octo-sam",
        name: None,
        remark: "several addresses; the primary one is verified",
        addresses: &[
            address("sam@old.test", false, true),
            address("sam@github.test", true, true),
            address("owner@acme.test", false, false),
        ],
    },
    Person { id: 1004, login: "octo-nora", name: Some("Nora None"), remark: "no address", addresses: &[] },
    Person {
        id: 1005,
        login: "octo-owner",
        name: Some("Olivia Owner"),
        remark: "owner@acme.test, verified",
        addresses: &[address("owner@acme.test", true, true)],
    },
];

pub fn find(login: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.login == login)
}
