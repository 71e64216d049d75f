//! `wirelens analyse`: bytes that are not in a capture.

use std::io::Read;
use std::path::Path;

use wirelens::Error;
use wirelens::report::{JsonWriter, Line, Options, write_hex, write_layers};

use crate::arguments::Analyse;
use crate::exit::Exit;
use crate::plan;
use crate::say::say;

/// More is no message. It is read to its end before anything is known of it.
const MOST: u64 = 256 << 20;

pub(crate) fn run(arguments: &Analyse) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "analyse")?;
    let json = match arguments.format.as_str() {
        "json" => true,
        "tree" => false,
        other => return Err(Error::unknown("format", other, ["tree", "json"]).into()),
    };
    let mut analyse = wirelens::Analyse::new()
        .registry(plan::registry(&arguments.choices)?)
        .checksums(arguments.checksums);
    if let Some(name) = &arguments.protocol {
        analyse = analyse.protocol(name)?;
    }
    let bytes = read(&arguments.file)?;
    let found = match analyse.bytes(&bytes) {
        Err(error @ Error::Unrecognised { .. }) => {
            say(format_args!("wirelens: {}: {error}", arguments.file.display()));
            return Ok(Exit::Nothing);
        }
        other => other?,
    };
    let frame = found.lend();
    let mut line = Line::new();
    if json {
        let options = Options { payload: arguments.payload, ..Options::default() };
        JsonWriter::new(options).frame(&mut line, frame.head(), &frame.dissection());
        line.add(b"\n");
    } else {
        write_layers(&mut line, &frame.dissection());
        if arguments.hex {
            write_hex(&mut line, &bytes);
        }
    }
    crate::tables::print(line.written())
}

/// The bytes of a file, or of standard input.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes),
        false => {
            std::fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        }
    };
    let name = path.display();
    match read {
        Err(error) => Err(Error::Usage(format!("{name}: cannot be read: {error}"))),
        Ok(_) if bytes.len() as u64 > MOST => Err(Error::Usage(format!(
            "{name}: is longer than {MOST} bytes, too long for a message"
        ))),
        Ok(_) => Ok(bytes),
    }
}
