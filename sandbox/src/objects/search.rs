//! Stripe's search language, as far as it is modelled.
//!
//! `email:'a@b.test' AND metadata['org']:'7'`; `~` finds a part, `-` in front negates, numbers
//! compare with `<`, `<=`, `>`, `>=`. Either `AND` or `OR`, not both, as with Stripe.

use serde_json::{Value, json};

use super::list;
use super::operation::Call;
use crate::http::errors::ApiError;

/// The page of matching objects. Unlike Stripe's, a new object is found at once.
///
/// # Errors
/// 400 for a query that can't be read or names another field.
pub fn page<'a>(call: &Call<'_>, fields: &[&str], objects: impl Iterator<Item = &'a Value>) -> Result<Value, ApiError> {
    let query = call.text("query").ok_or_else(|| ApiError::missing("query"))?;
    let query = Query::read(query, fields).ok_or_else(|| {
        ApiError::invalid("query", "We were unable to parse your search query. See the documentation of search.")
    })?;
    let start: usize = match call.text("page") {
        None => 0,
        Some(page) => page.parse().map_err(|_| ApiError::invalid("page", "Invalid page"))?,
    };
    let limit = list::limit(call)?;
    let found: Vec<&Value> = objects.filter(|object| query.holds(object)).collect();
    let end = found.len().min(start.saturating_add(limit));
    let has_more = end < found.len();
    Ok(json!({
        "object": "search_result", "url": call.path, "has_more": has_more,
        "next_page": has_more.then(|| end.to_string()), "data": found[start.min(end)..end],
    }))
}

struct Query {
    clauses: Vec<Clause>,
    any: bool,
}

struct Clause {
    negated: bool,
    /// A JSON pointer into the object.
    pointer: String,
    operator: String,
    wanted: String,
}

impl Query {
    fn read(text: &str, fields: &[&str]) -> Option<Self> {
        let mut rest = text.trim();
        let (mut clauses, mut words) = (Vec::new(), Vec::new());
        loop {
            let (clause, after) = Clause::read(rest, fields)?;
            clauses.push(clause);
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
            let (word, after) = rest.split_once(' ')?;
            words.push(word.to_uppercase());
            rest = after.trim_start();
        }
        let any = words.iter().any(|word| word == "OR");
        let one_kind = words.iter().all(|word| word == if any { "OR" } else { "AND" });
        one_kind.then_some(Self { clauses, any })
    }

    fn holds(&self, object: &Value) -> bool {
        if self.any {
            self.clauses.iter().any(|clause| clause.holds(object))
        } else {
            self.clauses.iter().all(|clause| clause.holds(object))
        }
    }
}

impl Clause {
    fn read<'t>(text: &'t str, fields: &[&str]) -> Option<(Self, &'t str)> {
        let (negated, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let end = text.find([':', '~', '<', '>', '['])?;
        let (field, mut rest) = text.split_at(end);
        let field = field.trim_end();
        let mut pointer = format!("/{field}");
        if let Some(inside) = rest.strip_prefix('[') {
            let (key, after) = quoted(inside)?;
            pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            rest = after.strip_prefix(']')?;
        }
        let operator = ["<=", ">=", "<", ">", ":", "~"].into_iter().find(|op| rest.starts_with(op))?;
        let rest = rest[operator.len()..].trim_start();
        let (wanted, rest) = quoted(rest).or_else(|| number(rest))?;
        let clause = Self { negated, pointer, operator: operator.to_owned(), wanted };
        fields.contains(&field).then_some((clause, rest))
    }

    fn holds(&self, object: &Value) -> bool {
        let held = match object.pointer(&self.pointer) {
            Some(Value::String(text)) if self.operator == "~" => {
                text.to_lowercase().contains(&self.wanted.to_lowercase())
            }
            Some(Value::String(text)) => self.operator == ":" && *text == self.wanted,
            Some(Value::Bool(flag)) => self.operator == ":" && self.wanted == flag.to_string(),
            Some(Value::Number(number)) => match (number.as_i64(), self.wanted.parse::<i64>()) {
                (Some(have), Ok(want)) => match self.operator.as_str() {
                    ":" => have == want,
                    "<" => have < want,
                    "<=" => have <= want,
                    ">" => have > want,
                    ">=" => have >= want,
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
        held != self.negated
    }
}

/// A whole number up to the next space, and what follows it.
fn number(text: &str) -> Option<(String, &str)> {
    let (digits, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    digits.parse::<i64>().ok()?;
    Some((digits.to_owned(), rest))
}

/// Text in single or double quotes, with `\` before a quote inside, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| ['\'', '"'].contains(c))?;
    let mut inside = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((place, c)) = characters.next() {
        match c {
            '\\' => inside.push(characters.next()?.1),
            c if c == quote => return Some((inside, &text[place + 1..])),
            c => inside.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Query;
    use serde_json::json;

    fn holds(query: &str) -> Option<bool> {
        let customer = json!({"email": "a@b.test", "created": 20, "metadata": {"org": "o'7"}});
        Query::read(query, &["email", "created", "metadata"]).map(|q| q.holds(&customer))
    }

    #[test]
    fn clauses_are_read_and_hold() {
        assert_eq!(holds("email:'a@b.test'"), Some(true));
        assert_eq!(holds(r"metadata['org']:'o\'7' AND created>=20"), Some(true));
        assert_eq!(holds("metadata[\"org\"]:\"8\""), Some(false));
        assert_eq!(holds("-email:'a@b.test' OR created<5"), Some(false));
        assert_eq!(holds("email~'B.TE'"), Some(true));
        for bad in ["", "email", "phone:'1'", "email:'a", "email:'a' created>1", "email:'a' AND created>1 OR created<2"]
        {
            assert_eq!(holds(bad), None, "{bad}");
        }
    }
}
