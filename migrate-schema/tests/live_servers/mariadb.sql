CREATE SEQUENCE numbers START WITH 10
;
CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, mail varchar(200) CHARACTER SET ascii NOT NULL, name varchar(50) COLLATE utf8mb4_bin DEFAULT 'it''s',
 doc json, price decimal(10,2) DEFAULT 0, flag bool DEFAULT false , made datetime DEFAULT now(), seen timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
 total int GENERATED ALWAYS AS (id * 2) VIRTUAL, hidden int INVISIBLE DEFAULT 1, kind enum('a','b') DEFAULT 'a' COMMENT 'which', n bigint(20) unsigned,
 UNIQUE (mail), UNIQUE KEY by_name (name(10), kind), KEY (n DESC), FULLTEXT KEY words (name), CHECK (n > 0 AND kind <> 'b')) ENGINE=InnoDB COMMENT='those'
;
CREATE TABLE posts (id serial, user_id integer, body text, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE, CONSTRAINT named CHECK (user_id BETWEEN 1 AND 9))
;
ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users (id)
;
CREATE UNIQUE INDEX uq ON posts (body(20))
;
CREATE INDEX ix ON posts (user_id, id)
;
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN MAXVALUE)
;
CREATE VIEW v AS SELECT u.id, count(*) AS c FROM users u, posts p WHERE u.id = p.user_id AND u.kind IN ('a','b') GROUP BY u.id
;
CREATE VIEW a AS SELECT * FROM v WHERE c > 1
;
CREATE TRIGGER t BEFORE INSERT ON posts FOR EACH ROW SET NEW.body = trim(NEW.body)
;
CREATE PROCEDURE p(IN a INTEGER) BEGIN SELECT a; END
;
CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1
;
