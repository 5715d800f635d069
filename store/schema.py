"""What the database looks like: migrations by name, in order, in SQL that several engines understand."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import DatabaseTooNew

MIGRATION_SET = "arrears"  #: under this name sqlite-utils notes which migrations a database has

#: Name -> DDL, applied in this order, each once. `{strict}` ends a table's definition, `{keyed}` one that is read by
#: its whole key; `{real}` is an 8-byte float, `{blob}` a byte string. Never edit one that was released: add the next.
#: A table that has guards is never rebuilt by sqlite-utils' transform(), which would drop them without a word; where a
#: constraint of a released table has to go, it is named in DROPPED_CONSTRAINTS.
MIGRATIONS: dict[str, str] = {
    "0001 the first tables": """
CREATE TABLE checklist_version (
  checklist_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL
) {strict};

CREATE TABLE scoring_version (
  scoring_id TEXT PRIMARY KEY,
  code_version TEXT NOT NULL,
  parameters TEXT NOT NULL,
  created_at TEXT NOT NULL
) {strict};

CREATE TABLE organisation (
  org_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  active_scoring_id TEXT REFERENCES scoring_version (scoring_id)
) {strict};

CREATE TABLE team (
  org_id TEXT NOT NULL REFERENCES organisation (org_id),
  team TEXT NOT NULL CHECK (team <> ''),
  PRIMARY KEY (org_id, team)
) {strict};

CREATE TABLE system (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  team TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  decides TEXT NOT NULL,
  affected TEXT NOT NULL,
  switches TEXT NOT NULL,
  demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  retired_at TEXT,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  PRIMARY KEY (org_id, system_id),
  FOREIGN KEY (org_id, team) REFERENCES team (org_id, team)
) {strict};
CREATE UNIQUE INDEX system_in_use ON system (org_id, team, name) WHERE retired_at IS NULL;

CREATE TABLE assessment (
  org_id TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  period TEXT NOT NULL CHECK (length(period) = 6 AND period LIKE '____Q_'),
  checklist_id TEXT NOT NULL REFERENCES checklist_version (checklist_id),
  scope TEXT NOT NULL CHECK (scope IN ('core', 'all')),
  switches TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  change_seq INTEGER NOT NULL CHECK (change_seq >= 0),
  previous TEXT,
  document_sha256 TEXT,
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  closed_at TEXT,
  closed_by TEXT,
  PRIMARY KEY (org_id, assessment_id),
  UNIQUE (org_id, period, assessment_id),
  UNIQUE (org_id, system_id, period),
  CHECK ((state = 'closed') = (document_sha256 IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_by IS NOT NULL)),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id),
  FOREIGN KEY (org_id, previous) REFERENCES assessment (org_id, assessment_id)
) {strict};
CREATE INDEX assessment_previous ON assessment (org_id, previous);

CREATE TABLE answer (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('answered', 'unknown', 'not_applicable', 'unanswered')),
  level INTEGER CHECK (level BETWEEN 0 AND 4),
  votes TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  links TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('person', 'confirmed', 'workshop', 'import')),
  rev INTEGER NOT NULL CHECK (rev >= 1),
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id),
  CHECK (state = 'answered' OR level IS NULL),
  CHECK (state <> 'answered' OR level IS NOT NULL OR votes <> '[]'),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};

CREATE TABLE answer_event (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  state TEXT NOT NULL,
  level INTEGER,
  votes TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  links TEXT NOT NULL,
  source TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id, rev),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};

CREATE TABLE evidence (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  evidence_id TEXT NOT NULL,
  repository TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  collector TEXT NOT NULL,
  codec TEXT NOT NULL CHECK (codec = 'zlib'),
  body {blob} NOT NULL,
  collected_at TEXT NOT NULL,
  collected_by TEXT NOT NULL,
  PRIMARY KEY (org_id, system_id, evidence_id),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};

CREATE TABLE assessment_evidence (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  system_id TEXT NOT NULL,
  evidence_id TEXT NOT NULL,
  attached_at TEXT NOT NULL,
  attached_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, seq),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id),
  FOREIGN KEY (org_id, system_id, evidence_id) REFERENCES evidence (org_id, system_id, evidence_id)
) {strict};
CREATE INDEX assessment_evidence_used ON assessment_evidence (org_id, system_id, evidence_id);

CREATE TABLE floor_decision (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  signal_id TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('accepted', 'overridden')),
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id, signal_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {strict};

CREATE TABLE snapshot (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  document_sha256 TEXT NOT NULL,
  codec TEXT NOT NULL CHECK (codec = 'zlib'),
  body {blob} NOT NULL,
  sealed_at TEXT NOT NULL,
  sealed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};
CREATE INDEX snapshot_of_system ON snapshot (org_id, system_id);

CREATE TABLE score (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  scoring_id TEXT NOT NULL REFERENCES scoring_version (scoring_id),
  system_id TEXT NOT NULL,
  area TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  estimate {real},
  low {real} NOT NULL,
  high {real} NOT NULL,
  coverage {real} NOT NULL,
  band TEXT,
  change_seq INTEGER NOT NULL,
  PRIMARY KEY (org_id, period, scoring_id, system_id, area),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};
CREATE INDEX score_of_system ON score (org_id, scoring_id, system_id, area, period);
CREATE INDEX score_of_assessment ON score (org_id, period, assessment_id);

