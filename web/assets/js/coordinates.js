/**
 * Coordinates as people have them: a pair of numbers, `geo:` (RFC 5870), or a link to OpenStreetMap or Google Maps.
 * @module
 */

/** Decimals of a degree: about a metre. */
const DECIMALS = 5;
/** The longest text that is looked at. */
const CHARACTERS_MAX = 2_000;

const NUMBER = '(-?\\d{1,3}(?:\\.\\d+)?)';
const PAIR = `${NUMBER},\\s*${NUMBER}`;

/** Where links have their place, the most exact first. */
const IN_LINKS = [
  new RegExp(`!3d${NUMBER}!4d${NUMBER}`),
  new RegExp(`[?&]mlat=${NUMBER}&mlon=${NUMBER}`),
  new RegExp(`[?&](?:q|ll|query|destination|center)=(?:loc:)?${PAIR}`),
  new RegExp(`@${PAIR}`),
  new RegExp(`#map=[\\d.]+/${NUMBER}/${NUMBER}`),
];

/**
 * Latitude and longitude; `null` if the text has none.
 * @param {string} text
 * @returns {number[] | null}
 */
export function read(text) {
  const typed = text.trim();
  if (typed.length > CHARACTERS_MAX) return null;
  if (/^geo:/i.test(typed)) return point(new RegExp(`^geo:${PAIR}(?:[,;?]|$)`, 'i').exec(typed));
  if (/^https?:/i.test(typed)) {
    const link = decoded(typed);
    for (const form of IN_LINKS) {
      const found = point(form.exec(link));
      if (found) return found;
    }
    return null;
  }
  return pair(typed);
}

/**
 * @param {number[]} point
 * @returns {string[]} As the fields of a form have it.
 */
export function written(point) {
  return point.map((degrees) => degrees.toFixed(DECIMALS));
}

/**
 * Two numbers, with signs or with the directions after them, also with decimal commas.
 * @param {string} typed
 */
function pair(typed) {
  const plain = /^[^,]*,[^,]*$/.test(typed) ? typed : typed.replace(/(\d),(\d)/g, '$1.$2');
  const form = /^([-−+]?\d{1,3}(?:\.\d+)?)\s*°?\s*([NS])?(?:\s*[,;]\s*|\s+)([-−+]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EW])?$/i;
  const found = form.exec(plain);
  if (!found) return null;
  const [, latitude, northing, longitude, easting] = found;
  const signed = (/** @type {string} */ number, /** @type {string | undefined} */ towards) => (
    `${/^[SW]$/i.test(towards ?? '') ? '-' : ''}${number.replace('−', '-').replace('+', '')}`
  );
  return point(['', signed(latitude, northing), signed(longitude, easting)]);
}

/** @param {ArrayLike<string> | null} found */
function point(found) {
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

/** @param {string} link */
function decoded(link) {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
