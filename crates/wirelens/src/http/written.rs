//! Transactions on their way into a report.

use wirelens_flow::http::{Happening, Moment, Transaction, Transactions};
use wirelens_flow::{Event, Flow, Observer};
use wirelens_report::{Json, Line};

use super::save::{Save, Saved};
use super::text::Lines;
use super::{Http, HttpFormat, HttpLimits, HttpSelect, HttpTally, har, record};
use crate::names::{Called, Names, write_names};
use crate::records::{self, Records, Source};
use crate::{Error, Output, Select, Tracing};

/// Writes them all.
///
/// # Errors
/// When reading or writing fails, after the report was ended properly.
pub(super) fn write(
    http: Http,
    format: HttpFormat,
    output: &mut Output,
) -> Result<HttpTally, Error> {
    let printer = match format {
        HttpFormat::Text => Printer::Text(Box::new(Lines::new(http.show.clone()))),
        HttpFormat::Json => Printer::Json(Box::new(Records::new("transactions"))),
        HttpFormat::Ndjson => Printer::Ndjson,
        HttpFormat::Har => Printer::Har { empty: true },
    };
    let tcp = http.show.tcp && format == HttpFormat::Text;
    let save = http.save.as_deref().map(Save::new).transpose()?;
    let mut written = Written {
        transactions: Transactions::new(http.limits.http),
        printer,
        flows: http.trace.selected().clone(),
        select: http.select.clone(),
        limits: http.limits,
        bodies: http.show.bodies,
        save,
        tcp,
        names: Names::new(http.trace.resolves()),
        tracing: http.tracing()?,
        tally: HttpTally::default(),
        frame: None,
    };
    records::write(&mut written, output)?;
    Ok(written.tally)
}

enum Printer {
    Text(Box<Lines>),
    Json(Box<Records<Json>>),
    Ndjson,
    Har { empty: bool },
}

struct Written {
    tracing: Tracing,
    transactions: Transactions,
    printer: Printer,
    flows: Select,
    select: HttpSelect,
    limits: HttpLimits,
    names: Names,
    bodies: bool,
    save: Option<Save>,
    tcp: bool,
    tally: HttpTally,
    /// The frame that is read.
    frame: Option<Moment>,
}

/// Has happenings written.
struct Told<'w> {
    line: &'w mut Line,
    transactions: &'w mut Transactions,
    printer: &'w mut Printer,
    flows: &'w Select,
    select: &'w HttpSelect,
    names: &'w Names,
    bodies: bool,
    save: Option<&'w mut Save>,
    tcp: bool,
    shown: &'w mut u64,
    frame: &'w mut Option<Moment>,
}

const TCP: u8 = 6;

impl Observer for Told<'_> {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        let called = Called { names: self.names, flow };
        if let Event::Begun { .. } = event
            && flow.protocol() == TCP
        {
            self.names.want(flow);
        }
        if let Event::Frame { packet, .. } = event {
            *self.frame = Some(Moment { frame: packet.frame, time: packet.time });
        } else if self.tcp
            && flow.protocol() == TCP
            && self.flows.has(flow)
            && let Printer::Text(lines) = &mut *self.printer
        {
            // The event that begins a flow comes before the frame.
            let when = match event {
                Event::Begun { .. } => None,
                Event::Over(end) if end.name() == "end_of_input" => None,
                _ => *self.frame,
            };
            lines.event(self.line, called, event, when);
        }
        let Told { line, transactions, printer, flows, select, bodies, save, shown, .. } = self;
        transactions.event(flow, event, &mut |transaction, what| {
            if !flows.has(flow) || !select.has(transaction) {
                return;
            }
            let over = matches!(what, Happening::Over);
            **shown += u64::from(over);
            let save = save.as_deref_mut().filter(|_| over);
            let saved = save.map(|save| save.transaction(transaction)).unwrap_or_default();
            printer.happening(line, (transaction, called), what, (*bodies, &saved));
        });
    }
}

impl Printer {
    fn happening(
        &mut self,
        line: &mut Line,
        (one, called): (&Transaction, Called<'_>),
        what: Happening<'_>,
        bodies: (bool, &Saved),
    ) {
        let over = matches!(what, Happening::Over);
        match self {
            Printer::Text(lines) => lines.happening(line, (one, called), what),
            Printer::Json(records) if over => {
                records.next(line);
                record::write_transaction(line, one, called, bodies);
            }
            Printer::Ndjson if over => {
                record::write_transaction(line, one, called, bodies);
                line.add(b"\n");
            }
            Printer::Har { empty } if over => {
                if !std::mem::take(empty) {
                    line.add(b",\n");
                }
                har::entry(line, one);
            }
            _ => {}
        }
    }
}

impl Source for Written {
    fn begin(&mut self, line: &mut Line) {
        match &mut self.printer {
            Printer::Json(records) => {
                records.begin(line, &self.tracing.frames().describe_begun());
            }
            Printer::Har { .. } => har::begin(line),
            _ => {}
        }
    }

    fn advance(&mut self, line: &mut Line) -> Result<bool, Error> {
        let Written { tracing, transactions, printer, flows, select, names, tally, frame, .. } =
            self;
        let save = self.save.as_mut();
        if tracing.is_over() {
            names.settle(tracing.stop());
        }
        let shown = &mut tally.shown;
        let (bodies, tcp) = (self.bodies, self.tcp);
        let more = tracing.advance(&mut Told {
            line,
            transactions,
            printer,
            flows,
            select,
            names,
            bodies,
            save,
            tcp,
            shown,
            frame,
        });
        self.save.as_mut().map_or(Ok(()), Save::outcome)?;
        more
    }

    fn may_wait(&self) -> bool {
        self.tracing.may_wait()
    }

    fn finish(&mut self, line: &mut Line, interrupted: bool) {
        self.tally.fill(&mut self.tracing, self.transactions.counters(), &self.limits);
        self.tally.flows.interrupted |= interrupted;
        if let Some(save) = &self.save {
            self.tally.save(save, &self.limits);
        }
        self.names.tell(&mut self.tally.flows);
        match &mut self.printer {
            Printer::Json(records) => {
                let tally = &self.tally;
                records.finish(line, |line| record::write_tally(line, tally));
            }
            Printer::Har { .. } => har::finish(line),
            Printer::Text(_) => write_names(line, &self.tally.flows.names),
            Printer::Ndjson => {}
        }
    }
}