CREATE TABLE audit_head (
  org_id TEXT PRIMARY KEY REFERENCES organisation (org_id),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) {strict};

CREATE TABLE audit (
  org_id TEXT NOT NULL REFERENCES organisation (org_id),
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (org_id, seq)
) {strict};

CREATE VIEW current_score AS
SELECT score.org_id, system.team, system.name AS system, score.period, score.area, score.estimate, score.low,
  score.high, score.coverage, score.band, assessment.state, score.system_id, score.assessment_id
FROM score
JOIN organisation ON organisation.org_id = score.org_id AND organisation.active_scoring_id = score.scoring_id
JOIN system ON system.org_id = score.org_id AND system.system_id = score.system_id
JOIN assessment ON assessment.org_id = score.org_id AND assessment.assessment_id = score.assessment_id;

CREATE VIEW portfolio_cell AS
SELECT score.org_id, system.team, system.name AS system, score.period, score.area, score.estimate, score.band,
  earlier.period AS previous_period, earlier.estimate AS previous_estimate, earlier.band AS previous_band,
  score.estimate - earlier.estimate AS delta, score.system_id
FROM score
JOIN organisation ON organisation.org_id = score.org_id AND organisation.active_scoring_id = score.scoring_id
JOIN system ON system.org_id = score.org_id AND system.system_id = score.system_id
LEFT JOIN score AS earlier ON earlier.org_id = score.org_id AND earlier.scoring_id = score.scoring_id
  AND earlier.system_id = score.system_id AND earlier.area = score.area
  AND earlier.period = (
    SELECT max(older.period) FROM score AS older
    WHERE older.org_id = score.org_id AND older.scoring_id = score.scoring_id
      AND older.system_id = score.system_id AND older.area = score.area AND older.period < score.period
  );

CREATE VIEW assessment_timeline AS
SELECT happened.org_id, assessment.period, system.team, system.name AS system, happened.at, happened.what, happened.who,
  happened.subject, assessment.system_id, assessment.assessment_id
FROM (
  SELECT org_id, assessment_id, opened_at AS at, 'opened' AS what, opened_by AS who, '' AS subject FROM assessment
  UNION ALL
  SELECT org_id, assessment_id, closed_at, 'closed', closed_by, document_sha256 FROM assessment WHERE state = 'closed'
  UNION ALL
  SELECT org_id, assessment_id, changed_at, CASE state WHEN 'unanswered' THEN 'answer cleared' ELSE 'answered' END,
    changed_by, question_id FROM answer_event
  UNION ALL
  SELECT org_id, assessment_id, attached_at, 'evidence attached', attached_by, evidence_id FROM assessment_evidence
  UNION ALL
  SELECT org_id, assessment_id, decided_at, 'floor ' || decision, decided_by, question_id || ' ' || signal_id
  FROM floor_decision
) AS happened
JOIN assessment ON assessment.org_id = happened.org_id AND assessment.assessment_id = happened.assessment_id
JOIN system ON system.org_id = assessment.org_id AND system.system_id = assessment.system_id;
""",
    "0002 tokens, pushed evidence, every floor decision": """
ALTER TABLE evidence ADD COLUMN summary TEXT NOT NULL DEFAULT '';
CREATE INDEX evidence_by_time ON evidence (org_id, system_id, collected_at, evidence_id);

CREATE TABLE token (
  org_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  secret_sha256 TEXT NOT NULL CHECK (length(secret_sha256) = 64),
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  last_used_at TEXT,
  revoked_at TEXT,
  revoked_by TEXT,
  PRIMARY KEY (org_id, token_id),
  UNIQUE (org_id, secret_sha256),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};
CREATE INDEX token_of_system ON token (org_id, system_id);
CREATE UNIQUE INDEX token_in_use ON token (org_id, system_id, name) WHERE revoked_at IS NULL;

CREATE TABLE floor_event (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  question_id TEXT NOT NULL,
  signal_id TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('accepted', 'overridden', 'reopened')),
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, seq),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {strict};
INSERT INTO floor_event (org_id, period, assessment_id, seq, question_id, signal_id, decision, reason, decided_at,
  decided_by)
SELECT org_id, period, assessment_id,
  row_number() OVER (PARTITION BY org_id, period, assessment_id ORDER BY decided_at, question_id, signal_id),
  question_id, signal_id, decision, reason, decided_at, decided_by
FROM floor_decision;

DROP VIEW assessment_timeline;
CREATE VIEW assessment_timeline AS
SELECT happened.org_id, assessment.period, system.team, system.name AS system, happened.at, happened.what, happened.who,
  happened.subject, assessment.system_id, assessment.assessment_id
FROM (
  SELECT org_id, assessment_id, opened_at AS at, 'opened' AS what, opened_by AS who, '' AS subject FROM assessment
  UNION ALL
  SELECT org_id, assessment_id, closed_at, 'closed', closed_by, document_sha256 FROM assessment WHERE state = 'closed'
  UNION ALL
  SELECT org_id, assessment_id, changed_at, CASE state WHEN 'unanswered' THEN 'answer cleared' ELSE 'answered' END,
    changed_by, question_id FROM answer_event
  UNION ALL
  SELECT org_id, assessment_id, attached_at, 'evidence attached', attached_by, evidence_id FROM assessment_evidence
  UNION ALL
  SELECT org_id, assessment_id, decided_at, 'floor ' || decision, decided_by, question_id || ' ' || signal_id
  FROM floor_event
) AS happened
JOIN assessment ON assessment.org_id = happened.org_id AND assessment.assessment_id = happened.assessment_id
JOIN system ON system.org_id = assessment.org_id AND system.system_id = assessment.system_id;
""",
    "0003 actions, estimates, plan settings, class values": """
