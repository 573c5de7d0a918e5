//! How long people wait for pages: of each sort one after the other, over one connection, as long as is wanted.
//! Which pages there are the relay says itself, in its sitemap and on its first page.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use jiff::ToSpan;

use crate::Latency;
use crate::client::Target;
use crate::web::Web;

/// Different pages of a sort that are asked for in turns.
const PATHS_PER_SORT_MAX: usize = 500;

/// Ask for pages of a relay that has a world (`discovery`, `world` with `import`).
#[derive(Debug, Args)]
pub struct Arguments {
    /// Seconds for each sort of pages
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// The relay, as ws://host:port
    #[arg(default_value = "ws://127.0.0.1:7447")]
    relay: String,
}

/// Pages of one sort.
#[derive(Debug, PartialEq, Eq)]
struct Sort {
    name: &'static str,
    paths: Vec<String>,
}

/// Asks, and prints how long it took.
///
/// # Errors
/// The relay is not there, or gives an error instead of a page.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    crate::block_on(ask_all(arguments))
}

async fn ask_all(arguments: &Arguments) -> anyhow::Result<()> {
    let target = Target::find(&arguments.relay).await?;
    let mut web = Web::open(&target).await?;
    let sitemap = text(&mut web, "/sitemap.xml").await?;
    let sitemap = match sitemap.contains("<sitemapindex") {
        true => text(&mut web, "/sitemap/1").await?,
        false => sitemap,
    };
    let paths: Vec<String> = locations(&sitemap).collect();
    let month = jiff::Zoned::now().date().checked_add(1.month())?;
    let sorts = sorts(&paths, &month.strftime("%Y-%m").to_string());
    println!(
        "{:<20} {:>7} {:>9} {:>9} {:>9} {:>10}",
        "page", "asked", "p50 ms", "p99 ms", "max ms", "bytes"
    );
    for sort in sorts {
        if sort.paths.is_empty() {
            println!("{:<20} none", sort.name);
            continue;
        }
        let (mut waits, bytes) = ask(&mut web, &sort.paths, arguments.seconds).await?;
        let asked = waits.len();
        let latency = Latency::of(&mut waits);
        println!(
            "{:<20} {asked:>7} {:>9.2} {:>9.2} {:>9.2} {bytes:>10}",
            sort.name, latency.p50_ms, latency.p99_ms, latency.max_ms
        );
    }
    Ok(())
}

/// The waits, and the bytes of the longest page.
async fn ask(
    web: &mut Web,
    paths: &[String],
    seconds: f64,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    // The first answer is of a cache that is cold for everything; it is no page of anybody in particular.
    text_or_picture(web, paths.first().context("no page")?).await?;
    let (mut waits, mut longest) = (Vec::new(), 0);
    let begun = Instant::now();
    for path in paths.iter().cycle() {
        let asked = Instant::now();
        let bytes = text_or_picture(web, path).await?;
        waits.push(asked.elapsed());
        longest = longest.max(bytes);
        if begun.elapsed().as_secs_f64() >= seconds {
            break;
        }
    }
    Ok((waits, longest))
}

async fn text_or_picture(web: &mut Web, path: &str) -> anyhow::Result<usize> {
    let page = web
        .get(path)
        .await?
        .with_context(|| format!("{path} is missing"))?;
    let is_page = ["text/html", "image/png"]
        .iter()
        .any(|kind| page.content_type.starts_with(kind));
    ensure!(is_page, "{path} is {}", page.content_type);
    Ok(page.body.len())
}

async fn text(web: &mut Web, path: &str) -> anyhow::Result<String> {
    let page = web
        .get(path)
        .await?
        .with_context(|| format!("{path} is missing"))?;
    Ok(String::from_utf8(page.body.to_vec())?)
}

/// The paths that a sitemap names.
fn locations(sitemap: &str) -> impl Iterator<Item = String> + '_ {
    sitemap.split("<loc>").skip(1).filter_map(|rest| {
        let (address, _) = rest.split_once("</loc>")?;
        let (_, rest) = address.split_once("://")?;
        let path = rest.find('/').map(|at| &rest[at..])?;
        Some(path.replace("&#38;", "&"))
    })
}

fn sorts(paths: &[String], month: &str) -> Vec<Sort> {
    let of = |begin: &str| -> Vec<String> {
        let found = paths.iter().filter(|path| path.starts_with(begin));
        found.take(PATHS_PER_SORT_MAX).cloned().collect()
    };
    let (cities, communities, meetups) = (of("/city/"), of("/c/"), of("/m/"));
    let name = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
    let near = |query: &str| -> Vec<String> {
        cities
            .iter()
            .map(|city| format!("{query}near={}", name(city)))
            .collect()
    };
    let calendar = format!("/calendar/{month}");
    let of_communities = |path: &String| format!("{calendar}?community={}", name(path));
    vec![
        Sort {
            name: "home",
            paths: vec!["/".to_owned()],
        },
        Sort {
            name: "search near",
            paths: near("/search?"),
        },
        Sort {
            name: "search weekend",
            paths: near("/search?when=weekend&"),
        },
        Sort {
            name: "meetup",
            paths: meetups.clone(),
        },
        Sort {
            name: "community",
            paths: communities.clone(),
        },
        Sort {
            name: "city",
            paths: cities.clone(),
        },
        Sort {
            name: "topic",
            paths: of("/topic/"),
        },
        Sort {
            name: "month near",
            paths: near(&format!("{calendar}?")),
        },
        Sort {
            name: "month of community",
            paths: communities.iter().map(of_communities).collect(),
        },
        Sort {
            name: "month of all",
            paths: vec![calendar.clone()],
        },
        Sort {
            name: "picture",
            paths: meetups
                .iter()
                .map(|path| format!("{path}/preview.png"))
                .collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sitemap_says_which_pages_there_are() {
        let sitemap = "<urlset><url><loc>http://a.example/</loc></url>\
             <url><loc>http://a.example/city/DE/L%C3%BCbeck</loc></url>\
             <url><loc>http://a.example/m/naddr1x</loc></url></urlset>";
        let paths: Vec<String> = locations(sitemap).collect();
        assert_eq!(paths, ["/", "/city/DE/L%C3%BCbeck", "/m/naddr1x"]);
        let sorts = sorts(&paths, "2026-12");
        let of = |name: &str| &sorts.iter().find(|sort| sort.name == name).unwrap().paths;
        assert_eq!(*of("month near"), ["/calendar/2026-12?near=L%C3%BCbeck"]);
        assert_eq!(*of("picture"), ["/m/naddr1x/preview.png"]);
        assert!(of("community").is_empty());
    }
}
