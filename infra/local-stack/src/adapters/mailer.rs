//! Writes emails to files, in place of SES. Emails never leave the machine.

use std::{
    collections::BTreeSet,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared::{
    domain::Timestamp,
    ports::{Clock, Mail, Mailer, PortError},
    telemetry::{Place, unreadable},
};

use super::{blocking, files, lock};

/// A mailer that writes one file for each sent email. An email that is sent twice is stored twice.
#[derive(Clone)]
pub struct OutboxMailer {
    folder: Arc<PathBuf>,
    clock: Arc<dyn Clock>,
    /// The number of the last email.
    last: Arc<Mutex<u64>>,
    /// The numbers of the files that were reported as unreadable.
    reported: Arc<Mutex<BTreeSet<u64>>>,
}

/// An email in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMail {
    /// The sequence number, which starts at 1.
    pub number: u64,
    pub sent_at: Timestamp,
    /// [`Mail::to`]
    pub to: String,
    /// [`Mail::subject`]
    pub subject: String,
    /// [`Mail::text`]
    pub text: String,
    /// [`Mail::html`]
    pub html: String,
    /// [`Mail::outbox_id`]
    pub outbox_id: String,
    /// [`Mail::send_number`]
    #[serde(default)]
    pub send_number: Option<u32>,
}

/// The result of [`OutboxMailer::check`].
pub(crate) struct CheckedMails {
    pub(crate) newest: Option<SentMail>,
    /// The files that cannot be read.
    pub(crate) damaged: Vec<PathBuf>,
}

impl OutboxMailer {
    /// Opens the outbox in `folder`. Creates the folder if it does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be read or created.
    pub fn open(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let folder = Arc::new(folder.into());
        fs::create_dir_all(folder.as_ref())?;
        let last = Mutex::new(numbers(&folder)?.last().copied().unwrap_or(0));
        Ok(Self { folder, clock, last: Arc::new(last), reported: Arc::default() })
    }

    /// Returns all emails, newest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder or an email in it cannot be read.
    pub async fn list(&self) -> Result<Vec<SentMail>, PortError> {
        let mut mails = self.after(0).await?;
        mails.reverse();
        Ok(mails)
    }

    /// Returns the emails with numbers greater than `number`, oldest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder or an email in it cannot be read.
    pub async fn after(&self, number: u64) -> Result<Vec<SentMail>, PortError> {
        let (mails, damaged) = self.read_after(number).await?;
        for number in damaged {
            if lock(&self.reported).insert(number) {
                unreadable(Place::MailFolder, &file_name(number));
            }
        }
        Ok(mails)
    }

    /// Reads all emails, and returns the newest one and the files that cannot be read.
    pub(crate) async fn check(&self) -> Result<CheckedMails, PortError> {
        let (mut mails, damaged) = self.read_after(0).await?;
        let damaged = damaged.into_iter().map(|number| self.path_of(number)).collect();
        Ok(CheckedMails { newest: mails.pop(), damaged })
    }

    /// Returns the path of the file of an email.
    pub(crate) fn path_of(&self, number: u64) -> PathBuf {
        self.folder.join(file_name(number))
    }

    /// Returns the emails with numbers greater than `number`, oldest first, and the numbers of the files that cannot be
    /// read.
    async fn read_after(&self, number: u64) -> Result<(Vec<SentMail>, Vec<u64>), PortError> {
        let folder = Arc::clone(&self.folder);
        blocking("outbox", move || {
            let (mut mails, mut damaged) = (Vec::new(), Vec::new());
            for number in numbers(&folder).map_err(failed)?.into_iter().filter(|found| *found > number) {
                let json = fs::read(folder.join(file_name(number))).ok();
                match json.and_then(|json| serde_json::from_slice(&json).ok()) {
                    Some(mail) => mails.push(mail),
                    None => damaged.push(number),
                }
            }
            Ok((mails, damaged))
        })
        .await
    }
}

#[async_trait]
impl Mailer for OutboxMailer {
    async fn send(&self, mail: &Mail) -> Result<(), PortError> {
        let mut sent = SentMail {
            number: 0,
            sent_at: self.clock.now(),
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            outbox_id: mail.outbox_id.clone(),
            send_number: mail.send_number,
        };
        let (folder, last) = (Arc::clone(&self.folder), Arc::clone(&self.last));
        blocking("outbox", move || {
            let mut last = lock(&last);
            loop {
                sent.number = *last + 1;
                let json = serde_json::to_vec(&sent).map_err(|error| PortError::new("outbox", &error))?;
                let created = files::create(&folder.join(file_name(sent.number)), &json).map_err(failed)?;
                *last = sent.number;
                if created {
                    return Ok(());
                }
            }
        })
        .await
    }
}

/// Returns the numbers of the emails in `folder` in ascending order.
fn numbers(folder: &PathBuf) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".json"));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn file_name(number: u64) -> String {
    format!("{number:08}.json")
}

fn failed(error: io::Error) -> PortError {
    PortError::new("outbox", &error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::test_support::Folder;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            Timestamp::try_from(43_200).unwrap()
        }
    }

    fn mail(outbox_id: &str) -> Mail {
        Mail {
            to: "hanako@example.jp".to_owned(),
            subject: "証明書コード".to_owned(),
            text: "text".to_owned(),
            html: "<p>html</p>".to_owned(),
            outbox_id: outbox_id.to_owned(),
            send_number: Some(1),
        }
    }

    #[tokio::test]
    async fn every_sent_email_is_stored_in_order() {
        let folder = Folder::new();
        let outbox = OutboxMailer::open(folder.path(), Arc::new(Noon)).unwrap();
        for outbox_id in ["1", "2", "2"] {
            outbox.send(&mail(outbox_id)).await.unwrap();
        }
        std::fs::write(folder.path().join(".00000009.json.1.tmp"), b"half a ma").unwrap();
        let after_restart = OutboxMailer::open(folder.path(), Arc::new(Noon)).unwrap();
        after_restart.send(&mail("3")).await.unwrap();
        // The first outbox did not count the email that the second outbox sent, and must not overwrite its file.
        outbox.send(&mail("4")).await.unwrap();

        let mails = outbox.list().await.unwrap();
        let seen: Vec<_> = mails.iter().map(|mail| (mail.number, mail.outbox_id.as_str())).collect();
        assert_eq!(seen, [(5, "4"), (4, "3"), (3, "2"), (2, "2"), (1, "1")]);
        assert_eq!((mails[0].subject.as_str(), mails[0].sent_at.as_seconds()), ("証明書コード", 43_200));
        let newest = outbox.after(3).await.unwrap();
        assert_eq!(newest.iter().map(|mail| mail.number).collect::<Vec<_>>(), [4, 5]);
    }
}
