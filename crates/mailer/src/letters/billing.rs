//! Money: what was paid, and what was not.

use domain::Timestamp;

use crate::{moment, words::Words};

const WHY: &str = "You get this because you own the organization.";

pub fn receipt(name: &str, organization: &str, amount: &str, number: Option<&str>, at: Timestamp, link: &str) -> Words {
    Words::new("Your receipt", "Thank you for your payment", WHY)
        .to(name)
        .say(["We received a payment for one of your organizations.".into()])
        .fact("Organization", organization)
        .fact("Amount", amount)
        .fact_if("Invoice", number)
        .fact("Paid on", &moment::day(at))
        .action("See the invoice", link, None)
}

pub fn payment_failed(name: &str, organization: &str, amount: &str, again: Option<Timestamp>, link: &str) -> Words {
    let words = Words::new("A payment did not go through", "A payment did not go through", WHY)
        .to(name)
        .say([
            "We could not charge the payment method of one of your organizations. Nothing is lost, and everything works as before for now. A new card, or money on the old one, settles it."
                .into(),
        ])
        .fact("Organization", organization)
        .fact("Amount", amount);
    let words = match again {
        Some(at) => words.fact("We try again on", &moment::day(at)),
        None => words,
    };
    words.action("Update the payment method", link, None)
}
