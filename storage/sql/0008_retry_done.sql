-- When the address was mailed again, as somebody said; 0 = the retry is pending.
ALTER TABLE retry ADD COLUMN done_at INTEGER NOT NULL DEFAULT 0;
