//! The limits and the key derivation that the identity check and the pick-up check share.

use domain::credential_keys::{CredentialKeys, PEPPER_LABEL};
use ports::{MessageAuthenticator, PortError};

/// The maximum number of attempts to record a check when concurrent checks change the throttle. Once the bucket is
/// full, wrong attempts no longer change the throttle, so conflicts become rarer.
pub(super) const MAX_TRIES: i64 = domain::throttle::Bucket::CAPACITY + 6;

/// Derives the keys of credentials with the code key, which never leaves the `authenticator`.
///
/// # Errors
///
/// Returns an error if the key service cannot be reached or rejects the request.
pub async fn credential_keys(authenticator: &dyn MessageAuthenticator) -> Result<CredentialKeys, PortError> {
    Ok(CredentialKeys::from_pepper(&authenticator.mac(PEPPER_LABEL).await?))
}
