-- When an issue was closed, muted or opened again; 0 = it is as it was first reported.
ALTER TABLE issue ADD COLUMN state_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX issue_by_state ON issue (state);
