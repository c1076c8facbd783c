//! Messages over a pipe: a header with the length, then JSON. What is no message is told apart from what is, so that the
//! client hears of it and the server goes on.

use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// The error codes of JSON-RPC and the Language Server Protocol.
pub(super) mod code {
    /// The text is no JSON.
    pub(crate) const PARSE: i32 = -32700;
    /// The JSON is no message, or it comes at the wrong time.
    pub(crate) const INVALID_REQUEST: i32 = -32600;
    /// The method is not known.
    pub(crate) const METHOD_NOT_FOUND: i32 = -32601;
    /// The parameters are not the method's.
    pub(crate) const INVALID_PARAMS: i32 = -32602;
    /// The server has a mistake.
    pub(crate) const INTERNAL: i32 = -32603;
    /// A request before `initialize`.
    pub(crate) const NOT_INITIALIZED: i32 = -32002;
    /// The client no longer wants the answer.
    pub(crate) const CANCELLED: i32 = -32800;
    /// The request is right and cannot be done.
    pub(crate) const REQUEST_FAILED: i32 = -32803;
}

/// What the client sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Incoming {
    /// Something to answer.
    Request {
        /// Its id, a number or a text, given back as it came.
        id: Value,
        /// What is wanted.
        method: String,
        /// Of what.
        params: Value,
    },
    /// Something to know.
    Notification {
        /// What happened.
        method: String,
        /// To what.
        params: Value,
    },
    /// An answer to a request of ours.
    Response,
    /// No message.
    Broken {
        /// The id to answer to; null where there is none.
        id: Value,
        /// The error's code.
        code: i32,
        /// What is wrong.
        message: String,
    },
}

/// The next message; `None` at the end of the stream.
///
/// # Errors
/// When the stream cannot be read.
pub(super) fn read(stream: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let broken = |message: &str| {
        Ok(Some(Incoming::Broken { id: Value::Null, code: code::PARSE, message: message.to_string() }))
    };
    let mut length: Option<u64> = None;
    let mut line = Vec::new();
    let mut empty = true;
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            // Blank lines before a header belong to nothing.
            if empty {
                continue;
            }
            break;
        }
        empty = false;
        if let Some((name, value)) = text.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let Some(length) = length else {
        return broken("a message begins with `Content-Length: ` and a number of bytes");
    };
    // Read as it comes: a length that is not true reserves nothing.
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    match serde_json::from_slice(&body) {
        Ok(value) => Ok(Some(message(value))),
        Err(error) => broken(&format!("the message is no JSON: {error}")),
    }
}

/// The message in a value.
fn message(value: Value) -> Incoming {
    let invalid = |id: Value, message: &str| Incoming::Broken {
        id,
        code: code::INVALID_REQUEST,
        message: message.to_string(),
    };
    let Value::Object(mut object) = value else {
        return invalid(Value::Null, "a message is one JSON object");
    };
    let id = object.remove("id");
    let params = object.remove("params").unwrap_or(Value::Null);
    match (object.remove("method"), id) {
        (Some(Value::String(method)), None) => Incoming::Notification { method, params },
        (Some(Value::String(method)), Some(id @ (Value::String(_) | Value::Number(_)))) => {
            Incoming::Request { id, method, params }
        }
        (Some(Value::String(_)), Some(_)) => invalid(Value::Null, "an `id` is a number or a text"),
        (Some(_), id) => invalid(id.unwrap_or(Value::Null), "a `method` is a text"),
        (None, Some(_)) if object.contains_key("result") || object.contains_key("error") => {
            Incoming::Response
        }
        (None, id) => invalid(id.unwrap_or(Value::Null), "a message has a `method`"),
    }
}

/// Write a message.
///
/// # Errors
/// When the stream cannot be written.
pub(super) fn write(stream: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    stream.flush()
}

/// The answer to a request.
pub(super) fn answer(id: Value, result: Result<Value, (i32, String)>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, message)) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
        }
    }
}

/// Something for the client to know.
pub(super) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Incoming> {
        let mut stream = bytes;
        let mut found = Vec::new();
        while let Some(message) = read(&mut stream).expect("a stream in memory") {
            found.push(message);
        }
        found
    }

    fn framed(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    #[test]
    fn messages_are_told_apart() {
        let bytes = [
            framed(r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"é":1}}"#),
            framed(r#"{"jsonrpc":"2.0","id":"x","method":"b"}"#),
            framed(r#"{"jsonrpc":"2.0","method":"c","params":[1]}"#),
            framed(r#"{"jsonrpc":"2.0","id":7,"result":null}"#),
            framed(r#"{"jsonrpc":"2.0","id":99999999999,"method":"d"}"#),
        ]
        .concat();
        assert_eq!(
            all(&bytes),
            [
                Incoming::Request { id: json!(1), method: "a".into(), params: json!({ "é": 1 }) },
                Incoming::Request { id: json!("x"), method: "b".into(), params: Value::Null },
                Incoming::Notification { method: "c".into(), params: json!([1]) },
                Incoming::Response,
                Incoming::Request { id: json!(99_999_999_999_i64), method: "d".into(), params: Value::Null },
            ]
        );
    }

    #[test]
    fn what_is_no_message_is_told_and_passed_by() {
        let told = |bytes: &[u8]| -> Vec<(i32, Value)> {
            let tell = |message| match message {
                Incoming::Broken { code, id, .. } => (code, id),
                other => (0, json!(format!("{other:?}").split(' ').next())),
            };
            all(bytes).into_iter().map(tell).collect()
        };
        let good = framed(r#"{"method":"c"}"#);
        for (broken, code, id) in [
            (framed("{"), code::PARSE, Value::Null),
            (framed("[]"), code::INVALID_REQUEST, Value::Null),
            (framed(r#"{"id":4}"#), code::INVALID_REQUEST, json!(4)),
            (framed(r#"{"id":4,"method":5}"#), code::INVALID_REQUEST, json!(4)),
            (framed(r#"{"id":{},"method":"a"}"#), code::INVALID_REQUEST, Value::Null),
            (b"Content-Length: 2\r\n\r\n\xff\xfe".to_vec(), code::PARSE, Value::Null),
            (b"Content-Type: x\r\n\r\n".to_vec(), code::PARSE, Value::Null),
            (b"Content-Length: many\r\n\r\n".to_vec(), code::PARSE, Value::Null),
        ] {
            let bytes = [broken, good.clone()].concat();
            assert_eq!(told(&bytes), [(code, id), (0, json!("Notification"))]);
        }
        assert_eq!(told(b"content-length:14\n\n{\"method\":\"c\"}"), [(0, json!("Notification"))]);
    }

    #[test]
    fn a_stream_that_breaks_off_ends() {
        assert_eq!(all(b"Content-Length: 18446744073709551615\r\n\r\n{}"), []);
        assert_eq!(all(b"Content-Le"), []);
        assert_eq!(all(b""), []);
    }
}
