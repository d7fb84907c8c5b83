//! The steps that a request passes, one after the other, and back again.
//!
//! axum's `from_fn` makes a layer of each step: for every request it copies all that is further
//! in, boxes it twice, and takes the request apart and together again for the step's arguments.
//! With a dozen steps that came to a sixth of what a page costs. Here a step is one call and one
//! boxed future (docs/adr/0013-what-a-page-costs.md).

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::{Request, State},
    response::Response,
    routing::Route,
};
use tower::{Layer, Service};

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;
type Step = Box<dyn Fn(Request, Next) -> Answer + Send + Sync>;

/// Steps, the outermost first.
#[derive(Default)]
pub struct Chain(Vec<Step>);

impl Chain {
    #[must_use]
    pub fn step<F, A>(mut self, step: F) -> Self
    where
        F: Fn(Request, Next) -> A + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        self.0.push(Box::new(move |request, next| Box::pin(step(request, next))));
        self
    }

    /// One that is given something of its own.
    #[must_use]
    pub fn step_with<S, F, A>(self, state: S, step: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(State<S>, Request, Next) -> A + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        self.step(move |request, next| step(State(state.clone()), request, next))
    }

    pub fn layer(self) -> ChainLayer {
        ChainLayer(self.0.into())
    }
}

#[derive(Clone)]
pub struct ChainLayer(Arc<[Step]>);

impl Layer<Route> for ChainLayer {
    type Service = Chained;

    fn layer(&self, inner: Route) -> Chained {
        Chained(Next { steps: Arc::clone(&self.0), at: 0, inner: Arc::new(inner) })
    }
}

/// What comes after a step.
#[derive(Clone)]
pub struct Next {
    steps: Arc<[Step]>,
    at: usize,
    inner: Arc<Route>,
}

impl Next {
    pub async fn run(mut self, request: Request) -> Response {
        let steps = Arc::clone(&self.steps);
        if let Some(step) = steps.get(self.at) {
            self.at += 1;
            return step(request, self).await;
        }
        let Ok(response) = (*self.inner).clone().call(request).await;
        response
    }
}

#[derive(Clone)]
pub struct Chained(Next);

impl Service<Request> for Chained {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    /// Ready at once, as every service of a router is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let next = self.0.clone();
        Box::pin(async move { Ok(next.run(request).await) })
    }
}
