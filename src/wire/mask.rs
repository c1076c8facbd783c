//! What never prints: passwords, tokens and keys in headers, bodies, URLs and texts.
//!
//! Masking goes by the name a secret stands under; [`Known`] adds the secrets of this run by their own text, wherever they
//! turn up. Nothing here is for requests that are sent: those carry the secret itself.

use super::links::without_link;
use super::message::{Body, Request};
use serde_json::Value;
use std::borrow::Cow;
use url::Url;

pub use super::known::Known;
pub use crate::base::MASK;

/// Letters and digits of a name in lower case, so that `adminPass`, `admin_pass` and `Admin-Pass` are one.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a value of this name is a secret, in headers, queries and bodies alike.
pub fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "password",
        "passwd",
        "adminpass",
        "secret",
        "privatekey",
        "authorization",
        "cookie",
        "signature",
        "apikey",
        "authtoken",
    ];
    const WHOLE: [&str; 19] = [
        "token",
        "sessionkey",
        "jsessionid",
        "xsubjecttoken",
        "xservicetoken",
        "xamzsecuritytoken",
        "xamzssobearertoken",
        "xawsec2metadatatoken",
        "securitytoken",
        "accesstoken",
        "refreshtoken",
        "sessiontoken",
        "xauthkey",
        "keymaterial",
        "userdata",
        "contents",
        "blob",
        "passcode",
        "pass",
    ];
    // Structures are dotted where they are sent as pairs: `LaunchTemplateData.UserData`.
    name.split('.')
        .map(plain)
        .any(|name| WHOLE.contains(&name.as_str()) || PARTS.iter().any(|part| name.contains(part)))
}

/// A header's value, or the mask.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    match plain(name).as_str() {
        "location" | "contentlocation" | "referer" => Cow::Owned(url(value)),
        // What an upload to a storage proves itself with, beside its signature.
        "xmetadata" => Cow::Borrowed(MASK),
        _ if is_secret_name(name) => Cow::Borrowed(MASK),
        _ => Cow::Borrowed(value),
    }
}

/// A JSON body without its secrets; its shape stays.
pub fn json(value: &Value) -> Value {
    json_under("", value)
}

fn json_under(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            // Keystone's `token` is an object whose id is the secret.
            let token = plain(key) == "token";
            // The place of an upload: its metadata is a sealed text that belongs to the signature beside it.
            let signed = fields.contains_key("signature");
            let inner = |name: &String, value: &Value| match value {
                Value::String(_) if token && name == "id" => Value::from(MASK),
                Value::String(_) if signed && name == "metadata" => Value::from(MASK),
                _ => json_under(name, value),
            };
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), inner(name, value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| json_under(key, item)).collect()),
        Value::Null | Value::Bool(_) => value.clone(),
        _ if is_secret_name(key) => Value::from(MASK),
        Value::String(text) if text.contains("://") => Value::from(self::text(text)),
        // Older releases give a link as it stands in a query.
        Value::String(text) if text.contains("%2Fuserdata%2F") => Value::from(MASK),
        _ => value.clone(),
    }
}

/// A URL without a password before its host and without secret query values. Text that is no URL is masked as text.
pub fn url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return match text.split_once('?') {
            Some((path, query)) if !path.contains("://") => format!("{path}?{}", query_text(query)),
            _ => self::text(text),
        };
    };
    if url.password().is_some() || !url.username().is_empty() {
        let _ = url.set_password(None);
        let _ = url.set_username("");
    }
    let query = url.query().map(query_text);
    url.set_query(None);
    let place = without_link(url.as_str());
    match query {
        Some(query) => format!("{place}?{query}"),
        None => place.into_owned(),
    }
}

fn query_text(query: &str) -> String {
    let item = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}={MASK}"),
        _ => pair.to_string(),
    };
    query.split('&').map(item).collect::<Vec<_>>().join("&")
}

/// Free text: user names and passwords of URLs in it, secret values of forms, and whatever looks like a Keystone token.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let start = word.find("gAAAA").filter(|at| {
            word[*at..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_=".contains(b)).count() > 40
        });
        let word: Cow<'_, str> = match start {
            Some(at) => {
                let rest =
                    word[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_=".contains(c));
                Cow::Owned(format!("{}{MASK}{rest}", &word[..at]))
            }
            None => Cow::Borrowed(word),
        };
        match word.split_once("://") {
            Some((scheme, rest)) => {
                let end = rest.find(['/', '?', '#', '"', '\'']).unwrap_or(rest.len());
                let rest = match rest[..end].rfind('@') {
                    Some(at) => &rest[at + 1..],
                    None => rest,
                };
                out.push_str(scheme);
                out.push_str("://");
                match rest.split_once('?') {
                    Some((path, query)) => {
                        out.push_str(path);
                        out.push('?');
                        out.push_str(&query_text(query));
                    }
                    None => out.push_str(rest),
                }
            }
            None => out.push_str(&word),
        }
        out.push_str(&piece[piece.trim_end().len()..]);
    }
    let out = match out.contains('=') {
        true => pairs(&out),
        false => out,
    };
    match without_link(&out) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => out,
    }
}

