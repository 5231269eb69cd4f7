//! `/status`, for people, for machines, and in a browser.

use std::process::Command;

use serde_json::Value;

use super::support::{Files, Server};

fn busy() -> (Files, Server) {
    let files = Files::new();
    files.write("site/index.html", "here");
    files.write("site/guestbook.html", "{{ total }}");
    let server = files.serve(&[]);
    for _ in 0..10 {
        server.text("/");
        server.text("/guestbook");
        server.code("/nothing");
    }
    (files, server)
}

/// Every figure, by its path.
fn figures(report: &Value, path: &str, all: &mut Vec<(String, u64)>) {
    match report {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() {
                    name
                } else {
                    &format!("{path}.{name}")
                };
                figures(field, path, all);
            }
        }
        Value::Number(number) => all.extend(number.as_u64().map(|n| (path.to_string(), n))),
        _ => {}
    }
}

/// All that is reported.
const FIELDS: [&str; 11] = [
    "complaints",
    "computations: began duplicates",
    "connections: closed in_use open opened",
    "extensions: plugins registered version",
    "latency_us: max p50 p90 p99",
    "pages: broken initialisations known reloads",
    "requests: by_class in_flight total",
    "settings: generation refused",
    "threads: began living",
    "uptime_s",
    "variables: broken initialisations known reloads",
];

/// The names of a report's fields, and of the fields of each.
fn fields(report: &Value) -> Vec<String> {
    let mut all: Vec<_> = report
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, field)| match field.as_object() {
            Some(of) => {
                let mut of: Vec<_> = of.keys().map(String::as_str).collect();
                of.sort_unstable();
                format!("{name}: {}", of.join(" "))
            }
            None => name.clone(),
        })
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn for_machines() {
    let (_files, server) = busy();
    let by_class: Vec<u64> = serde_json::from_value(server.figure("requests.by_class")).unwrap();
    assert_eq!((by_class[2], by_class[4]), (20, 10));
    assert_eq!(server.number("pages.initialisations"), 2);
    assert_eq!(server.number("requests.in_flight"), 1, "this one");
    let latencies =
        ["p50", "p90", "p99", "max"].map(|of| server.number(&format!("latency_us.{of}")));
    assert!(latencies.is_sorted() && latencies[0] > 0, "{latencies:?}");
    assert!(server.number("connections.open") >= 1);
    assert_eq!(fields(&server.figure("")), FIELDS);
}

#[test]
fn for_machines_that_read_metrics() {
    let (_files, server) = busy();
    let answer = server.get("/metrics");
    let kind = answer.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"));
    for line in [
        "# TYPE publisher_requests counter",
        "publisher_requests_total{code=\"2xx\"} 20",
        "publisher_requests_total{code=\"4xx\"} 10",
        "publisher_page_initialisations_total 2",
        "publisher_page_reloads_total 0",
        "publisher_settings_versions_total 1",
        "publisher_settings_refused 0",
        "publisher_requests_in_flight 1",
        "# TYPE publisher_latency_seconds gauge",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} in\n{text}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(
            name.starts_with("publisher_") && value.parse::<f64>().is_ok(),
            "{line}"
        );
    }
    counters_are_totals(text);
    for (metric, path) in [
        ("page_initialisations_total", "pages.initialisations"),
        (
            "variables_initialisations_total",
            "variables.initialisations",
        ),
        ("settings_versions_total", "settings.generation"),
        ("extension_changes_total", "extensions.version"),
        ("connections_opened_total", "connections.opened"),
        ("pages", "pages.known"),
        ("extensions", "extensions.registered"),
    ] {
        let line = format!("publisher_{metric} {}", server.number(path));
        assert!(text.lines().any(|other| other == line), "{line} in\n{text}");
    }
}

/// Each counter has samples, whose names say that they are totals; nothing else does.
fn counters_are_totals(text: &str) {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    for (name, kind) in types.filter_map(|line| line.split_once(' ')) {
        let sample = match kind {
            "counter" => format!("{name}_total"),
            _ => name.to_string(),
        };
        let is_sample = |line: &str| {
            let rest = line.strip_prefix(&sample);
            rest.is_some_and(|rest| rest.starts_with([' ', '{']))
        };
        assert!(text.lines().any(is_sample), "{sample} in\n{text}");
    }
}

#[test]
fn for_people() {
    let (files, server) = busy();
    files.write("settings.toml", "title = <");
    server.hang_up();
    let page = server.text("/status");
    let mut all = Vec::new();
    figures(&server.figure(""), "", &mut all);
    for (path, _) in all {
        let shown = page.contains(&format!("data-figure=\"{path}\""));
        assert!(shown, "{path} is not shown");
    }
    assert!(page.contains("The settings stay as they are"));
    assert!(!page.contains("title = <"), "what is quoted is escaped");
}

/// Where there is one.
fn browser() -> Option<String> {
    let named = std::env::var("CHROME").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome", "chrome"].map(String::from);
    named.into_iter().chain(usual).find(|browser| {
        let version = Command::new(browser).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    })
}

/// The page renews its figures by itself.
#[test]
fn in_a_browser() {
    let Some(browser) = browser() else {
        println!("skipped: there is no browser (chromium, google-chrome, or $CHROME)");
        return;
    };
    let (files, server) = busy();
    let answered = server.number("requests.total");
    let profile = format!("--user-data-dir={}", files.at("profile").display());
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--virtual-time-budget=5000",
            "--dump-dom",
            &profile,
        ])
        .arg(format!("http://{}/status", server.address))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let shown = |before: &str, after: &str| -> u64 {
        let (_, rest) = page
            .split_once(before)
            .unwrap_or_else(|| panic!("{before} in {page}"));
        rest.split_once(after).unwrap().0.parse().expect("a number")
    };
    assert!(shown("data-renewed=\"", "\"") >= 2, "it renews its figures");
    // The page itself, and what it has asked for since.
    assert!(shown("data-figure=\"requests.total\">", "<") > answered);
    assert_eq!(shown("data-figure=\"pages.known\">", "<"), 2);
}
