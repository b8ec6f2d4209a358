import { describeDuration } from '../../base/time/duration.js';
import type { Changes } from '../letter.js';
import { number } from './number.js';
import type { Change, FreshMention, Group, LinesLost, StormMention, ValueKind, Words } from './words.js';

export const JA: Words = {
  language: 'ja',
  verdict: {
    first: 'はじめての便りです。まだ比べるものがありません。',
    unchanged: (kind, since) =>
      `${since === null ? '' : `${since}から`}新しいもの${kind === 'report' ? 'も途絶えたものも' : 'は'}ありません。`,
    nothing: (since) => `${since}から、お知らせすることはありません。`,
    changes: (counts) => `${counts.atLeast ? '少なくとも' : ''}${changes(counts)}。ほかはいつもどおりです。`,
    glance: (verdict) => `目を通すだけの便りです。${verdict}`,
    silent: ({ hosts, more }) =>
      `ほぼ毎回現れていたのに、今回は何もないホスト: ${hosts.join('、')}${more > 0 ? `、ほか${more}台` : ''}。`,
    absent: ({ missing, all }) =>
      `ノード${number(all)}台のうち${number(missing)}台の分は、間に合わなかったため入っていません。`,
  },
  yesterday: '昨日',
  happens: {
    line: ({ count, message, where, when }) =>
      [`${number(count)}回: ${message}`, where, when].filter((text) => text !== '').join('、'),
    at: (time) => time,
    goingOn: (since) => `${since}から続いています`,
  },
  subject: {
    first: '初回',
    unchanged: '新規なし',
    nothing: '報告なし',
    changes: (counts) => `${changes(counts)}${counts.atLeast ? '以上' : ''}`,
    lines: (count) => `${number(count)}行`,
    happens: (count, message) => `${number(count)}回 ${message}`,
    over: (text) => `収束: ${text}`,
    secondWay: (subject) => `${subject} (予備の経路)`,
  },
  proposals: (lookedAt) =>
    `ルールの提案${lookedAt === null ? '' : ` (最初の${number(lookedAt)}種類から)`}。ほかは「tayori suggest」で見られます:`,
  titles: {
    new: '新規',
    louder: '増加',
    back: '再来',
    gone: '途絶',
    shared: '多くのホストに共通',
    addresses: 'アドレス別',
    masked: 'マスクの中身',
  },
  columns: { count: '回数', message: 'メッセージ' },
  times: (count) => `[${count}回]`,
  usuallyTimes: (count) => `[ふだん${count}回]`,
  pieces: ' / ',
  comma: '、',

  day: (month, day, year) => `${year === null ? '' : `${year}年`}${month}月${day}日`,
  span: (first, last) => `${first}〜${last}`,
  period: (from, to) => `${from}〜${to}`,
  size: ({ lines, messages, hosts }) =>
    `ホスト${number(hosts)}台、メッセージ${number(messages)}種類、${number(lines)}行`,
  axis: (hours, from) => `棒の1本は${stretch(hours)}です（${from}から）。`,

  neverSeen: 'はじめて出ました',
  original: (line) => `最初の行: ${line}`,
  newHere: () => 'ここでははじめてです（ほかのホストでは既出）',
  usually: (count) => `ふだんは${number(count)}回`,
  lastSeen: (time) => `最後は${time}`,
  hosts: (count, named) => `ホスト${number(count)}台 (${named})`,
  where: (hosts) => (hosts.length === 1 ? (hosts[0] ?? '') : `ホスト${number(hosts.length)}台`),
  byAddress: (address, said, where) => `${address}: ${said}${where === '' ? '' : ` / ${where}`}`,
  manyHosts: (count) => `ホスト${number(count)}台`,
  more: (count) => `ほか${number(count)}台`,
  notOn: (hosts) => `${hosts}にはありません`,
  group: (group) => `${howMany(group)}${listed(group)}`,
  nothing: '(空)',

  status: (status) => `状態: ${status}`,
  leftOut,
  notes: {
    leftOut: (left) => `${leftOut(left)}を省きました`,
    noRoom: (what, left) =>
      `便りがいっぱいです。${{ news: '変化のあったもの', hosts: 'ほかのホスト' }[what]}のうち${leftOut(left)}を省きました`,
    onlyAttached: (left, gone) =>
      `便りの大きさに収まらないため、添付の報告だけにあるもの: ${leftOut(left)}${gone > 0 ? `、途絶${gone}件` : ''}`,
    cut: (characters) => `…（残り${number(characters)}文字は添付の報告にあります）`,
    unprefixed: (lines) =>
      `${lines}行は先頭の形式がわからず、どのキューにも入りませんでした。noprefix というキューを作ると見られます`,
    unknown: (lines) =>
      `${lines}行はどのルールにも合わず、どのキューにも入りませんでした。最後に misc .* というルールを置くと見られます`,
    unknownMost: ({ count, about, line }) => `ルールなし、${about ? '約' : ''}${number(count)}回: ${line}`,
    storm: ({ kind, lines, span, held, fresh, ...of }) => {
      const sum = `${stormHosts(of)}で${number(lines)}回、${span}`;
      return kind === 'end'
        ? `収まりました: ${stormMessages(of)}${sum}`
        : `続いています: ${sum}。前のお知らせのあとに${number(held)}回${freshly(fresh)}`;
    },
    droppedDatagrams: (count) => `受け取りが追いつかず、${count}個のデータグラムを失いました`,
    snoozed: ({ id, message, lines, total, since, until, reason }) =>
      `${until}まで保留中 (${reason}): ${number(lines)}行、${since}から${number(total)}行: ${message} [${id}]`,
    awake: ({ id, message, total, since, why, reason }) => {
      const left = total === 0 ? '' : `、${since}から${number(total)}行を省きました`;
      return `保留を終えました、${AWAKE[why]} (${reason})${left}: ${message} [${id}]`;
    },
    moreSnoozed: (count) => `ほかに保留中のものが${number(count)}件あります。「tayori snooze」で見られます`,
    waited: (since, over) =>
      over === null
        ? `${since}から、このキューの時間帯 (set hours) になるのを待ちました`
        : `このキューの時間帯 (set hours) の外ですが、${since}から${number(over)}行を超えたのでお届けします`,
    waits: (since, until) => `${since}から、このキューの時間帯 (set hours) になる${until}まで待っています`,
    selfMail: (lines) => `tayori自身の便りについてメールサーバーが書いた${lines}行は、別に数えました`,
    overflowed: (lines) => `状態を書き込めず、${lines}行を失いました`,
    repeatable: (messages) =>
      `RELPの接続が応答の届く前に切れたため、最大${messages}件を二重に数えたかもしれません`,
    capped: ({ lines, most, uncounted }) =>
      `${lines}行が${number(most)}回を超える繰り返しを伝えました。それぞれ${number(most)}回までを数え、${number(uncounted)}回は数えていません`,
    trashGrew: ({ rule, lines, usual, line }) =>
      `${rule} が捨てたもの: ${number(lines)}行（ふだんは${usual === 0 ? 'ほとんどなし' : `約${number(usual)}行`}）。たとえば: ${line}`,
    trashNew: ({ rule, program, line }) => `${rule} が ${program} のものを初めて捨てました: ${line}`,
    moreTrash: (notes) =>
      `同じような注記がほかに${number(notes)}件あります。tayori rules --trash で見られます`,
    direct: (reason) =>
      `ほかのマシンとの連絡が取れないため${reason === null ? '' : `（${reason}）`}、このマシンだけで送りました。同じ内容がもう一度届くことがあります`,
    countedOut: (most) =>
      `${number(most)}より多くは数えません。その値のものは、実際にはもっと多いかもしれません`,
    linesLost: ({ how, log, times }) =>
      `${log ?? 'ほかのログ'}: ${LOST[how]}${times > 1 ? ` (${number(times)}回)` : ''}`,
    moreLinesLost: (logs) =>
      `ほかに${logs}個のログで行を失ったおそれがあります。名前は「tayori status」で見られます`,
    said: ({ text, times }) => `tayori より: ${text}${times > 1 ? ` (${number(times)}回)` : ''}`,
    moreSaid: (lines) => `tayori より、どのルールにも当たらない知らせがほかに${lines}件あります`,
    watched: ({ lines, unwatched }) =>
      `${unwatched > 0 ? `このうち${describeDuration(unwatched)}はtayoriが監視していませんでした。それ以外の時間に` : 'tayoriはその間ずっと監視し、'}${number(lines)}行を読みましたが、ここに載せるものはありません`,
    followed: (sources) => `監視対象: ${sources === '' ? 'なし' : sources}`,
    notFollowed: (logs) => `読めなかったもの: ${logs}`,
    andMore: (count) => `ほか${number(count)}件`,
    completeness: ({ lines, unparsed, lost, late, since }) =>
      `${since}から${lines}行を読みました: 解釈できないもの ${unparsed}行、失ったもの ${lost}行、それより前に記録されたもの ${late}種類`,
    belowThreshold: ({ messages, lines }) => `しきい値に届かないもの: ${messages}種類 (${lines}行)`,
    valuesLeftOut: (messages) => `メッセージ${messages}種類は、数が多いためマスクの中身を残していません`,
    notRemembered: (messages) =>
      `この便りのメッセージ${messages}種類は、数が多いため覚えられません。次も新規とされることがあります`,
    ledgerFull: (messages, since) =>
      `覚えられるのは${number(messages)}種類までです。${since}より後に出ていないものは、新規とされることがあります`,
    badTemplate: (template, reason) =>
      `テンプレート ${template} に誤りがあるため (${reason})、組み込みの形でお届けします`,
    noPage: (reason) => `HTML の部分を作れませんでした: ${reason}`,
    postCut: (elsewhere) => `… 全文は${elsewhere ? 'メールと、' : ''}「tayori letters」で見られます`,
    secondWay: (to) =>
      `この便りは予備の経路で届きました。${to.join(', ')} ${to.length === 1 ? 'には' : 'のすべてには'}時間内に送れませんでした`,
    overdueRule: ({ place, queues, note, day }) =>
      `このルールはまだ必要ですか: ${place} (${queues}、${day}まで)${note === '' ? '' : ` ${note}`}`,
    moreOverdue: (rules) =>
      `期日を過ぎたルールはほかに${number(rules)}件あります。「tayori check」で見られます`,
  },
  fleet: {
    nodes: ({ all, counted, missing, more }) =>
      missing.length === 0
        ? `${all === 2 ? '両方のノード' : `ノード${number(all)}台すべて`}の集計です`
        : `ノード${number(all)}台のうち${number(counted)}台の集計です。間に合わなかったもの: ${named(
            missing.map(({ name, seen }) => `${name} (最後の連絡は${seen})`),
            more,
          )}。その分は後の便りに載ります`,
    only: (nodes, more) => `${named(nodes, more)}だけの集計です`,
    late: ({ node, lines, due }) => `遅れて届いたもの: ${node} の${number(lines)}行（${due}の分）`,
    moreLate: ({ nodes, lines }) => `遅れて届いたもの: ほか${number(nodes)}台の${number(lines)}行`,
    clock: (node, ahead) =>
      `${node} の時計が${describeDuration(Math.abs(ahead))}${ahead < 0 ? '遅れて' : '進んで'}います`,
    moreClocks: (nodes) => `ほか${number(nodes)}台の時計も狂っています。名前は「tayori fleet」で見られます`,
    differs: ({ nodes, more, there, here }) =>
      `${named(nodes, more)} ではこのキューの設定が違うため、便りは別になります: ${there}${here === '' ? '' : `（ここでは ${here}）`}`,
    remark: (nodes, more, text) => `${named(nodes, more)}: ${text}`,
    moreRemarks: (count) => `ノードからの注記がほかに${number(count)}件あります`,
    node: (name) => `ノード ${name}`,
  },
};

