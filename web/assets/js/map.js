/**
 * Maps: where the things of a list are, and where one meetup is. The list and its links are there without it.
 * Tiles come from where the operator says; without tiles there is the outline of the world.
 * @module
 */
import '../vendor/leaflet/leaflet.js';
import { named } from './cities.js';

/** What Leaflet leaves to the window. @type {any} */
const leaflet = Reflect.get(globalThis, 'L');

/** @typedef {{lines: number[][], land: number[][][]}} World */
/** @typedef {{name: string, href: string, note: string}} Thing */
/** A map, and how to set its pin or take it away. @typedef {{map: any, put: (point: number[] | null) => void}} Chooser */

/** Beyond this there is nothing to see on the outline. */
const OUTLINE_ZOOM_MAX = 7;
const TILES_ZOOM_MAX = 18;

/** @param {Document} within */
export async function begin(within) {
  const maps = [...within.querySelectorAll('[data-map]')].filter((map) => map instanceof HTMLElement);
  if (maps.length === 0) return;
  await styled();
  await Promise.all(maps.map((map) => show(/** @type {HTMLElement} */ (map), within)));
}

/** Waits for the style of Leaflet, which no other page needs. */
function styled() {
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('../vendor/leaflet/leaflet.css', import.meta.url).href;
  return new Promise((resolve) => {
    style.addEventListener('load', resolve);
    style.addEventListener('error', resolve);
    document.head.prepend(style);
  });
}

/**
 * @param {HTMLElement} place
 * @param {Document} within
 */
async function show(place, within) {
  const things = collected(place, within);
  if (things.size === 0) return;
  place.hidden = false;
  const points = [...things.keys()].map((key) => key.split(',').map(Number));
  const map = chart(place, points, place.dataset.tiles ? TILES_ZOOM_MAX : OUTLINE_ZOOM_MAX);
  for (const [key, here] of things) mark(map, place, key.split(',').map(Number), here);
  await ground(map, place);
}

/**
 * A map without anything on it, which shows these points.
 * @param {HTMLElement} place
 * @param {number[][]} points Latitude first.
 * @param {number} zoomMax
 * @returns {any}
 */
function chart(place, points, zoomMax) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = leaflet.map(place, {
    scrollWheelZoom: false,
    fadeAnimation: !calm,
    zoomAnimation: !calm,
    markerZoomAnimation: !calm,
    maxZoom: zoomMax,
    minZoom: 1,
    maxBounds: [[-85, -190], [85, 190]],
  });
  // Leaflet listens only while the map itself has the focus, not a link in it.
  place.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') map.closePopup();
  });
  map.attributionControl.setPrefix(false);
  map.zoomControl.setPosition('topright');
  leaflet.control.scale({ imperial: false }).addTo(map);
  map.fitBounds(leaflet.latLngBounds(points).pad(0.15), { maxZoom: Math.min(15, zoomMax - 1) });
  return map;
}

/**
 * What is under the things: tiles, or the outline of the world.
 * @param {any} map
 * @param {HTMLElement} place
 */
async function ground(map, place) {
  const { tiles, attribution } = place.dataset;
  if (tiles) {
    leaflet.tileLayer(tiles, { maxZoom: TILES_ZOOM_MAX, attribution: escaped(attribution ?? '') }).addTo(map);
  } else {
    await outline(map);
  }
}

/**
 * A map to choose a place on.
 * @param {HTMLElement} place
 * @param {number[][]} points What it shows at first, latitude first.
 * @returns {Promise<Chooser>}
 */
export async function chooser(place, points) {
  await styled();
  // What is chosen is as exact as one likes, tiles or not.
  const map = chart(place, points, TILES_ZOOM_MAX);
  if (!place.dataset.tiles) named(leaflet, map);
  const icon = leaflet.divIcon({ className: 'pin', html: '<span></span>', iconSize: [28, 28] });
  /** @type {any} */
  let pin = null;
  const put = (/** @type {number[] | null} */ point) => {
    pin?.remove();
    pin = point && leaflet.marker(point, { icon, keyboard: false, interactive: false }).addTo(map);
  };
  ground(map, place).catch(console.warn);
  return { map, put };
}

