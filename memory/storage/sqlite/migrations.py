"""The schema of SQLite's file, step by step. A step that has shipped is never edited; add one."""

import sqlite3

from core.errors import OwnerMustFix
from memory.storage.sqlite.first_tables import MESSAGES_RECORDS_VECTORS, OUTBOX, PLATFORM_ACCOUNTS_AND_CARDS

DIGEST_RUNS = """
CREATE TABLE digest_runs (              -- which of the clock's times were dealt with
  name  TEXT NOT NULL,
  due   TEXT NOT NULL,
  state TEXT NOT NULL,                  -- 'begun', 'claimed', 'told' or 'refused'
  PRIMARY KEY (name, due)
) STRICT, WITHOUT ROWID;
ALTER TABLE drafts ADD COLUMN rejected_at TEXT;
CREATE INDEX drafts_by_creation ON drafts (created_at);
CREATE INDEX receipts_by_time ON receipts (sent_at);
"""

AUTHORIZATIONS_KEEP_READERS = """
ALTER TABLE leaves ADD COLUMN members TEXT;  -- who could read along when it was given; NULL: anyone
"""

REMINDERS = """
CREATE TABLE reminders (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL,
  at   TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX reminders_open ON reminders (at) WHERE told = 0;
"""

DRAFTS_KEEP_READERS = """
ALTER TABLE drafts ADD COLUMN members TEXT;  -- who could read along when it was written; NULL: anyone
ALTER TABLE drafts ADD COLUMN joined TEXT;   -- the newest join at that time
UPDATE drafts SET (members, joined) = (
  SELECT members, newest_join FROM conversations c WHERE c.id = drafts.conversation
) WHERE status IN ('waiting', 'snoozed', 'approved', 'sending', 'uncertain');
"""

ASKED_FOR_DRAFTS = """
ALTER TABLE drafts ADD COLUMN asked_at TEXT;  -- when its owner asked for it; NULL: nobody did
"""

ORDER_BY_POSITION = """
ALTER TABLE messages ADD COLUMN stands_at TEXT NOT NULL DEFAULT '';  -- its place, by the platform's clock
UPDATE messages SET stands_at = sent_at;
DROP INDEX messages_in_order;
CREATE INDEX messages_in_order ON messages(conversation, stands_at, number);
DROP INDEX messages_pending;
CREATE INDEX messages_pending ON messages(conversation, stands_at, number) WHERE turn = 'pending';
"""

THE_FIELDS_WORDS = """
ALTER TABLE places RENAME TO channels;
ALTER TABLE audiences RENAME COLUMN atoms TO principals;
ALTER TABLE conversations RENAME COLUMN place TO parent;
ALTER TABLE records RENAME COLUMN place TO channel;
ALTER TABLE messages RENAME COLUMN stands_at TO position;
ALTER TABLE leaves RENAME TO authorizations;
ALTER TABLE silences RENAME TO skipped_turns;
UPDATE platform_facts SET key = 'deferred' WHERE platform = 'telegram' AND key = 'parked';
"""

FLAGS_AS_CONDITIONS = """
-- An index over some rows serves the queries that have its very condition.
DROP INDEX records_pinned;
CREATE INDEX records_pinned ON records(number) WHERE pinned;
DROP INDEX cards_unsettled;
CREATE INDEX cards_unsettled ON cards(platform, draft) WHERE NOT settled;
DROP INDEX reminders_open;
CREATE INDEX reminders_open ON reminders(at) WHERE NOT told;
"""

ARCHIVE = """
CREATE TABLE archived_conversations (   -- as they were given with the history that entered
  id       TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  title    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  parent   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE archived_messages (        -- never heard live; the words are in the record alone
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  conversation TEXT NOT NULL REFERENCES archived_conversations (id),
  author       TEXT NOT NULL,
  sent_at      TEXT NOT NULL,
  reply_to     TEXT
) STRICT;
CREATE INDEX archived_in_order ON archived_messages (conversation, sent_at, number);
"""

