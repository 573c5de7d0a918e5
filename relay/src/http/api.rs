//! The HTTP API: communities and meetups for people and programs without a WebSocket.
#![cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the routes that answer with these are not there yet"
    )
)]

mod atom;
mod geojson;
