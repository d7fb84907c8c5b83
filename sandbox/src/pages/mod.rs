//! Pages for people: the hosted portal and an overview. Plain HTML, no JavaScript.

pub mod front;
pub mod html;
pub mod layout;
pub mod portal;
