# The bench's client inside the container, in the one language that every Debian image has.
#   perl client.pl probe
#     Each line of standard input is "PORT HOST TARGET". Prints "STATUS LENGTH BODY" for each, the body's first 120 bytes.
#   perl client.pl hold NAME STATUS_PORT STATUS_TARGET FIRST COUNTED MODE PORT HOST TARGET
#     Opens connections, one after the other, and keeps them: MODE idle (the answer has come), waiting (it has not), downloading (its
#     beginning has). Prints "BEFORE AFTER IN_FLIGHT": the private memory in KB of /run/NAME.pid and its children, with FIRST connections
#     and with COUNTED more, and how many requests the server at STATUS_PORT is busy with then.
use strict;
use warnings;
use Socket;

sub open_connection {
    my ($port, $receive) = @_;
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    if ($receive) {
        # Before connecting. With the segments of a network (IPPROTO_TCP, TCP_MAXSEG), or the edge's kernel has room for the whole file on loopback.
        setsockopt($socket, SOL_SOCKET, SO_RCVBUF, $receive);
        setsockopt($socket, 6, 2, 1460);
    }
    connect($socket, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) or die "port $port: $!\n";
    return $socket;
}

sub send_request {
    my ($socket, $host, $target) = @_;
    syswrite($socket, "GET $target HTTP/1.1\r\nHost: $host\r\nAuthorization: Bearer token-of-a-client-4f1d08\r\n\r\n");
}

sub read_answer {
    my ($socket, $host) = @_;
    my ($text, $length) = ('', undef);
    while (sysread($socket, my $piece, 65536)) {
        $text .= $piece;
        my $end = index($text, "\r\n\r\n");
        next if $end < 0;
        ($length) = substr($text, 0, $end) =~ /\r\ncontent-length: *(\d+)/i;
        die "$host: expected an answer with a length, received $text\n" unless defined $length;
        next if length($text) < $end + 4 + $length;
        my ($status) = $text =~ m{^HTTP/1\.\d (\d+)};
        return ($status, $length, substr($text, $end + 4, 120));
    }
    die "$host: the connection was closed after $text\n";
}

sub ask {
    my ($port, $host, $target) = @_;
    my $socket = open_connection($port);
    send_request($socket, $host, $target);
    return read_answer($socket, $host);
}

sub read_file {
    my ($name) = @_;
    open(my $file, '<', $name) or return '';
    local $/;
    return <$file> // '';
}

sub private_kilobytes {
    my ($name) = @_;
    my $master = read_file("/run/$name.pid") + 0;
    my $sum = 0;
    for my $folder (glob '/proc/[0-9]*') {
        my ($pid, $parent) = read_file("$folder/stat") =~ /^(\d+) \(.*\) \S (\d+)/ or next;
        next unless $pid == $master || $parent == $master;
        $sum += $1 if read_file("$folder/status") =~ /^RssAnon:\s+(\d+) kB/m;
    }
    return $sum;
}

sub probe {
    while (my $line = <STDIN>) {
        my ($status, $length, $body) = ask(split ' ', $line);
        $body =~ s/\s+/ /g;
        print "$status $length $body\n";
    }
}

sub hold {
    my ($name, $status_port, $status_target, $first, $counted, $mode, $port, $host, $target) = @_;
    my @kept;
    my $open = sub {
        for (1 .. $_[0]) {
            my $socket = open_connection($port, $mode eq 'downloading' ? 4096 : 0);
            send_request($socket, $host, $target);
            read_answer($socket, $host) if $mode eq 'idle';
            if ($mode eq 'downloading') {
                sysread($socket, my $piece, 512);
                die "$host: expected 200, received $piece\n" unless $piece =~ m{^HTTP/1\.1 200 };
            }
            push @kept, $socket;
        }
        select(undef, undef, undef, 0.4);
    };
    $open->($first);
    my $before = private_kilobytes($name);
    $open->($counted);
    my $after = private_kilobytes($name);
    my (undef, undef, $status) = ask($status_port, 'status.test', $status_target);
    my ($writing) = $status =~ /Writing: (\d+)/;
    print "$before $after ", $writing - 1, "\n";
}

my $command = shift // '';
if ($command eq 'probe') { probe() }
elsif ($command eq 'hold') { hold(@ARGV) }
else { die "expected probe or hold, received $command\n" }
