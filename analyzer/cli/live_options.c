/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_options.c -- the options of the verb live. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/live.h"
#include "analyzer/cli/options.h"

enum { SNAPLEN = 65536 };

enum {
	OPT_BIN = 256,
	OPT_FANOUT,
	OPT_FILTER,
	OPT_FINE,
	OPT_MEMORY,
	OPT_JSON,
	OPT_METRICS,
	OPT_NO_PROMISC,
	OPT_ON_STORM,
	OPT_PORT,
	OPT_RETAIN,
	OPT_RING,
	OPT_ROLLOVERS,
	OPT_SEGMENT,
	OPT_SENSOR,
	OPT_SERVER,
	OPT_TOP,
	OPT_USER,
	OPT_VANTAGE,
	OPT_ZONE_SERVERS,
	OPT_ANONYMIZE
};

static const struct option words[] = {
	{"interface", required_argument, NULL, 'i'},
	{"database", required_argument, NULL, 'd'},
	{"anonymize", required_argument, NULL, OPT_ANONYMIZE},
	{"bin", required_argument, NULL, OPT_BIN},
	{"fanout", required_argument, NULL, OPT_FANOUT},
	{"filter", required_argument, NULL, OPT_FILTER},
	{"fine", required_argument, NULL, OPT_FINE},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"json", no_argument, NULL, OPT_JSON},
	{"metrics", required_argument, NULL, OPT_METRICS},
	{"no-promisc", no_argument, NULL, OPT_NO_PROMISC},
	{"on-storm", required_argument, NULL, OPT_ON_STORM},
	{"port", required_argument, NULL, OPT_PORT},
	{"retain", required_argument, NULL, OPT_RETAIN},
	{"ring", required_argument, NULL, OPT_RING},
	{"rollovers", required_argument, NULL, OPT_ROLLOVERS},
	{"segment", required_argument, NULL, OPT_SEGMENT},
	{"sensor", required_argument, NULL, OPT_SENSOR},
	{"server", required_argument, NULL, OPT_SERVER},
	{"top", no_argument, NULL, OPT_TOP},
	{"user", required_argument, NULL, OPT_USER},
	{"vantage", required_argument, NULL, OPT_VANTAGE},
	{"zone-servers", required_argument, NULL, OPT_ZONE_SERVERS},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static void
print_help(void)
{
	(void)puts(
		"usage: keystorm live -i IFACE... [OPTION]...\n\n"
		"Capture from network interfaces until SIGTERM or SIGINT; each bin is in the database when "
		"it is "
		"over.\n\n"
		"  -i, --interface IFACE  listen there; may be repeated\n"
		"  -d, --database DB      the database (" KS_DATABASE_DEFAULT ")\n"
		"      --bin S            width of the time bins in seconds (60)\n"
		"      --filter BPF       only packets that match, as with tcpdump (what DNS needs)\n"
		"      --fanout N         let the kernel divide the packets of an interface between N rings "
		"(1)\n"
		"      --ring SIZE        buffer of an interface in the kernel (64M)\n"
		"      --retain DAYS      forget what is older (keep all)\n"
		"      --fine DAYS        add up older bins to hours (with --retain 14, else never)\n"
		"      --user NAME        become this user when the interfaces are open\n"
		"      --metrics [ADDR:]PORT  figures for Prometheus at /metrics (of loopback)\n"
		"      --top              a screen of what goes on, or a line for each bin where there is "
		"none\n"
		"      --json             also a JSON line on standard output when a storm begins or ends\n"
		"      --on-storm PROGRAM  start it when a storm begins or ends; facts are in its "
		"environment\n"
		"      --no-promisc       only packets that are meant for this host\n"
		"      --segment S        begin new tables every S seconds (3600)\n"
		"      --server ADDR[/LEN]  count only traffic of these servers; may be repeated\n"
		"      --zone-servers FILE  servers of zones, CSV: zone,address\n"
		"      --port N           a DNS port besides 53; may be repeated\n"
		"      --rollovers FILE   known steps of rollovers, CSV: zone,time,event,tag,note\n"
		"      --sensor NAME      name of the place where it listens\n"
		"      --vantage A|M|R    at one authoritative server, at several, at a resolver (inferred)\n"
		"      --memory SIZE      bound of the tables, such as 2G (512M)\n"
		"      --anonymize KEYFILE  pseudonyms for the addresses of sources; the key is what the "
		"file holds\n"
		"  -q, --quiet            no line at the beginning and at the end");
}

