//! How far apart two spellings are. It must not know what is spelled.

/// The number of letters to insert, remove or exchange to make one text of the other
/// (Levenshtein), or `None` if it is more than `distance_max`. `row` is working memory, used again
/// from call to call.
pub(super) fn edit_distance(
    one: &str,
    other: &str,
    distance_max: usize,
    row: &mut Vec<usize>,
) -> Option<usize> {
    let (one_length, other_length) = (one.chars().count(), other.chars().count());
    if one_length.abs_diff(other_length) > distance_max {
        return None;
    }
    row.clear();
    row.extend(1..=other_length);
    let mut distance = other_length;
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut least = left;
        for (above, other_letter) in row.iter_mut().zip(other.chars()) {
            let exchanged = diagonal + usize::from(letter != other_letter);
            let value = exchanged.min(*above + 1).min(left + 1);
            diagonal = std::mem::replace(above, value);
            left = value;
            least = least.min(value);
        }
        if least > distance_max {
            return None;
        }
        distance = left;
    }
    if one_length == 0 {
        distance = other_length;
    }
    (distance <= distance_max).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(one: &str, other: &str, expected: Option<usize>) {
        assert_eq!(
            edit_distance(one, other, 2, &mut Vec::new()),
            expected,
            "{one} {other}"
        );
    }

    #[test]
    fn known_distances() {
        check("brighton", "brighton", Some(0));
        check("brigton", "brighton", Some(1));
        check("brihgton", "brighton", Some(2));
        check("bright", "brighton", Some(2));
        check("brig", "brighton", None);
        check("paris", "lagos", None);
        check("", "ab", Some(2));
        check("ab", "", Some(2));
        check("", "", Some(0));
        check("köln", "koln", Some(1));
    }

    proptest! {
        #[test]
        fn it_is_symmetric(one in "[a-d]{0,8}", other in "[a-d]{0,8}") {
            let row = &mut Vec::new();
            prop_assert_eq!(
                edit_distance(&one, &other, 3, row),
                edit_distance(&other, &one, 3, row)
            );
        }
    }
}
