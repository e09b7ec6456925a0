-- +goose Up
CREATE TABLE guarded (
    kind TEXT NOT NULL,
    name TEXT NOT NULL, -- of what was changed
    at   BIGINT NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (kind, name)
);
CREATE INDEX guarded_at ON guarded (kind, at);
CREATE TABLE guard_release (
    id    INTEGER PRIMARY KEY, -- 1
    until BIGINT NOT NULL -- milliseconds since 1970
);

-- +goose Down
DROP TABLE guard_release;
DROP TABLE guarded;
