-- +goose Up
CREATE TABLE pushes (
    seq         TEXT PRIMARY KEY,
    at          BIGINT NOT NULL, -- milliseconds since 1970
    request     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    resource    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name        TEXT NOT NULL, -- folded
    status      INTEGER NOT NULL,
    cause       TEXT NOT NULL,
    record      TEXT NOT NULL -- JSON
);
CREATE INDEX pushes_at ON pushes (at, status);
CREATE INDEX pushes_kind ON pushes (kind, seq);
CREATE INDEX pushes_request ON pushes (request);
CREATE INDEX pushes_resource ON pushes (resource) WHERE resource <> '';
CREATE INDEX pushes_external_id ON pushes (external_id) WHERE external_id <> '';
CREATE INDEX pushes_name ON pushes (name) WHERE name <> '';
CREATE INDEX pushes_failed ON pushes (seq) WHERE status >= 400;
CREATE INDEX pushes_cause ON pushes (at, cause) WHERE status >= 400;

CREATE TABLE creations (
    name        TEXT PRIMARY KEY, -- kind, domain and folded name
    external_id TEXT NOT NULL, -- that the bridge made up
    resource    TEXT NOT NULL, -- id in Access, once it is known
    at          BIGINT NOT NULL -- milliseconds since 1970
);
CREATE INDEX creations_resource ON creations (resource);

-- +goose Down
DROP TABLE creations;
DROP TABLE pushes;
