#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# names.pl >OUT.pcap -- DNSKEY queries and answers for names that mean something to browsers, spreadsheets, terminals
# and shells. Raw IPv4, no checksums of UDP (RFC 768 allows 0).
use strict;
use warnings;
binmode STDOUT;

my @labels = (
	'<ks-evil onmouseover=alert(1)>', '</script><script>alert(1)</script>', '"><ks-evil x="', "'><ks-evil>", ']]><ks-evil/>',
	'&lt;ks-evil&gt;', '--><ks-evil>', '</title><ks-evil>', '${jndi:x}{{7*7}}', '=1+cmd|\' /C calc\'!A0', '+1+1', '-2+3', '@SUM(A1)',
	"\t=1+1", "\r=1+1", "\x1b]0;ks\x07\x1b[31m", "\x9b31m", "\x00\x01\x7f", "\xe2\x80\xae\xe2\x80\x8b", "\xff\xfe\xef\xbf\xbf", '";--\'', '$(id)`id`',
	'\\', '.', ' ', ',,"', "a\nb",
);
my $t = 1795301220;
print pack('VvvlVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101);

sub frame {
	my ($at, $from, $to, $sport, $dport, $dns) = @_;
	my $udp = pack('nnnn', $sport, $dport, 8 + length $dns, 0) . $dns;
	my $ip = pack('CCnnnCCna4a4', 0x45, 0, 20 + length $udp, 1, 0, 64, 17, 0, $from, $to);
	my $sum = 0;
	$sum += $_ for unpack 'n*', $ip;
	$sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
	substr($ip, 10, 2) = pack 'n', ~$sum & 0xffff;
	my $packet = $ip . $udp;
	print pack('VVVV', $t + int($at), ($at - int $at) * 1e6, length $packet, length $packet), $packet;
}

my $id = 0;
for my $i (0 .. 299) {
	my $label = $labels[$i % @labels];
	my $qname = pack('C', length $label) . $label . "\4evil\0";
	my $question = $qname . pack('nn', $i % 5 == 4 ? 65280 : 48, 1);
	my ($resolver, $server) = (pack('C4', 203, 0, 113, 1 + $i % 3), pack('C4', 192, 0, 2, 53));
	$id++;
	frame($i / 10, $resolver, $server, 4096 + $i, 53, pack('n6', $id, 0, 1, 0, 0, 1) . $question . pack('CnnNn', 0, 41, 1232, 0x8000, 0));
	# Every other answer carries a DNSKEY, the others an extended error.
	my $ede = pack('nnn', 15, 2 + length $label, 6) . $label;
	my $rr = $i % 2 ? "\xc0\x0c" . pack('nnNnnCC', 48, 1, 3600, 4 + 32, 257, 3, 15) . ('k' x 32) : '';
	frame($i / 10 + 0.01, $server, $resolver, 53, 4096 + $i,
		pack('n6', $id, 0x8400 | ($i % 2 ? 0 : 2), 1, $i % 2, 0, 1) . $question . $rr . pack('CnnNn', 0, 41, 1232, 0x8000, length $ede) . $ede);
}
