//! A stack of its own for each test, a clock that can be moved, and a client that keeps its cookie.

mod client;
mod stack;

pub(crate) use self::{
    client::Client,
    stack::{MovedClock, TestStack},
};
