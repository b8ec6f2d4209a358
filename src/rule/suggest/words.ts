function setOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Units glued to a number: `12ms`, `64MB`. */
export const UNITS = setOf(`
  b k m g t kb mb gb tb kib mib gib tib bytes ms s us ns sec secs min mins h hr hrs d days hz khz mhz ghz c f x mb/s
  bps kbps mbps gbps w v px pt kv ma`);

/** Units behind a number and a blank: `12 ms`, `3 days`. */
export const UNIT_WORDS = setOf(`
  b kb mb gb tb kib mib gib tib ms us ns s sec secs second seconds msec msecs usec usecs millisecond milliseconds
  microsecond microseconds min mins minute minutes h hr hrs hour hours day days hz khz mhz ghz`);

export const MONTHS = setOf(`
  jan feb mar apr may jun jul aug sep oct nov dec
  january february march april june july august september october november december`);

export const DAYS = setOf(`
  mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday`);

export const ZONES = setOf('am pm utc gmt est edt cst cdt mst mdt pst pdt cet cest bst jst ist');

/** What host names end with: domains that are common in logs, and those that are kept for local use and for examples. */
export const DOMAINS = setOf(`
  com org net edu gov mil int info biz io dev app cloud arpa local localdomain lan home internal intranet corp test
  example invalid onion localhost
  ac ad ae al am ar at au az ba bd be bg bo br by ca ch ci cl cn co cr cu cy cz de dk do dz ec ee eg es et eu fi fr ge
  gh gr gt hk hn hr hu id ie il in ir is it jm jo jp ke kg kh kr kw kz lb lk lt lu lv ly ma me mk mn mo mt mx my ng ni
  nl no np nz om pa pe ph pk pl pr pt py qa ro rs ru sa se sg si sk sn sv th tn tr tw ua ug uk us uy uz ve vn ye za`);

/** What names of packages and classes begin with: domains turned round. */
export const PACKAGE_ROOTS = setOf(
  'com org net edu gov io java javax jdk sun android androidx kotlin scala system',
);

/** Values of switches: `enabled=true`. */
export const SWITCHES = setOf('true false null none nil yes no undefined');

/**
 * Words that say what became of something, or in what state it is: messages that differ in one of them are different
 * messages. What ends in `ed` or `ing` is one of them, too, and need not stand here.
 */
export const STATES = setOf(`
  up down on off start starts stop stops begin begins began end ends open opens close closes fail fails failure succeed
  succeeds success successful successfully unsuccessful ok okay error errors warning critical accept reject refuse deny
  allow grant revoke connect disconnect enable disable active inactive available unavailable online offline add remove
  delete create destroy mount unmount lock unlock register unregister load unload login logout logon logoff valid invalid
  known unknown yes no not none true false new old lost found full empty alive dead high low above below over under read
  write send sent receive in out enter leave left join normal abnormal normally abnormally healthy unhealthy good bad
  primary secondary master slave before after first last input output rx tx reset restart shutdown startup timeout ready
  busy idle complete incomplete abort cancel fatal info notice debug alert emergency clean dirty public private internal
  external local remote upstream downstream pass run halt won yes present absent hit miss free allocate bind unbind
  attach detach insert install uninstall upgrade downgrade increase decrease import export encrypt decrypt push pull
  suspend resume pause acquire release commit rollback activate deactivate`);

/**
 * What a word in front says of the value behind it: from so many different words on, they are taken for values. The
 * nearer to a name, the fewer.
 */
export const CUES: ReadonlyMap<string, number> = new Map([
  ...from(
    3,
    'user users group host hostname account username name named device file directory domain client',
  ),
  ...from(3, 'package queue database table called'),
  ...from(4, 'server service unit session module process thread node interface job task class by'),
  ...from(5, 'for from via as'),
  ...from(6, 'to at on in of with'),
  ...from(8, 'the'),
]);

function from(count: number, words: string): [string, number][] {
  return words.split(' ').map((word) => [word, count]);
}

/** Keys whose values are names of users. */
export const USER_KEYS = setOf('user ruser logname username acct account login');

/** Whether a word says what became of something. */
export function isState(text: string): boolean {
  const lower = text.toLowerCase();
  return STATES.has(lower) || (lower.length >= LEAST_PARTICIPLE && /^[a-z]+(?:ed|ing)$/.test(lower));
}

/** `red`, `king` and `fred` are none. */
const LEAST_PARTICIPLE = 6;

/** Words with digits in them that are names: of algorithms, formats, architectures. */
export const TECHNICAL = setOf(`
  md5 sha1 sha224 sha256 sha384 sha512 sha3 blake2 blake2b aes128 aes192 aes256 des3 rc4 ed25519 curve25519 chacha20
  poly1305 p256 p384 base32 base64 utf8 utf16 utf-8 utf-16 latin1 iso8859 x86 x86_64 x64 amd64 arm64 i386 i486 i586 i686
  aarch64 armv7 win32 win64 ext2 ext3 ext4 raid0 raid1 raid5 raid6 raid10 http2 http3 tls1 oauth2 log4j ipv4 ipv6 inet6
  python2 python3 php5 php7 php8 iso9660 802.11 vmxnet3 e1000 e1000e i2c i801 i8042 d-bus h264 mp3 mp4 s3 ec2 k8s
  net80211 mac80211 cfg80211 ieee80211 snmpv2 snmpv3 smbv1 smbv2 nfs3 nfs4 md0 md1 md127`);
