-- What people do by hand, so that it can be told, and what a suppression needs so that it can be taken back:
-- who said it, the batch it was imported in, and the lesser suppressions that it replaced.

ALTER TABLE suppression ADD COLUMN provider INTEGER NOT NULL DEFAULT 0;  -- word
ALTER TABLE suppression ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;     -- word
UPDATE suppression
SET provider = coalesce((SELECT event.provider FROM event WHERE event.id = suppression.event_id), vendor);

-- The columns are those of suppression. Of one address the highest number is the one replaced last.
CREATE TABLE replaced_suppression (
  number     INTEGER PRIMARY KEY,
  address_id INTEGER NOT NULL REFERENCES address (id),
  reason     INTEGER NOT NULL,  -- word
  confidence INTEGER NOT NULL,  -- word
  status     INTEGER NOT NULL,  -- word
  vendor     INTEGER NOT NULL,  -- word
  rule       INTEGER NOT NULL,  -- word
  source     INTEGER NOT NULL,  -- word
  scope      INTEGER NOT NULL,  -- word
  mailbox    INTEGER NOT NULL,  -- word
  count      INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  event_id   INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  diagnostic TEXT NOT NULL,
  note       TEXT NOT NULL,
  provider   INTEGER NOT NULL,  -- word
  batch      INTEGER NOT NULL   -- word
) STRICT;
CREATE INDEX replaced_by_address ON replaced_suppression (address_id);

CREATE TABLE act (
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  what   INTEGER NOT NULL,  -- word
  who    INTEGER NOT NULL,  -- word
  why    TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- The addresses of an act, and the suppression of each that it was about.
CREATE TABLE act_address (
  address_id INTEGER NOT NULL REFERENCES address (id),
  act_id     INTEGER NOT NULL REFERENCES act (id),
  reason     INTEGER NOT NULL,  -- word
  source     INTEGER NOT NULL,  -- word
  scope      INTEGER NOT NULL,  -- word
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (address_id, act_id)
) STRICT, WITHOUT ROWID;
