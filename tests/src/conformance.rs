//! The conformance document: which line of the checklist is proved by which test, from the output
//! of a real run. Each step is a plain function of text; only the program reads and writes files.
//!
//! ```
//! use kith_tests::conformance::{Document, checklist, run};
//!
//! let lines = checklist::read("## NIP-01\nNIP01-52: WHEN times are equal THEN the lowest id wins [R,M]\n")?;
//! let tests = run::read(
//!     "     Running unittests src/lib.rs (deps/kith_nips-0123)\n\
//!      running 1 test\n\
//!      test nip01::nip01_52_lowest_id_wins ... ok\n\
//!      test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
//! )?;
//! let document = Document::new(&lines, &tests);
//! assert!(document.complaints().is_empty());
//! assert!(document.to_markdown().contains("| NIP01-52 | R | M | times are equal |"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod checklist;
pub mod document;
pub mod id;
pub mod run;

pub use document::Document;
