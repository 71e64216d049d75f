//! `wirelens http`: the transactions of a capture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wirelens::capture::{Filter, LinkType};
use wirelens::{Error, HttpFormat, HttpLimits, HttpSelect, HttpShow, Output};

use crate::arguments::Http;
use crate::exit::Exit;
use crate::say::say;
use crate::{live, plan, show};

pub(crate) fn run(arguments: &Http) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "http")?;
    if plan::asks_for_limits(&arguments.limit) {
        return crate::tables::limits::<HttpLimits>();
    }
    let output = arguments.output.as_deref().unwrap_or(Path::new("-"));
    let (format, filter) = format_and_filter(arguments)?;
    let format = format.or(HttpFormat::of_path(output)).unwrap_or(HttpFormat::Text);
    plan::check_name(format.name(), output)?;
    let select = select(arguments)?;
    let chosen = !select.is_empty() || arguments.flow.is_some();
    let plan = plan(arguments, filter)?.select(select).show(show(arguments, output)?);
    plan::check_files(arguments.files.iter().map(PathBuf::as_path), output)?;
    let tally = plan.write(format, &mut Output::create(output)?)?;
    for warning in &tally.flows.warnings {
        say(format_args!("wirelens: warning: {}", warning.text));
    }
    Ok(if chosen && tally.shown == 0 { Exit::Nothing } else { Exit::Done })
}

/// What stands behind -f: http_trace had a filter there, and other commands have a format.
fn format_and_filter(arguments: &Http) -> Result<(Option<HttpFormat>, Option<String>), Error> {
    let (mut format, mut filter) = (None, arguments.live.bpf.clone());
    for text in &arguments.format {
        let twice = match text.parse::<HttpFormat>() {
            Ok(known) => format.replace(known).is_some(),
            // A misspelt format is no filter.
            Err(unknown) if Filter::compile(LinkType::ETHERNET, 65_535, text).is_err() => {
                return Err(unknown);
            }
            Err(_) => filter.replace(text.clone()).is_some(),
        };
        if twice {
            let text = format!("-f {text}: a format or a filter is given twice");
            return Err(Error::Usage(text));
        }
    }
    Ok((format, filter))
}

fn plan(arguments: &Http, filter: Option<String>) -> anyhow::Result<wirelens::Http> {
    let megabytes = arguments.buffer.map(|number| number.saturating_mul(1 << 20));
    let mut source = live::source_with(&arguments.files, &arguments.live, megabytes)?;
    if let Some(filter) = filter {
        source = source.bpf(filter);
    }
    let registry = plan::registry(&arguments.choices)?;
    let mut plan = wirelens::http(source)
        .registry(Arc::clone(&registry))
        .threads(arguments.together.threads)
        .stop_flag(crate::stop::flag()?)
        .follow(arguments.follow);
    if let Some(range) = &arguments.range {
        plan = plan.range(range.parse()?);
    }
    if let Some(flow) = &arguments.flow {
        plan = plan.flows(plan::flows(flow, &registry)?);
    }
    if let Some(servers) = &arguments.naming.resolve {
        plan = plan.resolve(plan::resolve(servers)?);
    }
    if let Some(folder) = &arguments.save {
        plan = plan.save(folder);
    }
    plan::set_limits(plan.limits_mut(), &arguments.limit)?;
    Ok(plan)
}

fn select(arguments: &Http) -> Result<HttpSelect, Error> {
    let mut select = HttpSelect::default();
    for (kind, include, exclude) in [
        ("method", &arguments.method, &arguments.method_ignore),
        ("host", &arguments.host, &arguments.host_ignore),
        ("url", &arguments.url, &arguments.url_ignore),
        ("user-agent", &arguments.user_agent, &arguments.user_agent_ignore),
    ] {
        for (expressions, ignore) in [(include, false), (exclude, true)] {
            for text in expressions {
                select.add(kind, text, ignore)?;
            }
        }
    }
    Ok(select)
}

fn show(arguments: &Http, output: &Path) -> Result<HttpShow, Error> {
    let mut show = HttpShow::default();
    let when = if arguments.no_color { "never" } else { &arguments.color };
    let to_file = output.as_os_str() != "-" && when == "auto";
    show.colour = show::colour(when)? && !to_file;
    show.time = show::time(&arguments.time)?;
    show.headers = arguments.headers;
    show.bodies = arguments.bodies;
    show.tcp = arguments.tcp_verbose;
    for text in &arguments.show_header {
        show.add_header(text)?;
    }
    Ok(show)
}
