//! Words for made-up notes. Enough of them that a text does not compress better than a real one by
//! much. Knows nothing of notes.

use super::dice::Dice;

const WORDS: &str = "\
about above across after again against almost alone along already also always among another answer \
anybody around arrive asked autumn away backpack balcony bakery beach beautiful because before begin \
behind believe bench beside better between bicycle birthday board bread bridge bring brother build \
cable café camera candle canal careful carry castle chairs change cheese chess children choose church \
circle clean climb close clothes coffee cold colour come common compare concert cook corner country \
courtyard crossing culture dance daughter dinner direction discuss dogs door downstairs draw dress drink \
drive during early easily east eight electric empty engine enjoy enough evening every exactly example \
explain extra family famous farmer favourite festival field finally finish fireplace first fish flour \
flower follow foggy forest forget forward fountain Freitag free fresh friend front fruit full funny \
games garden gather gentle ginger give glass Grüße group guest guitar halfway hammer handmade happen \
harbour hardly harvest hello help here hiking history holiday honest horse hotel house hungry idea \
imagine indoor inside instead invite island jacket jazz journey juice jump keep kettle keyboard kitchen \
knee know ladder lake lamp language large later laugh learn leave left lemon lesson letter library light \
listen little lively local long loud lovely lunch machine maker map market master maybe meadow measure \
meeting member memory metal middle milk minute mirror mountain move museum music name narrow nature near \
neighbour never news next night nobody noise north nothing notebook number ocean office often older \
onion open orchard other outdoor oven over painting paper parents park partner party path pattern people \
pepper perhaps photo piano picnic picture piece place plan plant plate play please pocket poem point \
potato practice prepare present pretty printer project promise puzzle quarter question quick quiet \
radio railway rain raspberry reach read ready really record remember repair reply rest return rhythm \
river road robot rope round running salad sandwich Samstag save school science season second send seven \
several share shed shelf shirt shoes shop shoulder sign simple sing sister sketch slowly small snow \
soap solder something song soup south speak spring square stairs stage start station stay steep still \
stone story straight strong student studio sugar summer sunny supper sure swim table talk tall tea \
teacher tent theatre thing ticket tiny today together tomorrow tonight tools tower town train travel \
tree truck tunnel twelve twice umbrella uncle under until upstairs useful valley vegetable village \
violin visit voice volunteer wait walk wall warm washing watch water weather week welcome west wheel \
whole wide willow window winter wish without wonder wood workshop world write yellow yesterday young";

/// Writes made-up sentences.
pub struct Words(Vec<&'static str>);

impl Words {
    /// The one vocabulary, taken apart.
    pub fn read() -> Words {
        Words(WORDS.split_ascii_whitespace().collect())
    }

    /// All of them, sorted.
    pub fn all(&self) -> &[&'static str] {
        &self.0
    }

    /// Sentences of about this many bytes, with a number here and there as people write them.
    pub fn sentences(&self, dice: &mut Dice, bytes: u64) -> String {
        let wanted = bytes as usize;
        let mut text = String::with_capacity(wanted + 16);
        let mut left_in_sentence = 0;
        while text.len() < wanted {
            if left_in_sentence == 0 {
                text.push_str(if text.is_empty() { "" } else { ". " });
                left_in_sentence = 4 + dice.below(12);
            } else {
                text.push(' ');
            }
            left_in_sentence -= 1;
            match dice.below(20) {
                0 => text.push_str(&dice.below(10_000).to_string()),
                _ => text.push_str(dice.one_of(&self.0).copied().unwrap_or_default()),
            }
        }
        text.push('.');
        text
    }
}
