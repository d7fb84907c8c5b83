//! The parser of bracketed forms, by property.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sandbox::http::form::{Form, parse};
use url::form_urlencoded::Serializer;

/// Trees as they can be sent: no empty maps or lists, which have no form.
fn tree() -> impl Strategy<Value = BTreeMap<String, Form>> {
    let name = "[a-zA-Z0-9_ .&=%é-]{1,8}";
    let leaf = any::<String>().prop_filter("the mark of broken text", |text| !text.contains('\u{FFFD}'));
    let form = leaf.prop_map(Form::Text).prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::btree_map(name, inner.clone(), 1..4).prop_map(Form::Map),
            // Lists of texts: entries with keys are grouped by Rack's rule, tested by hand.
            prop::collection::vec(any::<u16>().prop_map(|n| Form::Text(n.to_string())), 1..4).prop_map(Form::List),
        ]
    });
    prop::collection::btree_map(name, form, 0..5)
}

fn write(prefix: &str, form: &Form, pairs: &mut Vec<(String, String)>) {
    match form {
        Form::Text(text) => pairs.push((prefix.to_owned(), text.clone())),
        Form::Map(map) => map.iter().for_each(|(key, inner)| write(&format!("{prefix}[{key}]"), inner, pairs)),
        Form::List(list) => list.iter().for_each(|inner| write(&format!("{prefix}[]"), inner, pairs)),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let mut pairs = Vec::new();
        for (key, form) in &tree {
            write(key, form, &mut pairs);
        }
        let encoded = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        prop_assert_eq!(parse(encoded.as_bytes()), Ok(tree));
    }

    #[test]
    fn no_input_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn brackets_in_any_order_are_read_or_refused(text in "[ab\\[\\]=&0]{0,40}") {
        if let Ok(read) = parse(text.as_bytes()) {
            let sent = text.split('&').filter(|pair| !pair.is_empty()).count();
            prop_assert_eq!(leaves(&Form::Map(read)), sent, "a value was lost");
        }
    }
}

fn leaves(form: &Form) -> usize {
    match form {
        Form::Text(_) => 1,
        Form::Map(map) => map.values().map(leaves).sum(),
        Form::List(list) => list.iter().map(leaves).sum(),
    }
}
