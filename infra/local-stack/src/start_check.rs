//! Checks the data folder at the start of the stack, before it serves requests.
//!
//! Damage with which requests would do harm prevents the start. Other damage is reported, and everything else is
//! served. The stack repairs CRLs and segments, because the database contains their content.

use shared::{
    ports::with_causes,
    refusal::Failure,
    use_cases::check_service::{CheckService, Fault, Finding, Location, Remedy},
};

use crate::{adapters::OutboxMailer, data_folder::DataFolder, stack::StackError};

/// Performs all checks, records the keys of a new folder, and repairs CRLs and segments. Returns a warning for each
/// fault.
///
/// # Errors
///
/// Returns [`StackError::Damaged`] if requests would do harm.
pub(crate) async fn run(
    folder: &DataFolder,
    service: &CheckService,
    mailer: &OutboxMailer,
) -> Result<Vec<String>, StackError> {
    let mut findings = check(service).await?;
    let mails = mailer.check().await?;
    if let Some(newest) = mails.newest
        && service.publisher.store.outbox_row(&newest.outbox_id).await.is_ok_and(|row| row.is_none())
    {
        let newer = format!("the sent email {}", mailer.path_of(newest.number).display());
        findings.push(Finding { location: Location::Database, fault: Fault::OlderThan(newer) });
    }
    let harmful: Vec<_> = findings.iter().filter(|finding| finding.forbids_service()).collect();
    if !harmful.is_empty() {
        return Err(StackError::Damaged(harmful.iter().map(|finding| finding.describe(folder)).collect()));
    }
    let is_new = |finding: &Finding| finding.fault == Fault::KeysNotRecorded;
    if findings.iter().any(is_new) {
        service.record_keys().await?;
        findings.retain(|finding| !is_new(finding));
    }
    let mut warnings = repair(folder, service, findings).await?;
    warnings.extend(mails.damaged.iter().map(|file| {
        format!(
            "{} cannot be read; restore it from a backup or remove it; all other emails are shown",
            file.display()
        )
    }));
    Ok(warnings)
}

async fn check(service: &CheckService) -> Result<Vec<Finding>, Failure> {
    let checks = service.check().await?;
    let findings = checks.into_iter().flat_map(|(_, findings)| findings);
    // The dispatcher publishes the first CRLs of a new folder.
    Ok(findings.filter(|finding| finding.fault != Fault::NotPublished).collect())
}

/// Rebuilds the segments and publishes the CRLs if one of them has a fault. Returns a warning for each finding, which
/// says whether the fault was repaired.
async fn repair(
    folder: &DataFolder,
    service: &CheckService,
    findings: Vec<Finding>,
) -> Result<Vec<String>, StackError> {
    let needs = |remedy| findings.iter().any(|finding| finding.remedy() == remedy);
    let publisher = &service.publisher;
    let repaired = if needs(Remedy::RebuildSegments) {
        Some(match publisher.rebuild().await {
            Ok(_) => publisher.publish_all().await.map(drop),
            Err(failure) => Err(failure),
        })
    } else if needs(Remedy::PublishCrls) {
        Some(publisher.publish_all().await.map(drop))
    } else {
        None
    };
    let mut warnings = Vec::new();
    let remaining = match repaired {
        None => findings.clone(),
        Some(outcome) => {
            if let Err(failure) = outcome {
                warnings.push(format!("the CRLs could not be repaired: {}", with_causes(&failure)));
            }
            check(service).await?
        }
    };
    warnings.extend(
        findings
            .iter()
            .filter(|finding| !remaining.contains(finding))
            .map(|finding| format!("{}; the stack repaired it from the database", finding.statement(folder))),
    );
    warnings.extend(remaining.iter().map(|finding| finding.describe(folder)));
    Ok(warnings)
}
