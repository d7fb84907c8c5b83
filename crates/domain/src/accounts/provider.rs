//! Where else people have an account that can open theirs here.

use serde::{Deserialize, Serialize};

use super::Method;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Google,
    Github,
    Microsoft,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::Google, Self::Github, Self::Microsoft];

    /// As stored, and in addresses: `/auth/{provider}/callback`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Github => "github",
            Self::Microsoft => "microsoft",
        }
    }

    /// As people know it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Github => "GitHub",
            Self::Microsoft => "Microsoft",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }

    pub const fn method(self) -> Method {
        match self {
            Self::Google => Method::Google,
            Self::Github => Method::Github,
            Self::Microsoft => Method::Microsoft,
        }
    }
}
