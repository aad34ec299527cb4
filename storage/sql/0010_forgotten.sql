-- Addresses that were forgotten while they were suppressed: hashes with a key of this database's own.

CREATE TABLE forgotten_key (
  id  INTEGER PRIMARY KEY CHECK (id = 1),
  key BLOB NOT NULL
) STRICT;
INSERT INTO forgotten_key (id, key) VALUES (1, randomblob(32));

CREATE TABLE forgotten (
  hash   BLOB NOT NULL PRIMARY KEY,  -- HMAC-SHA256 of the normal form
  at     INTEGER NOT NULL,
  reason INTEGER NOT NULL,  -- word
  scope  INTEGER NOT NULL   -- word
) STRICT, WITHOUT ROWID;
