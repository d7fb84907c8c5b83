//! The picture on the start page: what one builds rests on what is there already.

use leptos::prelude::*;

const COLUMNS: [(i32, &str); 4] = [(56, "Sign-in"), (140, "Organizations"), (364, "Payments"), (448, "Audit log")];

#[component]
pub fn Portico() -> impl IntoView {
    let columns = COLUMNS.into_iter().map(|(left, name)| view! { <Column left name/> }).collect_view();
    view! {
        <svg
            class="w-full" viewBox="0 0 560 470" role="img"
            aria-label="A portico: your product on top, carried by sign-in, organizations, payments and an audit log."
        >
            <path class="fill-primary" d="M280 10 536 118v26H24v-26z"/>
            <text class="fill-primary-content text-[28px] font-semibold" x="280" y="106" text-anchor="middle">"Your product"</text>
            <path class="fill-base-100 stroke-base-300" stroke-width="2" d="M37 144h486v26H37z"/>
            {columns}
            <path class="fill-secondary" d="M226 420V282a54 54 0 0 1 108 0v138z"/>
            <path class="fill-accent" d="M280 420V290l40-22a54 54 0 0 1 14 34v118z"/>
            <circle class="fill-base-100" cx="294" cy="358" r="5"/>
            <path class="fill-base-100 stroke-base-300" stroke-width="2" d="M30 420h500v20H30zM6 440h548v24H6z"/>
        </svg>
    }
}

#[component]
fn Column(left: i32, name: &'static str) -> impl IntoView {
    let middle = left + 28;
    view! {
        <path
            class="fill-base-100 stroke-base-300" stroke-width="2"
            d=format!("M{} 170h68l-6 16h-56zM{left} 186h56v218h-56zM{} 404h68v16h-68z", left - 6, left - 6)
        />
        <text
            class="fill-base-content text-[22px] font-medium" text-anchor="middle"
            transform=format!("translate({} 295) rotate(-90)", middle + 8)
        >
            {name}
        </text>
    }
}
