"""The tables that SQLite's file began with; migrations say what became of them since."""

MESSAGES_RECORDS_VECTORS = """
CREATE TABLE places (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
);
CREATE TABLE audiences (
    number INTEGER PRIMARY KEY,
    atoms TEXT NOT NULL UNIQUE  -- JSON, sorted
);
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    members TEXT,  -- JSON, sorted; NULL where they cannot be listed
    place TEXT NOT NULL,
    joiners_read_history INTEGER NOT NULL,
    newest_join TEXT,
    version INTEGER NOT NULL UNIQUE  -- grows with every change of any conversation
) WITHOUT ROWID;
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations(id),
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    reply_to TEXT,
    addressed INTEGER NOT NULL,
    edited_at TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    turn TEXT NOT NULL CHECK (turn IN ('none', 'pending', 'done'))
);
CREATE INDEX messages_in_order ON messages(conversation, sent_at, number);
CREATE INDEX messages_pending ON messages(sent_at, number) WHERE turn = 'pending';
CREATE TABLE threads (  -- what someone asked or promised; the words stay in the message
    message TEXT PRIMARY KEY REFERENCES messages(id),
    conversation TEXT NOT NULL REFERENCES conversations(id),
    sent_at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('question', 'promise')),
    closed_by TEXT REFERENCES messages(id)
) WITHOUT ROWID;
CREATE INDEX threads_open ON threads(conversation, sent_at) WHERE closed_by IS NULL;
CREATE INDEX threads_closed ON threads(closed_by) WHERE closed_by IS NOT NULL;
CREATE TABLE records (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    audience INTEGER NOT NULL REFERENCES audiences(number),
    place INTEGER REFERENCES places(number),
    at TEXT NOT NULL,
    author TEXT,
    pinned INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX records_pinned ON records(number) WHERE pinned = 1;
CREATE VIRTUAL TABLE records_text USING fts5(
    text, content='records', content_rowid='number', tokenize='porter unicode61'
);
CREATE TABLE vectors (
    record INTEGER PRIMARY KEY REFERENCES records(number) ON DELETE CASCADE,
    vector BLOB NOT NULL  -- float16
);
CREATE TABLE embedder (name TEXT NOT NULL);  -- one row: whose vectors these are
-- Records whose place in the vector index is not what it should be: new, changed, regrouped or gone.
CREATE TABLE unindexed (record INTEGER PRIMARY KEY);
CREATE TRIGGER record_added AFTER INSERT ON records BEGIN
    INSERT INTO records_text(rowid, text) VALUES (new.number, new.text);
    INSERT INTO unindexed VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER record_removed AFTER DELETE ON records BEGIN
    INSERT INTO records_text(records_text, rowid, text) VALUES ('delete', old.number, old.text);
    INSERT INTO unindexed VALUES (old.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER record_reworded AFTER UPDATE OF text ON records WHEN new.text <> old.text BEGIN
    INSERT INTO records_text(records_text, rowid, text) VALUES ('delete', old.number, old.text);
    INSERT INTO records_text(rowid, text) VALUES (new.number, new.text);
    DELETE FROM vectors WHERE record = new.number;
    INSERT INTO unindexed VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER record_regrouped AFTER UPDATE OF audience, place, at ON records
WHEN (new.audience, new.place, new.at) IS NOT (old.audience, old.place, old.at) BEGIN
    INSERT INTO unindexed VALUES (new.number) ON CONFLICT DO NOTHING;
END;
"""

