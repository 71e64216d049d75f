//! Are headers that are gone past without a walk what the walk says of them?
//!
//! `wirelens-dev outlines CAPTURE..` dissects each capture twice, as far as transports: where
//! [outlines](wirelens_dissect::Protocol::outline) are asked first, and where nobody but the walks is.
//! Layers and flows must be the same.

use std::process::ExitCode;

use wirelens_dissect::{Detail, Dissection, Session, Settings};

/// Differences that are shown.
const SHOWN: usize = 10;

#[expect(clippy::print_stdout, reason = "that is what it is for")]
pub(crate) fn outlines(paths: &[String]) -> anyhow::Result<ExitCode> {
    let registry = wirelens_protocols::shared();
    // Who verifies checksums walks.
    let settings = Settings {
        detail: Detail::Headers,
        nothing_else: true,
        reassemble: false,
        checksums: true,
        ..Settings::default()
    };
    let mut walked = Session::with(registry.clone(), settings);
    let (mut frames, mut differ) = (0_u64, 0);
    for path in paths {
        let outlined = wirelens::extract(path).headers_only().nothing_else(true);
        // What cannot be opened or read is told elsewhere.
        let Ok(mut outlined) = outlined.reassemble(false).frames() else { continue };
        while let Ok(Some(frame)) = outlined.next_frame() {
            let dissection = frame.dissection();
            let walked = said(&walked.dissect(dissection.input()));
            let outlined = said(&dissection);
            frames += 1;
            if outlined != walked {
                differ += 1;
                if differ <= SHOWN {
                    let number = frame.number();
                    println!("{path}#{number}\n  outlined {outlined}\n  walked   {walked}");
                }
            }
        }
    }
    println!("{frames} frames, {differ} differ");
    Ok(if differ > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Layers and flow in words.
fn said(frame: &Dissection<'_>) -> String {
    let mut all = format!("{:?}", frame.flow());
    for layer in frame.layers() {
        let (start, end, declared) = (layer.start, layer.end, layer.declared);
        let header = layer.length;
        all += &format!(" {}@{start}+{header}..{end}/{declared}", layer.protocol.name);
    }
    all
}
