/**
 * Choosing where something is instead of writing coordinates: the fields `latitude` and `longitude` of a form are filled
 * in by a click on a map, by Enter for its middle, which the arrow keys move, or from coordinates or a link to a map that
 * somebody pastes. All of them say the same at any time.
 * @module
 */
import { read, written } from './coordinates.js';
import { part } from './dialogs.js';

/** What is shown around a place that is known, in degrees. */
const AROUND = 0.02;
/** What is shown when nothing is known. */
const WORLD = [[-50, -150], [70, 170]];

/** @typedef {import('./map.js').Chooser} Chooser */

/** @param {Document} within */
export function begin(within) {
  for (const place of within.querySelectorAll('[data-pin]')) {
    if (place instanceof HTMLElement) new Pin(place);
  }
}

class Pin {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.latitude = this.field('latitude');
    this.longitude = this.field('longitude');
    this.pasted = part(place, 'coordinates');
    /** @type {Chooser | null} */
    this.chooser = null;
    /** @type {Promise<void> | null} */
    this.opened = null;
    const [button, panel] = [part(place, 'choose'), part(place, 'chooser')];
    button.addEventListener('click', () => {
      panel.hidden = !panel.hidden;
      button.setAttribute('aria-expanded', String(!panel.hidden));
      if (panel.hidden) return;
      this.opened ??= this.open();
      this.opened.then(() => part(place, 'pin-map').focus(), console.warn);
    });
    for (const input of [this.latitude, this.longitude]) input.addEventListener('input', () => this.typed());
    if (this.pasted instanceof HTMLInputElement) this.paste(this.pasted);
  }

  /** What the fields say, if it is a place. */
  get known() {
    const texts = [this.latitude.value, this.longitude.value].map((text) => text.trim());
    return texts.every(Boolean) ? read(texts.join(', ')) : null;
  }

  /** Opens the map. */
  async open() {
    const element = part(this.place, 'pin-map');
    const { chooser } = await import('./map.js');
    this.chooser = await chooser(element, around(this.known ?? await this.city()));
    const { map, put } = this.chooser;
    put(this.known);
    map.on('click', (/** @type {any} */ { latlng }) => this.choose(latlng));
    // Its middle is where it will be when it comes to rest.
    let moves = false;
    map.on('movestart', () => { moves = true; });
    map.on('moveend', () => { moves = false; });
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.target !== element) return;
      event.preventDefault();
      if (moves) map.once('moveend', () => this.choose(map.getCenter()));
      else this.choose(map.getCenter());
    });
  }

  /** @param {any} at A place on the map. */
  choose(at) {
    const { lat, lng } = at.wrap();
    this.set([lat, lng]);
  }

  /** @param {number[]} point */
  set(point) {
    [this.latitude.value, this.longitude.value] = written(point);
    this.show(point);
  }

  /** The fields of the form were changed. */
  typed() {
    this.show(this.known);
  }

  /** @param {number[] | null} point */
  show(point) {
    this.chooser?.put(point);
    const text = point ? written(point).join(', ') : '';
    part(this.place, 'pinned').textContent = text;
    if (this.pasted instanceof HTMLInputElement && document.activeElement !== this.pasted) this.pasted.value = text;
    this.refuse(false);
  }

  /** @param {HTMLInputElement} pasted */
  paste(pasted) {
    if (this.known) pasted.value = written(this.known).join(', ');
    pasted.addEventListener('input', () => {
      const point = read(pasted.value);
      if (!point) return;
      this.set(point);
      this.chooser?.map.setView(point, Math.max(this.chooser.map.getZoom(), 12));
    });
    // Who leaves it sees what was understood, or that nothing was.
    pasted.addEventListener('change', () => {
      const point = read(pasted.value);
      if (point) pasted.value = written(point).join(', ');
      this.refuse(!point && pasted.value.trim() !== '');
    });
    // Enter would send the form.
    pasted.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      pasted.dispatchEvent(new Event('change'));
    });
  }

  /** @param {boolean} refused Whether what was pasted is no place. */
  refuse(refused) {
    this.pasted.setAttribute('aria-invalid', String(refused));
    part(this.place, 'coordinates-wrong').hidden = !refused;
  }

  /** @param {string} name */
  field(name) {
    const input = this.place.querySelector(`input[name="${name}"]`);
    if (!(input instanceof HTMLInputElement)) throw new Error(`there is no field ${name}`);
    return input;
  }

  /** Where the city is that was written; `null` if the relay does not know. */
  async city() {
    const name = this.field('city').value.trim();
    if (!name) return null;
    const query = new URLSearchParams({ q: name, limit: '1' });
    const answer = await fetch(`/api/v1/places?${query}`, { headers: { accept: 'application/json' } });
    if (!answer.ok) return null;
    /** @type {{items: {position: {latitude: number, longitude: number}}[]}} */
    const { items: [city] } = await answer.json();
    return city ? [city.position.latitude, city.position.longitude] : null;
  }
}

/** @param {number[] | null} point */
function around(point) {
  if (!point) return WORLD;
  return [-AROUND, AROUND].map((by) => [point[0] + by, point[1] + by]);
}
