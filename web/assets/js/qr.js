/**
 * A text as a picture that a phone reads.
 * @module
 */
import encodeQR from '../vendor/qr/index.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of light around it (ISO 18004). */
const QUIET = 4;

/**
 * @param {string} text
 * @returns {SVGElement}
 */
export function picture(text) {
  const rows = /** @type {boolean[][]} */ (encodeQR(text, 'raw', { ecc: 'medium', border: QUIET }));
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')));
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${rows.length} ${rows.length}`);
  svg.setAttribute('aria-hidden', 'true');
  const ground = document.createElementNS(SVG, 'path');
  ground.setAttribute('fill', '#fff');
  ground.setAttribute('d', `M0 0h${rows.length}v${rows.length}h-${rows.length}z`);
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('fill', '#000');
  dark.setAttribute('d', path.join(''));
  svg.append(ground, dark);
  return svg;
}
