//! For machines: the `OpenMetrics` text format.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};

use super::Report;

/// What the text is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The text.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut registry = Registry::with_prefix("publisher");
    registry.register_collector(Box::new(Collected(report.clone())));
    let mut text = String::new();
    encode(&mut text, &registry).expect("a string takes everything");
    text
}

#[derive(Debug)]
struct Collected(Report);

impl Collector for Collected {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Self(report) = self;
        self.answered(&mut encoder)?;
        self.latencies(&mut encoder)?;
        for (name, help, count) in [
            (
                "page_initialisations",
                "pages loaded for the first time",
                report.pages.initialisations,
            ),
            ("page_reloads", "pages loaded again", report.pages.reloads),
            (
                "variables_initialisations",
                "site.toml files loaded for the first time",
                report.variables.initialisations,
            ),
            (
                "variables_reloads",
                "site.toml files loaded again",
                report.variables.reloads,
            ),
            (
                "settings_versions",
                "versions of the settings",
                report.settings.generation,
            ),
            (
                "extension_changes",
                "changes of the registry",
                report.extensions.version,
            ),
            (
                "connections_opened",
                "database connections opened",
                report.connections.opened,
            ),
            (
                "connections_closed",
                "database connections closed",
                report.connections.closed,
            ),
            ("threads_began", "threads that began", report.threads.began),
        ] {
            let counter = ConstCounter::new(count);
            counter.encode(encoder.encode_descriptor(
                name,
                help,
                None,
                counter.metric_type(),
            )?)?;
        }
        for (name, help, level) in [
            (
                "requests_in_flight",
                "requests being answered",
                report.requests.in_flight,
            ),
            ("pages", "pages that were found", level(report.pages.known)),
            (
                "pages_broken",
                "pages that could not be loaded again",
                level(report.pages.broken.len()),
            ),
            (
                "variables_broken",
                "site.toml files that could not be loaded again",
                level(report.variables.broken.len()),
            ),
            (
                "settings_refused",
                "whether the settings' file is refused",
                i64::from(report.settings.refused.is_some()),
            ),
            (
                "extensions",
                "filters, handlers and listeners",
                level(report.extensions.registered),
            ),
            (
                "computations",
                "computations of race cells that stand",
                level(report.computations.began),
            ),
            (
                "computations_duplicated",
                "those of them that were in vain",
                level(report.computations.duplicates),
            ),
            (
                "connections_open",
                "open database connections",
                level(report.connections.open),
            ),
            (
                "connections_in_use",
                "database connections in a transaction",
                level(report.connections.in_use),
            ),
            (
                "threads_living",
                "living threads",
                level(report.threads.living),
            ),
        ] {
            let gauge = ConstGauge::new(level);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let uptime = ConstGauge::new(report.uptime_s);
        uptime.encode(encoder.encode_descriptor(
            "uptime_seconds",
            "since the start",
            None,
            uptime.metric_type(),
        )?)
    }
}

impl Collected {
    fn answered(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "requests answered, by the first digit of the status code";
        let kind = ConstCounter::new(0u64).metric_type();
        let mut family = encoder.encode_descriptor("requests", help, None, kind)?;
        for (class, &count) in (1..).zip(&self.0.requests.by_class[1..]) {
            let labels = [("code", format!("{class}xx"))];
            ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn latencies(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "how long requests took that were answered since the start";
        let kind = ConstGauge::new(0.0).metric_type();
        let mut family = encoder.encode_descriptor("latency_seconds", help, None, kind)?;
        let latency = &self.0.latency_us;
        for (quantile, micros) in [
            ("0.5", latency.p50),
            ("0.9", latency.p90),
            ("0.99", latency.p99),
            ("1", latency.max),
        ] {
            let seconds = micros as f64 / 1e6;
            ConstGauge::new(seconds).encode(family.encode_family(&[("quantile", quantile)])?)?;
        }
        Ok(())
    }
}

fn level(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