CREATE TABLE action (
  org_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  target INTEGER NOT NULL CHECK (target BETWEEN 0 AND 4),
  planned_days {real} NOT NULL CHECK (planned_days >= 0),
  benefit_days {real} NOT NULL CHECK (benefit_days >= 0),
  horizon_quarters INTEGER NOT NULL CHECK (horizon_quarters >= 1),
  debt_before {real} NOT NULL CHECK (debt_before BETWEEN 0 AND 1),
  debt_target {real} NOT NULL CHECK (debt_target BETWEEN 0 AND 1),
  effort_class TEXT NOT NULL,
  own_estimate INTEGER NOT NULL CHECK (own_estimate IN (0, 1)),
  class_values_id TEXT NOT NULL,
  title TEXT NOT NULL CHECK (title <> ''),
  owner TEXT NOT NULL,
  due TEXT CHECK (due LIKE '____-__-__'),
  link TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
  actual_days {real} CHECK (actual_days >= 0),
  friction_gone INTEGER CHECK (friction_gone IN (0, 1)),
  reason TEXT NOT NULL,
  closed_at TEXT,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  PRIMARY KEY (org_id, action_id),
  CHECK ((state = 'open') = (closed_at IS NULL)),
  CHECK ((state = 'done') = (actual_days IS NOT NULL)),
  CHECK (state = 'done' OR friction_gone IS NULL),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {strict};
CREATE INDEX action_of_system ON action (org_id, system_id, state);
CREATE INDEX action_of_assessment ON action (org_id, period, assessment_id);
CREATE INDEX action_by_due ON action (org_id, state, due);
CREATE UNIQUE INDEX action_open ON action (org_id, system_id, question_id) WHERE state = 'open';

CREATE TABLE action_event (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  what TEXT NOT NULL CHECK (what IN ('planned', 'changed', 'done', 'dropped', 'reopened', 'undone')),
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  due TEXT,
  link TEXT NOT NULL,
  state TEXT NOT NULL,
  actual_days {real},
  friction_gone INTEGER,
  reason TEXT NOT NULL,
  closed_at TEXT,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, action_id, rev),
  FOREIGN KEY (org_id, action_id) REFERENCES action (org_id, action_id),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};
CREATE INDEX action_event_of_system ON action_event (org_id, system_id, changed_at);

CREATE TABLE team_estimate (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  effort_low {real} CHECK (effort_low >= 0),
  effort_likely {real} CHECK (effort_likely >= effort_low),
  effort_high {real} CHECK (effort_high >= effort_likely),
  friction_low {real} CHECK (friction_low >= 0),
  friction_likely {real} CHECK (friction_likely >= friction_low),
  friction_high {real} CHECK (friction_high >= friction_likely),
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, system_id, question_id, rev),
  CHECK ((effort_low IS NULL) = (effort_likely IS NULL) AND (effort_low IS NULL) = (effort_high IS NULL)),
  CHECK ((friction_low IS NULL) = (friction_likely IS NULL) AND (friction_low IS NULL) = (friction_high IS NULL)),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};

CREATE TABLE plan_setting (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  budget_days {real} NOT NULL CHECK (budget_days >= 0),
  horizon_quarters INTEGER NOT NULL CHECK (horizon_quarters >= 1),
  pinned TEXT NOT NULL,
  excluded TEXT NOT NULL,
  targets TEXT NOT NULL,
  rebuild_days {real} CHECK (rebuild_days > 0),
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, system_id, rev),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id)
) {strict};

CREATE TABLE class_values (
  org_id TEXT NOT NULL,
  team TEXT NOT NULL,
  pack TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  class_values_id TEXT NOT NULL,
  body TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, team, pack, rev),
  CHECK ((class_values_id = '') = (body = '')),
  FOREIGN KEY (org_id, team) REFERENCES team (org_id, team)
) {strict};

CREATE VIEW open_action AS
SELECT action.org_id, system.team, system.name AS system, action.question_id, action.title, action.owner, action.due,
  action.planned_days, action.benefit_days, action.horizon_quarters, action.debt_before, action.target, action.link,
  action.period, action.system_id, action.action_id
FROM action
JOIN system ON system.org_id = action.org_id AND system.system_id = action.system_id AND system.retired_at IS NULL
WHERE action.state = 'open';
""",
    "0004 workshops": """
