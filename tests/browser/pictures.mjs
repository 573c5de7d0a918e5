/**
 * Pictures for the communities and meetups of the tests, drawn by their names: a low sun over hills and water. They
 * are served in place of a host elsewhere, so that pages are seen as they are with pictures.
 */
const HOST = 'https://pictures.test';
const [WIDTH, HEIGHT] = [1200, 675];

/** The address of a picture. */
export function pictureOf(name) {
  return `${HOST}/${encodeURIComponent(name)}.svg`;
}

/** Whether an address is of such a picture. */
export function isPicture(url) {
  return url.startsWith(`${HOST}/`);
}

/** Serves the pictures; one whose name begins with `missing` is not there. */
export async function servePictures(context) {
  await context.route(isPictureUrl, (route) => {
    const name = decodeURIComponent(new URL(route.request().url()).pathname.slice(1));
    if (name.startsWith('missing')) return route.fulfill({ status: 404, body: '' });
    return route.fulfill({ contentType: 'image/svg+xml', body: scene(name) });
  });
}

function isPictureUrl(url) {
  return isPicture(url.href);
}

/** The same numbers for the same name, from 0 to 1. */
function dice(name) {
  let state = 7;
  for (const letter of name) state = (state * 31 + letter.codePointAt(0)) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function hill(roll, at, colour) {
  const waves = Array.from({ length: 4 }, (_, turn) => [
    (0.5 + roll()) * (turn + 1) * 0.004, roll() * 6.3, (28 + 50 * roll()) / (turn + 1),
  ]);
  const height = (x) => at + waves.reduce((sum, [pace, begin, size]) => sum + size * Math.sin(x * pace + begin), 0);
  const line = Array.from({ length: WIDTH / 8 + 1 }, (_, step) => `${step * 8},${height(step * 8).toFixed(1)}`);
  return `<polygon fill="${colour}" points="0,${HEIGHT} ${line.join(' ')} ${WIDTH},${HEIGHT}"/>`;
}

function scene(name) {
  const roll = dice(name);
  const hue = Math.floor(roll() * 360);
  const [warm, cool] = [20 + roll() * 35, 190 + roll() * 50];
  const sun = [200 + roll() * 800, 190 + roll() * 120];
  const layers = [0, 1, 2, 3, 4].map((turn) => {
    const light = 62 - turn * 11;
    const tone = turn < 2 ? cool : cool + ((hue % 60) - 30);
    return hill(roll, 330 + turn * 70, `hsl(${tone.toFixed()} ${26 + turn * 5}% ${light}%)`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${cool.toFixed()} 45% 66%)"/>
<stop offset=".55" stop-color="hsl(${warm.toFixed()} 85% 84%)"/></linearGradient>
<radialGradient id="glow"><stop stop-color="#fff" stop-opacity=".95"/><stop offset=".18" stop-color="#fff6e0" stop-opacity=".8"/>
<stop offset="1" stop-color="hsl(${warm.toFixed()} 95% 75%)" stop-opacity="0"/></radialGradient></defs>
<rect width="100%" height="100%" fill="url(#sky)"/>
<circle cx="${sun[0].toFixed()}" cy="${sun[1].toFixed()}" r="330" fill="url(#glow)"/>${layers.join('')}</svg>`;
}
