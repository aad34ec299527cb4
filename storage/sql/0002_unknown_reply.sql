-- Replies that no rule knows, by vendor and wording, for `rules suggest`. Bounded: see unknown_templates_kept.

CREATE TABLE unknown_reply (
  id          INTEGER PRIMARY KEY,
  vendor      INTEGER NOT NULL,  -- word
  count       INTEGER NOT NULL,
  first_seen  INTEGER NOT NULL,
  last_seen   INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,  -- when we learned of the last one
  text        TEXT NOT NULL,     -- the wording, with tokens for what differs from mail to mail
  UNIQUE (text, vendor)
) STRICT;
CREATE INDEX unknown_reply_by_count ON unknown_reply (count, last_seen, id);

CREATE TABLE unknown_sample (
  unknown_id INTEGER NOT NULL REFERENCES unknown_reply (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (unknown_id, number)
) STRICT, WITHOUT ROWID;
