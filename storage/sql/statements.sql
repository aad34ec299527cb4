-- Every statement of the SQLite store, by name. `-- name: x` opens a statement; it ends at the next one.
-- Parameters are bound in order. Column lists that several queries share are written out in each: the reading
-- functions count columns.

-- name: word_id
SELECT id FROM word WHERE text = ?
-- name: word_text
SELECT text FROM word WHERE id = ?
-- name: insert_word
INSERT INTO word (text) VALUES (?)

-- name: address_id
SELECT id FROM address WHERE address = ?
-- name: insert_address
INSERT INTO address (address, as_written, domain) VALUES (?, ?, ?)
-- name: address_state
SELECT address.id, address.soft_reset_at, address.last_delivered_at,
       suppression.source, suppression.scope, suppression.reason, suppression.expires_at,
       retry.attempts, retry.decided_at, retry.retry_after, suppression.address_id IS NOT NULL, retry.done_at
FROM address
LEFT JOIN suppression ON suppression.address_id = address.id
LEFT JOIN retry ON retry.address_id = address.id
WHERE address.address = ?
-- name: address_delivered
UPDATE address SET soft_reset_at = max(soft_reset_at, ?2), last_delivered_at = max(last_delivered_at, ?2) WHERE id = ?1
-- name: address_reset
UPDATE address SET soft_reset_at = max(soft_reset_at, ?2) WHERE id = ?1

