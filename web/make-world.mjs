// Makes assets/world.json, the outline of the world that maps show when the operator names no tiles: coasts and
// borders of Natural Earth at 1:110m (public domain), as the npm package world-atlas has them in TopoJSON.
//
//   node make-world.mjs countries-110m.json >assets/world.json     (vendor.sh does)
//
// Written are lines of points in tenths of a degree, each point as its difference from the one before, and the rings
// of the land as numbers of lines, as in TopoJSON: ~n is line n backwards.
import { readFileSync } from 'node:fs';

const world = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { scale, translate } = world.transform;

/** The points of a line in tenths of a degree, without those that fall together. */
function rounded(arc) {
  let [x, y] = [0, 0];
  const points = arc.map(([dx, dy]) => {
    [x, y] = [x + dx, y + dy];
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]].map((degrees) => Math.round(degrees * 10));
  });
  const isNew = ([x, y], at) => at === 0 || x !== points[at - 1][0] || y !== points[at - 1][1];
  return points.filter(isNew);
}

/** Differences, one after the other. */
function packed(points) {
  return points.flatMap(([x, y], at) => (at === 0 ? [x, y] : [x - points[at - 1][0], y - points[at - 1][1]]));
}

const land = world.objects.land.geometries.flatMap(({ arcs }) => arcs);
const lines = world.arcs.map((arc) => packed(rounded(arc)));
process.stdout.write(`${JSON.stringify({ lines, land })}\n`);