CREATE TABLE workshop (
  org_id TEXT NOT NULL,
  workshop_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  code TEXT NOT NULL CHECK (length(code) = 8),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'spread')),
  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
  time_box_seconds INTEGER NOT NULL CHECK (time_box_seconds >= 0),
  expires_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('lobby', 'running', 'paused', 'ended')),
  question_id TEXT,
  change_seq INTEGER NOT NULL CHECK (change_seq >= 0),
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  ended_at TEXT,
  ended_by TEXT,
  PRIMARY KEY (org_id, workshop_id),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id),
  FOREIGN KEY (org_id, assessment_id) REFERENCES assessment (org_id, assessment_id)
) {strict};
CREATE UNIQUE INDEX workshop_code ON workshop (org_id, code) WHERE state <> 'ended';
CREATE UNIQUE INDEX workshop_running ON workshop (org_id, assessment_id) WHERE state <> 'ended';
CREATE INDEX workshop_of_assessment ON workshop (org_id, assessment_id, opened_at);
CREATE INDEX workshop_of_system ON workshop (org_id, system_id);

CREATE TABLE workshop_turn (
  org_id TEXT NOT NULL,
  workshop_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'voting', 'revealed', 'settled', 'skipped')),
  round INTEGER NOT NULL CHECK (round IN (1, 2)),
  opened_at TEXT,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  level INTEGER CHECK (level BETWEEN 0 AND 4),
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  PRIMARY KEY (org_id, workshop_id, question_id),
  FOREIGN KEY (org_id, workshop_id) REFERENCES workshop (org_id, workshop_id)
) {keyed};

CREATE TABLE participant (
  org_id TEXT NOT NULL,
  workshop_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL,
  token_sha256 TEXT CHECK (length(token_sha256) = 64),
  joined_at TEXT NOT NULL,
  removed_at TEXT,
  PRIMARY KEY (org_id, workshop_id, participant_id),
  FOREIGN KEY (org_id, workshop_id) REFERENCES workshop (org_id, workshop_id)
) {strict};
CREATE UNIQUE INDEX participant_name ON participant (org_id, workshop_id, name) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX participant_token ON participant (org_id, token_sha256) WHERE token_sha256 IS NOT NULL;

CREATE TABLE voted (
  org_id TEXT NOT NULL,
  workshop_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round IN (1, 2)),
  participant_id TEXT NOT NULL,
  PRIMARY KEY (org_id, workshop_id, question_id, round, participant_id),
  FOREIGN KEY (org_id, workshop_id, question_id) REFERENCES workshop_turn (org_id, workshop_id, question_id)
) {keyed};

CREATE TABLE ballot (
  org_id TEXT NOT NULL,
  workshop_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round IN (1, 2)),
  ballot_key TEXT NOT NULL CHECK (length(ballot_key) = 64),
  level INTEGER CHECK (level BETWEEN 0 AND 4),
  comment TEXT NOT NULL,
  role TEXT NOT NULL,
  turn INTEGER NOT NULL CHECK (turn >= 1),
  participant_id TEXT,
  PRIMARY KEY (org_id, workshop_id, question_id, round, ballot_key),
  FOREIGN KEY (org_id, workshop_id, question_id) REFERENCES workshop_turn (org_id, workshop_id, question_id)
) {keyed};
""",
    "0005 tags of systems": """
ALTER TABLE system ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

ALTER TABLE score ADD COLUMN disputed INTEGER CHECK (disputed >= 0);
ALTER TABLE score ADD COLUMN contradicted INTEGER CHECK (contradicted >= 0);
ALTER TABLE score ADD COLUMN undecided INTEGER CHECK (undecided >= 0);
CREATE INDEX score_of_whole ON score (org_id, period, scoring_id, system_id, assessment_id, estimate, low, high,
  coverage, band) WHERE area = '';
CREATE INDEX assessment_open ON assessment (org_id, period) WHERE state = 'open';
CREATE INDEX assessment_asked ON assessment (org_id, period, checklist_id);

