import { groupBy } from '../../base/group-by.js';
import { DAY } from '../../base/time/duration.js';
import { MAX_KEPT_RULES, MAX_RULE_PROGRAMS, type RuleHitChanges } from '../../rule/review/rule-hits.js';
import { KEPT_DAYS, type RuleHistories, type RuleHistory } from '../ports/rule-histories.js';
import { count, orNull, plain, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { sqlSum } from './sql-counts.js';

/** What a rule took is forgotten so long after a config had it last (ms): it may come back from a branch or a backup. */
const FORGET_AFTER = 90 * DAY;

/** Makes the function that writes what rules took; for use within a transaction. */
export function ruleHitWriter(db: Sqlite): (at: number, changes: RuleHitChanges) => void {
  const sql = writing(db);
  let lastDay: number | null = null;
  return (at, { hits, seen, present }) => {
    const day = Math.floor(at / DAY);
    for (const { rule, count, isTrash } of hits) {
      sql.add.run({ rule, count, at });
      if (isTrash) sql.addToDay.run({ rule, count, day });
    }
    for (const { rule, program, sample } of seen) sql.see.run({ rule, program, at, sample });
    for (const rule of present ?? []) sql.mark.run({ rule, at });
    if (present) {
      sql.forget.run({ before: at - FORGET_AFTER });
      sql.makeRoom.run();
      sql.sweepPrograms.run();
    }
    if (day !== lastDay) sql.sweepDays.run({ from: day - KEPT_DAYS, to: day });
    lastDay = day;
  };
}

function writing(db: Sqlite) {
  return {
    add: db.prepare(
      `INSERT INTO rule_hit (rule, count, since, last, present) VALUES (@rule, @count, @at, @at, @at)
       ON CONFLICT DO UPDATE SET count = ${sqlSum('count', 'excluded.count')}, last = excluded.last`,
    ),
    addToDay: db.prepare(
      `INSERT INTO rule_day (day, rule, count) VALUES (@day, @rule, @count)
       ON CONFLICT DO UPDATE SET count = ${sqlSum('count', 'excluded.count')}`,
    ),
    see: db.prepare(
      `INSERT INTO rule_program (rule, program, since, sample) SELECT @rule, @program, @at, @sample
       WHERE (SELECT count(*) FROM rule_program WHERE rule = @rule) < ${MAX_RULE_PROGRAMS}
       ON CONFLICT DO NOTHING`,
    ),
    mark: db.prepare(
      `INSERT INTO rule_hit (rule, count, since, last, present) VALUES (@rule, 0, @at, NULL, @at)
       ON CONFLICT DO UPDATE SET present = excluded.present`,
    ),
    forget: db.prepare('DELETE FROM rule_hit WHERE present < @before'),
    makeRoom: db.prepare(
      `DELETE FROM rule_hit WHERE rule IN
         (SELECT rule FROM rule_hit ORDER BY present DESC, rule LIMIT -1 OFFSET ${MAX_KEPT_RULES})`,
    ),
    sweepPrograms: db.prepare('DELETE FROM rule_program WHERE rule NOT IN (SELECT rule FROM rule_hit)'),
    sweepDays: db.prepare('DELETE FROM rule_day WHERE day <= @from OR day > @to'),
  };
}

/** Reads what rules took. */
export function ruleHistories(db: Sqlite): RuleHistories {
  const hits = db.prepare('SELECT rule, count, since, last, present FROM rule_hit ORDER BY rule');
  const programs = db.prepare(
    'SELECT rule, program, since, sample FROM rule_program ORDER BY rule, since, program',
  );
  const days = db.prepare('SELECT day, rule, count FROM rule_day ORDER BY rule, day');
  const decode = {
    hit: rowDecoder(db.name, 'rule_hit', {
      ...{ rule: plain, count, since: time, last: orNull(time), present: time },
    }),
    program: rowDecoder(db.name, 'rule_program', {
      ...{ rule: plain, program: plain, since: time, sample: orNull(text) },
    }),
    day: rowDecoder(db.name, 'rule_day', { day: whole, rule: plain, count }),
  };
  return {
    ruleHistories(): RuleHistory[] {
      const seen = groupBy(programs.all().map(decode.program), ({ rule }) => rule);
      const counted = groupBy(days.all().map(decode.day), ({ rule }) => rule);
      return hits
        .all()
        .map(decode.hit)
        .map(({ rule, count, since, last }) => ({
          ...{ rule, count, since, last },
          programs: (seen.get(rule) ?? []).map(({ program, since, sample }) => ({ program, since, sample })),
          days: (counted.get(rule) ?? []).map(({ day, count }) => ({ day, count })),
        }));
    },
  };
}
