//! The limits on the number of requests in a session. Each of these requests writes rows, and some rows are kept for
//! good.

use serde::{Deserialize, Serialize};

/// A request whose number is limited in each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedRequest {
    /// A selection in step 3.
    Selection,
    /// A save in step 4.
    Save,
    /// An extension of the session.
    Extension,
    /// A request for another certificate code: a resend or a correction of the address.
    Code,
}

impl LimitedRequest {
    pub const ALL: [Self; 4] = [Self::Selection, Self::Save, Self::Extension, Self::Code];

    /// Returns the maximum number of these requests in a session. A subscriber needs a few of each, and a page extends
    /// the session at most once in two minutes.
    pub const fn limit(self) -> u32 {
        match self {
            Self::Selection | Self::Save => 20,
            Self::Extension => 120,
            Self::Code => 10,
        }
    }
}

/// The numbers of requests that a session has made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestCounts {
    pub selections: u32,
    pub saves: u32,
    pub extensions: u32,
    pub code_requests: u32,
}

impl RequestCounts {
    /// Returns true if the session has made as many of these requests as it may.
    pub fn has_reached_limit(&self, request: LimitedRequest) -> bool {
        let made = match request {
            LimitedRequest::Selection => self.selections,
            LimitedRequest::Save => self.saves,
            LimitedRequest::Extension => self.extensions,
            LimitedRequest::Code => self.code_requests,
        };
        made >= request.limit()
    }
}