OUTBOX = """
CREATE TABLE drafts (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation  TEXT NOT NULL,
  answers       TEXT NOT NULL,
  answers_edited_at TEXT,               -- as it was when the draft was made
  revision      INTEGER NOT NULL DEFAULT 1,
  text          TEXT NOT NULL,
  original      TEXT NOT NULL DEFAULT '',
  persona       TEXT NOT NULL,
  records       TEXT NOT NULL,          -- JSON array of record ids
  scores        TEXT NOT NULL DEFAULT '{}', -- JSON object: how well each was recalled
  status        TEXT NOT NULL,
  rule          TEXT NOT NULL,
  model         TEXT NOT NULL,
  model_digest  TEXT NOT NULL,
  created_at    TEXT NOT NULL,
  revised_at    TEXT NOT NULL,
  expires_at    TEXT,
  snoozed_until TEXT,
  not_before    TEXT,                   -- the sender's backoff
  handled       TEXT NOT NULL DEFAULT '', -- what a late click is told: 'approved via console'
  why           TEXT NOT NULL DEFAULT ''  -- the owner's reason for rejecting
) STRICT;
CREATE UNIQUE INDEX one_draft_waits ON drafts (conversation)
  WHERE status IN ('waiting', 'snoozed', 'approved');
CREATE UNIQUE INDEX one_draft_in_flight ON drafts (conversation)
  WHERE status IN ('sending', 'uncertain');
CREATE INDEX drafts_by_status ON drafts (status, id);

-- What the owner lets into the next redraft of a draft, and into nothing else.
CREATE TABLE shared_once (
  draft  INTEGER NOT NULL REFERENCES drafts (id),
  record TEXT NOT NULL,
  PRIMARY KEY (draft, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE leaves (
  draft        INTEGER NOT NULL REFERENCES drafts (id),
  revision     INTEGER NOT NULL,
  text_hash    TEXT NOT NULL,
  conversation TEXT NOT NULL,
  who          TEXT NOT NULL,           -- 'owner' or 'delegation 3'
  via          TEXT NOT NULL,
  delegation   INTEGER REFERENCES delegations (id),
  at           TEXT NOT NULL,
  PRIMARY KEY (draft, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE parts (
  draft        INTEGER NOT NULL REFERENCES drafts (id),
  revision     INTEGER NOT NULL,
  number       INTEGER NOT NULL,        -- from 1
  text         TEXT NOT NULL,
  nonce        TEXT NOT NULL UNIQUE,
  status       TEXT NOT NULL,           -- 'ready', 'sending', 'uncertain', 'sent' or 'failed'
  platform_id  TEXT,
  claimed_at   TEXT,
  sent_at      TEXT,
  PRIMARY KEY (draft, revision, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE delegated_sends (
  conversation TEXT NOT NULL,
  at           TEXT NOT NULL,
  draft        INTEGER NOT NULL REFERENCES drafts (id),
  PRIMARY KEY (conversation, at, draft)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  draft        INTEGER NOT NULL REFERENCES drafts (id),
  revision     INTEGER NOT NULL,
  conversation TEXT NOT NULL,
  text         TEXT NOT NULL,
  persona      TEXT NOT NULL,
  records      TEXT NOT NULL,
  rule         TEXT NOT NULL,
  leave        TEXT NOT NULL,
  model        TEXT NOT NULL,
  model_digest TEXT NOT NULL,
  sent_at      TEXT NOT NULL,
  platform_ids TEXT NOT NULL,
  UNIQUE (draft, revision)
) STRICT;
CREATE INDEX receipts_by_conversation ON receipts (conversation, id);

CREATE TABLE silences (
  message      TEXT PRIMARY KEY,        -- the newest of the turn that was left unanswered
  conversation TEXT NOT NULL,
  rule         TEXT NOT NULL,
  at           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE delegations (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  person       TEXT,
  conversation TEXT,
  persona      TEXT NOT NULL,
  kinds        TEXT NOT NULL,           -- JSON array of message kinds; empty means any
  created_at   TEXT NOT NULL,
  expires_at   TEXT NOT NULL,
  revoked_at   TEXT,
  CHECK ((person IS NULL) <> (conversation IS NULL))
) STRICT;

CREATE TABLE switches (
  name  TEXT PRIMARY KEY,               -- 'paused', 'away'
  since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE modes (
  conversation TEXT PRIMARY KEY,
  mode         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE suggestions (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  text     TEXT NOT NULL,
  source   TEXT NOT NULL,               -- the message that it comes from
  audience TEXT NOT NULL,               -- JSON array of atoms
  at       TEXT NOT NULL,
  status   TEXT NOT NULL DEFAULT 'open',
  UNIQUE (source, text)
) STRICT;
"""

PLATFORM_ACCOUNTS_AND_CARDS = """
CREATE TABLE owner_accounts (           -- who may decide, proven by a pairing code
  account   TEXT PRIMARY KEY,
  paired_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing_codes (
  digest     TEXT PRIMARY KEY,          -- salted; the code itself is nowhere
  salt       TEXT NOT NULL,
  platform   TEXT NOT NULL,             -- '' for any
  expires_at TEXT NOT NULL,
  wrong      INTEGER NOT NULL DEFAULT 0 -- tries that did not match
) STRICT, WITHOUT ROWID;

CREATE TABLE account_names (            -- what accounts call themselves
  account TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  is_bot  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cards (                    -- a draft as it was last drawn on a platform
  draft     INTEGER NOT NULL REFERENCES drafts (id),
  platform  TEXT NOT NULL,
  reference TEXT NOT NULL,              -- the platform's own
  drawn     TEXT NOT NULL,              -- a digest of what it shows
  live      INTEGER NOT NULL,           -- it can be acted on
  settled   INTEGER NOT NULL,           -- nothing more will become of the draft
  PRIMARY KEY (draft, platform)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_unsettled ON cards (platform, draft) WHERE settled = 0;

CREATE TABLE platform_facts (           -- adapters' own: offsets, business connections
  platform TEXT NOT NULL,
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (platform, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE early_changes (            -- edits and deletions that came before their message
  message TEXT PRIMARY KEY,
  text    TEXT,                         -- NULL: deleted
  at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
