//! A service that is cheap to clone.
//!
//! axum clones a route for every request, and each layer clones what it is around once
//! more: with a dozen layers, most of the time before the page was spent copying them. Under
//! each layer stands one of these, so that a clone counts up and goes no deeper.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use tower::{Layer, Service};

/// `layer` around a [`Shared`] service.
pub fn around<L>(layer: L) -> (L, SharedLayer) {
    (layer, SharedLayer)
}

#[derive(Clone, Copy)]
pub struct SharedLayer;

impl<S> Layer<S> for SharedLayer {
    type Service = Shared<S>;

    fn layer(&self, inner: S) -> Shared<S> {
        Shared(Arc::new(inner))
    }
}

pub struct Shared<S>(Arc<S>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Service<R> + Clone, R> Service<R> for Shared<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    /// Ready at once, as every service of a router is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        // The one clone that is used up.
        (*self.0).clone().call(request)
    }
}
