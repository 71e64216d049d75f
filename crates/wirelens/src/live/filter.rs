//! A capture filter over frames of files, whose link types come up as they are read.

use wirelens_capture::{Filter, Frame, LinkType};

use crate::Error;

/// Decides on frames by an expression, compiled for each link type when it comes up.
pub(crate) struct FrameFilter {
    text: String,
    compiled: Vec<(LinkType, Option<Filter>)>,
}

/// What a filter is compiled for where the file does not say: libpcap's largest frame.
const SNAP_LENGTH: u32 = 262_144;

impl FrameFilter {
    /// # Errors
    /// When the expression is wrong for the usual link types, or libpcap is not there to compile it.
    pub(crate) fn new(text: &str) -> Result<FrameFilter, Error> {
        let filter = FrameFilter { text: text.to_owned(), compiled: Vec::new() };
        // Refused before anything is opened. What one link type has no word for another may have.
        let mut refused = None;
        for link_type in [LinkType::ETHERNET, LinkType::RAW, LinkType::IEEE802_11_RADIOTAP] {
            match Filter::compile(link_type, SNAP_LENGTH, text) {
                Ok(_) => return Ok(filter),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(filter), |error| Err(wirelens_capture::Error::from(error).into()))
    }

    /// Does the frame pass? What libpcap cannot express for its link type it does not.
    #[inline]
    pub(crate) fn passes(&mut self, frame: &Frame<'_>) -> bool {
        let known = self.compiled.iter().find(|(link_type, _)| *link_type == frame.link_type);
        match known {
            Some((_, Some(filter))) => filter.matches(frame.captured, frame.length),
            Some((_, None)) => false,
            None => self.compile(frame),
        }
    }

    #[cold]
    fn compile(&mut self, frame: &Frame<'_>) -> bool {
        let filter = Filter::compile(frame.link_type, SNAP_LENGTH, &self.text).ok();
        let passes = filter.as_ref().is_some_and(|it| it.matches(frame.captured, frame.length));
        self.compiled.push((frame.link_type, filter));
        passes
    }
}
