-- What a summary needs so that a night gives the same figures whenever its page is made: rows that change later
-- leave a trace of what they were. "at" is when we learned of something.
--
--   issue ──┬── issue_report      wave ──┬── wave_report      slowdown ── slowdown_report
--           └── issue_state              └── wave_settled     unknown_reply ── unknown_report

CREATE TABLE issue_report (
  issue_id  INTEGER NOT NULL REFERENCES issue (id),
  at        INTEGER NOT NULL,
  count     INTEGER NOT NULL,  -- reports of that moment
  total     INTEGER NOT NULL,  -- of the issue, then
  last_seen INTEGER NOT NULL,  -- of the issue, then
  PRIMARY KEY (issue_id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_report_by_at ON issue_report (at);
CREATE TABLE issue_state (
  id       INTEGER PRIMARY KEY,
  issue_id INTEGER NOT NULL REFERENCES issue (id),
  at       INTEGER NOT NULL,
  state    INTEGER NOT NULL  -- word
) STRICT;
CREATE INDEX issue_state_by_issue ON issue_state (issue_id, id);

INSERT INTO issue_report SELECT id, max(reported_at, last_seen), count, count, last_seen FROM issue;
INSERT INTO issue_state (issue_id, at, state) SELECT id, state_at, state FROM issue WHERE state_at > 0;

CREATE TRIGGER issue_is_new AFTER INSERT ON issue BEGIN
  INSERT INTO issue_report VALUES (NEW.id, max(NEW.reported_at, NEW.last_seen), NEW.count, NEW.count, NEW.last_seen);
END;
CREATE TRIGGER issue_is_reported AFTER UPDATE OF count ON issue WHEN NEW.count > OLD.count BEGIN
  INSERT INTO issue_report VALUES (NEW.id, max(NEW.reported_at, NEW.last_seen), NEW.count - OLD.count, NEW.count, NEW.last_seen)
  ON CONFLICT (issue_id, at) DO UPDATE SET count = count + excluded.count, total = excluded.total, last_seen = excluded.last_seen;
END;
CREATE TRIGGER issue_has_another_state AFTER UPDATE OF state ON issue WHEN NEW.state <> OLD.state BEGIN
  INSERT INTO issue_state (issue_id, at, state) VALUES (NEW.id, NEW.state_at, NEW.state);
END;

-- Templates that were dropped for want of room have reports still.
CREATE TABLE unknown_report (
  at         INTEGER NOT NULL,
  unknown_id INTEGER NOT NULL,
  PRIMARY KEY (at, unknown_id)
) STRICT, WITHOUT ROWID;
INSERT INTO unknown_report SELECT max(reported_at, last_seen), id FROM unknown_reply;
CREATE TRIGGER unknown_is_new AFTER INSERT ON unknown_reply BEGIN
  INSERT INTO unknown_report VALUES (max(NEW.reported_at, NEW.last_seen), NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER unknown_is_reported AFTER UPDATE OF count ON unknown_reply BEGIN
  INSERT INTO unknown_report VALUES (max(NEW.reported_at, NEW.last_seen), NEW.id) ON CONFLICT DO NOTHING;
END;

CREATE TABLE slowdown_report (
  provider INTEGER NOT NULL,  -- word
  reason   INTEGER NOT NULL,  -- word
  at       INTEGER NOT NULL,
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (provider, reason, at)
) STRICT, WITHOUT ROWID;
INSERT INTO slowdown_report SELECT provider, reason, since, since, until, count FROM slowdown;

-- Addresses of a wave, by the time of its last event; and how many of the held ones a person settled when.
CREATE TABLE wave_report (
  wave_id INTEGER NOT NULL REFERENCES wave (id),
  at      INTEGER NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (wave_id, at)
) STRICT, WITHOUT ROWID;
INSERT INTO wave_report SELECT id, last_at, count FROM wave;
CREATE TRIGGER wave_is_new AFTER INSERT ON wave BEGIN
  INSERT INTO wave_report VALUES (NEW.id, NEW.last_at, NEW.count);
END;
CREATE TRIGGER wave_grows AFTER UPDATE OF count ON wave WHEN NEW.count <> OLD.count OR NEW.last_at <> OLD.last_at BEGIN
  INSERT INTO wave_report VALUES (NEW.id, NEW.last_at, NEW.count)
  ON CONFLICT (wave_id, at) DO UPDATE SET count = excluded.count;
END;
CREATE TABLE wave_settled (
  wave_id INTEGER NOT NULL REFERENCES wave (id),
  at      INTEGER NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (wave_id, at)
) STRICT, WITHOUT ROWID;

-- Retries as they stood at the end of a pass or an import.
CREATE TABLE retry_level (
  at      INTEGER PRIMARY KEY,
  pending INTEGER NOT NULL,
  due     INTEGER NOT NULL
) STRICT;
INSERT INTO retry_level
SELECT max(seen_at), (SELECT count(*) FROM retry WHERE done_at = 0),
       (SELECT count(*) FROM retry WHERE done_at = 0 AND retry_after <= (SELECT max(seen_at) FROM mail))
FROM mail HAVING max(seen_at) IS NOT NULL;

-- Reports of each provider by the hour (seconds / 3600) in which their mail was journaled, for the trend:
-- without those that nothing may follow from.
CREATE TABLE provider_hour (
  hour     INTEGER NOT NULL,
  provider INTEGER NOT NULL,  -- word
  count    INTEGER NOT NULL,
  PRIMARY KEY (hour, provider)
) STRICT, WITHOUT ROWID;
INSERT INTO provider_hour
SELECT mail.seen_at / 3600, event.provider, count(*)
FROM mail JOIN event ON event.mail_id = mail.id
WHERE event.distrusted = 0 AND mail.seen_at >= (SELECT max(seen_at) FROM mail) - 40 * 86400 GROUP BY 1, 2;

-- again: 1 = the address was suppressed already, for another sender or reason.
ALTER TABLE outbox ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET again = 1
WHERE suppressed = 1
  AND (SELECT earlier.suppressed FROM outbox AS earlier
       WHERE earlier.address_id = outbox.address_id AND earlier.number < outbox.number ORDER BY earlier.number DESC LIMIT 1) = 1;
DROP INDEX outbox_by_at;
CREATE INDEX outbox_by_at ON outbox (at, suppressed, again, reason);

CREATE INDEX act_by_at ON act (at);
CREATE INDEX act_address_by_act ON act_address (act_id);
CREATE INDEX run_by_end ON run (ended_at);

-- A page and the way it went: claimed before it is sent, confirmed after. A night is the date on whose morning
-- it ends. attempts counts the claims of which nobody knows whether they were carried out, and the one that was.
CREATE TABLE summary_sent (
  night      TEXT NOT NULL,     -- YYYY-MM-DD
  way        TEXT NOT NULL,     -- 'mail', 'file', 'command'
  message_id TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,  -- 0 = nobody is at it
  sent_at    INTEGER NOT NULL,  -- 0 = not confirmed
  attempts   INTEGER NOT NULL,
  failures   INTEGER NOT NULL,
  next_at    INTEGER NOT NULL,  -- not before, after a failure
  state      TEXT NOT NULL,     -- 'claimed', 'failed', 'sent', 'uncertain', 'skipped'
  PRIMARY KEY (night, way)
) STRICT, WITHOUT ROWID;
CREATE TABLE summary_failure (
  id    INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL,
  night TEXT NOT NULL,
  way   TEXT NOT NULL,
  error TEXT NOT NULL
) STRICT;
CREATE INDEX summary_failure_by_at ON summary_failure (at);