/** `a、b ほか3台` */
function named(names: readonly string[], more: number): string {
  return `${names.join('、')}${more > 0 ? ` ほか${number(more)}台` : ''}`;
}

const AWAKE = {
  time: '期限が来たため',
  grown: '10倍に増えたため',
  hand: '手で終えたため',
} as const;

/** In the order of the letter. */
const CHANGES: Readonly<Record<Change, string>> = {
  new: '新規',
  louder: '増加',
  back: '再来',
  gone: '途絶',
};

const LOST: Readonly<Record<LinesLost['how'], string>> = {
  emptied: '空にされたか書き直され、写しが見つかりません。まだ読んでいなかった行を失いました',
  replaced: '別のファイルに置き換わり、元のファイルが見つかりません。まだ読んでいなかった行を失いました',
  deleted: 'なくなり、見つかりません。まだ読んでいなかった行を失いました',
  unreadable: 'ローテートされたファイルを最後まで読めず、その行を失いました',
  vacuumed: '読む前に古い記録が消去され、その分を失いました',
};

const KINDS: Readonly<Record<ValueKind, string>> = { addresses: 'アドレス', numbers: '数値', values: '値' };

function leftOut({ messages, lines }: { readonly messages: number; readonly lines: number }): string {
  return `あと${messages}種類 (${lines}行)`;
}

