//! The tags that load what the build made: style sheet, script and WebAssembly.
//!
//! The framework's components read the file of hashed names from disk for every page
//! and twice over. The tags differ from page to page in nothing but the nonce, so they
//! are rendered once, at the start, and cut where it stands.

use leptos::{
    nonce::{provide_nonce, use_nonce},
    prelude::*,
    tachys::html::InertElement,
};
use leptos_meta::{HashedStylesheet, provide_meta_context};

/// The tags, in the pieces between one nonce and the next.
pub struct BuiltFiles(Vec<String>);

impl BuiltFiles {
    /// Reads which files there are. A name without a hash where there is no file of hashes.
    pub fn of(options: &LeptosOptions) -> Self {
        let owner = Owner::new();
        let pieces = owner.with(|| {
            provide_meta_context();
            provide_nonce();
            let html = view! {
                <HashedStylesheet options=options.clone() id="style"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone() islands=true/>
            }
            .to_html();
            match use_nonce() {
                Some(nonce) => html.split(&*nonce).map(str::to_owned).collect(),
                None => vec![html],
            }
        });
        owner.cleanup();
        Self(pieces)
    }

    /// The tags of one page.
    pub fn tags(&self, nonce: &str) -> impl IntoView + use<> {
        InertElement::new(self.0.join(nonce))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_carries_the_nonce_of_its_own_page() {
        let options = LeptosOptions::builder().output_name("portico").build();
        let files = BuiltFiles::of(&options);
        let page = files.tags("of-this-page").to_html();
        assert!(page.contains("href=\"/pkg/portico.css\""), "{page}");
        assert!(page.contains("<script type=\"module\" nonce=\"of-this-page\">"), "{page}");
        assert_eq!(page.matches("nonce=").count(), page.matches("nonce=\"of-this-page\"").count());
        assert_eq!(page.replace("of-this-page", "of-another"), files.tags("of-another").to_html());
        assert_eq!(BuiltFiles::of(&options).tags("n").to_html(), files.tags("n").to_html(), "no nonce is left inside");
    }
}
