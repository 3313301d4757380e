-- Accounts there that nobody here has, as the last look at everybody found them.
CREATE TABLE orphan (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    account_id    TEXT    NOT NULL,
    user_name     TEXT    NOT NULL,
    external_id   TEXT,
    active        INTEGER NOT NULL,
    roles         TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (connection_id, account_id)
) STRICT, WITHOUT ROWID;
