import { findGroup, findUser } from '../check/find-account.js';
import { onRestart, optional, part } from './declare.js';
import { account, path } from './value-kinds.js';

export const PROCESS = part(
  'The process',
  onRestart(
    optional(
      'uid',
      account('user', findUser),
      'none; root must set it',
      'The user to become before any log is read. It only matters when root starts tayori, and is required then; set uid root stays root.',
      'If root starts tayori without it, tayori refuses. What only root may do comes first: writing the pid file and opening ports below 1024. Then, before it reads its state or a log, tayori becomes that user for good, with the groups of that user and none of those of root. It also gives the state folder to that user, if the folder holds nothing else. The user must be able to read the logs and, at each reload, the config.',
    ),
    (user) => user?.uid,
  ),
  onRestart(
    optional(
      'gid',
      account('group', findGroup),
      "the user's own",
      'The group to become, together with uid. The other groups of the user are kept, those of root are not.',
    ),
    (group) => group?.gid,
  ),
  onRestart(
    optional(
      'pidfile',
      path,
      '/var/run/tenshi.pid; none in the foreground',
      'The file to which the daemon writes its process ID. The option -P overrides it, and works in the foreground, too.',
      'A file that names a dead process is replaced. If the tayori or Tenshi that it names still runs, the second one says so and ends. The file is removed at the end, or emptied if the user may not remove it.',
    ),
    (file) => file,
  ),
);