CREATE TABLE sealing (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  scoring_id TEXT NOT NULL REFERENCES scoring_version (scoring_id),
  PRIMARY KEY (org_id, period, assessment_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};
INSERT INTO sealing (org_id, period, assessment_id, scoring_id)
SELECT org_id, period, assessment_id, scoring_id FROM (
  SELECT snapshot.org_id, snapshot.period, snapshot.assessment_id, score.scoring_id,
    row_number() OVER (PARTITION BY snapshot.org_id, snapshot.period, snapshot.assessment_id
      ORDER BY score.change_seq DESC, scoring_version.created_at, score.scoring_id) AS place
  FROM snapshot
  JOIN score ON score.org_id = snapshot.org_id AND score.period = snapshot.period
    AND score.assessment_id = snapshot.assessment_id AND score.area = ''
  JOIN scoring_version ON scoring_version.scoring_id = score.scoring_id
) AS scored WHERE place = 1;
""",
    "0007 targets and comments": """
CREATE TABLE target (
  org_id TEXT NOT NULL REFERENCES organisation (org_id),
  system_id TEXT NOT NULL,
  pack TEXT NOT NULL CHECK (pack <> ''),
  area TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  what TEXT NOT NULL CHECK (what IN ('set', 'changed', 'withdrawn', 'undone')),
  debt {real} CHECK (debt BETWEEN 0 AND 1),
  by_period TEXT CHECK (by_period LIKE '____Q_'),
  from_debt {real} CHECK (from_debt BETWEEN 0 AND 1),
  from_period TEXT NOT NULL CHECK (from_period LIKE '____Q_'),
  demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
  set_at TEXT NOT NULL,
  set_by TEXT NOT NULL,
  PRIMARY KEY (org_id, system_id, pack, area, rev),
  CHECK ((debt IS NULL) = (by_period IS NULL)),
  CHECK (system_id <> '' OR area = '')
) {strict};

CREATE TABLE comment (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  comment_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  body TEXT NOT NULL,
  said_at TEXT NOT NULL,
  said_by TEXT NOT NULL,
  PRIMARY KEY (org_id, comment_id, rev),
  FOREIGN KEY (org_id, system_id) REFERENCES system (org_id, system_id),
  FOREIGN KEY (org_id, action_id) REFERENCES action (org_id, action_id)
) {strict};
CREATE INDEX comment_of_action ON comment (org_id, action_id, comment_id, rev);
CREATE INDEX comment_of_system ON comment (org_id, system_id);
CREATE INDEX action_event_due ON action_event (org_id, due, action_id);
""",
    "0008 zones, withdrawals, confirmations": """
ALTER TABLE organisation ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN renamed_to TEXT NOT NULL DEFAULT '';

ALTER TABLE assessment ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment ADD COLUMN withdrawn_at TEXT;
ALTER TABLE assessment ADD COLUMN withdrawn_by TEXT;
ALTER TABLE assessment ADD COLUMN withdrawn_because TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX assessment_standing ON assessment (org_id, system_id, period) WHERE withdrawn_at IS NULL;
CREATE INDEX assessment_of_system ON assessment (org_id, system_id, period);

CREATE TABLE checklist_move (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  from_checklist TEXT NOT NULL REFERENCES checklist_version (checklist_id),
  to_checklist TEXT NOT NULL REFERENCES checklist_version (checklist_id),
  moved_at TEXT NOT NULL,
  moved_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  PRIMARY KEY (org_id, period, assessment_id, seq),
  CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {strict};

CREATE TABLE carried_answer (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  move INTEGER NOT NULL CHECK (move >= 1),
  origin_assessment TEXT NOT NULL,
  origins TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id, rev, move),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};

CREATE TABLE confirmation (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  rev INTEGER NOT NULL CHECK (rev >= 1),
  confirmed_at TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id, seq),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};

CREATE TABLE sealed_doubt (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  question_id TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('carried', 'changed', 'aged')),
  since TEXT NOT NULL,
  paths TEXT NOT NULL,
  commits INTEGER NOT NULL CHECK (commits >= 0),
  origins TEXT NOT NULL,
  PRIMARY KEY (org_id, period, assessment_id, question_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {keyed};
""",
    "0009 connections": """
CREATE TABLE connection (
  org_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('outputs', 'shared features', 'shared data')),
  directed INTEGER NOT NULL CHECK (directed IN (0, 1)),
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('declared', 'suggested', 'confirmed', 'rejected')),
  reason TEXT NOT NULL,
  places TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  PRIMARY KEY (org_id, connection_id),
  CHECK (source_id <> target_id),
  CHECK (directed = 1 OR kind = 'shared data'),
  CHECK (state <> 'rejected' OR reason <> ''),
  FOREIGN KEY (org_id, source_id) REFERENCES system (org_id, system_id),
  FOREIGN KEY (org_id, target_id) REFERENCES system (org_id, system_id)
) {strict};
CREATE UNIQUE INDEX connection_once ON connection (org_id, source_id, target_id, kind, directed, name);
CREATE INDEX connection_of_target ON connection (org_id, target_id);

CREATE TABLE connection_event (
  org_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev >= 1),
  what TEXT NOT NULL
    CHECK (what IN ('declared', 'changed', 'confirmed', 'rejected', 'reopened', 'undone')),
  words TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, connection_id, rev),
  FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, connection_id)
) {keyed};

CREATE TABLE storage_use (
  org_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  evidence_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  kind TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  mode TEXT NOT NULL CHECK (mode IN ('read', 'written')),
  path TEXT NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY (org_id, system_id, evidence_id, seq),
  FOREIGN KEY (org_id, system_id, evidence_id) REFERENCES evidence (org_id, system_id, evidence_id)
) {keyed};

CREATE TABLE interest (
  org_id TEXT NOT NULL,
  period TEXT NOT NULL,
  assessment_id TEXT NOT NULL,
  basis TEXT NOT NULL,
  days {real} NOT NULL CHECK (days >= 0),
  PRIMARY KEY (org_id, period, assessment_id),
  FOREIGN KEY (org_id, period, assessment_id) REFERENCES assessment (org_id, period, assessment_id)
) {strict};

CREATE VIEW connection_in_force AS
SELECT connection.org_id, source.team AS source_team, source.name AS source, connection.kind,
  target.team AS target_team, target.name AS target, connection.directed, connection.name,
  connection.words, connection.state, connection.source_id, connection.target_id, connection.connection_id
FROM connection
JOIN system AS source ON source.org_id = connection.org_id AND source.system_id = connection.source_id
  AND source.retired_at IS NULL
JOIN system AS target ON target.org_id = connection.org_id AND target.system_id = connection.target_id
  AND target.retired_at IS NULL
WHERE connection.state IN ('declared', 'confirmed');
""",
    "0010 words of reports": """
