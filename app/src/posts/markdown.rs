//! Markdown as HTML that is safe on our pages, whoever wrote it (docs/adr/0021-markdown.md).
//!
//! What must hold: nothing runs, nothing is loaded, nothing looks like a part of ours. HTML in the
//! text is shown as text; an image is a link to it; a heading is smaller than the page's; and what
//! is left passes a list of what is allowed, whatever the parser made of it.

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

const TAGS: [&str; 22] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
];

/// Not ours to vouch for, and not told where it was clicked.
const REL: &str = "nofollow noopener noreferrer ugc";

pub fn render(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut written = String::new();
    html::push_html(&mut written, Parser::new_ext(text, options).map(tamed));
    let mut tags: HashSet<&str> = TAGS.into_iter().collect();
    tags.insert("ul");
    Builder::empty()
        .tags(tags)
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL))
        .clean(&written)
        .to_string()
}

fn tamed(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        Event::Start(Tag::Heading { level, .. }) => {
            Event::Start(Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        event => event,
    }
}

/// The page and its parts have the first two.
const fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_writes_is_what_one_sees() {
        for (text, html) in [
            ("Some *quiet* and **loud** words", "<p>Some <em>quiet</em> and <strong>loud</strong> words</p>\n"),
            ("# Big\n\n## Less", "<h3>Big</h3>\n<h4>Less</h4>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("3. c", "<ol start=\"3\">\n<li>c</li>\n</ol>\n"),
            ("`a < b`", "<p><code>a &lt; b</code></p>\n"),
            ("~~gone~~", "<p><del>gone</del></p>\n"),
            (
                "[us](https://example.com/?a=1&b=2)",
                "<p><a href=\"https://example.com/?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer ugc\">us</a></p>\n",
            ),
            (
                "![a picture](https://example.com/x.png)",
                "<p><a href=\"https://example.com/x.png\" rel=\"nofollow noopener noreferrer ugc\">a picture</a></p>\n",
            ),
        ] {
            assert_eq!(render(text), html, "{text}");
        }
        assert!(render("|a|b|\n|-|-|\n|1|2|").contains("<td>1</td>"));
    }

    #[test]
    fn nothing_runs_and_nothing_is_loaded() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<style>body{display:none}</style>",
            "<svg/onload=alert(1)>",
            "<form action=https://evil.example><input name=password></form>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java\nscript:alert(1))",
            "[a](data:text/html,<script>alert(1)</script>)",
            "[a](vbscript:x)",
            "![a](javascript:alert(1))",
            "<javascript:alert(1)>",
            "[a](//evil.example)",
            "[a](/account/data)",
            "[a](https://e.example \"x\\\" onmouseover=\\\"alert(1)\")",
            "[a]: javascript:alert(1)\n\n[a]",
            "```\"><script>alert(1)</script>\nx\n```",
            "<a href=\"https://evil.example\" style=\"position:fixed;inset:0\">x</a>",
            "# x {#y .z onclick=alert(1)}",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        ] {
            let html = render(text);
            let tags: Vec<&str> = html.split('<').skip(1).collect();
            for tag in tags {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
                assert!(TAGS.contains(&name) || name == "ul", "{text:?} gave <{tag}");
                let inside = tag.split('>').next().unwrap();
                if name == "a" && !tag.starts_with('/') {
                    let href = inside.split("href=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
                    assert!(href.is_none_or(|href| href.starts_with("http") || href.starts_with("mailto:")), "{html}");
                    assert!(inside.ends_with(&format!("rel=\"{REL}\"")), "{html}");
                } else {
                    assert!(!inside.contains('=') || name == "ol", "{html}");
                }
            }
        }
        // Shown as it was written.
        assert_eq!(render("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
        assert!(render("{{7*7}}").contains("{{7*7}}"));
    }

    #[test]
    fn a_long_one_is_done_in_no_time() {
        for piece in ["[", "*", "<", "`", "> ", "![", "\\", "a\n-\n"] {
            let text: String = piece.repeat(20_000 / piece.len());
            assert!(render(&text).len() < 2_000_000, "{piece}");
        }
    }
}
