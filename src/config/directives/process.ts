import { findGroup, findUser } from '../check/find-account.js';
import { onRestart, optional, part } from './declare.js';
import { account, path } from './value-kinds.js';

export const PROCESS = part(
  'The process',
  onRestart(
    optional(
      'uid',
      account('user', findUser),
      'none: root has to say',
      'The user to become before any log is read. It only matters when started as root, and then it must stand: set uid root stays root.',
      'When root starts it without, tayori refuses. What only root may do comes first: the pid file, and ports below 1024. Then it becomes that user for good, with the groups of that user and none of those that root had, before it reads its state or a log; the state folder is handed over, where it holds nothing else. The user must be able to read the logs, and at each reload the config.',
    ),
    (user) => user?.uid,
  ),
  onRestart(
    optional(
      'gid',
      account('group', findGroup),
      "the user's own",
      'The group to become with uid. The other groups of the user are kept, those of root are not.',
    ),
    (group) => group?.gid,
  ),
  onRestart(
    optional(
      'pidfile',
      path,
      '/var/run/tenshi.pid; none in the foreground',
      'Where the daemon writes its process number. The option -P wins over it, and holds in the foreground, too.',
      'A file that names a process that has died is replaced; while its tayori or Tenshi runs, a second one says so and ends. It is removed at the end, or emptied where that user may not remove it.',
    ),
    (file) => file,
  ),
);
