-- Accounts whose leaving a pushed group was approved, and when last: the brake counts them for a day.
CREATE TABLE taken_out (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    account_id    TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (connection_id, account_id)
) STRICT, WITHOUT ROWID;
