-- Links and observations by person first: deleting a person finds them by the primary key, so that each row is in one
-- tree and not in two. In the change log links and operations are named by their rows from now on.
CREATE TABLE link_by_person (
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    remote_id     TEXT    NOT NULL,
    linked_at     INTEGER NOT NULL,
    sent          TEXT    NOT NULL,
    settled       TEXT,
    confirmed_at  INTEGER NOT NULL,
    change_seq    INTEGER NOT NULL,
    PRIMARY KEY (person, connection_id)
) STRICT, WITHOUT ROWID;
INSERT INTO link_by_person
    SELECT person, connection_id, remote_id, linked_at, sent, settled, confirmed_at, change_seq FROM link;
DROP TABLE link;
ALTER TABLE link_by_person RENAME TO link;

CREATE TABLE observation_by_person (
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    state         TEXT    NOT NULL,
    account       TEXT,
    at            INTEGER NOT NULL,
    change_seq    INTEGER NOT NULL,
    PRIMARY KEY (person, connection_id)
) STRICT, WITHOUT ROWID;
INSERT INTO observation_by_person
    SELECT person, connection_id, state, account, at, change_seq FROM observation;
DROP TABLE observation;
ALTER TABLE observation_by_person RENAME TO observation;