VALUES_FOR_PROSE = """
-- Who decided (the owner, on a surface, or a delegation; neither: nobody), what withdrew a draft, what is
-- wrong with it. Each was a part of one text: 'approved via console', 'superseded: newer-message', ...
ALTER TABLE drafts ADD COLUMN owner_via TEXT;
ALTER TABLE drafts ADD COLUMN delegation INTEGER REFERENCES delegations (id);
ALTER TABLE drafts ADD COLUMN superseded_by TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN problem TEXT NOT NULL DEFAULT '';
UPDATE drafts SET owner_via = substr(handled, length('approved via ') + 1)
  WHERE handled LIKE 'approved via %' OR handled LIKE 'rejected via %';
UPDATE drafts SET delegation = CAST(substr(handled, length('approved by delegation ') + 1) AS INTEGER)
  WHERE handled LIKE 'approved by delegation %';
UPDATE drafts SET superseded_by = substr(handled, length('superseded: ') + 1)
  WHERE status = 'superseded' AND handled LIKE 'superseded: %';
UPDATE drafts SET problem = substr(handled, length(status || ': ') + 1)
  WHERE status IN ('uncertain', 'failed') AND handled LIKE status || ': %';
ALTER TABLE drafts DROP COLUMN handled;

ALTER TABLE authorizations ADD COLUMN owner_via TEXT;
UPDATE authorizations SET owner_via = via WHERE delegation IS NULL;
ALTER TABLE authorizations DROP COLUMN who;
ALTER TABLE authorizations DROP COLUMN via;

ALTER TABLE receipts ADD COLUMN owner_via TEXT;
ALTER TABLE receipts ADD COLUMN delegation INTEGER REFERENCES delegations (id);
UPDATE receipts SET owner_via = substr(leave, length('owner via ') + 1) WHERE leave LIKE 'owner via %';
UPDATE receipts SET delegation = CAST(substr(leave, length('delegation ') + 1) AS INTEGER)
  WHERE leave LIKE 'delegation %';
ALTER TABLE receipts DROP COLUMN leave;

UPDATE drafts SET rule = 'not-authorized' WHERE rule = 'leave-missing';
UPDATE receipts SET rule = 'not-authorized' WHERE rule = 'leave-missing';

CREATE TABLE told_expiries (            -- of which expired drafts the owner was told
  draft INTEGER PRIMARY KEY REFERENCES drafts (id)
) STRICT;
INSERT INTO told_expiries SELECT id FROM drafts WHERE 'expiry told/' || id IN
  (SELECT key FROM platform_facts WHERE platform = '');
DELETE FROM platform_facts WHERE platform = '' AND key LIKE 'expiry told/%';
"""

AUTHOR_KINDS = """
ALTER TABLE account_names ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
UPDATE account_names SET kind = 'bot' WHERE is_bot = 1;
ALTER TABLE account_names DROP COLUMN is_bot;
"""

WHERE_IT_RAN_AND_IN_WHOSE_NAME = """
-- Of what was there before, nobody knows.
ALTER TABLE drafts ADD COLUMN model_site TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE drafts ADD COLUMN model_host TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN sends_as TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE receipts ADD COLUMN model_site TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE receipts ADD COLUMN model_host TEXT NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN sent_as TEXT NOT NULL DEFAULT 'unknown';
"""

ANSWERS_BY_REFERENCE = """
CREATE INDEX messages_by_reference ON messages(reply_to) WHERE reply_to IS NOT NULL;
"""

READERS_BY_CHANNEL = """
CREATE TABLE readers (                  -- who can read a channel now, all of its threads and topics included
  channel TEXT PRIMARY KEY,
  members TEXT,                         -- JSON, sorted; NULL where they cannot be listed
  joiners_read_history INTEGER NOT NULL,
  newest_join TEXT,
  version INTEGER NOT NULL UNIQUE       -- grows with every change of any channel's readers
) STRICT, WITHOUT ROWID;
ALTER TABLE conversations RENAME COLUMN parent TO channel;
UPDATE conversations SET channel = id WHERE channel = '';
CREATE INDEX conversations_by_channel ON conversations (channel);
-- The threads of one channel knew their readers each for itself: whoever any of them knew of listens.
INSERT INTO readers (channel, members, joiners_read_history, newest_join, version)
  SELECT channel,
    CASE WHEN sum(members IS NULL) > 0 THEN NULL ELSE (
      SELECT json_group_array(value) FROM (
        SELECT DISTINCT one.value FROM conversations other, json_each(other.members) one
        WHERE other.channel = conversations.channel ORDER BY one.value)) END,
    min(joiners_read_history), max(newest_join), row_number() OVER (ORDER BY channel)
  FROM conversations GROUP BY channel;
ALTER TABLE conversations DROP COLUMN members;
ALTER TABLE conversations DROP COLUMN joiners_read_history;
ALTER TABLE conversations DROP COLUMN newest_join;
"""

SOURCES_OF_DRAFTS = """
CREATE TABLE sources (                  -- what an open draft rests on
  draft  INTEGER NOT NULL REFERENCES drafts (id),
  record TEXT NOT NULL,
  digest TEXT NOT NULL,                 -- of its text as the draft was written with; '' where nobody knows
  let_in INTEGER NOT NULL,              -- by the owner, although it may not be heard there
  told_of TEXT NOT NULL DEFAULT '',      -- the fault of it that the owner was told of
  PRIMARY KEY (draft, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_by_record ON sources (record);
INSERT INTO sources (draft, record, digest, let_in)
  SELECT DISTINCT drafts.id, one.value, '', 1 FROM drafts, json_each(drafts.records) one
  WHERE status IN ('waiting', 'snoozed', 'approved', 'sending', 'uncertain');
"""

