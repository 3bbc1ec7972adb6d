//! What a definition cannot be whatever the database holds: sizes, defaults, keys of one statement.

use crate::{
    Code, Finding, nearest,
    tree::{
        Column, Constraint, ConstraintKind, CreateTable, Expression, ExpressionKind, IndexPart,
        Literal, Name, TypeName,
    },
};

fn wrong(message: String, range: std::ops::Range<usize>, help: impl Into<String>) -> Finding {
    Finding::new(Code::InvalidDefinition, message, range).help(help)
}

/// What is wrong with a column by itself.
pub(super) fn of_column(column: &Column, faults: &mut Vec<Finding>) {
    let Some(ty) = &column.ty else {
        return;
    };
    faults.extend(size(ty));
    let name = &column.name;
    if let Some(default) = &column.default {
        faults.extend(of_default(column, ty, default));
    }
    if let Some(update) = &column.on_update
        && !is_one_of(ty, &["datetime", "timestamp"])
    {
        faults.push(wrong(
            format!(
                "`{name}` is a {}: only DATETIME and TIMESTAMP can have ON UPDATE",
                shown(ty)
            ),
            update.range.clone(),
            "leave ON UPDATE out, or make the column a DATETIME",
        ));
    }
    if column.auto_increment && !can_count(ty) {
        faults.push(wrong(
            format!(
                "`{name}` is a {}, and AUTO_INCREMENT needs a number",
                shown(ty)
            ),
            name.range.clone(),
            "make it a BIGINT UNSIGNED, or leave AUTO_INCREMENT out",
        ));
    }
    if column.primary_key.is_some() {
        faults.extend(needs_length(ty, name, &name.range));
    }
}

/// The type's name in lower case.
fn base(ty: &TypeName) -> String {
    ty.path.name.text.to_ascii_lowercase()
}

fn shown(ty: &TypeName) -> String {
    ty.path.name.text.to_ascii_uppercase()
}

fn is_one_of(ty: &TypeName, names: &[&str]) -> bool {
    names
        .iter()
        .any(|name| ty.path.name.text.eq_ignore_ascii_case(name))
}

/// The bytes of an integer type.
fn integer_size(ty: &TypeName) -> Option<u32> {
    Some(match base(ty).as_str() {
        "tinyint" | "int1" | "bool" | "boolean" => 1,
        "smallint" | "int2" => 2,
        "mediumint" | "int3" | "middleint" => 3,
        "int" | "integer" | "int4" => 4,
        "bigint" | "int8" | "serial" => 8,
        _ => return None,
    })
}

fn can_count(ty: &TypeName) -> bool {
    integer_size(ty).is_some()
        || is_one_of(
            ty,
            &[
                "float",
                "double",
                "double precision",
                "real",
                "float4",
                "float8",
            ],
        )
}

/// Whether values are too long for a key without a length.
fn is_long(ty: &TypeName) -> bool {
    let name = base(ty);
    name.ends_with("text") || name.ends_with("blob") || name == "json" || name.starts_with("long")
}

fn is_text(ty: &TypeName) -> bool {
    let name = base(ty);
    name.contains("char") || name.ends_with("text") || name == "enum" || name == "set"
}

/// A length, precision or number of digits that is too large.
fn size(ty: &TypeName) -> Option<Finding> {
    let number = |at: usize| ty.arguments.get(at)?.parse::<u64>().ok();
    let first = number(0)?;
    let name = base(ty);
    let most = match name.as_str() {
        "char" | "character" | "nchar" | "binary" | "national char" | "national character" => 255,
        "varchar" | "varbinary" | "varcharacter" | "character varying" | "nvarchar" => 65_535,
        "datetime" | "timestamp" | "time" => 6,
        "decimal" | "numeric" | "dec" | "fixed" => 65,
        "bit" => 64,
        _ if integer_size(ty).is_some() => 255,
        _ => return None,
    };
    if first > most {
        let help = match name.as_str() {
            "varchar" => "use TEXT, MEDIUMTEXT or LONGTEXT".to_owned(),
            "char" => "use VARCHAR or TEXT".to_owned(),
            _ => format!("write {most} or less"),
        };
        let message = format!(
            "{first} is too much for a {}: {most} is the most",
            shown(ty)
        );
        return Some(wrong(message, ty.range.clone(), help));
    }
    let digits = matches!(name.as_str(), "decimal" | "numeric" | "dec" | "fixed");
    if let Some(second) = number(1).filter(|second| digits && *second > first) {
        let message = format!(
            "a {} of {first} digits cannot have {second} behind its point",
            shown(ty)
        );
        let help = format!(
            "the first number counts all digits: {}({}, {second})",
            shown(ty),
            first + second
        );
        return Some(wrong(message, ty.range.clone(), help));
    }
    None
}

