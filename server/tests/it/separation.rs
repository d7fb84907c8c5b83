//! S07: no reply ever carries anything of somebody else, in its page, its headers or its
//! cookies, whatever is going on beside it: two nodes, keep-alive connections shared,
//! browsers that hang up in the middle, forms that leave something for the next page.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::orgs::Role;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::StatusCode;
use testkit::{Browser, Page, World, each_database};

use crate::Bar;

const PEOPLE: usize = 12;

/// One person, and what is theirs alone.
#[derive(Clone)]
struct Person {
    n: usize,
    browser: Browser,
    session: String,
}

/// What has been handed out, to whom.
#[derive(Default)]
struct Handed {
    /// Values of cookies.
    cookies: BTreeMap<String, usize>,
    requests: BTreeSet<String>,
}

struct Crowd {
    bases: Vec<String>,
    people: Vec<Person>,
    handed: Mutex<Handed>,
}

impl Crowd {
    /// Theirs, and nobody else's.
    fn check(&self, asker: &Person, page: &Page) {
        let n = asker.n;
        let whole = format!("{:?}\n{}", page.headers, page.body);
        for other in self.people.iter().filter(|other| other.n != n) {
            let theirs = [format!("canary{}x", other.n), format!("secret-{}-org", other.n), other.session.clone()];
            for canary in theirs {
                assert!(!whole.contains(&canary), "{}'s {canary} for {n}: {whole}", other.n);
            }
        }
        let mut handed = self.handed.lock().unwrap();
        assert!(handed.requests.insert(page.headers["x-request-id"].to_str().unwrap().to_owned()), "one number each");
        for cookie in page.cookies() {
            let value = cookie.split(['=', ';']).nth(1).unwrap();
            if !value.is_empty() {
                let first = *handed.cookies.entry(value.to_owned()).or_insert(n);
                assert_eq!(first, n, "a cookie of {first} was given to {n}");
            }
        }
    }

    /// One round of one person.
    async fn round(&self, asker: &Person, random: &mut StdRng) -> usize {
        let n = asker.n;
        let browser = asker.browser.on(&self.bases[random.random_range(0..self.bases.len())]);
        if random.random_bool(0.1) {
            return self.refused_form(asker, &browser).await;
        }
        let path = ["", "/settings", "/settings/members", "/settings/billing", "/settings/audit"];
        let path = format!("/o/secret-{n}-org{}", path[random.random_range(0..path.len())]);
        let asked = browser.get(&path);
        if random.random_bool(0.05) {
            // Hangs up in the middle of it.
            let _ = tokio::time::timeout(Duration::from_micros(500), asked).await;
            return 0;
        }
        let page = asked.await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("canary{n}x")));
        assert!(page.cookies().is_empty(), "nothing is set for just looking: {:?}", page.cookies());
        self.check(asker, &page);
        1
    }

    /// What was typed comes back to who typed it: by a cookie of their own, and once.
    async fn refused_form(&self, asker: &Person, browser: &Browser) -> usize {
        let typed = format!("canary{}x typed", asker.n);
        let form = browser.form("/api/auth/sign-in", &[("email", typed.as_str()), ("password", "x")]);
        // From an address of their own, so that the address's limit plays no part.
        let refused = Page::of(form.header("x-forwarded-for", format!("203.0.113.{}", asker.n))).await;
        if refused.status == StatusCode::TOO_MANY_REQUESTS {
            return 0;
        }
        assert_eq!(refused.status, StatusCode::SEE_OTHER);
        self.check(asker, &refused);
        let page = browser.get("/sign-in").await;
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{}", page.body);
        self.check(asker, &page);
        2
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_every_reply_is_the_askers_own() {
    let rounds = if crate::proving() { 2_000 } else { 60 };
    each_database(|database| async move {
        let kind = database.kind;
        let world = World::with_settings(database, &[("PORTICO_TRUSTED_PROXIES", "127.0.0.1/32")]).await;
        let other = world.another_node().await;
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let org = world.organization(&format!("secret-{n}-org")).await;
            let email = format!("canary{n}x@acme.test");
            let user = world.person(&email).await;
            world.join(org, user, Role::Owner).await;
            let browser = world.browser();
            let signed_in = browser.try_sign_in(&email, testkit::PASSWORD).await;
            let session = signed_in.cookies()[0].split(['=', ';']).nth(1).unwrap().to_owned();
            people.push(Person { n, browser, session });
        }
        let bases = vec![world.node.url.clone(), other.url.clone()];
        let crowd = Arc::new(Crowd { bases, people, handed: Mutex::default() });
        let tasks: Vec<_> = (0..PEOPLE)
            .map(|n| {
                let crowd = Arc::clone(&crowd);
                tokio::spawn(async move {
                    let mut random = StdRng::seed_from_u64(n as u64);
                    let mut seen = 0;
                    for _ in 0..rounds {
                        seen += crowd.round(&crowd.people[n], &mut random).await;
                    }
                    seen
                })
            })
            .collect();
        let mut seen = 0;
        for task in tasks {
            seen += u32::try_from(task.await.unwrap()).unwrap();
        }
        let all = u32::try_from(PEOPLE * rounds).unwrap();
        let name = format!("replies_without_foreign_data_{kind}");
        crate::figure(&name, seen.into(), Bar::AtLeast(f64::from(all) * 0.9));
        let handed = crowd.handed.lock().unwrap();
        assert!(handed.cookies.len() > PEOPLE, "forms did leave something");
    })
    .await;
}
