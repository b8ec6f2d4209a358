#!/usr/bin/env perl
# One program that logs: writes numbered lines to a file, often in halves, until it is told to end.
# usage: writer.pl LOG LOCK NAME SEED FEWEST_SECONDS_UNTIL_REOPENED MOST [PACE]
# With PACE (the longest pause in seconds) each third line is followed by a beat, and each fortieth by an alarm.
# Tells on stdout "open" for each file that it takes up, and "lines N" at its end.
# It writes a few thousand lines a minute: one letter holds 10,000 different messages.
# Each write holds LOCK shared: who copies and empties the log holds it alone, so that nothing is lost between the two.
use strict;
use warnings;
use POSIX qw(strftime);
use Fcntl qw(:flock O_WRONLY O_APPEND O_CREAT);
use Time::HiRes qw(sleep time);

my ($log, $lock_path, $name, $seed, $fewest, $most, $pace) = @ARGV;
srand $seed;
$| = 1;
my $ending = 0;
$SIG{TERM} = sub { $ending = 1 };
open my $lock, '<', $lock_path or die "$lock_path: $!";
my ($file, $reopen_at);
my $line = 0;

sub take_up {
  sysopen $file, $log, O_WRONLY | O_APPEND | O_CREAT, 0644 or die "$log: $!";
  print "open\n";
  undef $reopen_at;
}

sub put {
  my ($bytes) = @_;
  until (flock $lock, LOCK_SH) { die "$lock_path: $!" unless $!{EINTR} }
  my $written = syswrite $file, $bytes;
  die "$log: $!" unless defined $written && $written == length $bytes;
  flock $lock, LOCK_UN;
}

# As a daemon that is told some time after its log was renamed.
sub follow_log {
  my $there = (stat $log)[1];
  if (defined $there && $there == (stat $file)[1]) { undef $reopen_at; return }
  $reopen_at //= time + $fewest + rand($most - $fewest);
  take_up() if time >= $reopen_at;
}

take_up();
until ($ending) {
  my $text = '';
  my $at = strftime '%b %e %H:%M:%S', localtime;
  for (0 .. int rand 3) {
    $line++;
    $text .= "$at web1 torture: writer $name line $line " . 'x' x int(rand(120)) . "\n";
    next unless defined $pace;
    $text .= "$at web1 beat: writer $name, line $line\n" if $line % 3 == 0;
    $text .= "$at web1 alarm: writer $name, line $line\n" if $line % 40 == 0;
  }
  if (rand() < 0.4) {
    my $cut = int rand length $text;
    put(substr $text, 0, $cut);
    sleep rand 0.05;
    put(substr $text, $cut);
  } else {
    put($text);
  }
  follow_log();
  sleep rand($pace // 0.12);
}
print "lines $line\n";
