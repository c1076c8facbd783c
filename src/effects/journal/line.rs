//! One line of a journal: a JSON object with `c` last, the CRC-32C of all that stands before it. A line that does not fit its code
//! was not written whole.

use serde_json::{Map, Value as Json};

/// The remainders of CRC-32C (Castagnoli) for each byte.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { (rest >> 1) ^ 0x82f6_3b78 } else { rest >> 1 };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |rest, byte| TABLE[((rest ^ u32::from(*byte)) & 0xff) as usize] ^ (rest >> 8))
}

/// A record as the line that is written, its end among it.
pub(super) fn write(record: &Map<String, Json>) -> String {
    let mut text = Json::Object(record.clone()).to_string();
    text.pop();
    let code = crc(text.as_bytes());
    text.push_str(&format!(",\"c\":\"{code:08x}\"}}\n"));
    text
}

/// The record of a line; `None` where the line is none, or not whole.
pub(super) fn read(line: &[u8]) -> Option<Map<String, Json>> {
    // `,"c":"1f00c2ab"}`
    let end = line.len().checked_sub(16)?;
    let told = std::str::from_utf8(line.get(end..)?).ok()?;
    let code = told.strip_prefix(",\"c\":\"")?.strip_suffix("\"}")?;
    if u32::from_str_radix(code, 16).ok()? != crc(&line[..end]) {
        return None;
    }
    let mut record: Map<String, Json> = serde_json::from_slice(line).ok()?;
    record.remove("c");
    Some(record)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_one_of_castagnoli() {
        assert_eq!(crc(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_in_no_other_way() {
        let record =
            Map::from_iter([("k".to_string(), Json::from("call")), ("p".to_string(), Json::from("1"))]);
        let line = write(&record);
        assert!(line.starts_with(r#"{"k":"call","p":"1","c":""#) && line.ends_with("\"}\n"), "{line}");
        let bytes = line.trim_end().as_bytes();
        assert_eq!(read(bytes).unwrap(), record);
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut]), None, "cut at {cut}");
            let mut changed = bytes.to_vec();
            changed[cut] ^= 1;
            assert_eq!(read(&changed), None, "changed at {cut}");
        }
    }
}
