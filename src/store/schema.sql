-- The first migration. People and groups are shared by all connections; everything else names its connection.

CREATE TABLE connection (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    settings TEXT    NOT NULL,
    fence    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- connection_id 0 is the whole home.
CREATE TABLE meta (
    connection_id INTEGER NOT NULL,
    key           TEXT    NOT NULL,
    value         TEXT    NOT NULL,
    PRIMARY KEY (connection_id, key)
) STRICT, WITHOUT ROWID;

-- Clustered by the folded user name: a load in user name order is one plain scan.
CREATE TABLE person (
    key          TEXT    NOT NULL PRIMARY KEY,
    id           INTEGER NOT NULL UNIQUE,
    user_name    TEXT    NOT NULL,
    given_name   TEXT    NOT NULL,
    family_name  TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    external_id  TEXT,
    status       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "group" (
    id   INTEGER PRIMARY KEY,
    key  TEXT    NOT NULL UNIQUE,
    name TEXT    NOT NULL
) STRICT;

CREATE TABLE member (
    group_id INTEGER NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
    person   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_person ON member (person);

CREATE TABLE assignment (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    roles         TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    origin        TEXT    NOT NULL,
    PRIMARY KEY (connection_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_person ON assignment (person);

CREATE TABLE group_assignment (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    group_id      INTEGER NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
    priority      INTEGER NOT NULL,
    roles         TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    PRIMARY KEY (connection_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_assignment_group ON group_assignment (group_id);

CREATE TABLE attribute (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    place         INTEGER NOT NULL,
    attribute     TEXT    NOT NULL,
    PRIMARY KEY (connection_id, place)
) STRICT, WITHOUT ROWID;

-- settled is null where it equals sent: most endpoints keep what they are given.
-- change_seq tells whether the link or the observation of a person came later.
CREATE TABLE link (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    remote_id     TEXT    NOT NULL,
    linked_at     INTEGER NOT NULL,
    sent          TEXT    NOT NULL,
    settled       TEXT,
    confirmed_at  INTEGER NOT NULL,
    change_seq    INTEGER NOT NULL,
    PRIMARY KEY (connection_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_person ON link (person);

CREATE TABLE observation (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    state         TEXT    NOT NULL,
    account       TEXT,
    at            INTEGER NOT NULL,
    change_seq    INTEGER NOT NULL,
    PRIMARY KEY (connection_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX observation_person ON observation (person);

CREATE TABLE note (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    text          TEXT    NOT NULL,
    by            TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (connection_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX note_person ON note (person);

CREATE TABLE sweep (
    connection_id INTEGER NOT NULL PRIMARY KEY REFERENCES connection (id),
    at            INTEGER NOT NULL,
    complete      INTEGER NOT NULL,
    accounts      INTEGER NOT NULL,
    strangers     INTEGER NOT NULL
) STRICT;

CREATE TABLE console_value (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    field         TEXT    NOT NULL,
    PRIMARY KEY (connection_id, person, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_value_person ON console_value (person);

-- History outlives the person, so there is no reference to them. changes_role: it moves a role, or gives access.
CREATE TABLE operation (
    id            INTEGER PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    person        INTEGER NOT NULL,
    user_name     TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    cause         TEXT    NOT NULL,
    intent        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    not_before    INTEGER,
    attempts      INTEGER NOT NULL,
    failure       TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    actor         TEXT    NOT NULL,
    reason        TEXT,
    changes_role  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX operation_leading ON operation (connection_id, person)
    WHERE state NOT IN ('done', 'cancelled', 'behind');
CREATE UNIQUE INDEX operation_behind ON operation (connection_id, person) WHERE state = 'behind';
CREATE INDEX operation_live ON operation (connection_id, state) WHERE state NOT IN ('done', 'cancelled');
CREATE INDEX operation_person ON operation (person, id);
CREATE INDEX operation_created ON operation (connection_id, created_at);

-- connection_id null: about people and groups, for everybody.
CREATE TABLE change (
    seq           INTEGER PRIMARY KEY,
    connection_id INTEGER REFERENCES connection (id),
    change        TEXT    NOT NULL
) STRICT;

CREATE TABLE audit (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    seq           INTEGER NOT NULL,
    time          INTEGER NOT NULL,
    person        INTEGER,
    operation     INTEGER,
    remote_id     TEXT,
    entry         TEXT    NOT NULL,
    hash          BLOB    NOT NULL,
    PRIMARY KEY (connection_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_person ON audit (connection_id, person, seq) WHERE person IS NOT NULL;
CREATE INDEX audit_operation ON audit (connection_id, operation, seq) WHERE operation IS NOT NULL;
CREATE UNIQUE INDEX audit_remote ON audit (connection_id, remote_id) WHERE remote_id IS NOT NULL;
-- Against honest mistakes; the hash chain finds the others.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE trace (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    operation     INTEGER,
    step          TEXT    NOT NULL,
    attempt       INTEGER NOT NULL,
    exchange      TEXT    NOT NULL
) STRICT;
CREATE INDEX trace_operation ON trace (operation, seq) WHERE operation IS NOT NULL;
