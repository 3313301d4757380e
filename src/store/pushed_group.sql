-- Groups that are pushed to the endpoint with their members.
CREATE TABLE pushed_group (
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    group_id      INTEGER NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
    push          TEXT    NOT NULL,
    PRIMARY KEY (connection_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushed_group_group ON pushed_group (group_id);
