-- A ledger as version 1 of its tables wrote it.
BEGIN TRANSACTION;
CREATE TABLE about (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "about" VALUES('name','asw-exchange ledger');
INSERT INTO "about" VALUES('version','1');
CREATE TABLE citations (
	reference TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	PRIMARY KEY (reference, sequence), 
	FOREIGN KEY(sequence) REFERENCES entries (sequence)
)
 WITHOUT ROWID

;
INSERT INTO "citations" VALUES('VN/7',1);
CREATE TABLE documents (
	sequence INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (sequence), 
	FOREIGN KEY(sequence) REFERENCES entries (sequence)
);
INSERT INTO "documents" VALUES(1,X'7B7D');
CREATE TABLE entries (
	sequence INTEGER NOT NULL, 
	gateway TEXT NOT NULL, 
	peer TEXT NOT NULL, 
	direction TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	refers_to TEXT, 
	reference TEXT, 
	cites TEXT, 
	outcome TEXT, 
	moment INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	content_digest TEXT, 
	findings TEXT, 
	acknowledgement INTEGER NOT NULL, 
	told_outcome TEXT, 
	told_digest TEXT, 
	PRIMARY KEY (sequence), 
	CONSTRAINT "an entry is either sent or received" CHECK (direction IN ('sent', 'received')), 
	CONSTRAINT "what is received has an outcome" CHECK (direction = 'sent' OR outcome IS NOT NULL), 
	FOREIGN KEY(digest) REFERENCES payloads (digest)
);
INSERT INTO "entries" VALUES(1,'VN','TH','sent','asean/eform-d','VN-1',NULL,'VN-TH 25/02/00006','["VN/7"]',NULL,1740967200123456,'e97dfe93517722986f6088426af1b0455f04f57f98f8d019375d4ba435fcaa21',NULL,NULL,0,NULL,NULL);
INSERT INTO "entries" VALUES(2,'VN','TH','sent','asean/eform-d','VN-2',NULL,'VN-TH 25/02/00006',NULL,NULL,1740967200123456,'e97dfe93517722986f6088426af1b0455f04f57f98f8d019375d4ba435fcaa21',NULL,NULL,0,NULL,NULL);
INSERT INTO "entries" VALUES(3,'TH','VN','received','asean/eform-d','VN-2',NULL,'VN-TH 25/02/00006',NULL,'accepted',1740967200123456,'e97dfe93517722986f6088426af1b0455f04f57f98f8d019375d4ba435fcaa21','7ec572310e1076082cb38c9cf51a3b035295833229115c83d5839d90ee517f2e',NULL,0,NULL,NULL);
CREATE TABLE outbox (
	sequence INTEGER NOT NULL, 
	gateway TEXT NOT NULL, 
	peer TEXT NOT NULL, 
	PRIMARY KEY (sequence), 
	FOREIGN KEY(sequence) REFERENCES entries (sequence)
);
INSERT INTO "outbox" VALUES(1,'VN','TH');
CREATE TABLE payloads (
	digest TEXT NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "payloads" VALUES('e97dfe93517722986f6088426af1b0455f04f57f98f8d019375d4ba435fcaa21',X'3C63657274696669636174652F3E');
CREATE TRIGGER payloads_no_update BEFORE UPDATE ON payloads BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER payloads_no_delete BEFORE DELETE ON payloads BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX entries_by_message ON entries (gateway, direction, message_id, peer);
CREATE INDEX acknowledgements_by_message ON entries (gateway, direction, peer, refers_to) WHERE acknowledgement = 1;
CREATE INDEX entries_by_reference ON entries (reference, gateway) WHERE reference IS NOT NULL;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX citations_by_entry ON citations (sequence);
CREATE TRIGGER citations_no_update BEFORE UPDATE ON citations BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER citations_no_delete BEFORE DELETE ON citations BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
COMMIT;
