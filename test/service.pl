# A service manager for tests: starts a program as systemd does one of Type=notify, and writes down what it is told.
#   perl service.pl FOLDER descriptor|program|broken WATCHDOG_USEC PROGRAM ARGS...
# `descriptor`: with the socket connected, as by OpenFile=; `program`: by NOTIFY_SOCKET alone, as systemd 252 does;
# `broken`: with a descriptor that takes no messages.
# FOLDER/told holds a block for each message: its lines, and an empty line.
use strict;
use warnings;
use Socket;
use Fcntl;

my ($folder, $mode, $patience, @program) = @ARGV;
my $address = pack_sockaddr_un("$folder/notify");
my $service = $$;

socket(my $inbox, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($inbox, $address) or die "bind: $!";
if (!fork) {
  open(my $told, '>>', "$folder/told") or die "told: $!";
  $told->autoflush(1);
  while (kill 0, $service) {
    my $ready = '';
    vec($ready, fileno($inbox), 1) = 1;
    select($ready, undef, undef, 0.2) or next;
    recv($inbox, my $message, 65536, 0);
    print $told "$message\n\n";
  }
  exit;
}
if ($mode ne 'program') {
  my $outbox;
  if ($mode eq 'descriptor') {
    socket($outbox, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
    connect($outbox, $address) or die "connect: $!";
    $ENV{PATH} = $folder; # no systemd-notify is found
  } else {
    open($outbox, '<', '/dev/null') or die "null: $!";
  }
  require POSIX;
  POSIX::dup2(fileno($outbox), 3) // die "dup2: $!";
  open(my $third, '>&=', 3) or die "3: $!";
  fcntl($third, F_SETFD, 0);
  @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 1, 'notify');
}
@ENV{qw(NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC)} = ("$folder/notify", $$, $patience);
exec(@program) or die "exec: $!";