EDITED_MESSAGES = """
CREATE INDEX messages_edited ON messages(conversation, edited_at) WHERE edited_at IS NOT NULL;
"""

DELEGATIONS_OF_PEOPLE = """
-- A delegation sends the owner's own replies, to the people who could read along when it was given. One that
-- is older names neither, and so sends nothing.
ALTER TABLE delegations ADD COLUMN replies TEXT NOT NULL DEFAULT '{}';  -- JSON: texts by kind of small talk
ALTER TABLE delegations ADD COLUMN members TEXT NOT NULL DEFAULT '[]';  -- JSON: the people, sorted
ALTER TABLE delegations ADD COLUMN mode TEXT NOT NULL DEFAULT 'auto';   -- its persona's, when it was given
ALTER TABLE delegations DROP COLUMN kinds;

-- The newest delegation when a mode was set: a mode stops those, and a later one is stronger.
ALTER TABLE modes ADD COLUMN newest_delegation INTEGER NOT NULL DEFAULT 0;

ALTER TABLE delegated_sends RENAME TO delegated_sends_by_conversation;
CREATE TABLE delegated_sends (          -- whom each reply of a delegation answers, by the account that spoke
  draft  INTEGER NOT NULL REFERENCES drafts (id),
  person TEXT NOT NULL,
  at     TEXT NOT NULL,
  PRIMARY KEY (draft, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX delegated_sends_by_time ON delegated_sends (at);
INSERT INTO delegated_sends
  SELECT s.draft, m.author, max(s.at) FROM delegated_sends_by_conversation s
  JOIN drafts d ON d.id = s.draft JOIN messages m ON m.id = d.answers GROUP BY s.draft, m.author;
DROP TABLE delegated_sends_by_conversation;
"""

WHOSE_WORDS = """
-- Whether a draft's text is the owner's own: what the model wrote may be forgotten, or have been nothing.
ALTER TABLE drafts ADD COLUMN typed INTEGER NOT NULL DEFAULT 0;
UPDATE drafts SET typed = TRUE WHERE original <> '' AND original <> text;
"""

REPLIES_APART = """
-- A delegation's reply to a greeting, beside a draft that waits there from an earlier day; and of messages,
-- that greeting and the reply, once it is sent.
ALTER TABLE drafts ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
DROP INDEX one_draft_waits;
CREATE UNIQUE INDEX one_draft_waits ON drafts (conversation, apart)
  WHERE status IN ('waiting', 'snoozed', 'approved');
"""

RECURRING_REMINDERS = """
ALTER TABLE reminders ADD COLUMN rule TEXT;    -- as RFC 5545 writes it; NULL: once
ALTER TABLE reminders ADD COLUMN starts TEXT;  -- its first: on the owner's wall, or a moment with its offset
"""

MIGRATIONS = [
    ("messages-records-vectors", MESSAGES_RECORDS_VECTORS),
    ("outbox", OUTBOX),
    ("platform-accounts-and-cards", PLATFORM_ACCOUNTS_AND_CARDS),
    ("digest-runs", DIGEST_RUNS),
    ("authorizations-keep-readers", AUTHORIZATIONS_KEEP_READERS),
    ("reminders", REMINDERS),
    ("drafts-keep-readers", DRAFTS_KEEP_READERS),
    ("asked-for-drafts", ASKED_FOR_DRAFTS),
    ("order-by-position", ORDER_BY_POSITION),
    ("the-fields-words", THE_FIELDS_WORDS),
    ("flags-as-conditions", FLAGS_AS_CONDITIONS),
    ("archive", ARCHIVE),
    ("values-for-prose", VALUES_FOR_PROSE),
    ("author-kinds", AUTHOR_KINDS),
    ("where-it-ran-and-in-whose-name", WHERE_IT_RAN_AND_IN_WHOSE_NAME),
    ("answers-by-reference", ANSWERS_BY_REFERENCE),
    ("readers-by-channel", READERS_BY_CHANNEL),
    ("sources-of-drafts", SOURCES_OF_DRAFTS),
    ("delegations-of-people", DELEGATIONS_OF_PEOPLE),
    ("edited-messages", EDITED_MESSAGES),
    ("whose-words", WHOSE_WORDS),
    ("replies-apart", REPLIES_APART),
    ("recurring-reminders", RECURRING_REMINDERS),
]
"""In their order. A file counts those that it has had (`PRAGMA user_version`)."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to date, each step in its own transaction. Raises OwnerMustFix on a newer file."""
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise OwnerMustFix(f"twin.db was written by a newer Understudy (schema {done}); upgrade this one")
    for number, (_, script) in enumerate(MIGRATIONS[done:], start=done + 1):
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")
