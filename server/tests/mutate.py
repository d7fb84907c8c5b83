#!/usr/bin/env python3
"""Puts every guard of a copy of the sources behind a switch, and prints a line for each.

`mutate.py FOLDER` changes the files below FOLDER. With MUTANT=<name> in the environment that one
guard is as if it were not written; without, the program is what it was. Guards are:

- a Cedar policy (each `@id` in crates/policy/policies): not loaded;
- `authorize(…)` and `admit(…)` in crates/services: the membership is looked up, and nothing asked;
- `refuse_unless(…)?;`, `require_recent_proof(…)?;` and `prove_for(…)?;` there: not asked;
- `.filter(…OrgId.eq(…))` and `.add(…OrgId.eq(…))` in crates/store: no filter;
- `if !may(…)` there, asked under a lock: not asked;
- the check of a request's origin: not there.
"""

import re
import sys
from pathlib import Path

SWITCH = '''
/// For scripts/mutants.
#[expect(clippy::disallowed_methods, reason = "a copy made to be broken")]
pub fn mutant(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("MUTANT").unwrap_or_default()) == name
}
'''
root = Path(sys.argv[1])
found = []


def name_of(kind, path, line):
    name = f"{kind}-{path.relative_to(root).as_posix().replace('/', '.').removesuffix('.rs')}-{line}"
    found.append((name, f"{path.relative_to(root)}:{line}"))
    return name


def closing(text, opened):
    """The place behind the bracket that closes the one at `opened`."""
    depth = 0
    for at in range(opened, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    raise ValueError(text[opened : opened + 80])


def rewrite(path, pattern, replace):
    text, out, last = path.read_text(), [], 0
    tests = text.find("#[cfg(test)]")
    for match in re.finditer(pattern, text):
        if match.start() < last or (tests >= 0 and match.start() > tests):
            continue
        line = text.count("\n", 0, match.start()) + 1
        change = replace(text, match, line)
        if change:
            end, new = change
            out += [text[last : match.start()], new]
            last = end
    if out:
        path.write_text("".join(out) + text[last:])


def policies():
    for path in sorted((root / "crates/policy/policies").glob("*.cedar")):
        for match in re.finditer(r'@id\("([^"]+)"\)', path.read_text()):
            found.append((f"cedar-{match[1]}", f"{path.relative_to(root)}: {match[1]}"))
    load = root / "crates/policy/src/load.rs"
    text = load.read_text()
    text = text.replace(
        "let report = Validator",
        '''let kept = parsed.policies().filter(|policy| {
            !policy.annotation("id").is_some_and(|id| crate::mutant(&format!("cedar-{id}")))
        });
        let parsed = PolicySet::from_policies(kept.cloned()).map_err(|e| PolicyError::Parse(e.to_string()))?;
        let report = Validator''',
        1,
    )
    load.write_text(text)


def membership_only(path):
    def replace(text, match, line):
        name = name_of("authorize", path, line)
        found_it = f'{match[2].lstrip("&")}.membership({match[3]})'
        if match[4] == "?":
            return match.end(), f'(if crate::mutant("{name}") {{ {found_it}? }} else {{ {match[0]} }})'
        return match.end(), f'(if crate::mutant("{name}") {{ {found_it} }} else {{ {match[0]} }})'

    call = r"self\.(authorize|admit)\((&?\w+), (\w+), Action::\w+(?:, [^)]*)?\)\.await(\??)"
    rewrite(path, call, replace)


def not_asked(path):
    def replace(text, match, line):
        end = closing(text, match.end() - 1)
        rest = re.match(r"(\.await)?\?;", text[end:])
        if not rest:
            return None
        name = name_of("ask", path, line)
        end += rest.end()
        return end, f'if !crate::mutant("{name}") {{ {text[match.start():end]} }}'

    rewrite(path, r"(?<![\w.])(?:self\.)?(?:super::)?(?:orgs::)?(?:refuse_unless|require_recent_proof|prove_for)\(", replace)


def no_filter(path):
    def replace(text, match, line):
        opened = match.start() + len(match[1])
        end = closing(text, opened)
        inner = text[opened + 1 : end - 1]
        name = name_of("filter", path, line)
        always = "sea_orm::sea_query::ExprTrait::eq(sea_orm::sea_query::Expr::val(1), 1)"
        return end, f'{match[1]}(if crate::mutant("{name}") {{ {always} }} else {{ {inner} }})'

    rewrite(path, r"(\.filter|\.add)\((?:\w+::)*Column::OrgId\s*\.eq\(", replace)


def not_asked_under_a_lock(path):
    def replace(text, match, line):
        name = name_of("may", path, line)
        return match.end(), f'if !crate::mutant("{name}") && !may('

    rewrite(path, r"if !may\(", replace)


def layers():
    if "origin_check::check" not in (root / "server/src/router.rs").read_text():
        raise ValueError("the origin check is not where it was")
    found.append(("layer-origin_check-check", "server/src/router.rs: origin_check::check"))
    check = root / "server/src/middleware/origin_check.rs"
    source = check.read_text()
    source = re.sub(
        r"(pub async fn check\([^{]*\{\n)",
        r'\1    if crate::mutant("layer-origin_check-check") { return next.run(request).await; }\n',
        source,
        count=1,
    )
    check.write_text(source)


policies()
for path in sorted((root / "crates/services/src").rglob("*.rs")):
    membership_only(path)
    not_asked(path)
for path in sorted((root / "crates/store/src").glob("*.rs")):
    no_filter(path)
    not_asked_under_a_lock(path)
layers()
for crate in ("crates/policy", "crates/services", "crates/store", "server"):
    lib = root / crate / "src/lib.rs"
    lib.write_text(lib.read_text() + SWITCH)
for name, where in found:
    print(f"{name}\t{where}")
