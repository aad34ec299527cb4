-- The whole of what bounced remembers. Times are UTC seconds since the epoch, 0 = never or unknown.
--
--   mail ──┬── content        (one mail for each content, by whatever way it came)
--          ├── sighting       (where it was seen: mailbox, UIDVALIDITY, UID)
--          ├── report         (what its recipients have in common)
--          └── event ── address ──┬── suppression ──► outbox
--                                 └── retry
--   issue, slowdown: about us and a provider      mailbox_cursor, run: about our own work
--
-- Columns marked "word" hold the id of a row in `word` (0 = ""): texts that repeat in nearly every row.
-- The views at the end spell them out for people.

CREATE TABLE word (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE mail (
  id         INTEGER PRIMARY KEY,
  mailbox    INTEGER NOT NULL,  -- word
  seen_at    INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  kind       INTEGER NOT NULL,  -- word
  dialect    INTEGER NOT NULL,  -- word
  disposal   INTEGER NOT NULL,  -- word
  source     INTEGER NOT NULL,  -- word
  damage     TEXT NOT NULL,
  message_id TEXT NOT NULL
) STRICT;
CREATE INDEX mail_by_seen_at ON mail (seen_at);

CREATE TABLE content (
  hash    BLOB NOT NULL PRIMARY KEY,  -- SHA-256
  mail_id INTEGER NOT NULL REFERENCES mail (id)
) STRICT, WITHOUT ROWID;

-- mail_id is part of the key: a server that gives one UID to two mails must not make us lose the second.
CREATE TABLE sighting (
  mailbox      INTEGER NOT NULL,  -- word
  uid_validity INTEGER NOT NULL,
  uid          INTEGER NOT NULL,
  mail_id      INTEGER NOT NULL REFERENCES mail (id),
  seen_at      INTEGER NOT NULL,
  again        INTEGER NOT NULL,  -- 1 = the content had been seen before under another key
  PRIMARY KEY (mailbox, uid_validity, uid, mail_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_again ON sighting (seen_at) WHERE again = 1;

CREATE TABLE report (
  mail_id             INTEGER PRIMARY KEY REFERENCES mail (id),
  reporting_mta       INTEGER NOT NULL,  -- word
  original_from       INTEGER NOT NULL,  -- word
  list_id             INTEGER NOT NULL,  -- word
  original_message_id TEXT NOT NULL
) STRICT;

CREATE TABLE address (
  id                INTEGER PRIMARY KEY,
  address           TEXT NOT NULL UNIQUE,  -- normal form
  as_written        TEXT NOT NULL,         -- '' = the same
  domain            INTEGER NOT NULL,      -- word
  soft_reset_at     INTEGER NOT NULL DEFAULT 0,
  last_delivered_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE event (
  id               INTEGER PRIMARY KEY,
  mail_id          INTEGER NOT NULL REFERENCES mail (id),
  address_id       INTEGER NOT NULL REFERENCES address (id),
  at               INTEGER NOT NULL,
  kind             INTEGER NOT NULL,  -- word
  reason           INTEGER NOT NULL,  -- word
  fault            INTEGER NOT NULL,  -- word
  permanence       INTEGER NOT NULL,  -- word
  confidence       INTEGER NOT NULL,  -- word
  advice           INTEGER NOT NULL,  -- word
  confirm          INTEGER NOT NULL,  -- 1 = wants a second one
  rule             INTEGER NOT NULL,  -- word
  vendor           INTEGER NOT NULL,  -- word
  provider         INTEGER NOT NULL,  -- word
  action           INTEGER NOT NULL,  -- word
  status           INTEGER NOT NULL,  -- word
  reply_code       INTEGER NOT NULL,  -- word
  command          INTEGER NOT NULL,  -- word
  remote_mta       INTEGER NOT NULL,  -- word
  wait_seconds     INTEGER NOT NULL,
  will_retry_until INTEGER NOT NULL,
  outcome          INTEGER NOT NULL,  -- word
  counted          INTEGER NOT NULL,
  threshold        INTEGER NOT NULL,
  diagnostic       TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_address ON event (address_id, at);
CREATE INDEX event_by_mail ON event (mail_id);

CREATE TABLE suppression (
  address_id INTEGER PRIMARY KEY REFERENCES address (id),
  reason     INTEGER NOT NULL,  -- word
  confidence INTEGER NOT NULL,  -- word
  status     INTEGER NOT NULL,  -- word
  vendor     INTEGER NOT NULL,  -- word
  rule       INTEGER NOT NULL,  -- word
  source     INTEGER NOT NULL,  -- word
  scope      INTEGER NOT NULL,  -- word; '' = for every sender, else the sender domain that is refused
  mailbox    INTEGER NOT NULL,  -- word
  count      INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  event_id   INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  diagnostic TEXT NOT NULL,
  note       TEXT NOT NULL
) STRICT;
CREATE INDEX suppression_by_decided_at ON suppression (decided_at);
CREATE INDEX suppression_by_expires_at ON suppression (expires_at) WHERE expires_at > 0;

-- AUTOINCREMENT: a number is never given twice, so a target's cursor stays true after deletions.
CREATE TABLE outbox (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  address_id INTEGER NOT NULL REFERENCES address (id),
  suppressed INTEGER NOT NULL,
  reason     INTEGER NOT NULL,  -- word
  scope      INTEGER NOT NULL,  -- word
  at         INTEGER NOT NULL,
  event_id   INTEGER NOT NULL,
  why        TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_address ON outbox (address_id);
CREATE INDEX outbox_by_at ON outbox (at);

CREATE TABLE retry (
  address_id          INTEGER PRIMARY KEY REFERENCES address (id),
  reason              INTEGER NOT NULL,  -- word
  provider            INTEGER NOT NULL,  -- word
  list_id             INTEGER NOT NULL,  -- word
  attempts            INTEGER NOT NULL,
  retry_after         INTEGER NOT NULL,
  decided_at          INTEGER NOT NULL,
  original_message_id TEXT NOT NULL,
  diagnostic          TEXT NOT NULL
) STRICT;
CREATE INDEX retry_by_retry_after ON retry (retry_after);

CREATE TABLE slowdown (
  provider INTEGER NOT NULL,  -- word
  reason   INTEGER NOT NULL,  -- word
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (provider, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
  id              INTEGER PRIMARY KEY,
  provider        INTEGER NOT NULL,  -- word
  reason          INTEGER NOT NULL,  -- word
  vendor          INTEGER NOT NULL,  -- word
  rule            INTEGER NOT NULL,  -- word
  state           INTEGER NOT NULL,  -- word
  count           INTEGER NOT NULL,
  first_seen      INTEGER NOT NULL,
  last_seen       INTEGER NOT NULL,
  reported_at     INTEGER NOT NULL,  -- when we learned of the last occurrence
  normalised_text TEXT NOT NULL,
  sample_text     TEXT NOT NULL,
  remedy          TEXT NOT NULL,
  remedy_url      TEXT NOT NULL,
  UNIQUE (provider, reason, normalised_text)
) STRICT;

CREATE TABLE mailbox_cursor (
  mailbox      INTEGER PRIMARY KEY,  -- word
  uid_validity INTEGER NOT NULL,
  last_uid     INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
  id           INTEGER PRIMARY KEY,
  mailbox      INTEGER NOT NULL,  -- word
  started_at   INTEGER NOT NULL,
  ended_at     INTEGER NOT NULL,
  mails        INTEGER NOT NULL,
  bounces      INTEGER NOT NULL,
  duplicates   INTEGER NOT NULL,
  unrecognised INTEGER NOT NULL,
  quarantined  INTEGER NOT NULL,
  suppressed   INTEGER NOT NULL,
  error        TEXT NOT NULL
) STRICT;
CREATE INDEX run_by_mailbox ON run (mailbox, id);

CREATE VIEW event_readable AS
SELECT event.id, datetime(event.at, 'unixepoch') AS at, address.address, kind.text AS kind, reason.text AS reason,
       confidence.text AS confidence, advice.text AS advice, outcome.text AS outcome, event.counted,
       event.threshold, rule.text AS rule, provider.text AS provider, status.text AS status, event.diagnostic
FROM event
JOIN address ON address.id = event.address_id
LEFT JOIN word AS kind ON kind.id = event.kind
LEFT JOIN word AS reason ON reason.id = event.reason
LEFT JOIN word AS confidence ON confidence.id = event.confidence
LEFT JOIN word AS advice ON advice.id = event.advice
LEFT JOIN word AS outcome ON outcome.id = event.outcome
LEFT JOIN word AS rule ON rule.id = event.rule
LEFT JOIN word AS provider ON provider.id = event.provider
LEFT JOIN word AS status ON status.id = event.status;

CREATE VIEW suppression_readable AS
SELECT address.address, reason.text AS reason, source.text AS source, scope.text AS scope, suppression.count,
       datetime(suppression.decided_at, 'unixepoch') AS decided_at, suppression.expires_at, suppression.note,
       suppression.diagnostic
FROM suppression
JOIN address ON address.id = suppression.address_id
LEFT JOIN word AS reason ON reason.id = suppression.reason
LEFT JOIN word AS source ON source.id = suppression.source
LEFT JOIN word AS scope ON scope.id = suppression.scope;
