-- How sure it is that a report is about a mail of ours. Those that are not sure enough for their mailbox are
-- kept, and no history has them: the index lets histories pass over any number of them.

ALTER TABLE event ADD COLUMN authenticity INTEGER NOT NULL DEFAULT 0;          -- word; '' = plausible
ALTER TABLE event ADD COLUMN authenticity_because INTEGER NOT NULL DEFAULT 0;  -- word
ALTER TABLE event ADD COLUMN distrusted INTEGER NOT NULL DEFAULT 0;            -- 1 = nothing followed
ALTER TABLE event ADD COLUMN signature TEXT NOT NULL DEFAULT '';               -- of the return path: day and tag

DROP INDEX event_by_address;
CREATE INDEX event_by_address ON event (address_id, distrusted, at);
