//! Where a request comes from: its number and the network address behind it.
//!
//! `X-Forwarded-For` counts only when the peer is a configured proxy, and then
//! only as far as the chain of configured proxies reaches (check L03).

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use services::{Entropy, Origin};

use super::chain::Next;

#[derive(Clone)]
pub struct OriginOptions {
    pub trusted_proxies: Arc<[IpNet]>,
    pub entropy: Arc<dyn Entropy>,
}

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn note(State(options): State<OriginOptions>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    let address = peer.map(|peer| client_address(peer, request.headers(), &options.trusted_proxies));
    let request_id = options.entropy.uuid().simple().to_string();
    let begun = Instant::now();
    let method = request.method().clone();
    // The route, not the address: addresses may hold tokens (check S02).
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(Origin { address, request_id: request_id.clone(), operator: None });
    let mut response = next.run(request).await;
    tracing::debug!(
        %request_id, %method, route, status = response.status().as_u16(),
        ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX), "request"
    );
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// The last address of the chain that no configured proxy vouches for.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
    let mut client = peer;
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.iter().rev() {
        if !trusted(&client) {
            break;
        }
        match address_of(hop.trim()) {
            Some(address) => client = address.to_canonical(),
            None => break,
        }
    }
    client
}

/// Some proxies write the port as well.
fn address_of(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn l03_only_a_configured_proxy_is_believed() {
        assert_eq!(client("203.0.113.9", &["1.1.1.1"], &[]), "203.0.113.9");
        assert_eq!(client("203.0.113.9", &["1.1.1.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        // What the client itself wrote stands left of what the proxy added.
        assert_eq!(client("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["6.6.6.6", "1.1.1.1, 10.0.0.2"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1:51234"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:443"], &["10.0.0.0/8"]), "2001:db8::1");
    }
}