static int
take_interface(struct ks_live_options *options, const char *name)
{
	for (size_t i = 0; i < options->n_interfaces; i++)
		if (strcmp(options->interfaces[i], name) == 0)
			return ks_cli_usage("live", "-i %.100s is there twice", name);
	if (options->n_interfaces == KS_COUNT(options->interfaces))
		return ks_cli_usage("live", "more than %zu interfaces", KS_COUNT(options->interfaces));
	options->interfaces[options->n_interfaces++] = name;
	return KS_EXIT_DONE;
}

static int
take_server(struct ks_live_options *options, const char *text)
{
	struct ks_prefix prefix;
	if (options->n_servers == KS_LIVE_SERVERS_MAX)
		return ks_cli_usage("live", "more than %d --server", KS_LIVE_SERVERS_MAX);
	if (!ks_addr_parse_prefix(text, &prefix.addr, &prefix.bits))
		return ks_cli_usage(
			"live", "--server '%s' is no address or prefix (192.0.2.53, 2001:db8::/48)", text);
	options->servers[options->n_servers++] = prefix;
	return KS_EXIT_DONE;
}

static int
take_port(struct ks_live_options *options, const char *text)
{
	uint64_t number;
	if (!ks_option_number(text, 1, 65535, &number))
		return ks_cli_usage("live", "--port '%s' is no port (1 to 65535)", text);
	if (options->ring.n_ports == KS_COUNT(options->ports))
		return ks_cli_usage("live", "more than %zu ports", KS_COUNT(options->ports));
	options->ports[options->ring.n_ports++] = (uint16_t)number;
	return KS_EXIT_DONE;
}

static int
take_seconds(const char *name, const char *text, uint32_t *ret)
{
	uint64_t number;
	if (!ks_option_number(text, 1, 86400, &number))
		return ks_cli_usage("live", "%s '%s' is no number of seconds (1 to 86400)", name, text);
	*ret = (uint32_t)number;
	return KS_EXIT_DONE;
}

static int
take_days(const char *name, const char *text, uint32_t *ret)
{
	uint64_t number;
	if (!ks_option_number(text, 1, 36500, &number))
		return ks_cli_usage("live", "%s '%s' is no number of days (1 to 36500)", name, text);
	*ret = (uint32_t)number;
	return KS_EXIT_DONE;
}

static int
take_fanout(struct ks_live_options *options, const char *text)
{
	uint64_t number;
	if (!ks_option_number(text, 1, KS_FEED_RINGS, &number))
		return ks_cli_usage("live", "--fanout '%s' is no number of rings (1 to %d)", text,
				    KS_FEED_RINGS);
	options->fanout = (size_t)number;
	return KS_EXIT_DONE;
}

static int
take_ring(struct ks_live_options *options, const char *text)
{
	uint64_t number;
	if (!ks_option_size(text, &number) || number < KS_RING_MIN || number > KS_RING_MAX)
		return ks_cli_usage("live", "--ring '%s' is no size from 1M to 1G (64M)", text);
	options->ring.bytes = (size_t)number;
	return KS_EXIT_DONE;
}

static int
take_memory(struct ks_live_options *options, const char *text)
{
	uint64_t number;
	if (!ks_option_size(text, &number) || number < 2 * KS_MEMORY_MIN || number > SIZE_MAX / 4)
		return ks_cli_usage("live", "--memory '%s' is no size of at least 32M (512M, 2G)", text);
	options->memory_bytes = (size_t)number;
	return KS_EXIT_DONE;
}

