//! Looks through JSON text that a parser accepted but nobody reads (unknown members, trailing
//! elements) for what we refuse anywhere: deep nesting and lone surrogates.

/// Levels of arrays and objects that an event, a filter or a message may have.
pub const NESTING_LEVELS_MAX: usize = 32;

/// What skipped JSON text must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    TooDeep,
    LoneSurrogate,
}

/// Walks grammatically valid JSON text and reports the first fault. `levels` is how many levels
/// of arrays and objects the text itself may have.
pub(super) fn check(text: &str, levels: usize) -> Result<(), Fault> {
    let mut bytes = text.bytes();
    let mut depth = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > levels {
                    return Err(Fault::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => check_string(&mut bytes)?,
            _ => {}
        }
    }
    Ok(())
}

/// Walks to the closing quote.
fn check_string(bytes: &mut std::str::Bytes<'_>) -> Result<(), Fault> {
    let mut high_surrogate_open = false;
    while let Some(byte) = bytes.next() {
        let escape = match byte {
            b'"' => break,
            b'\\' => bytes.next(),
            _ => None,
        };
        let unit = match escape {
            Some(b'u') => code_unit(bytes),
            _ => 0,
        };
        match (high_surrogate_open, unit) {
            (true, 0xdc00..=0xdfff) => high_surrogate_open = false,
            (false, 0xd800..=0xdbff) => high_surrogate_open = true,
            (true, _) | (false, 0xdc00..=0xdfff) => return Err(Fault::LoneSurrogate),
            (false, _) => {}
        }
    }
    if high_surrogate_open {
        return Err(Fault::LoneSurrogate);
    }
    Ok(())
}

/// The four hex digits after `\u`, in either case.
fn code_unit(bytes: &mut std::str::Bytes<'_>) -> u32 {
    bytes.by_ref().take(4).fold(0, |unit, byte| {
        unit * 16 + char::from(byte).to_digit(16).unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip01_18_counts_levels() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(check(&nested(32), 32), Ok(()));
        assert_eq!(check(&nested(33), 32), Err(Fault::TooDeep));
        assert_eq!(check("[[],[],[{}]]", 3), Ok(()));
        assert_eq!(check("[[],[],[{}]]", 2), Err(Fault::TooDeep));
        assert_eq!(check(r#""[[[[[\"[[[[""#, 0), Ok(()));
    }

    #[test]
    fn nip01_18_finds_lone_surrogates() {
        for good in [
            r#""\ud83d\ude00""#,
            r#""\\ud800""#,
            r#"{"a\n":"\u00e9"}"#,
            r#""\uD83D\uDE00""#,
        ] {
            assert_eq!(check(good, 9), Ok(()), "{good}");
        }
        for bad in [
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800x""#,
            r#""\ud800\n""#,
            r#""\ud800\ud800""#,
            r#""\ud83d\ude00\ude00""#,
            r#"{"\uDFFF":1}"#,
        ] {
            assert_eq!(check(bad, 9), Err(Fault::LoneSurrogate), "{bad}");
        }
    }
}
