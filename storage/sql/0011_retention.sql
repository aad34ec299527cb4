-- What is older than the settings want becomes counts by day.

-- Content hashes and places outlive the rows of their mails, which the older tables did not allow.
CREATE TABLE content_of (
  hash    BLOB NOT NULL PRIMARY KEY,  -- SHA-256
  mail_id INTEGER NOT NULL            -- the mail may be gone
) STRICT, WITHOUT ROWID;
INSERT INTO content_of SELECT hash, mail_id FROM content ORDER BY hash;
DROP TABLE content;
ALTER TABLE content_of RENAME TO content;

CREATE TABLE sighting_of (
  mailbox      INTEGER NOT NULL,  -- word
  uid_validity INTEGER NOT NULL,
  uid          INTEGER NOT NULL,
  mail_id      INTEGER NOT NULL,  -- the mail may be gone
  seen_at      INTEGER NOT NULL,
  again        INTEGER NOT NULL,  -- 1 = the content had been seen before under another key
  PRIMARY KEY (mailbox, uid_validity, uid, mail_id)
) STRICT, WITHOUT ROWID;
INSERT INTO sighting_of SELECT mailbox, uid_validity, uid, mail_id, seen_at, again FROM sighting ORDER BY 1, 2, 3, 4;
DROP TABLE sighting;
ALTER TABLE sighting_of RENAME TO sighting;
CREATE INDEX sighting_again ON sighting (seen_at) WHERE again = 1;

-- Rows that are gone, by the day (since the epoch, UTC) on which their mail was read. What is counted:
--   0 mails · 1 mails by kind · 2 by disposal · 3 events · 4 events by reason · 5 by vendor · 6 by advice · 7 by provider · 8 by list ·
--   9 distrusted events by cause · 10 mails seen again · 11 suppressions made, by reason · 12 suppressions ended
CREATE TABLE daily_count (
  day    INTEGER NOT NULL,
  what   INTEGER NOT NULL,
  key_id INTEGER NOT NULL,  -- word; 0 where nothing tells them apart
  count  INTEGER NOT NULL,
  PRIMARY KEY (day, what, key_id)
) STRICT, WITHOUT ROWID;

-- The same events, by what was decided about them.
CREATE TABLE daily_outcome (
  day      INTEGER NOT NULL,
  reason   INTEGER NOT NULL,  -- word
  provider INTEGER NOT NULL,  -- word
  outcome  INTEGER NOT NULL,  -- word
  count    INTEGER NOT NULL,
  PRIMARY KEY (day, reason, provider, outcome)
) STRICT, WITHOUT ROWID;

-- The highest id of the mails of a day that are gone: how old a content hash is.
CREATE TABLE journal_day (
  day       INTEGER PRIMARY KEY,
  last_mail INTEGER NOT NULL
) STRICT;

-- How far the clearing has come, so that it can be done in small steps.
CREATE TABLE clearing (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  phase        INTEGER NOT NULL,  -- 0 mails, 1 places, 2 hashes, 3 the rest, 4 addresses, 5 done
  began_at     INTEGER NOT NULL,
  after_time   INTEGER NOT NULL,
  after_mail   INTEGER NOT NULL,
  after_key    BLOB NOT NULL,
  after_number INTEGER NOT NULL
) STRICT;
INSERT INTO clearing VALUES (1, 5, 0, 0, 0, x'', 0);
