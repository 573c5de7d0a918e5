/**
 * Choosing where something is on a map instead of writing coordinates: the fields `latitude` and `longitude` of a
 * form are filled in by a click, or by Enter for the middle of the map, which the arrow keys move.
 * @module
 */
import { part } from './dialogs.js';

/** Decimals of a degree: about a metre. */
const DECIMALS = 5;
/** What is shown around a place that is known, in degrees. */
const AROUND = 0.02;
/** What is shown when nothing is known. */
const WORLD = [[-50, -150], [70, 170]];

/** @param {Document} within */
export function begin(within) {
  for (const place of within.querySelectorAll('[data-pin]')) {
    if (place instanceof HTMLElement) enhance(place);
  }
}

/** @param {HTMLElement} place */
function enhance(place) {
  const button = part(place, 'choose');
  const panel = part(place, 'chooser');
  /** @type {Promise<void> | null} */
  let opened = null;
  button.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    button.setAttribute('aria-expanded', String(!panel.hidden));
    if (panel.hidden) return;
    opened ??= open(place);
    opened.then(() => part(place, 'pin-map').focus(), console.warn);
  });
}

/** @param {HTMLElement} place */
async function open(place) {
  const [latitude, longitude] = ['latitude', 'longitude'].map((name) => field(place, name));
  const element = part(place, 'pin-map');
  const { chooser } = await import('./map.js');
  const known = written(latitude, longitude);
  const { map, put } = await chooser(element, around(known ?? await cityOf(place)));
  put(known);
  const choose = (/** @type {any} */ at) => {
    const { lat, lng } = at.wrap();
    latitude.value = lat.toFixed(DECIMALS);
    longitude.value = lng.toFixed(DECIMALS);
    put([lat, lng]);
    part(place, 'pinned').textContent = `${latitude.value}, ${longitude.value}`;
  };
  map.on('click', (/** @type {any} */ { latlng }) => choose(latlng));
  // Its middle is where it will be when it comes to rest.
  let moves = false;
  map.on('movestart', () => { moves = true; });
  map.on('moveend', () => { moves = false; });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== element) return;
    event.preventDefault();
    if (moves) map.once('moveend', () => choose(map.getCenter()));
    else choose(map.getCenter());
  });
  for (const input of [latitude, longitude]) input.addEventListener('input', () => put(written(latitude, longitude)));
}

/**
 * @param {HTMLElement} place
 * @param {string} name
 */
function field(place, name) {
  const input = place.querySelector(`input[name="${name}"]`);
  if (!(input instanceof HTMLInputElement)) throw new Error(`there is no field ${name}`);
  return input;
}

/**
 * What the fields say, if it is a place.
 * @param {HTMLInputElement} latitude
 * @param {HTMLInputElement} longitude
 */
function written(latitude, longitude) {
  if (!latitude.value.trim() || !longitude.value.trim()) return null;
  const point = [Number(latitude.value), Number(longitude.value)];
  return Math.abs(point[0]) <= 90 && Math.abs(point[1]) <= 180 ? point : null;
}

/**
 * Where the city is that was written; `null` if the relay does not know.
 * @param {HTMLElement} place
 */
async function cityOf(place) {
  const name = field(place, 'city').value.trim();
  if (!name) return null;
  const query = new URLSearchParams({ q: name, limit: '1' });
  const answer = await fetch(`/api/v1/places?${query}`, { headers: { accept: 'application/json' } });
  if (!answer.ok) return null;
  /** @type {{items: {position: {latitude: number, longitude: number}}[]}} */
  const { items: [city] } = await answer.json();
  return city ? [city.position.latitude, city.position.longitude] : null;
}

/** @param {number[] | null} point */
function around(point) {
  if (!point) return WORLD;
  return [-AROUND, AROUND].map((by) => [point[0] + by, point[1] + by]);
}
