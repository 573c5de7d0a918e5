/**
 * "Near me": asks the browser where it is, when somebody wants that, and goes to the search near there, rounded to
 * about a kilometre.
 * @module
 */

/** @param {Document} within */
export function begin(within) {
  for (const button of within.querySelectorAll('[data-near-me]')) {
    if (button instanceof HTMLButtonElement && 'geolocation' in navigator) enable(button);
  }
}

/** @param {HTMLButtonElement} button */
function enable(button) {
  button.hidden = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(button.form, coords),
      () => {
        button.disabled = false;
        const refused = document.querySelector('[data-near-refused]');
        if (refused instanceof HTMLElement) refused.textContent = button.dataset.refused ?? '';
      },
      { maximumAge: 600_000, timeout: 20_000 },
    );
  });
}

/**
 * @param {HTMLFormElement | null} form
 * @param {GeolocationCoordinates} coords
 */
function go(form, { latitude, longitude }) {
  const search = new URL('/search', location.href);
  const given = form ? new FormData(form) : new FormData();
  for (const [name, value] of given) {
    if (typeof value === 'string' && value !== '' && name !== 'near') search.searchParams.set(name, value);
  }
  search.searchParams.set('near', `${latitude.toFixed(2)},${longitude.toFixed(2)}`);
  location.assign(search);
}