/* Take one option; a usage error is printed and returned. */
static int
take(struct ks_live_options *options, int option)
{
	switch (option) {
	case 'i':
		return take_interface(options, optarg);
	case 'd':
		options->database = optarg;
		return KS_EXIT_DONE;
	case OPT_BIN:
		return take_seconds("--bin", optarg, &options->bin_s);
	case OPT_SEGMENT:
		return take_seconds("--segment", optarg, &options->segment_s);
	case OPT_FANOUT:
		return take_fanout(options, optarg);
	case OPT_FILTER:
		options->ring.filter = optarg;
		return KS_EXIT_DONE;
	case OPT_RETAIN:
		return take_days("--retain", optarg, &options->retain_days);
	case OPT_FINE:
		return take_days("--fine", optarg, &options->fine_days);
	case OPT_RING:
		return take_ring(options, optarg);
	case OPT_MEMORY:
		return take_memory(options, optarg);
	case OPT_JSON:
		options->json = true;
		return KS_EXIT_DONE;
	case OPT_METRICS:
		options->metrics = optarg;
		return KS_EXIT_DONE;
	case OPT_ON_STORM:
		options->on_storm = optarg;
		return KS_EXIT_DONE;
	case OPT_NO_PROMISC:
		options->ring.promiscuous = false;
		return KS_EXIT_DONE;
	case OPT_PORT:
		return take_port(options, optarg);
	case OPT_SERVER:
		return take_server(options, optarg);
	case OPT_ROLLOVERS:
		options->rollovers = optarg;
		return KS_EXIT_DONE;
	case OPT_ANONYMIZE:
		options->keyfile = optarg;
		return KS_EXIT_DONE;
	case OPT_SENSOR:
		options->sensor = optarg;
		return KS_EXIT_DONE;
	case OPT_ZONE_SERVERS:
		options->zone_servers = optarg;
		return KS_EXIT_DONE;
	case OPT_TOP:
		options->top = true;
		return KS_EXIT_DONE;
	case OPT_USER:
		options->user = optarg;
		return KS_EXIT_DONE;
	case OPT_VANTAGE:
		if (strlen(optarg) != 1 || strchr("AMR", optarg[0]) == NULL)
			return ks_cli_usage("live", "--vantage '%s' is none of A, M, R", optarg);
		options->vantage = optarg[0];
		return KS_EXIT_DONE;
	case 'q':
		options->quiet = true;
		return KS_EXIT_DONE;
	case 'h':
		options->help = true;
		return KS_EXIT_DONE;
	default:
		return KS_EXIT_USAGE;
	}
}

static int
check(struct ks_live_options *options, int argc, char **argv)
{
	if (optind < argc)
		return ks_cli_usage("live", "'%s' is one argument too many", argv[optind]);
	if (options->n_interfaces == 0)
		return ks_cli_usage("live", "which interface? -i NAME");
	if (options->n_interfaces * options->fanout > KS_FEED_RINGS)
		return ks_cli_usage("live", "%zu interfaces with --fanout %zu: more than %d rings",
				    options->n_interfaces, options->fanout, KS_FEED_RINGS);
	if (options->ring.bytes / options->fanout < KS_RING_MIN)
		return ks_cli_usage("live", "--ring is less than 1M for each of --fanout %zu",
				    options->fanout);
	if (options->fine_days == 0 && options->retain_days != 0)
		options->fine_days = KS_LIVE_FINE_DAYS;
	/* A bin must not be torn in two. */
	options->segment_s = (options->segment_s + options->bin_s - 1) / options->bin_s * options->bin_s;
	return KS_EXIT_DONE;
}

int
ks_live_options_parse(int argc, char **argv, struct ks_live_options *ret)
{
	*ret = (struct ks_live_options){
		.database = KS_DATABASE_DEFAULT,
		.ring = {.bytes = KS_RING_DEFAULT, .snaplen = SNAPLEN, .promiscuous = true, .n_ports = 1},
		.ports = {53},
		.fanout = 1,
		.bin_s = KS_LIVE_BIN_S,
		.segment_s = KS_LIVE_SEGMENT_S,
		.memory_bytes = KS_MEMORY_DEFAULT,
		.sensor = "",
		.servers = calloc(KS_LIVE_SERVERS_MAX, sizeof(struct ks_prefix)),
	};
	ret->ring.ports = ret->ports;
	if (ret->servers == NULL)
		return ks_cli_usage("live", "no memory");
	for (int option; (option = ks_option_next("live", argc, argv, ":i:d:qh", words)) != -1;) {
		const int status = take(ret, option);
		if (status != KS_EXIT_DONE)
			return status;
	}
	if (ret->help) {
		print_help();
		return KS_EXIT_DONE;
	}
	return check(ret, argc, argv);
}

void
ks_live_options_done(struct ks_live_options *options)
{
	free(options->servers);
}
