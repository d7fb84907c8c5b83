//! To those who run the product.

use domain::Timestamp;

use crate::{moment, words::Words};

const WHY: &str = "You get this because your address is in PORTICO_OPERATORS_MAIL.";

pub fn alert(kind: &str, what: &str, at: Timestamp) -> Words {
    Words::new("An alert of Portico", "Something needs a look", WHY)
        .fact("What happened", what)
        .fact("Alert", kind)
        .fact("Raised at", &moment::minute(at))
        .say([
            "The log has more: look for lines with this alert. What to do is in docs/operations.md, under Metrics and alerts. Of one kind there is one mail an hour at most."
                .into(),
        ])
}
