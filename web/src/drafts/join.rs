//! Becoming a member of the relay with an invite code (NIP-43).

use kith_nips::nip43;

use super::form::Form;
use super::said::{Drafted, Problems, Sayer};

/// Characters of an invite code; those of other programs may be longer than ours.
const CODE_CHARACTERS_MAX: usize = 200;

/// A request to join: field `code`.
///
/// # Errors
/// What is wrong with the form.
pub fn join(form: &Form, sayer: Sayer) -> Result<Drafted, Problems> {
    let mut problems = Problems::default();
    let code = sayer.required(form, "code", CODE_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let shown = sayer.say("signs-join");
    Ok(Drafted::new(vec![nip43::join(&code)], shown))
}

#[cfg(test)]
mod tests {
    use kith_nips::nip43::Request;

    use super::super::testing::{NOW, sign};
    use super::*;
    use crate::language::Language;

    #[test]
    fn nip43_02_the_code_is_in_the_request() {
        let form = |code| Form::from([("code", code)]);
        let sayer = Sayer(Language::English);
        let drafted = join(&form(" f00d "), sayer).unwrap();
        let asked = Request::read(&sign(&drafted.drafts[0], 4), NOW).unwrap();
        let claim = Some("f00d".to_owned());
        assert_eq!(asked, Some(Request::Join { claim }));
        for wrong in ["", &"x".repeat(CODE_CHARACTERS_MAX + 1)] {
            assert_eq!(join(&form(wrong), sayer).unwrap_err().0[0].field, "code");
        }
    }
}
