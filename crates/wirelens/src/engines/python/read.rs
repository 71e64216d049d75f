//! What the helper says of frames.

use std::io::BufRead;

use serde_json::Value;

use crate::engines::line::append_line;
use crate::engines::tshark::{PdmlError, PdmlFrame};

/// The longest line that is read, in bytes.
const LONGEST: usize = 64 << 20;

/// Reads the helper's lines, and holds no more than one.
pub(crate) struct HelperReader<R> {
    input: R,
    held: Vec<u8>,
}

impl<R: BufRead> HelperReader<R> {
    pub(crate) fn new(input: R) -> HelperReader<R> {
        HelperReader { input, held: Vec::new() }
    }

    /// The first line: what the package knows.
    pub(super) fn first(&mut self) -> Result<String, PdmlError> {
        if !self.line()? {
            return Err(PdmlError::Cut);
        }
        Ok(String::from_utf8_lossy(&self.held).into_owned())
    }

    /// Reads the next frame; false at the end.
    pub(crate) fn read(&mut self, frame: &mut PdmlFrame) -> Result<bool, PdmlError> {
        frame.clear();
        if !self.line()? {
            return Ok(false);
        }
        let wrong = |what: String| PdmlError::Malformed(what);
        let said: Value =
            serde_json::from_slice(&self.held).map_err(|error| wrong(error.to_string()))?;
        let number = said.get("number").and_then(Value::as_u64);
        let captured = said.get("captured").and_then(Value::as_u64);
        let layers = said.get("layers").and_then(Value::as_array);
        let (Some(number), Some(captured), Some(layers)) = (number, captured, layers) else {
            return Err(wrong("a line without number, captured and layers".to_owned()));
        };
        let about = frame.open(true, "geninfo", None, None, (0, 0), false);
        for (name, value) in [("num", number), ("caplen", captured)] {
            frame.open(false, name, Some(&value.to_string()), None, (0, 0), false);
        }
        frame.close(about);
        for layer in layers {
            let [name, position, size, fields] = parts(layer)? else { return Err(shape()) };
            let place = (int(position), int(size));
            let at = frame.open(true, text(name), None, None, place, false);
            each_field(frame, fields)?;
            frame.close(at);
        }
        Ok(true)
    }

    /// Reads a line; false if there is none.
    fn line(&mut self) -> Result<bool, PdmlError> {
        self.held.clear();
        let any = append_line(&mut self.input, &mut self.held, LONGEST)?;
        if any && !self.held.ends_with(b"\n") {
            return Err(PdmlError::Cut);
        }
        Ok(any)
    }
}

/// Fields beside each other. serde_json limits how deep they stand in each other.
fn each_field(frame: &mut PdmlFrame, fields: &Value) -> Result<(), PdmlError> {
    for field in fields.as_array().ok_or_else(shape)? {
        let [name, show, hex, position, size, hidden, inside] = parts(field)? else {
            return Err(shape());
        };
        let place = (int(position), int(size));
        let hidden = int(hidden) != 0;
        let at = frame.open(false, text(name), show.as_str(), hex.as_str(), place, hidden);
        each_field(frame, inside)?;
        frame.close(at);
    }
    Ok(())
}

fn parts(value: &Value) -> Result<&[Value], PdmlError> {
    value.as_array().map(Vec::as_slice).ok_or_else(shape)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn int(value: &Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn shape() -> PdmlError {
    PdmlError::Malformed("a layer or field of another shape".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_frames() {
        let line = r#"{"number":3,"captured":60,"layers":[["IP",14,20,[["IP.ttl","64",null,0,0,0,[]],["IP.options","",null,0,0,1,[["X.a","",  "0102",34,2,0,[]]]]]]]}"#;
        let text = format!("{{}}\n{line}\n");
        let mut reader = HelperReader::new(text.as_bytes());
        assert_eq!(reader.first().expect("a line"), "{}\n");
        let mut frame = PdmlFrame::default();
        assert!(reader.read(&mut frame).expect("a frame"));
        assert_eq!(frame.number(), Some(3));
        let ip = frame.find("IP").expect("a layer");
        assert_eq!((ip.position(), ip.size(), ip.inside()), (14, 20, 3));
        let inside = frame.find("X.a").expect("a field");
        assert_eq!((inside.value(), inside.position()), (Some("0102"), 34));
        assert!(frame.find("IP.options").is_some_and(|field| field.is_hidden()));
        assert!(!reader.read(&mut frame).expect("the end"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "nonsense\n",
            "{}\n",
            r#"{"number":1,"captured":1,"layers":[1]}"#,
            "{\"number\":1,\"captured\":1,\"layers\":[[\"a\",0,0]]}\n",
            "{\"number\":1,\"captured\":1,\"layers\":[[\"a\",0,0,[[]]]]}\n",
            &format!("{}\n", "[".repeat(100_000)),
        ] {
            let end = HelperReader::new(text.as_bytes()).read(&mut PdmlFrame::default());
            assert!(matches!(end, Err(PdmlError::Malformed(_) | PdmlError::Cut)), "{text}");
        }
    }
}