/// Free text without the values of `name=value` pairs whose name is a secret's: what a service says back of a form or a query.
fn pairs(text: &str) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_.-[]".contains(c);
    let in_value = |c: char| c.is_ascii_alphanumeric() || "%+-_.~*=/".contains(c);
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('=') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let name = &before[before
            .rfind(|c| !in_name(c))
            .map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8))..];
        out.push_str(&rest[..=at]);
        rest = after;
        if is_secret_name(name) {
            let value = after.find(|c| !in_value(c)).unwrap_or(after.len());
            out.push_str(if value == 0 { "" } else { MASK });
            rest = &after[value..];
        }
    }
    out.push_str(rest);
    out
}

/// XML without the text of elements that have a secret's name; other text as it is.
pub fn markup(text: &str) -> Cow<'_, str> {
    if !text.contains("</") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find('<') {
        let tag = &rest[open + 1..];
        let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
        let name = &tag[..end];
        let local = name.rsplit(':').next().unwrap_or(name);
        let body = tag.find('>').filter(|close| !tag[..*close].ends_with('/')).map(|close| open + close + 2);
        let (Some(body), true) = (body, is_secret_name(local)) else {
            out.push_str(&rest[..=open]);
            rest = tag;
            continue;
        };
        let Some(after) = rest[body..].find(&format!("</{name}")) else {
            out.push_str(&rest[..body]);
            rest = &rest[body..];
            continue;
        };
        out.push_str(&rest[..body]);
        out.push_str(if after == 0 { "" } else { MASK });
        rest = &rest[body + after..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A request as it may be shown: same shape, no secret.
pub fn request(request: &Request) -> Request {
    let body = match &request.body {
        Body::Empty => Body::Empty,
        Body::Json(value) => Body::Json(json(value)),
        Body::Form(fields) => Body::Form(
            fields
                .iter()
                .map(|(name, value)| {
                    (name.clone(), if is_secret_name(name) { MASK.to_string() } else { value.clone() })
                })
                .collect(),
        ),
        Body::Bytes(kind, bytes) => {
            Body::Bytes(kind.clone(), format!("({} bytes)", bytes.len()).into_bytes().into())
        }
        Body::Stream(kind, content) => Body::Stream(kind.clone(), content.clone()),
    };
    Request {
        url: url(&request.url),
        headers: request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), header(name, value).into_owned()))
            .collect(),
        body,
        ..request.clone()
    }
}

/// Every text of a body that stands under a secret's name: what the cloud may say back, in whatever words. A word that says only
/// whether there is one (`password_set: "true"`) is none.
pub(super) fn secrets(body: &Body, found: &mut dyn FnMut(&str)) {
    match body {
        Body::Json(value) => secrets_under("", value, found),
        Body::Form(fields) => {
            fields.iter().filter(|(name, _)| is_secret_name(name)).for_each(|(_, text)| found(text));
        }
        Body::Empty | Body::Bytes(..) | Body::Stream(..) => {}
    }
}

fn secrets_under(key: &str, value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| secrets_under(name, value, found)),
        Value::Array(items) => items.iter().for_each(|item| secrets_under(key, item, found)),
        Value::String(text) if is_secret_name(key) && !says_whether(text) => found(text),
        _ => {}
    }
}