/// A default that the column's type does not take.
fn of_default(column: &Column, ty: &TypeName, default: &Expression) -> Option<Finding> {
    let (negative, literal) = match &default.kind {
        ExpressionKind::Literal(literal) => (false, literal),
        ExpressionKind::Operation { operator, operands } if operator == "-" => {
            match operands.first().map(|one| &one.kind) {
                Some(ExpressionKind::Literal(literal)) if operands.len() == 1 => (true, literal),
                _ => return None,
            }
        }
        _ => return None,
    };
    let name = &column.name;
    let refuse = |help: String| {
        let message = format!("`{name}` is a {}, and this is no default for it", shown(ty));
        Some(wrong(message, default.range.clone(), help))
    };
    if column.auto_increment {
        return refuse("leave the default out: the column counts by itself".to_owned());
    }
    match literal {
        Literal::Null if column.not_null == Some(true) => {
            refuse("leave out either NOT NULL or DEFAULT NULL".to_owned())
        }
        Literal::Text(text) if is_one_of(ty, &["enum"]) => {
            let is_label = |label: &String| label.trim_end().eq_ignore_ascii_case(text.trim_end());
            // Beyond ASCII the collation says what is equal.
            if !text.is_ascii() || ty.words.iter().any(is_label) {
                return None;
            }
            refuse(match nearest(text, ty.words.iter().map(String::as_str)) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("its labels are: {}", ty.words.join(", ")),
            })
        }
        Literal::Text(text) if is_number(ty) && !reads_as_number(text) => {
            refuse("write a number".to_owned())
        }
        Literal::Text(text) => {
            let length = ty
                .arguments
                .first()
                .and_then(|one| one.parse::<usize>().ok());
            let length = match base(ty).as_str() {
                "varchar" => length?,
                "char" => length.unwrap_or(1),
                _ => return None,
            };
            // Spaces at the end may be cut off.
            (text.trim_end().chars().count() > length)
                .then(|| refuse(format!("it is longer than {length} characters")))?
        }
        Literal::Number(text) => {
            let value = text.parse::<i128>().ok()?;
            let value = if negative { -value } else { value };
            let bits = 8 * integer_size(ty)?;
            let unsigned =
                ty.words.iter().any(|word| word != "signed") || is_one_of(ty, &["serial"]);
            let (least, most) = match unsigned {
                true => (0, (1_i128 << bits) - 1),
                false => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
            };
            (!(least..=most).contains(&value))
                .then(|| refuse(format!("it holds {least} to {most}")))?
        }
        _ => None,
    }
}

fn is_number(ty: &TypeName) -> bool {
    let numbers = [
        "decimal", "numeric", "dec", "fixed", "float", "double", "real",
    ];
    integer_size(ty).is_some() || is_one_of(ty, &numbers)
}

/// Generously: whether a server may read the text as a number.
fn reads_as_number(text: &str) -> bool {
    let text = text.trim();
    text.bytes().any(|b| b.is_ascii_digit())
        && (text.bytes())
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'))
}

fn needs_length(ty: &TypeName, name: &Name, range: &std::ops::Range<usize>) -> Option<Finding> {
    is_long(ty).then(|| {
        wrong(
            format!(
                "`{name}` is a {}: it cannot be a primary key without a length",
                shown(ty)
            ),
            range.clone(),
            format!("write `PRIMARY KEY ({name}(100))`, or make the column a VARCHAR"),
        )
    })
}

/// What is wrong with a table's keys.
pub(super) fn of_table(table: &CreateTable, faults: &mut Vec<Finding>) {
    for constraint in &table.constraints {
        of_key(table, constraint, faults);
    }
    if table.query.is_none() && table.like.is_empty() {
        counting(table, faults);
    }
    faults.extend(charset_and_collation(table));
    partitions(table, faults);
}

/// Every unique key has all columns that rows are divided by.
fn partitions(table: &CreateTable, faults: &mut Vec<Finding>) {
    let mut by = Vec::new();
    for expression in &table.partition_by {
        columns_in(expression, &mut by);
    }
    if by.is_empty() {
        return;
    }
    for constraint in &table.constraints {
        let (ConstraintKind::PrimaryKey(parts) | ConstraintKind::Unique(parts)) = &constraint.kind
        else {
            continue;
        };
        let has = |wanted: &Name| {
            let mut names = parts.iter().filter_map(|part| part.expression.as_column());
            names.any(|name| name.text.eq_ignore_ascii_case(&wanted.text))
        };
        if let Some(missing) = by.iter().find(|name| !has(name)) {
            faults.push(wrong(
                format!(
                    "the table is divided by `{missing}`, and this unique key does not have it"
                ),
                constraint.range.clone(),
                format!("add `{missing}` to the key, or divide the table by what the key has"),
            ));
        }
    }
}

