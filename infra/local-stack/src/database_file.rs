//! Checks the file of the database before it is opened.
//!
//! SQLite keeps the latest transactions in a second file until the last connection is closed. A third file marks the
//! database as open, so that a lost second file is noticed after the process was killed.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::stack::StackError;

pub(crate) const DATABASE_FILE: &str = "dynamodb.sqlite";
/// The file with the transactions that SQLite has not moved to [`DATABASE_FILE`] yet.
const TRANSACTIONS: &str = "dynamodb.sqlite-wal";
/// The file that exists while the database is open.
const OPEN: &str = "database-open";

/// Checks that the database in `data_dir` is complete and readable. If the folder is new, the file may be missing.
pub(crate) fn check(data_dir: &Path, is_new: bool) -> Result<(), StackError> {
    let file = data_dir.join(DATABASE_FILE);
    match fs::metadata(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound && is_new => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(damaged(file, "is missing")),
        Err(error) => return Err(error.into()),
        Ok(found) if found.len() == 0 => return Err(damaged(file, "is empty")),
        Ok(_) => {}
    }
    let transactions = data_dir.join(TRANSACTIONS);
    if data_dir.join(OPEN).try_exists()? && !transactions.try_exists()? {
        let fault = "is missing, although the database was not closed, so the latest transactions are lost";
        return Err(damaged(transactions, fault));
    }
    // The check may close the last connection, so that SQLite deletes the second file.
    mark_closed(data_dir)?;
    match first_fault(&file) {
        Ok(None) => Ok(()),
        Ok(Some(fault)) => Err(damaged(file, format!("is damaged: {fault}"))),
        Err(error) => Err(damaged(file, format!("is damaged or is not a database: {error}"))),
    }
}

/// Marks the database as open, if the second file exists.
pub(crate) fn mark_open(data_dir: &Path) -> io::Result<()> {
    if data_dir.join(TRANSACTIONS).try_exists()? { fs::write(data_dir.join(OPEN), b"") } else { Ok(()) }
}

pub(crate) fn mark_closed(data_dir: &Path) -> io::Result<()> {
    match fs::remove_file(data_dir.join(OPEN)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns the first fault that SQLite finds in the file. The check reads the whole file.
fn first_fault(file: &Path) -> rusqlite::Result<Option<String>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let outcome: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((outcome != "ok").then_some(outcome))
}

fn damaged(path: PathBuf, fault: impl Into<String>) -> StackError {
    StackError::Database { path, fault: fault.into() }
}