fn says_whether(text: &str) -> bool {
    ["true", "false", "none", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as j;

    #[test]
    fn bodies_keep_their_shape_and_lose_their_secrets() {
        let body = j!({"auth": {"identity": {"methods": ["password", "token"], "token": {"id": "T"},
            "password": {"user": {"name": "demo", "password": "S", "domain": {"id": "default"}}}}},
            "server": {"adminPass": "S", "user_data": "S", "personality": [{"path": "/etc/motd", "contents": "S"}],
            "metadata": {"db_password": "S", "role": "db"}, "secrets": ["S", {"name": "n", "secret": 7}]}});
        let masked = json(&body);
        assert_eq!(masked["auth"]["identity"]["methods"], j!(["password", "token"]));
        assert_eq!(masked["auth"]["identity"]["password"]["user"]["name"], "demo");
        assert_eq!(masked["auth"]["identity"]["token"]["id"], MASK);
        assert_eq!(masked["server"]["personality"][0]["path"], "/etc/motd");
        assert_eq!(masked["server"]["metadata"]["role"], "db");
        assert!(!masked.to_string().contains("\"S\"") && !masked.to_string().contains('7'), "{masked}");
    }

    #[test]
    fn urls_and_texts_lose_theirs() {
        assert_eq!(
            url("https://me:pw@h/p?token=abc&limit=2&Signature=x%2F"),
            format!("https://h/p?token={MASK}&limit=2&Signature={MASK}")
        );
        assert_eq!(url("/p?password=x&y=1"), format!("/p?password={MASK}&y=1"));
        let token = format!("gAAAAAB{}", "x".repeat(60));
        assert_eq!(
            text(&format!("token '{token}' of http://u:p@h:1/x?sig_signature=1 is bad")),
            format!("token '{MASK}' of http://h:1/x?sig_signature={MASK} is bad")
        );
        assert_eq!(header("X-Auth-Token", "abc"), MASK);
        assert_eq!(header("Location", "http://h/?token=1"), format!("http://h/?token={MASK}"));
        assert_eq!(header("X-Openstack-Request-Id", "req-1"), "req-1");
    }

    #[test]
    fn the_places_of_a_storage_are_secrets() {
        let body = j!({"getuploadparams": {"id": "t", "metadata": "SEALED", "signature": "S", "postURL": "http://s/upload/t"},
            "template": {"url": "https://s:8080/userdata/4f-9.qcow2", "metadata": {"a": "b"}}, "metadata": "kept"});
        let masked = json(&body);
        assert_eq!(masked["getuploadparams"]["metadata"], MASK);
        assert_eq!(masked["getuploadparams"]["postURL"], "http://s/upload/t");
        assert_eq!(masked["template"]["url"], format!("https://s:8080/userdata/{MASK}"));
        assert_eq!((&masked["template"]["metadata"], &masked["metadata"]), (&j!({"a": "b"}), &j!("kept")));
        assert_eq!(json(&j!({"url": "https%3A%2F%2Fs%2Fuserdata%2F4f.qcow2"}))["url"], MASK);
        assert_eq!(header("X-metadata", "SEALED"), MASK);
        // Other clouds have such a path that names no file.
        for (said, shown) in [
            ("http://h/userdata/4f.raw?x=1", "http://h/userdata/(MASK)?x=1"),
            ("http://h/userdata/", "http://h/userdata/"),
            ("http://h/v2/userdata", "http://h/v2/userdata"),
        ] {
            assert_eq!(url(said), shown.replace("(MASK)", MASK));
        }
        assert_eq!(text("see <http://h/userdata/a.ova> now"), format!("see <http://h/userdata/{MASK}> now"));
    }

    #[test]
    fn elements_lose_theirs() {
        let text = "<R><SecretAccessKey>abc/d</SecretAccessKey><n:sessionToken a=\"1\">x</n:sessionToken><Token/><Id>i</Id><Password></Password></R>";
        let masked = format!(
            "<R><SecretAccessKey>{MASK}</SecretAccessKey><n:sessionToken a=\"1\">{MASK}</n:sessionToken><Token/><Id>i</Id><Password></Password></R>"
        );
        assert_eq!(markup(text), masked);
        for whole in ["plain < text", "<Secret>open", "a </b> c", "<"] {
            assert_eq!(markup(whole), whole);
        }
    }

    #[test]
    fn forms_that_are_said_back_lose_theirs() {
        for (said, shown) in [
            (
                "bad: command=x&userdata=IyE%3D&signature=a/b%3D= at 1",
                format!("bad: command=x&userdata={MASK}&signature={MASK} at 1"),
            ),
            (
                "<p>/client/api?apiKey=K-_1&amp;sessionkey=s</p>",
                format!("<p>/client/api?apiKey={MASK}&amp;sessionkey={MASK}</p>"),
            ),
            ("[password=x, name=y]", format!("[password={MASK}, name=y]")),
            ("http://h/p?a=1 with password= and id=2", "http://h/p?a=1 with password= and id=2".to_string()),
            ("x=Zürich=ä", "x=Zürich=ä".to_string()),
        ] {
            assert_eq!(text(said), shown);
        }
    }
}
