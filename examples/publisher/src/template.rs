//! Texts that are compiled with filters.

use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, Value};

use crate::parts::Parts;

/// Makes a value for a template of a text.
pub type Filter = Arc<dyn Fn(&str) -> Result<Value, Error> + Send + Sync>;

/// A compiled template, with the parts and the filters that it may use. It escapes for HTML if its
/// name ends so.
pub struct Template {
    environment: Environment<'static>,
    name: String,
}

impl Template {
    /// Compiles `text`.
    ///
    /// # Errors
    ///
    /// If it is no template; with the line, and the reason.
    pub fn compile<'f>(
        name: &str,
        text: &str,
        parts: &Parts,
        filters: impl IntoIterator<Item = (&'f str, Filter)>,
    ) -> Result<Self, Error> {
        let mut environment = Environment::new();
        for (name, filter) in filters {
            environment.add_filter(name.to_string(), move |text: String| filter(&text));
        }
        for (name, text) in parts.iter() {
            environment.add_template_owned(name.to_string(), text.to_string())?;
        }
        environment.add_template_owned(name.to_string(), text.to_string())?;
        Ok(Self {
            environment,
            name: name.into(),
        })
    }

    /// Renders it.
    ///
    /// # Errors
    ///
    /// What goes wrong only then: a filter that does not exist, or that fails.
    pub fn render(&self, context: Value) -> Result<String, Error> {
        self.environment.get_template(&self.name)?.render(context)
    }

    /// Renders it to something that another template takes over: as it is if this one escapes.
    ///
    /// # Errors
    ///
    /// As [`render`](Self::render).
    pub fn render_within(&self, context: Value) -> Result<Value, Error> {
        let text = self.render(context)?;
        let escaped = minijinja::default_auto_escape_callback(&self.name) == AutoEscape::Html;
        Ok(if escaped {
            Value::from_safe_string(text)
        } else {
            Value::from(text)
        })
    }
}
