//! What the operating system tells a running program: to stop, to read its configuration again.

use std::io;

use tracing::{error, info, warn};

use crate::config::{Live, Sources};

/// Resolves at Ctrl-C or SIGTERM.
///
/// # Errors
/// When the system does not let this program listen for them.
pub fn stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        async move { terminate.recv().await }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<Option<()>>();
    Ok(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate => {}
        }
    })
}

/// Reads the configuration again at each SIGHUP. With a problem, the old one stays.
///
/// # Errors
/// When the system does not let this program listen for it.
#[cfg(unix)]
pub fn reload_on_hangup(live: Live, sources: Sources) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reload(&live, &sources);
        }
    });
    Ok(())
}

/// There is no SIGHUP on this system.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn reload_on_hangup(_: Live, _: Sources) -> io::Result<()> {
    Ok(())
}

#[cfg_attr(not(unix), expect(dead_code, reason = "only SIGHUP asks for it"))]
fn reload(live: &Live, sources: &Sources) {
    match live.reload(sources) {
        Ok(reloaded) => {
            info!(changed = ?reloaded.changed, "read the configuration again");
            if !reloaded.at_next_start.is_empty() {
                warn!(keys = ?reloaded.at_next_start, "these take effect at the next start");
            }
        }
        Err(problems) => {
            for problem in problems.problems {
                error!("{problem}");
            }
            error!("the configuration has problems, the old one stays in force");
        }
    }
}
