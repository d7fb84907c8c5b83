//! A page as a browser understands it: parsed by the rules of the HTML standard, so that
//! what counts is which elements there are and not which letters.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element or comment, in the order of the document.
#[derive(Debug, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

#[derive(Debug, Default)]
pub struct Document {
    pub elements: Vec<Element>,
    /// Every text node: what stands in elements, scripts and titles too.
    pub texts: Vec<String>,
    /// Those of them that are no script and no style.
    pub visible: Vec<String>,
}

impl Document {
    pub fn parse(html: &str) -> Self {
        let parsed = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut document = Self::default();
        document.read(&parsed.document, true);
        document
    }

    fn read(&mut self, node: &Handle, visible: bool) {
        let mut visible = visible;
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let attributes =
                    attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
                visible &= !["script", "style"].contains(&&*name.local);
                self.elements.push(Element { name: name.local.to_string(), attributes });
            }
            // Where one begins and ends decides what is markup.
            NodeData::Comment { .. } => self.elements.push(Element { name: "#comment".into(), attributes: vec![] }),
            NodeData::Text { contents } => {
                let text = contents.borrow().to_string();
                if visible {
                    self.visible.push(text.clone());
                }
                self.texts.push(text);
            }
            _ => {}
        }
        for child in node.children.borrow().iter() {
            self.read(child, visible);
        }
    }

    /// The page without its words: names of elements and of their attributes, in order.
    pub fn skeleton(&self) -> Vec<String> {
        let of = |element: &Element| {
            let names: Vec<&str> = element.attributes.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} {}", element.name, names.join(" "))
        };
        self.elements.iter().map(of).collect()
    }

    /// Whether somebody reads it there: as text, or in a field.
    pub fn says(&self, words: &str) -> bool {
        let values = self.elements.iter().flat_map(|element| &element.attributes).map(|(_, value)| value);
        self.texts.iter().chain(values).any(|text| text.contains(words))
    }

    /// Whether it stands in the text that people see.
    pub fn says_visibly(&self, words: &str) -> bool {
        self.visible.iter().any(|text| text.contains(words))
    }

    /// Nothing runs that isn't ours: no handler in an attribute, no address that is a script.
    #[track_caller]
    pub fn assert_inert(&self, place: &str) {
        for Element { name, attributes } in &self.elements {
            for (attribute, value) in attributes {
                assert!(!attribute.starts_with("on"), "{place}: <{name} {attribute}>");
                let goes_somewhere = ["href", "src", "action", "formaction", "srcdoc", "data", "content"];
                if goes_somewhere.contains(&attribute.as_str()) {
                    let value: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
                    for scheme in ["javascript:", "vbscript:", "data:text"] {
                        assert!(!value.starts_with(scheme), "{place}: <{name} {attribute}={value:?}>");
                    }
                }
            }
        }
    }
}

#[test]
fn a_new_element_is_seen_and_escaped_text_is_none() {
    let page = |name: &str| Document::parse(&format!("<!DOCTYPE html><title>{name}</title><p title=\"{name}\">{name}"));
    let plain = page("Ann").skeleton();
    assert_eq!(page("&lt;b&gt;&quot; onx=&quot;").skeleton(), plain);
    assert!(page("&lt;b&gt;").says("<b>"));
    for markup in ["<b>", "\" onx=\"", "</title><i>", "<!--", "<p>"] {
        assert_ne!(page(markup).skeleton(), plain, "{markup}");
    }
}
