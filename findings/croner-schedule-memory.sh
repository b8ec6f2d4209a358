#!/bin/sh
# How much memory a schedule takes that is only parsed and never started. One would guess some hundred bytes: five fields
# of a few dozen values.
#
#   croner 11.0.1 (Node.js 20)  83 KB: beside those, its pattern lists each year from 0 to 9999, also where the
#                               expression has no year
#
# A thousand schedules take 83 MB; whoever has many that are alike shares one object.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --prefix . croner@11.0.1 > /dev/null
cat > measure.cjs <<'JS'
const { Cron } = require('croner');
const SCHEDULES = 500;
const kept = [];
new Cron('30 12 * * *', { paused: true });
gc();
const before = process.memoryUsage().heapUsed;
for (let made = 0; made < SCHEDULES; made++) kept.push(new Cron('30 12 * * *', { paused: true }));
gc();
const each = (process.memoryUsage().heapUsed - before) / kept.length;
console.error(`${Math.round(each / 1000)} KB each`);
const lists = Object.values(kept[0]._states.pattern).filter(Array.isArray);
console.log(`longest list ${Math.max(...lists.map(({ length }) => length))}, ${each > 40_000 ? 'more' : 'less'} than 40 KB each`);
JS
node --expose-gc measure.cjs | tee seen
echo 'longest list 10000, more than 40 KB each' | diff seen -
