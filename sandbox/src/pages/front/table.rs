//! A table whose rows become little sheets of their own where the screen is narrow.

/// Rows of cells, which are HTML; the rest is text known here.
pub fn table<const N: usize>(name: &str, columns: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return "<p class=\"soft\">None yet</p>".to_owned();
    }
    // A narrow screen shows rows as blocks, which would make browsers forget that this is a table.
    let head = columns.map(|column| format!("<th scope=\"col\" role=\"columnheader\">{column}</th>")).concat();
    let cells = |row: &[String; N]| {
        let labelled = columns.iter().zip(row);
        labelled
            .map(|(column, cell)| format!("<td role=\"cell\" data-label=\"{column}\">{cell}</td>"))
            .collect::<String>()
    };
    let body = rows.iter().map(|row| format!("<tr role=\"row\">{}</tr>", cells(row))).collect::<String>();
    // What scrolls must be reachable by keyboard.
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{name}\"><table class=\"stack\" role=\"table\">\
         <thead role=\"rowgroup\"><tr role=\"row\">{head}</tr></thead><tbody role=\"rowgroup\">{body}</tbody></table></div>"
    )
}