fn columns_in<'a>(expression: &'a Expression, names: &mut Vec<&'a Name>) {
    if let Some(name) = expression.as_column() {
        names.push(name);
    }
    expression.children(|child| columns_in(child, names));
}

fn column<'a>(table: &'a CreateTable, name: &str) -> Option<&'a Column> {
    let mut columns = table.columns.iter();
    columns.find(|column| column.name.text.eq_ignore_ascii_case(name))
}

fn of_key(table: &CreateTable, constraint: &Constraint, faults: &mut Vec<Finding>) {
    let (parts, method) = match &constraint.kind {
        ConstraintKind::PrimaryKey(parts) | ConstraintKind::Unique(parts) => (parts, None),
        ConstraintKind::Index { parts, method } => (parts, method.as_deref()),
        ConstraintKind::ForeignKey(key) if key.on_delete.as_deref() == Some("SET NULL") => {
            for name in &key.columns {
                faults.extend(column(table, &name.text).and_then(|one| cannot_be_null(one, name)));
            }
            return;
        }
        _ => return,
    };
    faults.extend(twice(parts));
    for part in parts {
        let Some(name) = part.expression.as_column() else {
            continue;
        };
        let Some(column) = column(table, &name.text) else {
            continue;
        };
        let Some(ty) = &column.ty else {
            continue;
        };
        faults.extend(of_part(ty, name, part, method));
        if matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) && part.length.is_none() {
            faults.extend(needs_length(ty, name, &name.range));
        }
    }
}

fn cannot_be_null(column: &Column, name: &Name) -> Option<Finding> {
    let not_null = column.not_null == Some(true) || column.primary_key.is_some();
    not_null.then(|| {
        wrong(
            format!("ON DELETE SET NULL cannot work: `{name}` is NOT NULL"),
            name.range.clone(),
            "leave out NOT NULL, or write ON DELETE CASCADE or RESTRICT",
        )
    })
}

/// A column that a key names twice.
pub(super) fn twice(parts: &[IndexPart]) -> Option<Finding> {
    let names: Vec<&Name> = parts
        .iter()
        .filter_map(|part| part.expression.as_column())
        .collect();
    let again = names.iter().enumerate().find(|(at, name)| {
        let mut before = names[..*at].iter();
        before.any(|other| other.text.eq_ignore_ascii_case(&name.text))
    });
    let (_, name) = again?;
    Some(
        Finding::new(
            Code::DuplicateColumn,
            format!("the key has the column `{name}` twice"),
            name.range.clone(),
        )
        .help("name each column once"),
    )
}

fn of_part(ty: &TypeName, name: &Name, part: &IndexPart, method: Option<&str>) -> Option<Finding> {
    let kind = shown(ty);
    match method {
        Some("fulltext") if !is_text(ty) && integer_size(ty).is_some() => {
            return Some(wrong(
                format!("`{name}` is a {kind}: a FULLTEXT key is on text"),
                name.range.clone(),
                "leave FULLTEXT out",
            ));
        }
        Some("spatial") if is_text(ty) || is_number(ty) => {
            return Some(wrong(
                format!("`{name}` is a {kind}: a SPATIAL key is on a geometry"),
                name.range.clone(),
                "leave SPATIAL out",
            ));
        }
        _ => {}
    }
    let length = part.length?;
    if is_number(ty)
        || is_one_of(
            ty,
            &["date", "datetime", "timestamp", "time", "year", "enum"],
        )
    {
        return Some(wrong(
            format!("`{name}` is a {kind}: a key cannot have a part of it"),
            name.range.clone(),
            format!("write `{name}` without ({length})"),
        ));
    }
    let most = match base(ty).as_str() {
        "char" | "varchar" | "binary" | "varbinary" => ty.arguments.first()?.parse::<u64>().ok()?,
        _ => return None,
    };
    (length > most).then(|| {
        wrong(
            format!("`{name}` has {most} characters at most, and the key wants {length}"),
            name.range.clone(),
            format!("write `{name}` without a length"),
        )
    })
}