CREATE TABLE report_wording (
  org_id TEXT NOT NULL REFERENCES organisation (org_id),
  scope TEXT NOT NULL CHECK (scope IN ('portfolio', 'team', 'system')),
  scope_id TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period LIKE '____Q_'),
  rev INTEGER NOT NULL CHECK (rev >= 1),
  body TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (org_id, scope, scope_id, period, rev),
  CHECK ((scope = 'portfolio') = (scope_id = ''))
) {strict};
""",
}

#: Migration -> constraints that are in the way of it, as (table, words in its definition). An engine that can drop one
#: does; SQLite rebuilds the table with all its rows, columns, indexes and guards, in the same transaction.
DROPPED_CONSTRAINTS: dict[str, tuple[tuple[str, str], ...]] = {
    "0008 zones, withdrawals, confirmations": (("assessment", "UNIQUE (org_id, system_id, period),"),),
}

_DEMONSTRATION_ASSESSMENT = (
    "EXISTS (SELECT 1 FROM assessment JOIN system ON system.org_id = assessment.org_id"
    " AND system.system_id = assessment.system_id WHERE assessment.org_id = OLD.org_id"
    " AND assessment.assessment_id = OLD.assessment_id AND system.demonstration = 1)"
)
_DEMONSTRATION_SYSTEM = (
    "EXISTS (SELECT 1 FROM system WHERE system.org_id = OLD.org_id"
    " AND system.system_id = OLD.system_id AND system.demonstration = 1)"
)
_DEMONSTRATION_TEAM = (
    "(EXISTS (SELECT 1 FROM system WHERE system.org_id = OLD.org_id AND system.team = OLD.team"
    " AND system.demonstration = 1) AND NOT EXISTS (SELECT 1 FROM system WHERE system.org_id = OLD.org_id"
    " AND system.team = OLD.team AND system.demonstration = 0))"
)
_DEMONSTRATION_WORKSHOP = (
    "EXISTS (SELECT 1 FROM workshop JOIN system ON system.org_id = workshop.org_id"
    " AND system.system_id = workshop.system_id WHERE workshop.org_id = OLD.org_id"
    " AND workshop.workshop_id = OLD.workshop_id AND system.demonstration = 1)"
)
_NOT_VOTING = (
    "NOT EXISTS (SELECT 1 FROM workshop_turn WHERE workshop_turn.org_id = NEW.org_id"
    " AND workshop_turn.workshop_id = NEW.workshop_id AND workshop_turn.question_id = NEW.question_id"
    " AND workshop_turn.state = 'voting' AND workshop_turn.round = NEW.round)"
)
_CLOSED = (
    "EXISTS (SELECT 1 FROM assessment WHERE assessment.org_id = {row}.org_id"
    " AND assessment.assessment_id = {row}.assessment_id AND assessment.state = 'closed')"
)
#: A connection goes with either end of it that is a demonstration.
_DEMONSTRATION_END = (
    "EXISTS (SELECT 1 FROM system WHERE system.org_id = OLD.org_id"
    " AND system.system_id IN (OLD.source_id, OLD.target_id) AND system.demonstration = 1)"
)
_DEMONSTRATION_CONNECTION = (
    "EXISTS (SELECT 1 FROM connection JOIN system ON system.org_id = connection.org_id"
    " AND system.system_id IN (connection.source_id, connection.target_id)"
    " WHERE connection.org_id = OLD.org_id AND connection.connection_id = OLD.connection_id"
    " AND system.demonstration = 1)"
)
#: What a connection is; only what is said of it changes.
_CONNECTED = (
    "org_id",
    "connection_id",
    "source_id",
    "target_id",
    "kind",
    "directed",
    "name",
    "places",
    "made_at",
    "made_by",
)
#: Withdrawing an assessment leaves every other column as it was sealed.
_AS_IT_WAS = " AND ".join(
    f"NEW.{column} IS OLD.{column}"
    for column in (
        "org_id",
        "assessment_id",
        "system_id",
        "period",
        "checklist_id",
        "scope",
        "switches",
        "state",
        "change_seq",
        "previous",
        "document_sha256",
        "opened_at",
        "opened_by",
        "closed_at",
        "closed_by",
        "zone",
    )
)
#: Columns of an action that are fixed when it is made.
_PROMISED = (
    "org_id",
    "action_id",
    "system_id",
    "period",
    "assessment_id",
    "question_id",
    "target",
    "planned_days",
    "benefit_days",
    "horizon_quarters",
    "debt_before",
    "debt_target",
    "effort_class",
    "own_estimate",
    "class_values_id",
    "made_at",
    "made_by",
)


def _guard(name: str, event: str, table: str, when: str, message: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END;"
    )


def _append_only(table: str, unless: str, key: str = "") -> list[str]:
    """Rows are added, never changed; deleted only where `unless` holds; with `key`, not replaced by any program."""
    message = f"{table} is a record of what was: its rows are never changed or deleted"
    guards = [
        _guard(f"{table}_never_changed", "UPDATE", table, "", message),
        _guard(f"{table}_never_deleted", "DELETE", table, f"NOT {unless}" if unless else "", message),
    ]
    if key:  # REPLACE deletes without a word where recursive triggers are off, as they are by default
        same = " AND ".join(f"kept.{column} = NEW.{column}" for column in key.split(", "))
        there = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE {same})"  # noqa: S608  (names of our own)
        guards.append(_guard(f"{table}_never_replaced", "INSERT", table, there, message))
    return guards


def _frozen_when_closed(table: str) -> list[str]:
    """Rows of a closed assessment are not added, changed or (except for a demonstration) deleted."""
    message = f"the assessment is closed: its rows in {table} are sealed"
    closed_old, closed_new = _CLOSED.format(row="OLD"), _CLOSED.format(row="NEW")
    return [
        _guard(f"{table}_sealed_insert", "INSERT", table, closed_new, message),
        _guard(f"{table}_sealed_update", "UPDATE", table, f"{closed_old} OR {closed_new}", message),
        _guard(f"{table}_sealed_delete", "DELETE", table, f"{closed_old} AND NOT {_DEMONSTRATION_ASSESSMENT}", message),
    ]


#: Migration -> what SQLite adds to it: triggers, which engines spell differently. Demonstration rows may be deleted.
SQLITE_GUARDS: dict[str, str] = {
    "0001 the first tables": "\n".join(
        [
            *_append_only("checklist_version", ""),
            *_append_only("scoring_version", ""),
            *_append_only("answer_event", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id, question_id, rev"),
            *_append_only("evidence", _DEMONSTRATION_SYSTEM),
            *_append_only("assessment_evidence", _DEMONSTRATION_SYSTEM, "org_id, period, assessment_id, seq"),
            *_append_only("snapshot", _DEMONSTRATION_SYSTEM, "org_id, period, assessment_id"),
            *_append_only("audit", "", "org_id, seq"),
            *_frozen_when_closed("answer"),
            *_frozen_when_closed("floor_decision"),
            _guard(
                "answer_event_sealed_insert",
                "INSERT",
                "answer_event",
                _CLOSED.format(row="NEW"),
                "the assessment is closed: its rows in answer_event are sealed",
            ),
            _guard(
                "assessment_evidence_sealed_insert",
                "INSERT",
                "assessment_evidence",
                _CLOSED.format(row="NEW"),
                "the assessment is closed: its rows in assessment_evidence are sealed",
            ),
            _guard(
                "assessment_sealed", "UPDATE", "assessment", "OLD.state = 'closed'", "a closed assessment never changes"
            ),
            _guard(
                "assessment_never_deleted",
                "DELETE",
                "assessment",
                f"NOT {_DEMONSTRATION_SYSTEM}",
                "an assessment is never deleted",
            ),
            _guard(
                "system_never_deleted",
                "DELETE",
                "system",
                "OLD.demonstration = 0",
                "a system is never deleted: retire it",
            ),
            _guard(
                "system_demonstration_fixed",
                "UPDATE",
                "system",
                "NEW.demonstration <> OLD.demonstration",
                "whether a system is a demonstration never changes",
            ),
            _guard(
                "audit_head_forward",
                "UPDATE",
                "audit_head",
                "NEW.seq NOT IN (OLD.seq, OLD.seq + 1)",
                "the audit trail grows by one entry at a time",
            ),
            _guard("audit_head_never_deleted", "DELETE", "audit_head", "", "the audit trail is never deleted"),
        ]
    ),
    "0002 tokens, pushed evidence, every floor decision": "\n".join(
        [
            *_append_only("floor_event", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id, seq"),
            _guard(
                "floor_event_sealed_insert",
                "INSERT",
                "floor_event",
                _CLOSED.format(row="NEW"),
                "the assessment is closed: its rows in floor_event are sealed",
            ),
            _guard(
                "token_never_deleted",
                "DELETE",
                "token",
                f"NOT {_DEMONSTRATION_SYSTEM}",
                "a token is never deleted: revoke it",
            ),
            _guard(
                "token_fixed",
                "UPDATE",
                "token",
                "OLD.revoked_at IS NOT NULL OR NEW.org_id <> OLD.org_id OR NEW.token_id <> OLD.token_id"
                " OR NEW.system_id <> OLD.system_id OR NEW.name <> OLD.name"
                " OR NEW.secret_sha256 <> OLD.secret_sha256 OR NEW.made_at <> OLD.made_at"
                " OR NEW.made_by <> OLD.made_by",
                "a token never changes, and a revoked one never comes back",
            ),
        ]
    ),
    "0003 actions, estimates, plan settings, class values": "\n".join(
        [
            *_append_only("action_event", _DEMONSTRATION_SYSTEM, "org_id, action_id, rev"),
            *_append_only("team_estimate", _DEMONSTRATION_SYSTEM, "org_id, system_id, question_id, rev"),
            *_append_only("plan_setting", _DEMONSTRATION_SYSTEM, "org_id, system_id, rev"),
            *_append_only("class_values", _DEMONSTRATION_TEAM, "org_id, team, pack, rev"),
            _guard(
                "action_never_deleted",
                "DELETE",
                "action",
                f"NOT {_DEMONSTRATION_SYSTEM}",
                "an action is never deleted: drop it and say why",
            ),
            _guard(
                "action_promise_kept",
                "UPDATE",
                "action",
                " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _PROMISED),
                "what an action promised never changes: drop it and plan another",
            ),
        ]
    ),
    "0004 workshops": "\n".join(
        [
            _guard(
                "ballot_never_deleted",
                "DELETE",
                "ballot",
                f"NOT {_DEMONSTRATION_WORKSHOP}",
                "a vote is never deleted",
            ),
            _guard(
                "ballot_while_voting",
                "INSERT",
                "ballot",
                _NOT_VOTING,
                "this question does not take votes now",
            ),
            _guard(
                "ballot_kept",
                "UPDATE",
                "ballot",
                f"{_NOT_VOTING} OR NEW.ballot_key <> OLD.ballot_key OR NEW.turn <= OLD.turn",
                "a vote is changed by its own voter, before the reveal",
            ),
            _guard(
                "workshop_stays_ended",
                "UPDATE",
                "workshop",
                "OLD.state = 'ended' OR NEW.anonymous <> OLD.anonymous",
                "a workshop that has ended never changes, and what was promised about names is kept",
            ),
            _guard(
                "workshop_never_deleted",
                "DELETE",
                "workshop",
                f"NOT {_DEMONSTRATION_SYSTEM}",
                "a workshop is never deleted: end it",
            ),
        ]
    ),
    "0005 tags of systems": "\n".join(
        _append_only("sealing", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id")
    ),
    "0008 zones, withdrawals, confirmations": "\n".join(
        [
            "DROP TRIGGER assessment_sealed;",
            _guard(
                "assessment_sealed",
                "UPDATE",
                "assessment",
                "OLD.state = 'closed' AND NOT (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"
                f" AND NEW.withdrawn_by IS NOT NULL AND NEW.withdrawn_because <> '' AND {_AS_IT_WAS})",
                "a closed assessment never changes: withdraw it and say why",
            ),
            _guard(
                "assessment_withdrawn_when_closed",
                "UPDATE",
                "assessment",
                "NEW.withdrawn_at IS NOT NULL AND OLD.state <> 'closed'",
                "only a closed assessment is withdrawn",
            ),
            *_append_only(
                "carried_answer", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id, question_id, rev, move"
            ),
            *_append_only("confirmation", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id, question_id, seq"),
            *_append_only("sealed_doubt", _DEMONSTRATION_ASSESSMENT, "org_id, period, assessment_id, question_id"),
            *(
                _guard(
                    f"{table}_sealed_insert",
                    "INSERT",
                    table,
                    _CLOSED.format(row="NEW"),
                    f"the assessment is closed: its rows in {table} are sealed",
                )
                for table in ("carried_answer", "confirmation", "sealed_doubt", "checklist_move")
            ),
            _guard(
                "checklist_move_undone_once",
                "UPDATE",
                "checklist_move",
                "OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW.org_id <> OLD.org_id"
                " OR NEW.assessment_id <> OLD.assessment_id OR NEW.seq <> OLD.seq"
                " OR NEW.from_checklist <> OLD.from_checklist OR NEW.to_checklist <> OLD.to_checklist"
                f" OR NEW.moved_at <> OLD.moved_at OR NEW.moved_by <> OLD.moved_by OR {_CLOSED.format(row='OLD')}",
                "a move to another checklist is undone once, while the quarter is open, and changes in nothing else",
            ),
            _guard(
                "checklist_move_never_deleted",
                "DELETE",
                "checklist_move",
                f"NOT {_DEMONSTRATION_ASSESSMENT}",
                "a move to another checklist is never deleted",
            ),
        ]
    ),
    "0007 targets and comments": "\n".join(
        [
            *_append_only(
                "target", f"(OLD.demonstration = 1 OR {_DEMONSTRATION_SYSTEM})", "org_id, system_id, pack, area, rev"
            ),
            _guard(
                "target_of_a_system",
                "INSERT",
                "target",
                "NEW.system_id <> '' AND NOT EXISTS (SELECT 1 FROM system WHERE system.org_id = NEW.org_id"
                " AND system.system_id = NEW.system_id)",
                "a target belongs to the portfolio or to a system there is",
            ),
            *_append_only("comment", _DEMONSTRATION_SYSTEM, "org_id, comment_id, rev"),
        ]
    ),
    "0009 connections": "\n".join(
        [
            *_append_only("connection_event", _DEMONSTRATION_CONNECTION, "org_id, connection_id, rev"),
            *_append_only("storage_use", _DEMONSTRATION_SYSTEM, "org_id, system_id, evidence_id, seq"),
            _guard(
                "connection_never_deleted",
                "DELETE",
                "connection",
                f"NOT {_DEMONSTRATION_END}",
                "a connection is never deleted: reject it and say why",
            ),
            _guard(
                "connection_kept",
                "UPDATE",
                "connection",
                " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _CONNECTED),
                "what a connection joins never changes: reject it and declare another",
            ),
        ]
    ),
    "0010 words of reports": "\n".join(
        [
            *_append_only(
                "report_wording",
                "EXISTS (SELECT 1 FROM system WHERE system.org_id = OLD.org_id AND system.demonstration = 1"
                " AND system.system_id = OLD.scope_id)",
                "org_id, scope, scope_id, period, rev",
            ),
        ]
    ),
}


def refuse_newer(applied: Sequence[str], location: str) -> None:
    """Raise DatabaseTooNew when a database has had migrations this program has never heard of."""
    unknown = [name for name in applied if name not in MIGRATIONS]
    if unknown:
        raise DatabaseTooNew(
            f"{location} was written by a newer Arrears (it has '{unknown[-1]}'): "
            "start that version, or open another database; nothing was changed."
        )


def statements(name: str, *, strict: str, keyed: str, real: str, blob: str) -> str:
    """The DDL of a migration in an engine's own words."""
    return MIGRATIONS[name].format(strict=strict, keyed=keyed, real=real, blob=blob)
