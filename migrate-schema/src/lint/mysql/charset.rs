use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, Page, text},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::Charset,
        products: MYSQL,
        summary: "A character set that does not hold every character.",
        why: "`utf8` is `utf8mb3` here: it refuses emoji and many Chinese characters. `latin1` and its kin hold a few hundred characters.",
        instead: "Write `utf8mb4`.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE posts (id bigint PRIMARY KEY, body text) DEFAULT CHARSET=utf8",
            "CREATE TABLE posts (id bigint PRIMARY KEY, body text) DEFAULT CHARSET=utf8mb4",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    for (name, value) in &create.options {
        let value = value.trim_matches(['\'', '"', '`']).to_ascii_lowercase();
        let narrow = [
            "utf8", "utf8mb3", "latin1", "latin2", "ucs2", "cp1250", "cp1251", "gbk", "big5",
            "sjis", "koi8r",
        ];
        if !(name.ends_with("charset") || name.ends_with("character set"))
            || !narrow.contains(&value.as_str())
        {
            continue;
        }
        let range = text::word(context, &value).unwrap_or_else(|| create.name.range());
        let mut finding = Finding::new(
            Code::Charset,
            format!(
                "`{value}` does not hold every character: `{}` refuses or spoils the others",
                create.name
            ),
            range.clone(),
        )
        .help("write `utf8mb4`");
        if matches!(value.as_str(), "utf8" | "utf8mb3")
            && range != create.name.range()
            && create
                .options
                .iter()
                .all(|(name, _)| !name.contains("collat"))
        {
            finding = finding.fix(range, "utf8mb4");
        }
        findings.push(finding);
    }
}
