/**
 * Cities on a map that has no tiles, so that one sees where one is when coasts and borders are too far away.
 * @module
 */

/** From here on cities are named; before, the outline of the world says enough. */
const ZOOM_MIN = 7;
/** Beyond this the outline is a few kilometres off, so it is left out. */
const OUTLINE_ZOOM_MAX = 9;
const CITIES_MAX = 40;
const KM_MAX = 200;

/** @typedef {{name: string, population: number, position: {latitude: number, longitude: number}}} City */

/**
 * Shows the cities of what is seen, whenever that changes.
 * @param {any} leaflet
 * @param {any} map
 */
export function named(leaflet, map) {
  const dots = leaflet.layerGroup().addTo(map);
  let asked = 0;
  const show = async () => {
    map.getContainer().classList.toggle('close', map.getZoom() > OUTLINE_ZOOM_MAX);
    asked += 1;
    const number = asked;
    const cities = map.getZoom() < ZOOM_MIN ? [] : await around(map);
    if (number !== asked) return;
    dots.clearLayers();
    for (const { name, position } of cities) {
      const dot = leaflet.circleMarker([position.latitude, position.longitude], {
        radius: 4, interactive: false, className: 'map-city',
      });
      const label = document.createElement('bdi');
      label.textContent = name;
      dot.bindTooltip(label, { permanent: true, direction: 'right', className: 'map-city-name' }).addTo(dots);
    }
  };
  map.on('moveend', () => { show().catch(console.warn); });
  show().catch(console.warn);
}

/**
 * The largest cities of what is seen.
 * @param {any} map
 * @returns {Promise<City[]>}
 */
async function around(map) {
  const { lat, lng } = map.getCenter().wrap();
  const km = map.distance(map.getCenter(), map.getBounds().getNorthEast()) / 1_000;
  const query = new URLSearchParams({
    near: `${lat.toFixed(4)},${lng.toFixed(4)}`, radius: Math.min(Math.max(km, 1), KM_MAX).toFixed(1), limit: '100',
  });
  const answer = await fetch(`/api/v1/places?${query}`, { headers: { accept: 'application/json' } });
  if (!answer.ok) return [];
  /** @type {{items: City[]}} */
  const { items } = await answer.json();
  return apart(map, items.toSorted((one, other) => other.population - one.population)).slice(0, CITIES_MAX);
}

/**
 * Those whose names do not lie on the name of a larger one.
 * @param {any} map
 * @param {City[]} cities The largest first.
 */
function apart(map, cities) {
  /** @type {{x: number, y: number}[]} */
  const taken = [];
  return cities.filter(({ position }) => {
    const at = map.latLngToContainerPoint([position.latitude, position.longitude]);
    const isFree = taken.every(({ x, y }) => Math.abs(x - at.x) > 90 || Math.abs(y - at.y) > 22);
    if (isFree) taken.push(at);
    return isFree;
  });
}
