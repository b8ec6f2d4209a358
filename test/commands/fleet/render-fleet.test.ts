import { describe, expect, it } from 'vitest';
import { fleetAsJson } from '../../../src/commands/fleet/fleet-as-json.js';
import { renderFleet } from '../../../src/commands/fleet/render-fleet.js';
import type { FleetOverview, Series } from '../../../src/fleet/meeting-place.js';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 30);
const MINUTE = 60_000;

const series = (queue: string, definition = 'at noon'): Series => ({
  id: `${queue} ${definition}`,
  queue,
  definition,
});

function node(name: string, more: Partial<FleetOverview['nodes'][number]> = {}) {
  const queues = [series('report'), series('page', 'now')];
  return { name, version: '0.1.0', seen: NOW - 3000, ahead: 0, behindSince: null, queues, ...more };
}

const EMPTY: FleetOverview = { now: NOW, schema: 1, nodes: [], leases: [], waiting: [], outbox: [] };

const FULL: FleetOverview = {
  ...EMPTY,
  nodes: [
    node('loghost-a'),
    node('loghost-b', { seen: NOW - 12 * MINUTE, ahead: 310_000, behindSince: NOW - 30_000 }),
    node('web1', { ahead: -4000, queues: [series('report', 'at midnight')] }),
  ],
  leases: [{ queue: 'report', node: 'loghost-a', until: NOW + 20_000 }],
  waiting: [
    { queue: 'report', due: NOW - 30_000, contributions: 2, missing: ['loghost-b'] },
    { queue: 'page', due: null, contributions: 1, missing: [] },
  ],
  outbox: [
    {
      ...{ queue: 'report', subject: 'Report 2 hosts [report]', sealed: NOW - 40_000 },
      holder: 'loghost-a',
      recipients: 2,
    },
    { queue: 'page', subject: 'PAGE', sealed: NOW - 1000, holder: null, recipients: 1 },
  ],
};

const render = (fleet: FleetOverview): string =>
  renderFleet(fleet, { address: 'postgresql://db/logs', timezone: 'UTC' });

describe('tayori fleet', () => {
  it('shows nodes, editors, letters that wait, the outbox and queues that differ', () => {
    expect(render(FULL)).toBe(`3 nodes at postgresql://db/logs (schema 1)

Nodes
  loghost-a  0.1.0  heard of 3 s ago   clock right            2 queues
  loghost-b  0.1.0  silent for 12 min  clock 5 min 10 s fast  2 queues  behind since Fri 20 Nov, 12:00
  web1       0.1.0  heard of 3 s ago   clock 4 s slow         1 queue

Editors
  [report]  loghost-a  for 20 s at most

Letters that wait
  [report]  due Fri 20 Nov, 12:00  2 parts  without loghost-b
  [page]    at once                1 part   nobody is missing

Outbox
  [report]  2 recipients  40 s old  delivered by loghost-a  Report 2 hosts [report]
  [page]    1 recipient   1 s old   nobody delivers it yet  PAGE

Queues that differ
  [report]: the nodes below write letters of their own, until their configs agree
    loghost-a, loghost-b: at noon
    web1: at midnight
`);
  });

  it('says of each part that there is nothing', () => {
    expect(render(EMPTY)).toBe(`0 nodes at postgresql://db/logs (schema 1)

Nodes
  none: no tayori with set fleet has been here

Editors
  nobody makes a letter just now

Letters that wait
  none

Outbox
  empty: every letter was delivered
`);
  });

  it('names five missing nodes, and counts the others', () => {
    const missing = Array.from({ length: 1000 }, (_, at) => `n${at}`);
    const waiting = [{ queue: 'a', due: NOW, contributions: 0, missing }];
    expect(render({ ...EMPTY, waiting })).toContain(
      '[a]  due Fri 20 Nov, 12:00  0 parts  without n0, n1, n2, n3, n4 and 995 more\n',
    );
  });

  it('fits a terminal where nothing is wrong', () => {
    const lines = render({ ...FULL, nodes: [node('loghost-a.example.org'), node('loghost-b')] }).split('\n');
    expect(
      Math.max(...lines.filter((line) => !line.includes('Report')).map((line) => line.length)),
    ).toBeLessThanOrEqual(80);
  });

  it('shows no control character of others', () => {
    const outbox = FULL.outbox.map((letter) => ({ ...letter, subject: 'x\x1b[2J\u202e' }));
    expect(render({ ...FULL, nodes: [node('\x07', { version: '\x9b' })], outbox })).not.toMatch(
      /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
    );
  });

  it('prints the same for programs, with times in ISO 8601', () => {
    expect(JSON.parse(JSON.stringify(fleetAsJson(FULL, 'postgresql://db/logs')))).toMatchObject({
      ...{ address: 'postgresql://db/logs', now: '2026-11-20T12:00:30.000Z', schema: 1 },
      nodes: [
        { name: 'loghost-a', behindSince: null, queues: [{ queue: 'report', definition: 'at noon' }, {}] },
        { name: 'loghost-b', behindSince: '2026-11-20T12:00:00.000Z', ahead: 310_000 },
        { name: 'web1', seen: '2026-11-20T12:00:27.000Z' },
      ],
      editors: [{ queue: 'report', node: 'loghost-a', until: '2026-11-20T12:00:50.000Z' }],
      waiting: [{ due: '2026-11-20T12:00:00.000Z', missing: ['loghost-b'] }, { due: null }],
      outbox: [{ holder: 'loghost-a', sealed: '2026-11-20T11:59:50.000Z' }, { holder: null }],
      differing: [
        { queue: 'report', definitions: [{ nodes: ['loghost-a', 'loghost-b'] }, { nodes: ['web1'] }] },
      ],
    });
  });
});
