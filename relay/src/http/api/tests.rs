//! The API without a socket, over a store that does as the test says.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::sync::watch;

use super::*;
use crate::admit::AdmissionPolicy;
use crate::config::Config;
use crate::management::Management;
use crate::session::fake_store::{ALICE, BOB, FakeStore, event};
use crate::subscriptions::Subscriptions;
use crate::verify::Verifier;

struct Answers {
    store: Arc<FakeStore>,
    service: TowerToHyperService<Router>,
}

fn answers() -> Answers {
    let subscriptions = Arc::new(Subscriptions::new());
    let store = Arc::new(FakeStore::new(Arc::clone(&subscriptions)));
    let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
    let config = Config::default();
    let (_, policy) = watch::channel(Arc::new(AdmissionPolicy::default()));
    let management = Management::new(Arc::clone(&shared));
    let admission = Admission::new(
        Arc::clone(&shared),
        subscriptions,
        Verifier::start(1).unwrap(),
        policy,
        management.clone(),
    );
    let gate = Gate::new(management.subscribe());
    let api = Api::new(Live::new(config), shared, Arc::new(admission), gate);
    Answers {
        store,
        service: TowerToHyperService::new(router(api)),
    }
}

impl Answers {
    fn ask_from(&self, last: u8, path: &str) -> impl Future<Output = Response> + use<> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        let address = ClientAddress(IpAddr::from([192, 0, 2, last]));
        request.extensions_mut().insert(address);
        let answer = self.service.call(request);
        async { answer.await.unwrap() }
    }

    async fn ask(&self, path: &str) -> Response {
        self.ask_from(1, path).await
    }
}

async fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status().as_u16(), status);
    let headers = response.headers();
    assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
    let is_temporary = matches!(status, 429 | 503);
    assert_eq!(
        headers.contains_key(http::header::RETRY_AFTER),
        is_temporary
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn a_store_that_fails_is_a_problem_that_says_nothing_of_it() {
    let answers = answers();
    answers.store.fail();
    let id = "0".repeat(64);
    for path in [
        "/communities",
        "/meetups?q=chess",
        "/search?q=chess",
        &format!("/communities/{id}"),
        &format!("/meetups/31923:{id}:x"),
        &format!("/people/{}/agenda", event(ALICE, 1, &[], "").pubkey()),
        "/stats",
    ] {
        let problem = problem(answers.ask(path).await, 503).await;
        assert_eq!(
            problem["detail"], "the store could not answer, try again",
            "{path}"
        );
    }
}

#[tokio::test]
async fn so_many_requests_are_worked_on_at_once_and_no_more() {
    let answers = answers();
    let scans = Arc::clone(&answers.store.scans);
    let all = u32::try_from(scans.available_permits()).unwrap();
    let hold = scans.acquire_many_owned(all).await.unwrap();
    let mut waiting = Vec::new();
    for nth in 0..REQUESTS_IN_FLIGHT_MAX {
        let address = u8::try_from(nth / REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX).unwrap();
        let asking = tokio::spawn(answers.ask_from(address, "/communities"));
        // It begins, and waits for the store.
        while answers.store.scans_asked() <= nth {
            tokio::task::yield_now().await;
        }
        waiting.push(asking);
        if nth + 1 == REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX {
            problem(answers.ask_from(address, "/communities").await, 429).await;
        }
    }
    problem(answers.ask_from(200, "/communities").await, 503).await;
    drop(hold);
    for asking in waiting {
        assert_eq!(asking.await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(answers.ask("/communities").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn private_messages_are_in_no_answer_whatever_is_asked() {
    let answers = answers();
    let bob = event(BOB, 1, &[], "").pubkey().to_string();
    let wrapped = event(ALICE, 1_059, &[&["p", &bob]], "secret");
    answers.store.commit(&wrapped);
    let path = format!("/communities/{}", wrapped.id());
    problem(answers.ask(&path).await, 404).await;
}
