//! What the libraries answer is what redis-server 7.0.15 answered to the same line by EVAL: each file has lines that begin
//! with `> `, and below each what it came to.

mod common;

use std::path::Path;

use common::output_of;

/// Shows all results of a line, numbers to their last digit and strings as Lua reads them.
const SHOW: &str = r"local function show(...)
  local shown = {}
  for i = 1, select('#', ...) do
    local value = select(i, ...)
    if type(value) == 'string' then
      value = string.format('%q', value):gsub('[\128-\255\1-\8\11-\31]', function(byte)
        return '\\x' .. bit.tohex(byte:byte(), 2)
      end)
    elseif type(value) == 'number' then
      value = string.format('%.17g', value)
    else
      value = tostring(value):gsub('0x%x+', 'ADDR')
    end
    shown[i] = value
  end
  return (table.concat(shown, ' , '):gsub('\r', '\\r'):gsub('\n', '\\n'))
end
";

#[test]
fn libraries_answer_what_redis_answers() {
    let mut wrong = Vec::new();
    for name in ["bit", "cjson", "cmsgpack", "string", "struct"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/libraries").join(name).with_extension("txt");
        let text = std::fs::read_to_string(path).expect("what Redis answered");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let (Some(code), Some(expected)) = (line.strip_prefix("> "), lines.next()) else {
                panic!("{name}.txt has a line out of place: {line}");
            };
            let program = format!("{SHOW}print(show(pcall(function() {code} end)))");
            let printed = output_of(program.as_bytes(), "=here", 64 << 20);
            // Where the line stands is not the library's affair.
            let printed = String::from_utf8_lossy(&printed).replace("here:18: ", "");
            if printed.trim_end_matches('\n') != expected {
                wrong.push(format!("> {code}\n  redis: {expected}\n  ours:  {printed}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