/**
 * What is where: by `latitude,longitude`.
 * @param {HTMLElement} place
 * @param {Document} within
 * @returns {Map<string, Thing[]>}
 */
function collected(place, within) {
  /** @type {Map<string, Thing[]>} */
  const things = new Map();
  const sources = place.dataset.point ? [place] : within.querySelectorAll(place.dataset.map || '[data-point]');
  for (const source of sources) {
    if (!(source instanceof HTMLElement) || !source.dataset.point) continue;
    const link = source.querySelector('h2 a, h3 a');
    const thing = {
      name: link?.textContent ?? place.dataset.name ?? '',
      href: link?.getAttribute('href') ?? '',
      note: source.querySelector('time')?.textContent?.replace(/\s+/g, ' ').trim() ?? '',
    };
    const here = things.get(source.dataset.point);
    if (here) here.push(thing);
    else things.set(source.dataset.point, [thing]);
  }
  return things;
}

/**
 * @param {any} map
 * @param {HTMLElement} place
 * @param {number[]} point
 * @param {Thing[]} here
 */
function mark(map, place, point, here) {
  const many = here.length > 1 ? String(here.length) : '';
  const icon = leaflet.divIcon({ className: 'pin', html: `<span>${many}</span>`, iconSize: [28, 28] });
  const names = here.map((thing) => thing.name).join(', ');
  const marker = leaflet.marker(point, { icon, title: names, keyboard: true }).addTo(map);
  const element = marker.getElement();
  // What is seen is part of what is read out (WCAG 2.5.3).
  element.setAttribute('aria-label', many ? `${many}: ${names}` : names);
  marker.bindPopup(popup(here), { maxWidth: 260, autoPanPadding: [12, 12] });
  // Who comes by keyboard goes on at the link, and back to the marker.
  marker.on('popupopen', (/** @type {any} */ { popup }) => {
    const close = popup.getElement().querySelector('.leaflet-popup-close-button');
    close?.setAttribute('aria-label', place.dataset.close ?? '');
    popup.getElement().querySelector('a[href]:not(.leaflet-popup-close-button)')?.focus({ preventScroll: true });
  });
  marker.on('popupclose', () => element.focus({ preventScroll: true }));
}

/**
 * @param {Thing[]} here
 * @returns {HTMLElement}
 */
function popup(here) {
  const list = document.createElement('ul');
  list.className = 'plain';
  for (const { name, href, note } of here) {
    const item = document.createElement('li');
    const title = document.createElement(href ? 'a' : 'strong');
    if (title instanceof HTMLAnchorElement) title.href = href;
    title.dir = 'auto';
    title.textContent = name;
    item.append(title);
    if (note) item.append(document.createElement('br'), note);
    list.append(item);
  }
  return list;
}

/**
 * Coasts and borders.
 * @param {any} map
 */
async function outline(map) {
  const answer = await fetch(new URL('../world.json', import.meta.url));
  if (!answer.ok) return;
  const { lines, land } = /** @type {World} */ (await answer.json());
  const drawn = lines.map(unpacked);
  const line = (/** @type {number} */ at) => (at < 0 ? drawn[~at].toReversed() : drawn[at]);
  const areas = land.map((area) => area.map((ring) => ring.flatMap(line)));
  const coasts = new Set(land.flat(2).map((at) => (at < 0 ? ~at : at)));
  const borders = drawn.filter((_, at) => !coasts.has(at));
  const quiet = { interactive: false, weight: 1 };
  leaflet.polygon(areas, { ...quiet, className: 'map-land' }).addTo(map);
  leaflet.polyline(borders, { ...quiet, className: 'map-border' }).addTo(map);
}

/**
 * Points in degrees, latitude first.
 * @param {number[]} line
 * @returns {number[][]}
 */
function unpacked(line) {
  const points = [];
  let [x, y] = [0, 0];
  for (let at = 0; at + 1 < line.length; at += 2) {
    [x, y] = [x + line[at], y + line[at + 1]];
    points.push([y / 10, x / 10]);
  }
  return points;
}

/** @param {string} text */
function escaped(text) {
  const element = document.createElement('span');
  element.textContent = text;
  return element.innerHTML;
}