/// `AUTO_INCREMENT`: on one column, with which a key begins.
fn counting(table: &CreateTable, faults: &mut Vec<Finding>) {
    let mut columns = table.columns.iter().filter(|column| column.auto_increment);
    let Some(first) = columns.next() else {
        return;
    };
    if let Some(second) = columns.next() {
        faults.push(wrong(
            format!(
                "`{}` counts already: a table has one AUTO_INCREMENT column",
                first.name
            ),
            second.name.range.clone(),
            "leave the second AUTO_INCREMENT out",
        ));
        return;
    }
    // With some engines the column may stand further behind in its key.
    let engine = table.options.iter().find(|(name, _)| name == "engine");
    let strict = engine.is_none_or(|(_, engine)| engine.eq_ignore_ascii_case("innodb"));
    let same = |part: &IndexPart| {
        let name = part.expression.as_column();
        name.is_some_and(|name| name.text.eq_ignore_ascii_case(&first.name.text))
    };
    let keyed = table
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(parts)
            | ConstraintKind::Unique(parts)
            | ConstraintKind::Index { parts, .. }
                if strict =>
            {
                parts.first().is_some_and(same)
            }
            ConstraintKind::PrimaryKey(parts)
            | ConstraintKind::Unique(parts)
            | ConstraintKind::Index { parts, .. } => parts.iter().any(same),
            ConstraintKind::ForeignKey(key) => key
                .columns
                .first()
                .is_some_and(|name| name.text.eq_ignore_ascii_case(&first.name.text)),
            _ => false,
        });
    if !keyed && first.primary_key.is_none() && first.unique.is_none() {
        faults.push(wrong(
            format!(
                "`{}` is AUTO_INCREMENT, and no key begins with it",
                first.name
            ),
            first.name.range.clone(),
            "make it the primary key, or add a key on it",
        ));
    }
}

fn charset_and_collation(table: &CreateTable) -> Option<Finding> {
    let option = |wanted: &str| {
        let found = table.options.iter().rev().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.to_ascii_lowercase())
    };
    let (charset, collation) = (option("charset")?, option("collate")?);
    let of_collation = collation.split('_').next().unwrap_or_default();
    let plain = |name: &str| name.replace("utf8mb3", "utf8");
    let fits = plain(of_collation) == plain(&charset)
        || charset == "default"
        || ["default", "uca1400"].contains(&of_collation);
    (!fits).then(|| {
        wrong(
            format!("the collation `{collation}` is none of the character set `{charset}`"),
            table.name.range(),
            format!("write a collation that begins with `{charset}_`"),
        )
    })
}

const CHARSETS: &[&str] = &[
    "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "cp932", "dec8", "default", "eucjpms", "euckr", "gb18030", "gb2312", "gbk",
    "geostd8", "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5",
    "latin7", "macce", "macroman", "sjis", "swe7", "tis620", "ucs2", "ujis", "utf16", "utf16le",
    "utf32", "utf8", "utf8mb3", "utf8mb4",
];

/// A character set that no server has.
pub(super) fn of_charset(name: &Name) -> Option<Finding> {
    let lower = name.text.to_ascii_lowercase();
    if CHARSETS.contains(&lower.as_str()) {
        return None;
    }
    let finding = Finding::new(
        Code::NoSuchObject,
        format!("there is no character set `{}`", name.text),
        name.range.clone(),
    );
    Some(match nearest(&lower, CHARSETS.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if lower.contains('_') => finding.help("this looks like a collation: write COLLATE"),
        None => finding.help("write `utf8mb4`"),
    })
}

/// A collation of a character set that no server has. (Which collations a set has depends on the server.)
pub(super) fn of_collation(name: &Name) -> Option<Finding> {
    let lower = name.text.to_ascii_lowercase();
    let charset = lower.split('_').next().unwrap_or_default();
    if CHARSETS.contains(&charset)
        && (lower.contains('_') || ["binary", "default"].contains(&charset))
    {
        return None;
    }
    if charset == "uca1400" {
        return None;
    }
    let finding = Finding::new(
        Code::NoSuchObject,
        format!("there is no collation `{}`", name.text),
        name.range.clone(),
    );
    Some(match nearest(charset, CHARSETS.iter().copied()) {
        Some(near) => finding.help(format!("its name begins with a character set: `{near}_…`")),
        None => finding.help("its name begins with a character set: `utf8mb4_bin`"),
    })
}

const ENGINES: &[&str] = &[
    "archive",
    "aria",
    "blackhole",
    "columnstore",
    "connect",
    "csv",
    "example",
    "federated",
    "federatedx",
    "heap",
    "innodb",
    "memory",
    "merge",
    "mrg_myisam",
    "mroonga",
    "myisam",
    "ndb",
    "ndbcluster",
    "oqgraph",
    "performance_schema",
    "rocksdb",
    "s3",
    "sequence",
    "sphinx",
    "spider",
    "tokudb",
    "xtradb",
];

/// A misspelt storage engine. (Others than these can be installed.)
pub(super) fn of_engine(name: &str, range: std::ops::Range<usize>) -> Option<Finding> {
    let lower = name.to_ascii_lowercase();
    if ENGINES.contains(&lower.as_str()) {
        return None;
    }
    let near = nearest(
        &lower,
        ENGINES.iter().copied().filter(|name| name.len() > 4),
    )?;
    Some(
        Finding::new(
            Code::NoSuchObject,
            format!("there is no storage engine `{name}`"),
            range,
        )
        .help(format!("did you mean `{near}`?")),
    )
}
