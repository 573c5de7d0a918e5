//! The configuration of a running relay: read by everybody, replaced as a whole.

use std::sync::Arc;

use tokio::sync::watch;

use super::section::Effect;
use super::{Config, ConfigError, Sources};

/// The configuration in force. Clones share it. Ask for [`Live::current`] at each decision, so
/// that a new configuration takes effect without a restart.
#[derive(Debug, Clone)]
pub struct Live(Arc<watch::Sender<Arc<Config>>>);

/// What reading the configuration again changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// Keys whose new value is in force.
    pub changed: Vec<String>,
    /// Keys whose new value waits for the next start.
    pub at_next_start: Vec<String>,
}

impl Live {
    /// Puts a configuration in force.
    pub fn new(config: Config) -> Self {
        Live(Arc::new(watch::Sender::new(Arc::new(config))))
    }

    /// The configuration now in force.
    pub fn current(&self) -> Arc<Config> {
        self.0.borrow().clone()
    }

    /// Tells whoever keeps something that was made from the configuration.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Config>> {
        self.0.subscribe()
    }

    /// Reads the sources again and puts what can change into force. With a problem, the old
    /// configuration stays.
    ///
    /// # Errors
    /// Every problem found.
    pub fn reload(&self, sources: &Sources) -> Result<Reloaded, ConfigError> {
        let mut config = sources.load()?.config;
        let old = self.current();
        let mut reloaded = Reloaded::default();
        for (new, old) in config.sections_mut().into_iter().zip(old.sections()) {
            for key in new.keys() {
                let old_value = old.get(key.name);
                if new.get(key.name) == old_value {
                    continue;
                }
                let name = format!("{}.{}", new.name(), key.name);
                match (key.effect, old_value) {
                    (Effect::Restart, Some(old_value)) => {
                        // The old value was accepted once, so it is again.
                        let _ = new.set(key.name, &old_value);
                        reloaded.at_next_start.push(name);
                    }
                    _ => reloaded.changed.push(name),
                }
            }
        }
        self.0.send_replace(Arc::new(config));
        Ok(reloaded)
    }
}
