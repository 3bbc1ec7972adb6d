//! What engines show of what people write, as real engines showed it.

use super::*;

fn yes(dialect: Dialect, pairs: &[(&str, &str)]) {
    for (written, shown) in pairs {
        let same = expression(dialect, written, shown);
        assert_eq!(same, Same::Yes, "{written}\n{shown}");
        assert_eq!(
            expression(dialect, shown, written),
            Same::Yes,
            "{written}\n{shown}"
        );
    }
}

fn no(dialect: Dialect, pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert_eq!(expression(dialect, a, b), Same::No, "{a}\n{b}");
    }
}

#[test]
fn postgres_shows_casts_and_brackets() {
    yes(
        Dialect::Postgres,
        &[
            ("a > 0", "(a > (0)::numeric)"),
            (
                "state IN ('a', 'b')",
                "(state = ANY (ARRAY['a'::text, 'b'::text]))",
            ),
            (
                "state in ('a','b')",
                "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            ),
            (
                "state NOT IN ('a', 'b')",
                "(state <> ALL (ARRAY['a'::text, 'b'::text]))",
            ),
            ("a IN ('x')", "((a)::text = 'x'::text)"),
            ("a BETWEEN 1 AND 5 AND b", "(((a >= 1) AND (a <= 5)) AND b)"),
            ("a NOT BETWEEN 1 AND 5", "(NOT ((a >= 1) AND (a <= 5)))"),
            ("name LIKE 'x%'", "(name ~~ 'x%'::text)"),
            ("name not ilike 'x%'", "((name)::text !~~* 'x%'::text)"),
            ("a != b OR a IS NOT NULL", "((a <> b) OR (a IS NOT NULL))"),
            ("lower(a)", "lower((a)::text)"),
            ("'x'", "'x'::character varying"),
            ("-1", "'-1'::integer"),
            ("now()", "CURRENT_TIMESTAMP"),
            ("nextval('s')", "nextval('public.s'::regclass)"),
            ("now() at time zone 'utc'", "timezone('utc'::text, now())"),
            ("cast(a as int) = 1", "((a)::integer = 1)"),
            ("'{}'", "'{}'::jsonb"),
            (
                "extract(year from a) > 0",
                "(date_part('year'::text, a) > (0)::double precision)",
            ),
            ("a * 2 + b", "((a * 2) + b)"),
            ("a || 'x' || b", "((a || 'x'::text) || b)"),
            ("t.a > 1", "(a > 1)"),
            (
                "case when a then 1 end",
                "CASE\n    WHEN a THEN 1\n    ELSE NULL::integer\nEND",
            ),
            ("trim(a) <> ''", "(TRIM(BOTH FROM a) <> ''::text)"),
            ("a ~ '^x$' is true", "((a ~ '^x$'::text) IS TRUE)"),
            ("data->>'a' = 'b'", "((data ->> 'a'::text) = 'b'::text)"),
            ("interval '1 day'", "'1 day'::interval"),
            (
                "coalesce(a, b, '') != ''",
                "(COALESCE(a, b, ''::text) <> ''::text)",
            ),
        ],
    );
}

#[test]
fn what_is_another_expression() {
    no(
        Dialect::Postgres,
        &[
            ("a > 0", "(b > 0)"),
            ("a > 0", "(a > 1)"),
            ("a > 0", "(a >= 0)"),
            ("a > 0", "((a > 0) AND (b > 0))"),
            (
                "state IN ('a')",
                "(state = ANY (ARRAY['a'::text, 'b'::text]))",
            ),
            (
                "state IN ('a', 'c')",
                "(state = ANY (ARRAY['a'::text, 'b'::text]))",
            ),
            ("'x'", "'y'::text"),
            ("lower(a)", "upper(a)"),
            ("a IS NULL", "(a IS NOT NULL)"),
            ("nextval('s')", "nextval('t'::regclass)"),
            ("old.a", "new.a"),
        ],
    );
    no(Dialect::Sqlite, &[("a > 0", "a > 1"), ("\"A\"", "b")]);
}

#[test]
fn what_cannot_be_told_is_not_told() {
    fn unknown(dialect: Dialect, a: &str, b: &str) {
        assert_eq!(expression(dialect, a, b), Same::Unknown, "{a} {b}");
    }
    unknown(
        Dialect::Postgres,
        "'1 hour'::interval",
        "'01:00:00'::interval",
    );
    unknown(Dialect::Postgres, "'2020-1-1'::date", "'2020-01-01'::date");
    unknown(Dialect::Mysql, "a right", "a left");
    unknown(Dialect::Postgres, "(((", ")))");
    let deep = |n| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    unknown(Dialect::Postgres, &deep(100_000), "a");
    let long = vec!["a"; 100_000].join(" + ");
    unknown(Dialect::Postgres, &long, "a");
}

#[test]
fn mysql_shows_its_own_words() {
    yes(
        Dialect::Mysql,
        &[
            ("CURRENT_TIMESTAMP", "current_timestamp()"),
            ("NOW(6)", "current_timestamp(6)"),
            ("'x'", "_utf8mb4'x'"),
            ("a > 0 and b", "((`a` > 0) and `b`)"),
            ("A > 0 && b", "`a` > 0 and `b`"),
            ("true", "1"),
            ("0", "'0'"),
            ("0.00", "0"),
            ("b'0'", "0"),
            (
                "doc->>'$.a'",
                "json_unquote(json_extract(`doc`,_utf8mb4'$.a'))",
            ),
            ("a in (1,2)", "(`a` in (1,2))"),
            ("not a like 'x'", "(not((`a` like 'x')))"),
            ("date_add(a, interval 1 day)", "(`a` + interval 1 day)"),
            ("lcase(a)", "lower(`t`.`a`)"),
            ("a is not null", "`a` is not null"),
        ],
    );
}

#[test]
fn a_default_is_a_value_of_its_type() {
    let same = |ty, a, b| default(Dialect::Postgres, ty, a, b);
    assert_eq!(same("boolean", Some("'f'"), Some("false")), Same::Yes);
    assert_eq!(same("text", None, Some("NULL::text")), Same::Yes);
    assert_eq!(same("text", None, Some("''::text")), Same::No);
    assert_eq!(
        same(
            "timestamptz",
            Some("'2020-01-01'"),
            Some("'2020-01-01 00:00:00+00'::timestamptz")
        ),
        Same::Yes
    );
    assert_eq!(same("int", Some("1"), Some("2")), Same::No);
    let same = |ty, a, b| default(Dialect::Mysql, ty, Some(a), Some(b));
    assert_eq!(same("decimal(10,2)", "0", "'0.00'"), Same::Yes);
    assert_eq!(same("int", "1", "'2'"), Same::No);
    assert_eq!(same("tinyint(1)", "false", "0"), Same::Yes);
    assert_eq!(same("text", "NULL COLLATE utf8mb4_bin", "NULL"), Same::Yes);
}

#[test]
fn views_are_shown_with_every_column_and_its_table() {
    let columns =
        |table: &str| (table == "users").then(|| vec!["id".to_owned(), "name".to_owned()]);
    let same = |dialect, a: &str, b: &str| query(dialect, a, b, &columns);
    let written = "SELECT id, count(*) FROM users u LEFT JOIN posts p ON p.user_id = u.id WHERE name = 'x' GROUP BY 1 ORDER BY id";
    let shown = " SELECT u.id,\n    count(*) AS count\n   FROM (users u\n     LEFT JOIN posts p ON ((p.user_id = u.id)))\n  WHERE (u.name = 'x'::text)\n  GROUP BY u.id\n  ORDER BY u.id;";
    assert_eq!(same(Dialect::Postgres, written, shown), Same::Yes);
    let other = shown.replace("LEFT ", "");
    assert_eq!(same(Dialect::Postgres, written, &other), Same::Unknown);
    assert_eq!(
        same(Dialect::Postgres, written, &shown.replace("'x'", "'y'")),
        Same::No
    );
    let all = "SELECT * FROM users";
    assert_eq!(
        same(
            Dialect::Postgres,
            all,
            " SELECT users.id,\n    users.name\n   FROM users;"
        ),
        Same::Yes
    );
    assert_eq!(
        same(Dialect::Postgres, all, " SELECT users.id\n   FROM users;"),
        Same::Unknown
    );
    assert_eq!(
        same(
            Dialect::Mysql,
            "SELECT u.ID, p.title AS t FROM users u, posts p WHERE u.id = p.user_id",
            "select `u`.`id` AS `ID`,`p`.`title` AS `t` from (`db`.`users` `u` join `db`.`posts` `p`) where `u`.`id` = `p`.`user_id`",
        ),
        Same::Yes
    );
}

#[test]
fn triggers_and_routines() {
    let written = "CREATE TRIGGER t AFTER UPDATE OF a OR INSERT ON x FOR EACH ROW WHEN (new.a > 0) EXECUTE PROCEDURE f('b')";
    let shown = "CREATE TRIGGER t AFTER INSERT OR UPDATE OF a ON public.x FOR EACH ROW WHEN ((new.a > 0)) EXECUTE FUNCTION f('b')";
    assert_eq!(trigger(Dialect::Postgres, written, shown), Same::Yes);
    assert_eq!(
        trigger(
            Dialect::Postgres,
            written,
            &shown.replace("ROW", "STATEMENT")
        ),
        Same::No
    );
    let routine = |a: &str, b: &str| routine::routines(Dialect::Postgres, a, b);
    let written = "create function f(a int, b text default 'x') returns trigger as 'begin return new; end' language plpgsql stable";
    let shown = "CREATE OR REPLACE FUNCTION public.f(a integer, b text DEFAULT 'x'::text)\n RETURNS trigger\n LANGUAGE plpgsql\n STABLE\nAS $function$begin return new; end$function$\n";
    assert_eq!(routine(written, shown), Same::Yes);
    assert_eq!(routine(written, &shown.replace("new", "old")), Same::No);
    assert_eq!(routine(written, &shown.replace("STABLE", "")), Same::No);
    let maria = "CREATE DEFINER=`root`@`localhost` TRIGGER `t` BEFORE INSERT ON `x` FOR EACH ROW SET new.a = 1";
    assert_eq!(
        trigger(
            Dialect::Mysql,
            "create trigger t before insert on x for each row set NEW.a=1;",
            maria
        ),
        Same::Yes
    );
    let sequences = |a, b| sequence(Dialect::Postgres, a, b);
    assert_eq!(
        sequences(
            "create sequence s",
            "CREATE SEQUENCE public.s AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE"
        ),
        Same::Yes
    );
    assert_eq!(
        sequences("create sequence s increment 2", "create sequence s"),
        Same::No
    );
}

proptest::proptest! {
    #[test]
    fn any_two_texts_can_be_compared(a in "[-'\"$*/a\\\\;.e0()\\[\\]:<>=!~, ]{0,30}", b in "\\PC{0,20}") {
        for dialect in Dialect::ALL {
            let _ = expression(dialect, &a, &b);
            let _ = query(dialect, &a, &b, &no_columns);
            let _ = data_type(dialect, &a, &b);
            let _ = trigger(dialect, &a, &b);
            let _ = routine::routines(dialect, &a, &b);
            let _ = sequence(dialect, &a, &b);
            assert_eq!(expression(dialect, &a, &a), Same::Yes);
        }
    }
}
