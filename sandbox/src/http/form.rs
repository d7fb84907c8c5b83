//! Form bodies and queries with brackets: `items[0][price]=price_1&metadata[a]=b&expand[]=customer`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::form_urlencoded;

/// How deep brackets may nest; Stripe's deepest parameter has eight levels.
const DEPTH: usize = 12;
/// How many parameters a form may have.
const LIMIT: usize = 1000;

/// What a form says, before anything is known about types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    Text(String),
    /// From `a[b]=…`; also from `a[0]=…`, since only the contract knows which of the two is a list.
    Map(BTreeMap<String, Form>),
    /// From `a[]=…`.
    List(Vec<Form>),
}

/// A form that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("Invalid parameter name: {0}")]
    Name(String),
    #[error("Parameter given twice, or both as a value and as a hash: {0}")]
    Clash(String),
    #[error("More than {LIMIT} parameters")]
    TooMany,
    #[error("The form is not valid UTF-8")]
    Encoding,
}

enum Step<'a> {
    Key(&'a str),
    Push,
}

/// Reads `application/x-www-form-urlencoded` text into a tree.
///
/// # Errors
/// A name with unbalanced or too many brackets, a value given twice, text that is not UTF-8.
pub fn parse(encoded: &[u8]) -> Result<BTreeMap<String, Form>, FormError> {
    let mut top = None;
    for (count, (name, value)) in form_urlencoded::parse(encoded).enumerate() {
        if count == LIMIT {
            return Err(FormError::TooMany);
        }
        // The decoder replaces what is not UTF-8, which must not reach an object silently.
        if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
            return Err(FormError::Encoding);
        }
        let steps = steps(&name).ok_or_else(|| FormError::Name(name.to_string()))?;
        if !place(&mut top, &steps, &value) {
            return Err(FormError::Clash(name.to_string()));
        }
    }
    match top {
        Some(Form::Map(map)) => Ok(map),
        _ => Ok(BTreeMap::new()),
    }
}

fn steps(name: &str) -> Option<Vec<Step<'_>>> {
    let end = name.find('[').unwrap_or(name.len());
    let (head, mut rest) = name.split_at(end);
    if head.is_empty() || head.contains(']') {
        return None;
    }
    let mut steps = vec![Step::Key(head)];
    while !rest.is_empty() {
        let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
        if inside.contains('[') {
            return None;
        }
        steps.push(if inside.is_empty() { Step::Push } else { Step::Key(inside) });
        rest = after;
    }
    (steps.len() <= DEPTH).then_some(steps)
}

/// Puts a value where the steps lead. False when something else stands there already.
fn place(slot: &mut Option<Form>, steps: &[Step<'_>], value: &str) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return match slot {
            None => {
                *slot = Some(Form::Text(value.to_owned()));
                true
            }
            Some(_) => false,
        };
    };
    match step {
        Step::Key(key) => {
            let Form::Map(map) = slot.get_or_insert_with(|| Form::Map(BTreeMap::new())) else {
                return false;
            };
            let mut inner = map.remove(*key);
            let placed = place(&mut inner, rest, value);
            if let Some(inner) = inner {
                map.insert((*key).to_owned(), inner);
            }
            placed
        }
        Step::Push => {
            let Form::List(list) = slot.get_or_insert_with(|| Form::List(Vec::new())) else {
                return false;
            };
            // `a[][b]=1&a[][c]=2` is one entry, `a[][b]=1&a[][b]=2` are two.
            if !rest.is_empty()
                && let Some(last) = list.pop()
            {
                // What can't be placed changes nothing.
                let mut grown = Some(last);
                let placed = place(&mut grown, rest, value);
                list.extend(grown);
                if placed {
                    return true;
                }
            }
            let mut fresh = None;
            let placed = place(&mut fresh, rest, value);
            list.extend(fresh);
            placed
        }
    }
}

impl Form {
    /// The form as JSON for the request log: every leaf a string, as it was sent.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Map(map) => match indexed(map) {
                Some(list) => list.into_iter().map(Self::to_json).collect(),
                None => tree_json(map),
            },
        }
    }
}

/// A whole form as JSON.
pub fn tree_json(map: &BTreeMap<String, Form>) -> Value {
    Value::Object(map.iter().map(|(key, form)| (key.clone(), form.to_json())).collect())
}

/// The entries in order when every key is a position, from 0 without a gap.
pub fn indexed(map: &BTreeMap<String, Form>) -> Option<Vec<&Form>> {
    (0..map.len()).map(|place| map.get(&place.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::{FormError, parse, tree_json};
    use serde_json::json;

    #[test]
    fn nested_names_become_a_tree() {
        let form = parse(b"items[0][price]=p1&items[1][price]=p2&metadata[a%20b]=c&expand[]=x&expand[]=y&name=");
        assert_eq!(
            form.map(|f| tree_json(&f)),
            Ok(json!({
                "items": [{"price": "p1"}, {"price": "p2"}], "metadata": {"a b": "c"},
                "expand": ["x", "y"], "name": "",
            }))
        );
    }

    #[test]
    fn entries_without_a_number_are_grouped() {
        let form = parse(b"a[][b]=1&a[][c]=2&a[][b]=3");
        assert_eq!(form.map(|f| tree_json(&f)), Ok(json!({"a": [{"b": "1", "c": "2"}, {"b": "3"}]})));
    }

    #[test]
    fn what_can_not_be_read_is_refused() {
        for name in ["[a]", "a[b", "a]b", "a[b]c", "a[[b]]", "a[b][c"] {
            let refused = parse(format!("{name}=1").as_bytes());
            assert_eq!(refused, Err(FormError::Name(name.into())), "{name}");
        }
        for clash in ["a=1&a=2", "a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2"] {
            assert!(matches!(parse(clash.as_bytes()), Err(FormError::Clash(_))), "{clash}");
        }
        assert_eq!(parse(b"a=%FF"), Err(FormError::Encoding));
        assert!(parse(format!("a{}=1", "[b]".repeat(20)).as_bytes()).is_err());
    }
}