function changes(counts: Changes): string {
  const told = (Object.keys(CHANGES) as Change[]).filter((change) => counts[change] > 0);
  return told.map((change) => `${CHANGES[change]}${number(counts[change])}件`).join('、');
}

function stormHosts({
  hosts,
  moreHosts,
  names,
}: Pick<StormMention, 'hosts' | 'moreHosts' | 'names'>): string {
  if (names.length === 1 && hosts === 1) return names[0] ?? '';
  const named = names.length === hosts && hosts > 0 ? ` (${names.join('、')})` : '';
  return `${number(hosts)}台${moreHosts ? '以上' : ''}${named}`;
}

function stormMessages({ what, moreMessages }: Pick<StormMention, 'what' | 'moreMessages'>): string {
  if (what === '') return '';
  return `${what}${moreMessages > 0 ? ` ほか${number(moreMessages)}種類` : ''}、`;
}

function freshly(fresh: FreshMention | null): string {
  if (fresh === null) return '。種類が多すぎて、今回初めて出たものはわかりません';
  const { messages, atLeast, named } = fresh;
  if (messages === 0) return '、初めて出たものはありません';
  const more = messages - named.length;
  const rest = more > 0 || atLeast ? [`ほか${number(more)}種類${atLeast ? '以上' : ''}`] : [];
  return `。今回初めて出たもの: ${[...named, ...rest].join('、')}`;
}

function stretch(hours: number): string {
  return hours % 24 === 0 ? `${hours / 24}日` : `${hours}時間`;
}

function howMany({ what, distinct, about, atLeast }: Group): string {
  const name = 'name' in what ? `${what.name} ` : KINDS[what.kind];
  return `${name}${atLeast ? '少なくとも' : ''}${about ? '約' : ''}${number(distinct)}種類`;
}

function listed({ listed, more, isMoreKnown }: Group): string {
  if (listed.length === 0) return '';
  const rest = more === 0 ? [] : [isMoreKnown ? `ほか${number(more)}種類` : '…'];
  return ` (${[...listed, ...rest].join('、')})`;
}
