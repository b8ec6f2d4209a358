# Reads a JSON array of [regex, line] from standard input and writes what Perl says of each: an array of
# {"refused": text} | {"found": false} | {"found": true, "start", "end", "groups": [[start, end] | null], "masked"}.
# Regexes and lines are characters; /aa keeps \w, \d, \s and the case of ASCII letters to ASCII. [regex, line, "text"]:
# the regex stands in the text of a program, where \Q...\E means quoting; it may hold no variable.
use strict;
use warnings;
no warnings 'regexp';
use JSON::PP;

my $MASK = '______';
my $json = JSON::PP->new->utf8;
my $pairs = $json->decode(do { local $/; <STDIN> });
print $json->encode([map { judge(@$_) } @$pairs]);

sub judge {
  my ($source, $line, $how) = @_;
  my $regex = do {
    local $SIG{__WARN__} = sub { };
    ($how // '') eq 'text' ? eval "use utf8; qr\x01$source\x01aa" : eval { qr/$source/aa };
  };
  return { refused => "$@" } unless defined $regex;
  local $SIG{__WARN__} = sub { };
  my @enclosing = enclosing($source);
  my ($start, $end, @groups);
  my $found = eval {
    return 0 unless $line =~ $regex;
    ($start, $end) = ($-[0], $+[0]);
    @groups = map { defined $-[$_] && defined $+[$_] ? [$-[$_], $+[$_]] : undef } 1 .. @enclosing;
    1;
  };
  return { refused => "$@" } unless defined $found;
  return { found => JSON::PP::false } unless $found;
  return {
    found => JSON::PP::true,
    start => $start,
    end => $end,
    groups => \@groups,
    masked => masked($line, \@groups, \@enclosing),
  };
}

# The outermost groups that took part are masked by place; places that overlap as one, places that touch apart.
sub masked {
  my ($line, $groups, $enclosing) = @_;
  my @places;
  for my $i (0 .. $#$groups) {
    next unless $groups->[$i];
    my $outer = $enclosing->[$i];
    $outer = $enclosing->[$outer] while defined $outer && !$groups->[$outer];
    push @places, [@{ $groups->[$i] }] unless defined $outer;
  }
  my @joined;
  for my $place (sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } @places) {
    if (@joined && $place->[0] < $joined[-1][1]) {
      $joined[-1][1] = $place->[1] if $place->[1] > $joined[-1][1];
    } else {
      push @joined, $place;
    }
  }
  substr($line, $_->[0], $_->[1] - $_->[0]) = $MASK for reverse @joined;
  return $line;
}

# For each capture group the index of the one around it, found by counting parentheses.
sub enclosing {
  my ($source) = @_;
  my (@found, @open, @modifiers);
  my ($count, $plain, $free) = (0, 0, 0);
  pos($source) = 0;
  while (pos($source) < length $source) {
    if ($source =~ /\G\\Q.*?(?:\\E|\z)/gcs || $source =~ /\G\\./gcs) { next }
    if ($source =~ /\G\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]/gcs) { next }
    if ($source =~ /\G\(\?#[^)]*\)/gc) { next }
    if ($free && $source =~ /\G#[^\n]*/gc) { next }
    if ($source =~ /\G\(\?(\^?)([a-z]*)(?:-([a-z]*))?\)/gc) {
      $plain = 0 if $1;
      $free = 0 if $1;
      $plain = 1 if $2 =~ /n/;
      $free = 1 if $2 =~ /x/;
      $plain = 0 if ($3 // '') =~ /n/;
      $free = 0 if ($3 // '') =~ /x/;
      next;
    }
    if ($source =~ /\G\((?=\?(?:P?<\w|'))/gc || (!$plain && $source =~ /\G\((?![?*])/gc)) {
      my ($outer) = grep { defined } map { $_->{group} } reverse @open;
      $found[$count] = $outer unless exists $found[$count];
      push @open, { group => $count++, plain => $plain, free => $free };
      next;
    }
    if ($source =~ /\G\(\?(?:\((?:\d+|<\w+>|'\w+'|R\d*|R&\w+|DEFINE)\)|(?=\(\?))/gc) {
      push @open, { plain => $plain, free => $free };
      next;
    }
    if ($source =~ /\G\(\?\|/gc) {
      push @open, { plain => $plain, free => $free, first => $count, last => $count };
      next;
    }
    if ($source =~ /\G\((?:\?(\^?)([a-z]*)(?:-([a-z]*))?:)?/gc) {
      push @open, { plain => $plain, free => $free };
      $free = 1 if ($2 // '') =~ /x/;
      $plain = 1 if ($2 // '') =~ /n/;
      $free = 0 if ($3 // '') =~ /x/;
      next;
    }
    if ($source =~ /\G\)/gc) {
      my $closed = pop @open or next;
      ($plain, $free) = @$closed{qw(plain free)};
      $count = $closed->{last} if defined $closed->{last} && $closed->{last} > $count;
      next;
    }
    if ($source =~ /\G\|/gc) {
      if (@open && defined $open[-1]{first}) {
        $open[-1]{last} = $count if $count > $open[-1]{last};
        $count = $open[-1]{first};
      }
      next;
    }
    $source =~ /\G./gcs;
  }
  $#found = $count - 1 if @found < $count;
  return @found;
}
