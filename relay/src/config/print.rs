//! Writes a configuration as TOML that explains itself and that `--config` accepts.

use std::fmt::Write;

use super::load::{Loaded, Origin};
use super::section::{Effect, Section};

impl Loaded {
    /// The effective configuration as TOML: each key with its meaning, where its value came from,
    /// and whether a change needs a restart. Unset keys are comments.
    pub fn to_toml(&self) -> String {
        let mut text = String::from(
            "# Effective configuration of kith-relay. Save it and give it to --config.\n",
        );
        for section in self.config.sections() {
            self.write_section(&mut text, section);
        }
        text
    }

    fn write_section(&self, text: &mut String, section: &dyn Section) {
        text.push('\n');
        write_comment(text, section.about());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "[{}]", section.name());
        for key in section.keys() {
            text.push('\n');
            write_comment(text, key.about);
            if key.effect == Effect::Restart {
                text.push_str("# A change takes effect at the next start.\n");
            }
            // A file name may hold a line break; a comment must not.
            let origin = self.origin(section.name(), key.name);
            let told = origin.to_string();
            let _ = writeln!(text, "# from: {}", told.replace(char::is_control, " "));
            let _ = match section.get(key.name) {
                Some(value) => writeln!(text, "{} = {value}", key.name),
                // An empty text unsets; written out when that is not the default anyhow.
                None if *origin == Origin::Default => writeln!(text, "# {} = \"\"", key.name),
                None => writeln!(text, "{} = \"\"", key.name),
            };
        }
    }
}

fn write_comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        let _ = writeln!(text, "# {}", line.trim());
    }
}