-- name: mail_of_content
SELECT mail_id FROM content WHERE hash = ?
-- name: mail_of_key
SELECT mail_id FROM sighting WHERE mailbox = ? AND uid_validity = ? AND uid = ? LIMIT 1
-- name: insert_mail
INSERT INTO mail (mailbox, seen_at, size_bytes, kind, dialect, disposal, source, damage, message_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: insert_content
INSERT INTO content (hash, mail_id) VALUES (?, ?) ON CONFLICT DO NOTHING
-- name: insert_sighting
INSERT INTO sighting (mailbox, uid_validity, uid, mail_id, seen_at, again) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
-- name: insert_report
INSERT INTO report (mail_id, reporting_mta, original_from, list_id, original_message_id) VALUES (?, ?, ?, ?, ?)
-- name: insert_event
INSERT INTO event (mail_id, address_id, at, kind, reason, fault, permanence, confidence, advice, confirm, rule, vendor, provider,
                   action, status, reply_code, command, remote_mta, wait_seconds, will_retry_until, outcome, counted, threshold,
                   diagnostic, authenticity, authenticity_because, distrusted, signature, wave)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: history
SELECT id, mail_id, at, kind, reason, fault, permanence, confidence, advice, confirm, rule, vendor, provider, list_id, original_from,
       authenticity, distrusted, signature, wave
FROM (SELECT event.*, report.list_id, report.original_from FROM event JOIN report ON report.mail_id = event.mail_id
      WHERE address_id = ? AND distrusted = 0 AND at >= ? ORDER BY at DESC, event.id DESC LIMIT ?)
ORDER BY at, id
-- name: events
SELECT event.id, event.mail_id, event.at, event.kind, event.reason, event.fault, event.permanence, event.confidence, event.advice,
       event.confirm, event.rule, event.vendor, event.provider, report.list_id, report.original_from,
       event.authenticity, event.distrusted, event.signature,
       address.address, address.as_written, event.action, event.status, event.reply_code, event.command, event.remote_mta,
       event.wait_seconds, event.will_retry_until, event.outcome, event.counted, event.threshold, event.diagnostic,
       report.reporting_mta, report.original_message_id, mail.mailbox, event.authenticity_because, event.wave
FROM address
JOIN event ON event.address_id = address.id
JOIN report ON report.mail_id = event.mail_id
JOIN mail ON mail.id = event.mail_id
WHERE address.address = ? ORDER BY event.at, event.id
-- name: addresses
SELECT address, soft_reset_at, last_delivered_at FROM address WHERE address > ? ORDER BY address
-- name: event_exists
SELECT 1 FROM event WHERE id = ?
-- name: rejudge_event
UPDATE event SET reason = ?2, fault = ?3, permanence = ?4, confidence = ?5, advice = ?6, confirm = ?7, rule = ?8, vendor = ?9,
                 provider = ?10, wait_seconds = ?11, outcome = ?12, counted = ?13, threshold = ?14
WHERE id = ?1

-- name: suppression_state
SELECT source, scope, count, first_seen, last_seen FROM suppression WHERE address_id = ?
-- name: put_suppression
INSERT OR REPLACE INTO suppression (address_id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen,
                                    last_seen, decided_at, expires_at, event_id, message_id, diagnostic, note,
                                    provider, batch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: refresh_suppression
UPDATE suppression SET count = max(count, ?2), first_seen = min(first_seen, ?3), last_seen = max(last_seen, ?4) WHERE address_id = ?1
-- name: delete_suppression
DELETE FROM suppression WHERE address_id = ?
-- name: expired_suppressions
SELECT address_id, reason, scope FROM suppression WHERE expires_at > 0 AND expires_at <= ? ORDER BY expires_at, address_id
-- name: suppression
SELECT address.address, address.as_written, suppression.reason, confidence, status, diagnostic, vendor, rule, source, scope, mailbox,
       message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch
FROM suppression JOIN address ON address.id = suppression.address_id WHERE address.address = ?
-- name: suppressions
-- CROSS JOIN keeps address outermost: its index gives the order without a sort, so memory stays constant.
SELECT address.address, address.as_written, suppression.reason, confidence, status, diagnostic, vendor, rule, source, scope, mailbox,
       message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch
FROM address CROSS JOIN suppression ON suppression.address_id = address.id
WHERE (?1 = 0 OR suppression.reason = ?1) AND (?2 = 0 OR address.domain = ?2) AND (?3 = 0 OR suppression.source = ?3)
  AND decided_at >= ?4 AND (?5 = 0 OR decided_at < ?5) AND (?6 < 0 OR (suppression.scope <> 0) = ?6)
  AND address.address > ?7
ORDER BY address.address
-- name: keep_replaced
INSERT INTO replaced_suppression (address_id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen, last_seen, decided_at, expires_at, event_id,
       message_id, diagnostic, note, provider, batch)
SELECT address_id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen, last_seen, decided_at, expires_at, event_id,
       message_id, diagnostic, note, provider, batch FROM suppression WHERE address_id = ?
-- name: replaced_of_address
SELECT address.address, address.as_written, replaced_suppression.reason, confidence, status, diagnostic, vendor, rule, source, scope,
       mailbox, message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch, number
FROM replaced_suppression JOIN address ON address.id = address_id WHERE address_id = ? ORDER BY number
-- name: replaced_suppressions
SELECT address.address, address.as_written, replaced_suppression.reason, confidence, status, diagnostic, vendor, rule, source, scope,
       mailbox, message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch, number
FROM replaced_suppression JOIN address ON address.id = address_id ORDER BY number
-- name: restore_suppression
INSERT OR REPLACE INTO suppression (address_id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen, last_seen, decided_at, expires_at, event_id,
       message_id, diagnostic, note, provider, batch)
SELECT address_id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen, last_seen, decided_at, expires_at, event_id,
       message_id, diagnostic, note, provider, batch FROM replaced_suppression WHERE number = ?
-- name: forget_replaced
DELETE FROM replaced_suppression WHERE number = ?
-- name: forget_replaced_of_address
DELETE FROM replaced_suppression WHERE address_id = ?
-- name: insert_act
INSERT INTO act (at, what, who, why, detail) VALUES (?, ?, ?, ?, ?)
-- name: note_act
INSERT INTO act_address (address_id, act_id, reason, source, scope, decided_at)
SELECT address_id, ?2, reason, source, scope, decided_at FROM suppression WHERE address_id = ?1 ON CONFLICT DO NOTHING
-- name: acts_on
SELECT act.id, act.at, what, who, why, detail, reason, source, scope, decided_at
FROM address JOIN act_address ON act_address.address_id = address.id JOIN act ON act.id = act_id
WHERE address.address = ? ORDER BY act.id
-- name: insert_change
INSERT INTO outbox (address_id, suppressed, reason, scope, at, event_id, why, confidence, again, list_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        coalesce((SELECT report.list_id FROM event JOIN report ON report.mail_id = event.mail_id WHERE event.id = ?6), 0))
-- name: changes
SELECT number, address.address, suppressed, reason, scope, at, why, event_id, confidence, list_id
FROM outbox JOIN address ON address.id = outbox.address_id WHERE number > ? ORDER BY number

-- name: sync_target
SELECT name, cursor, disabled, failures, next_try_at, tried_at, delivered_at, delivered, error, id FROM sync_target WHERE name = ?
-- name: sync_targets
SELECT name, cursor, disabled, failures, next_try_at, tried_at, delivered_at, delivered, error, id FROM sync_target ORDER BY name
-- name: put_sync_target
INSERT INTO sync_target (name, cursor, disabled, failures, next_try_at, tried_at, delivered_at, delivered, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
  cursor = excluded.cursor, disabled = excluded.disabled, failures = excluded.failures, next_try_at = excluded.next_try_at,
  tried_at = excluded.tried_at, delivered_at = excluded.delivered_at, delivered = excluded.delivered, error = excluded.error
-- name: changes_behind
SELECT count(*), coalesce((SELECT at FROM outbox WHERE number > ?1 ORDER BY number LIMIT 1), 0) FROM outbox WHERE number > ?1
-- name: count_refused
SELECT state, count(*) FROM sync_address WHERE target_id = ? AND state > 0 GROUP BY state
-- name: last_change
SELECT coalesce(max(number), 0) FROM outbox
-- name: sync_changes
SELECT outbox.number, address.address, outbox.suppressed, reason, scope, outbox.at, why, event_id, confidence, list_id,
       coalesce(known.number, 0), coalesce(known.suppressed, 0), coalesce(known.holds, 0), coalesce(known.state, 0),
       coalesce(known.attempts, 0), coalesce(known.next_try_at, 0), coalesce(known.at, 0), coalesce(known.words, '')
FROM outbox JOIN address ON address.id = outbox.address_id
LEFT JOIN sync_address AS known ON known.address_id = outbox.address_id AND known.target_id = ?1
WHERE outbox.number > ?2 ORDER BY outbox.number LIMIT ?3
-- name: sync_waiting
SELECT outbox.number, address.address, outbox.suppressed, reason, scope, outbox.at, why, event_id, confidence, list_id,
       known.number, known.suppressed, known.holds, known.state, known.attempts, known.next_try_at, known.at, known.words
FROM sync_address AS known JOIN outbox ON outbox.number = known.number JOIN address ON address.id = known.address_id
WHERE known.target_id = ? AND known.state = 1 AND known.next_try_at <= ? ORDER BY known.number LIMIT ?
-- name: next_sync_waiting
SELECT coalesce(min(next_try_at), 0) FROM sync_address WHERE target_id = ? AND state = 1
-- name: put_sync_address
INSERT INTO sync_address (address_id, target_id, number, suppressed, holds, state, attempts, next_try_at, at, words)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (address_id, target_id) DO UPDATE SET
  number = excluded.number, suppressed = excluded.suppressed, holds = excluded.holds, state = excluded.state,
  attempts = excluded.attempts, next_try_at = excluded.next_try_at, at = excluded.at, words = excluded.words
-- name: replay_sync_addresses
UPDATE sync_address SET number = ?2 - 1, state = 0, attempts = 0, next_try_at = 0, words = ''
WHERE target_id = ?1 AND number >= ?2
-- name: sync_refused
SELECT address.address, number, suppressed, holds, state, attempts, next_try_at, at, words
FROM sync_address JOIN address ON address.id = address_id WHERE target_id = ? AND state > 0 ORDER BY number
-- name: sync_known_of
SELECT address.address, number, suppressed, holds, state, attempts, sync_address.next_try_at, at, words, sync_target.name
FROM address JOIN sync_address ON address_id = address.id JOIN sync_target ON sync_target.id = target_id
WHERE address.address = ? ORDER BY sync_target.name
-- name: last_change_of
SELECT number, address.address, suppressed, reason, scope, at, why, event_id, confidence, list_id
FROM address JOIN outbox ON outbox.address_id = address.id WHERE address.address = ? ORDER BY number DESC LIMIT 1

-- name: last_act
SELECT coalesce(max(id), 0) FROM act

-- name: verdict_key
SELECT id FROM verdict_key WHERE kind = ? AND name = ?
-- name: insert_verdict_key
INSERT INTO verdict_key (kind, name) VALUES (?, ?)
-- name: verdict_counts
SELECT slot, usual, in_wave FROM verdict_count WHERE key_id = ? ORDER BY slot
-- name: count_verdicts
INSERT INTO verdict_count (key_id, slot, usual, in_wave, written_at) VALUES (?1, ?2, max(?3, 0), max(?4, 0), ?5)
ON CONFLICT (key_id, slot) DO UPDATE SET
  usual = max(usual + ?3, 0), in_wave = max(in_wave + ?4, 0), written_at = max(written_at, ?5)
-- name: forget_verdict_counts
DELETE FROM verdict_count WHERE slot < ? AND written_at < ?
-- name: forget_verdict_keys
DELETE FROM verdict_key WHERE id NOT IN (SELECT key_id FROM verdict_count)
-- name: insert_wave
INSERT INTO wave (kind, state, first_at, last_at, tripped_at, told_at, decided_at, count, bound, usual, name, sample)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: update_wave
UPDATE wave SET first_at = ?2, last_at = ?3, told_at = max(told_at, ?4), count = ?5 WHERE id = ?1
-- name: close_wave
UPDATE wave SET state = ?2, decided_at = ?3 WHERE id = ?1
-- name: clear_wave
UPDATE event SET wave = 0 WHERE wave = ?
-- name: waves_of
SELECT id, kind, state, first_at, last_at, tripped_at, told_at, decided_at, count, bound, usual, name, sample, 0
FROM wave WHERE kind = ? AND name = ? ORDER BY id
-- name: waves
SELECT id, kind, state, first_at, last_at, tripped_at, told_at, decided_at, count, bound, usual, name, sample,
       (SELECT count(*) FROM hold WHERE wave_id = wave.id)
FROM wave WHERE ?1 = 0 OR state = ?1 ORDER BY id DESC
-- name: put_hold
INSERT INTO hold (wave_id, address_id, at, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen, last_seen, decided_at, expires_at, event_id,
                  message_id, diagnostic, note, provider, batch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (wave_id, address_id) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)
-- name: holdable
-- CROSS JOIN: suppressions first, as few are so young; their events are looked up.
SELECT address.address, address.as_written, suppression.reason, suppression.confidence, suppression.status, suppression.diagnostic,
       suppression.vendor, suppression.rule, suppression.source, suppression.scope, suppression.mailbox, message_id, note, count,
       first_seen, last_seen, decided_at, expires_at, event_id, suppression.provider, batch, event.at
FROM suppression CROSS JOIN event ON event.id = suppression.event_id CROSS JOIN address ON address.id = suppression.address_id
WHERE decided_at >= ?2 AND suppression.source = ?4 AND (?1 = 0 OR suppression.provider = ?1) AND event.at >= ?2 AND event.at < ?3
ORDER BY address.address
-- name: mark_event
UPDATE event SET wave = ?2, outcome = ?3 WHERE id = ?1
-- name: mark_events_of_address
UPDATE event SET wave = ?3 WHERE wave = ?1 AND address_id = ?2
-- name: hold
SELECT address.address, address.as_written, hold.reason, confidence, status, diagnostic, vendor, rule, source, scope, mailbox,
       message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch, hold.at, wave_id,
       address.soft_reset_at
FROM hold JOIN address ON address.id = hold.address_id WHERE wave_id = ? AND address_id = ?
-- name: holds
SELECT address.address, address.as_written, hold.reason, confidence, status, diagnostic, vendor, rule, source, scope, mailbox,
       message_id, note, count, first_seen, last_seen, decided_at, expires_at, event_id, provider, batch, hold.at, wave_id
FROM hold JOIN address ON address.id = hold.address_id
WHERE (?1 = 0 OR wave_id = ?1) AND (?2 = 0 OR address_id = ?2) AND wave_id >= ?3
ORDER BY wave_id, address.address
-- name: delete_hold
DELETE FROM hold WHERE wave_id = ? AND address_id = ?
-- name: note_act_on_hold
INSERT INTO act_address (address_id, act_id, reason, source, scope, decided_at)
SELECT address_id, ?3, reason, source, scope, decided_at FROM hold WHERE wave_id = ?1 AND address_id = ?2 ON CONFLICT DO NOTHING

-- name: put_retry
INSERT OR REPLACE INTO retry (address_id, reason, provider, list_id, attempts, retry_after, decided_at, original_message_id, diagnostic,
                              done_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: delete_retry
DELETE FROM retry WHERE address_id = ?
-- name: finish_retry
UPDATE retry SET done_at = ?2 WHERE address_id = ?1
-- name: retry
SELECT address.address, reason, provider, list_id, attempts, retry_after, decided_at, original_message_id, diagnostic, done_at
FROM retry JOIN address ON address.id = retry.address_id WHERE address.address = ?
-- name: retries
SELECT address.address, reason, provider, list_id, attempts, retry_after, decided_at, original_message_id, diagnostic, done_at
FROM retry JOIN address ON address.id = retry.address_id
WHERE done_at = 0 AND (?1 = 0 OR retry_after <= ?1) ORDER BY retry_after, address.address
-- name: put_slowdown
-- One that begins after the last one ended is a new one; else it extends the last.
INSERT INTO slowdown (provider, reason, since, until, count) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (provider, reason) DO UPDATE SET
  count = CASE WHEN excluded.since > until THEN excluded.count ELSE count + excluded.count END,
  since = CASE WHEN excluded.since > until THEN excluded.since ELSE min(since, excluded.since) END,
  until = max(until, excluded.until)
-- name: slowdowns
SELECT slowdown.provider, reason, since, until, count FROM slowdown JOIN word ON word.id = slowdown.provider
WHERE until > ?1 AND since < ?2 ORDER BY word.text, until, reason
-- name: note_slowdown
INSERT OR REPLACE INTO slowdown_report SELECT provider, reason, ?3, since, until, count FROM slowdown WHERE provider = ?1 AND reason = ?2
-- name: slowdowns_at
-- As they stood at ?2.
SELECT one.provider, one.reason, one.since, one.until, one.count
FROM slowdown JOIN word ON word.id = slowdown.provider
JOIN slowdown_report AS one ON one.provider = slowdown.provider AND one.reason = slowdown.reason
  AND one.at = (SELECT max(at) FROM slowdown_report AS other
                WHERE other.provider = slowdown.provider AND other.reason = slowdown.reason AND other.at < ?2)
WHERE one.until > ?1 AND one.since < ?2 ORDER BY word.text, one.until, one.reason

-- name: put_issue
-- A closed issue that occurs again is open; a muted one stays muted. The newest occurrence gives the sample.
INSERT INTO issue (provider, reason, vendor, rule, state, count, first_seen, last_seen, reported_at, normalised_text,
                   sample_text, remedy, remedy_url)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (provider, reason, normalised_text) DO UPDATE SET
  vendor = CASE WHEN excluded.last_seen >= last_seen THEN excluded.vendor ELSE vendor END,
  rule = CASE WHEN excluded.last_seen >= last_seen THEN excluded.rule ELSE rule END,
  sample_text = CASE WHEN excluded.last_seen >= last_seen THEN excluded.sample_text ELSE sample_text END,
  remedy = CASE WHEN excluded.remedy <> '' THEN excluded.remedy ELSE remedy END,
  remedy_url = CASE WHEN excluded.remedy_url <> '' THEN excluded.remedy_url ELSE remedy_url END,
  state_at = CASE WHEN state = ?15 THEN excluded.reported_at ELSE state_at END,
  state = CASE WHEN state = ?14 THEN state ELSE excluded.state END,
  count = count + excluded.count,
  first_seen = min(first_seen, excluded.first_seen),
  last_seen = max(last_seen, excluded.last_seen),
  reported_at = max(reported_at, excluded.reported_at)
-- name: issues
SELECT id, provider, reason, vendor, rule, state, count, first_seen, last_seen, reported_at, normalised_text, sample_text,
       remedy, remedy_url, state_at
FROM issue
WHERE ?1 = 0 OR state = ?1
ORDER BY count DESC, last_seen DESC, id

-- name: set_issue_state
UPDATE issue SET state = ?2, state_at = ?3 WHERE id = ?1 AND state <> ?2
-- name: close_quiet_issues
UPDATE issue SET state = ?4, state_at = ?2 WHERE state = ?3 AND max(last_seen, reported_at) < ?1
-- name: issues_reported
-- As they stood at ?2: the last report and the last state before it.
SELECT issue.id, provider, reason, vendor, rule, in_range, first_seen, normalised_text, sample_text, remedy, remedy_url,
       last.total, last.last_seen, last.at, coalesce(state.state, 0), coalesce(state.at, 0)
FROM (SELECT issue_id, sum(count) AS in_range, max(at) AS last_at FROM issue_report WHERE at >= ?1 AND at < ?2 GROUP BY issue_id) AS told
JOIN issue ON issue.id = told.issue_id
JOIN issue_report AS last ON last.issue_id = told.issue_id AND last.at = told.last_at
LEFT JOIN issue_state AS state ON state.id = (SELECT id FROM issue_state WHERE issue_id = told.issue_id AND at < ?2 ORDER BY id DESC LIMIT 1)
ORDER BY in_range DESC, issue.id
-- name: issue_states_at
SELECT state, at FROM issue_state AS one
WHERE id = (SELECT id FROM issue_state AS other WHERE other.issue_id = one.issue_id AND other.at < ? ORDER BY id DESC LIMIT 1)

-- name: unknown_id
SELECT id FROM unknown_reply WHERE text = ? AND vendor = ?
-- name: insert_unknown
INSERT INTO unknown_reply (vendor, count, first_seen, last_seen, reported_at, text) VALUES (?, ?, ?, ?, ?, ?)
-- name: refresh_unknown
UPDATE unknown_reply SET count = count + ?2, first_seen = min(first_seen, ?3), last_seen = max(last_seen, ?4),
                         reported_at = max(reported_at, ?5) WHERE id = ?1
-- name: rarest_unknown
-- The rarest, of these the one not seen for longest; but not the one that has just come.
SELECT id FROM unknown_reply WHERE id <> ? ORDER BY count, last_seen, id LIMIT 1
-- name: delete_unknown
DELETE FROM unknown_reply WHERE id = ?
-- name: count_unknown
SELECT count(*) FROM unknown_reply
-- name: insert_unknown_sample
-- Where there is room, and the text is not there yet.
INSERT INTO unknown_sample (unknown_id, number, text)
SELECT ?1, count(*), ?2 FROM unknown_sample WHERE unknown_id = ?1 HAVING count(*) < ?3 AND coalesce(sum(text = ?2), 0) = 0
-- name: unknown_templates
SELECT id, vendor, count, first_seen, last_seen, reported_at, text FROM unknown_reply ORDER BY count DESC, last_seen DESC, id
-- name: unknown_samples
SELECT text FROM unknown_sample WHERE unknown_id = ? ORDER BY number
-- name: count_unknown_in_range
SELECT count(DISTINCT unknown_id) FROM unknown_report WHERE at >= ? AND at < ?

-- name: cursor
SELECT uid_validity, last_uid FROM mailbox_cursor WHERE mailbox = ?
-- name: put_cursor
INSERT OR REPLACE INTO mailbox_cursor (mailbox, uid_validity, last_uid) VALUES (?, ?, ?)
-- name: insert_run
INSERT INTO run (mailbox, started_at, ended_at, mails, bounces, duplicates, unrecognised, quarantined, suppressed, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: mailboxes_of_runs
SELECT DISTINCT mailbox FROM run
-- name: runs_of_mailboxes
SELECT mailbox, count(*), sum(error <> ''), sum(quarantined), sum(unrecognised) FROM run
WHERE ended_at >= ? AND ended_at < ? GROUP BY mailbox
-- name: last_run
SELECT started_at, ended_at, mails, bounces, duplicates, unrecognised, quarantined, suppressed, error
FROM run WHERE mailbox = ? AND ended_at < ? ORDER BY id DESC LIMIT 1
-- name: last_good_run
SELECT ended_at FROM run WHERE mailbox = ? AND ended_at < ? AND error = '' ORDER BY id DESC LIMIT 1
-- name: last_failed_run
SELECT error FROM run WHERE mailbox = ? AND ended_at >= ? AND ended_at < ? AND error <> '' ORDER BY id DESC LIMIT 1

-- name: open_snapshot
SAVEPOINT summary
-- name: close_snapshot
RELEASE summary
-- name: count_again
SELECT count(*) FROM sighting WHERE again = 1 AND seen_at >= ? AND seen_at < ?
-- name: mails_of_range
SELECT kind, disposal, count(*) FROM mail WHERE seen_at >= ? AND seen_at < ? GROUP BY kind, disposal
-- name: events_of_range
-- One look at each event; sqlite_summary.cpp counts.
SELECT event.id, address_id, event.kind, reason, advice, vendor, provider, outcome, counted, threshold, reply_code, status,
       distrusted, authenticity_because, coalesce(report.list_id, 0)
FROM mail JOIN event ON event.mail_id = mail.id LEFT JOIN report ON report.mail_id = mail.id
WHERE seen_at >= ? AND seen_at < ?
-- name: was_suppressed
-- What the last change before ?2 made of an address.
SELECT suppressed FROM outbox WHERE address_id = ?1 AND at < ?2 ORDER BY number DESC LIMIT 1
-- name: address_of
SELECT address FROM address WHERE id = ?
-- name: count_reports
INSERT INTO provider_hour (hour, provider, count) VALUES (?1, ?2, ?3) ON CONFLICT (hour, provider) DO UPDATE SET count = count + excluded.count
-- name: provider_hours
SELECT hour, provider, count FROM provider_hour WHERE hour >= ? AND hour < ?
-- name: first_provider_hour
SELECT hour FROM provider_hour ORDER BY hour LIMIT 1
-- name: changes_by_kind
SELECT suppressed, count(*) FROM outbox WHERE at >= ? AND at < ? GROUP BY suppressed
-- name: count_suppressions
SELECT count(*) FROM suppression
-- name: change_of_count
-- By how many the suppressions have grown since.
SELECT coalesce(sum(CASE WHEN suppressed = 0 THEN -1 WHEN again = 0 THEN 1 ELSE 0 END), 0) FROM outbox WHERE at >= ?
-- name: count_expired
SELECT count(*) FROM outbox WHERE suppressed = 0 AND why = 'expired' AND at >= ? AND at < ?
-- name: made_suppressions
SELECT outbox.address_id, reason, number FROM outbox WHERE suppressed = 1 AND at >= ? AND at < ? ORDER BY at DESC, number DESC
-- name: made_suppression
SELECT address.address, address.as_written, outbox.reason, outbox.scope, outbox.at, outbox.why, outbox.event_id,
       coalesce(event.status, 0), coalesce(event.diagnostic, ''), coalesce(event.vendor, 0), coalesce(event.rule, 0),
       coalesce(event.provider, 0),
       (SELECT source FROM act_address WHERE act_address.address_id = outbox.address_id AND decided_at = outbox.at
        ORDER BY act_id LIMIT 1)
FROM outbox JOIN address ON address.id = outbox.address_id LEFT JOIN event ON event.id = outbox.event_id WHERE number = ?
-- name: acts_of_range
SELECT id, at, what, who, why, detail, (SELECT count(*) FROM act_address WHERE act_id = act.id)
FROM act WHERE at >= ? AND at < ? ORDER BY id DESC LIMIT ?
-- name: count_retries
SELECT count(*), coalesce(sum(retry_after <= ?), 0) FROM retry WHERE done_at = 0
-- name: retries_noted
SELECT pending, due FROM retry_level WHERE at < ? ORDER BY at DESC LIMIT 1
-- name: retries_ever_noted
SELECT count(*) FROM (SELECT 1 FROM retry_level LIMIT 1)
-- name: note_retries
INSERT OR REPLACE INTO retry_level (at, pending, due) VALUES (?, ?, ?)
-- name: first_retries
SELECT address.address, reason, provider, list_id, attempts, retry_after, decided_at, original_message_id, diagnostic, done_at
FROM retry JOIN address ON address.id = retry.address_id WHERE done_at = 0 AND decided_at < ? ORDER BY retry_after, address.address LIMIT ?
-- name: wave_report_before
SELECT at, count FROM wave_report WHERE wave_id = ? AND at < ? ORDER BY at DESC LIMIT 1
-- name: holds_before
SELECT count(*) FROM hold WHERE wave_id = ? AND decided_at < ?
-- name: settled_since
SELECT coalesce(sum(count), 0) FROM wave_settled WHERE wave_id = ? AND at >= ?
-- name: note_settled
INSERT INTO wave_settled (wave_id, at, count) VALUES (?1, ?2, 1) ON CONFLICT (wave_id, at) DO UPDATE SET count = count + 1

-- name: summary_sending
SELECT night, way, message_id, claimed_at, sent_at, attempts, failures, next_at, state FROM summary_sent WHERE night = ? AND way = ?
-- name: summary_sendings
SELECT night, way, message_id, claimed_at, sent_at, attempts, failures, next_at, state FROM summary_sent ORDER BY night DESC, way
-- name: put_summary_sending
INSERT OR REPLACE INTO summary_sent (night, way, message_id, claimed_at, sent_at, attempts, failures, next_at, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: note_sending_failure
INSERT INTO summary_failure (at, night, way, error) VALUES (?, ?, ?, ?)
-- name: sending_failures
SELECT at, night, way, error FROM summary_failure WHERE at >= ? AND at < ? ORDER BY id

-- name: forgotten_key
SELECT key FROM forgotten_key
-- name: any_forgotten
SELECT EXISTS (SELECT 1 FROM forgotten)
-- name: forgotten
SELECT at, reason, scope FROM forgotten WHERE hash = ?
-- name: put_forgotten
INSERT OR REPLACE INTO forgotten (hash, at, reason, scope) VALUES (?, ?, ?, ?)
-- name: drop_forgotten
DELETE FROM forgotten WHERE hash = ?
-- name: hold_at_targets
-- A target may have the suppression of a forgotten address: its end must be told.
INSERT INTO sync_address (address_id, target_id, number, suppressed, holds, state, attempts, next_try_at, at, words)
SELECT ?1, id, 0, 1, 1, 0, 0, 0, ?2, '' FROM sync_target WHERE true ON CONFLICT (address_id, target_id) DO UPDATE SET holds = 1
-- name: tell_end
INSERT INTO outbox (address_id, suppressed, reason, scope, at, event_id, why) VALUES (?, 0, ?, ?, ?, 0, ?)

-- name: clearing
SELECT phase, began_at, after_time, after_mail, after_key, after_number FROM clearing
-- name: put_clearing
UPDATE clearing SET phase = ?, began_at = ?, after_time = ?, after_mail = ?, after_key = ?, after_number = ?
-- name: old_mails
-- The newest mail stays: its number is not given again.
SELECT id, seen_at FROM mail WHERE (seen_at, id) > (?1, ?2) AND seen_at < ?3 AND id < (SELECT max(id) FROM mail)
ORDER BY seen_at, id LIMIT ?4
-- name: mail_goes
INSERT INTO temp.going_mail (id, day) VALUES (?, ?)
-- name: choose_events
-- Evidence of what is in force, or waits for a person's word, stays; so does the newest event.
INSERT INTO temp.going_event (id, day)
SELECT event.id, going.day FROM temp.going_mail AS going CROSS JOIN event ON event.mail_id = going.id
WHERE event.id < (SELECT max(id) FROM event) AND NOT EXISTS (SELECT 1 FROM suppression AS s WHERE s.address_id = event.address_id AND event.id <= s.event_id AND event.at >= s.first_seen)
  AND NOT EXISTS (SELECT 1 FROM replaced_suppression AS s
                  WHERE s.address_id = event.address_id AND event.id <= s.event_id AND event.at >= s.first_seen)
  AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.address_id = event.address_id)
-- name: roll_outcomes
INSERT INTO daily_outcome (day, reason, provider, outcome, count)
SELECT gone.day, event.reason, event.provider, event.outcome, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id
WHERE true GROUP BY 1, 2, 3, 4 ON CONFLICT (day, reason, provider, outcome) DO UPDATE SET count = count + excluded.count
-- name: roll_events
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 3, 0, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_reasons
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 4, event.reason, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_vendors
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 5, event.vendor, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_advice
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 6, event.advice, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_providers
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 7, event.provider, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_lists
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 8, report.list_id, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id CROSS JOIN report ON report.mail_id = event.mail_id WHERE event.distrusted = 0
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_distrusted
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 9, event.authenticity_because, count(*) FROM temp.going_event AS gone CROSS JOIN event ON event.id = gone.id WHERE event.distrusted = 1
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: delete_events
DELETE FROM event WHERE id IN (SELECT id FROM temp.going_event)
-- name: keep_mails
-- Those of which an event stays.
DELETE FROM temp.going_mail WHERE EXISTS (SELECT 1 FROM event WHERE event.mail_id = temp.going_mail.id)
-- name: roll_mails
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 0, 0, count(*) FROM temp.going_mail AS gone WHERE true
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_kinds
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 1, mail.kind, count(*) FROM temp.going_mail AS gone CROSS JOIN mail ON mail.id = gone.id WHERE true
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_disposals
INSERT INTO daily_count (day, what, key_id, count)
SELECT gone.day, 2, mail.disposal, count(*) FROM temp.going_mail AS gone CROSS JOIN mail ON mail.id = gone.id WHERE true
GROUP BY 1, 3 ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: roll_journal
INSERT INTO journal_day (day, last_mail) SELECT day, max(id) FROM temp.going_mail WHERE true GROUP BY day
ON CONFLICT (day) DO UPDATE SET last_mail = max(last_mail, excluded.last_mail)
-- name: delete_reports
DELETE FROM report WHERE mail_id IN (SELECT id FROM temp.going_mail)
-- name: delete_mails
DELETE FROM mail WHERE id IN (SELECT id FROM temp.going_mail)
-- name: empty_going_mail
DELETE FROM temp.going_mail
-- name: empty_going_event
DELETE FROM temp.going_event
-- name: sightings_from
SELECT mailbox, uid_validity, uid, mail_id, seen_at, again FROM sighting
WHERE (mailbox, uid_validity, uid, mail_id) > (?1, ?2, ?3, ?4) ORDER BY 1, 2, 3, 4 LIMIT ?5
-- name: delete_sighting
DELETE FROM sighting WHERE mailbox = ? AND uid_validity = ? AND uid = ? AND mail_id = ?
-- name: add_daily
INSERT INTO daily_count (day, what, key_id, count) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (day, what, key_id) DO UPDATE SET count = count + excluded.count
-- name: oldest_journal_mail
SELECT coalesce(max(last_mail), 0) FROM journal_day WHERE day < ?
-- name: contents_from
SELECT hash, mail_id, EXISTS (SELECT 1 FROM mail WHERE mail.id = mail_id) FROM content WHERE hash > ? ORDER BY hash LIMIT ?
-- name: delete_content
DELETE FROM content WHERE hash = ?
-- name: addresses_from
SELECT id, max(soft_reset_at, last_delivered_at) < ?2
  AND NOT EXISTS (SELECT 1 FROM event WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM suppression WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM replaced_suppression WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM hold WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM retry WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM act_address WHERE address_id = address.id)
  AND NOT EXISTS (SELECT 1 FROM sync_address WHERE address_id = address.id AND (holds = 1 OR state = 1))
FROM address WHERE id > ?1 ORDER BY id LIMIT ?3
-- name: delete_address
DELETE FROM address WHERE id = ?
-- name: old_changes
-- What a later change of the address has overtaken, and ends; nothing that a target has still to be told.
SELECT number, at, suppressed, reason, again FROM outbox
WHERE at < ?1 AND number <= (SELECT coalesce(min(cursor), 9223372036854775807) FROM sync_target WHERE disabled = 0)
  AND (suppressed = 0 OR EXISTS (SELECT 1 FROM outbox AS later WHERE later.address_id = outbox.address_id AND later.number > outbox.number))
ORDER BY at LIMIT ?2
-- name: delete_change
DELETE FROM outbox WHERE number = ?
-- name: clear_retries
DELETE FROM retry WHERE address_id IN (SELECT address_id FROM retry WHERE retry_after < ?1 AND decided_at < ?1 LIMIT ?2)
-- name: clear_runs
DELETE FROM run WHERE id IN (SELECT id FROM run WHERE started_at < ?1 AND id < (SELECT max(other.id) FROM run AS other WHERE other.mailbox = run.mailbox)
                             ORDER BY id LIMIT ?2)
-- name: clear_slowdowns
DELETE FROM slowdown WHERE until < ?
-- name: clear_issue_reports
DELETE FROM issue_report WHERE issue_id IN (SELECT id FROM issue WHERE state = ?2 AND state_at < ?1 AND max(last_seen, reported_at) < ?1)
-- name: clear_issue_states
DELETE FROM issue_state WHERE issue_id IN (SELECT id FROM issue WHERE state = ?2 AND state_at < ?1 AND max(last_seen, reported_at) < ?1)
-- name: clear_issues
DELETE FROM issue WHERE state = ?2 AND state_at < ?1 AND max(last_seen, reported_at) < ?1
-- name: clear_unknown
DELETE FROM unknown_reply WHERE id IN (SELECT id FROM unknown_reply WHERE max(last_seen, reported_at) < ?1 LIMIT ?2)
-- name: clear_wave_reports
DELETE FROM wave_report WHERE wave_id IN (SELECT id FROM wave WHERE decided_at > 0 AND decided_at < ?1
  AND NOT EXISTS (SELECT 1 FROM hold WHERE wave_id = wave.id)
  AND NOT EXISTS (SELECT 1 FROM event WHERE wave <> 0 AND event.wave IN (wave.id, -wave.id)))
-- name: clear_wave_settled
DELETE FROM wave_settled WHERE wave_id IN (SELECT id FROM wave WHERE decided_at > 0 AND decided_at < ?1
  AND NOT EXISTS (SELECT 1 FROM hold WHERE wave_id = wave.id)
  AND NOT EXISTS (SELECT 1 FROM event WHERE wave <> 0 AND event.wave IN (wave.id, -wave.id)))
-- name: clear_waves
DELETE FROM wave WHERE id IN (SELECT id FROM wave WHERE decided_at > 0 AND decided_at < ?1
  AND NOT EXISTS (SELECT 1 FROM hold WHERE wave_id = wave.id)
  AND NOT EXISTS (SELECT 1 FROM event WHERE wave <> 0 AND event.wave IN (wave.id, -wave.id)))
-- name: clear_slowdown_reports
DELETE FROM slowdown_report WHERE at < ?
-- name: clear_unknown_reports
DELETE FROM unknown_report WHERE at < ?
-- name: clear_retry_levels
DELETE FROM retry_level WHERE at < ?
-- name: rolled
SELECT what, key_id, sum(count) FROM daily_count WHERE day >= ? AND day < ? GROUP BY 1, 2
