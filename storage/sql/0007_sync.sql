-- What list managers and other targets have been told of the outbox.
--
--   sync_target ── sync_address ── address        outbox.number is what both count in

-- What a filter of a target looks at, kept with the change: events may be gone when a target is new.
ALTER TABLE outbox ADD COLUMN confidence INTEGER NOT NULL DEFAULT 0;  -- word
ALTER TABLE outbox ADD COLUMN list_id    INTEGER NOT NULL DEFAULT 0;  -- word; of the mail that decided it
UPDATE outbox SET
  confidence = coalesce((SELECT confidence FROM event WHERE event.id = outbox.event_id),
                        (SELECT confidence FROM suppression WHERE suppression.address_id = outbox.address_id), 0),
  list_id = coalesce((SELECT report.list_id FROM event JOIN report ON report.mail_id = event.mail_id
                      WHERE event.id = outbox.event_id), 0)
WHERE suppressed = 1;

CREATE TABLE sync_target (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,  -- as in the settings
  cursor       INTEGER NOT NULL,      -- every change up to this number is told, put aside or filtered out
  disabled     INTEGER NOT NULL,      -- 1 = it asked not to be told any more
  failures     INTEGER NOT NULL,      -- turns in a row that failed
  next_try_at  INTEGER NOT NULL,
  tried_at     INTEGER NOT NULL,
  delivered_at INTEGER NOT NULL,      -- of the last turn that ended well
  delivered    INTEGER NOT NULL,      -- changes that it took, ever
  error        TEXT NOT NULL          -- of the last turn that failed; '' = it ended well
) STRICT;

-- The newest change of an address that a target was told, or refused.
CREATE TABLE sync_address (
  address_id  INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,
  target_id   INTEGER NOT NULL REFERENCES sync_target (id),
  number      INTEGER NOT NULL,  -- of the change
  suppressed  INTEGER NOT NULL,  -- what it says
  holds       INTEGER NOT NULL,  -- 1 = the target may have a suppression of ours: its end must be told
  state       INTEGER NOT NULL,  -- 0 = told, 1 = refused, and tried again at next_try_at, 2 = refused for good
  attempts    INTEGER NOT NULL,
  next_try_at INTEGER NOT NULL,
  at          INTEGER NOT NULL,  -- of the last attempt
  words       TEXT NOT NULL,     -- what the target said to a refused one
  PRIMARY KEY (address_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_address_refused ON sync_address (target_id, state, next_try_at) WHERE state > 0;

-- For MTAs: who must not be mailed by anyone, at this moment (contrib/postfix, contrib/exim).
CREATE VIEW mta_suppressed AS
SELECT address.address, reason.text AS reason, 'suppressed: ' || replace(reason.text, '_', ' ') AS reply
FROM address
JOIN suppression ON suppression.address_id = address.id
JOIN word AS reason ON reason.id = suppression.reason
WHERE suppression.scope = 0
  AND (suppression.expires_at = 0 OR suppression.expires_at > CAST(strftime('%s', 'now') AS INTEGER));
