/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/edns.h"

static void
read_option(struct ks_edns *edns, uint16_t code, struct ks_span value)
{
	switch (code) {
	case KS_OPT_NSID:
		if ((edns->options & KS_EDNS_NSID) == 0)
			edns->nsid = value;
		edns->options |= KS_EDNS_NSID;
		break;
	case KS_OPT_CLIENT_SUBNET:
		edns->options |= KS_EDNS_CLIENT_SUBNET;
		break;
	case KS_OPT_COOKIE:
		edns->options |= KS_EDNS_COOKIE;
		/* RFC 7873 s4.2: eight octets of the client, then 8 to 32 of the server. */
		edns->server_cookie = value.n >= 16 && value.n <= 40;
		break;
	case KS_OPT_PADDING:
		edns->options |= KS_EDNS_PADDING;
		break;
	case KS_OPT_KEY_TAG:
		edns->options |= KS_EDNS_KEY_TAG;
		edns->key_tags = value;
		break;
	case KS_OPT_EDE:
		if ((edns->options & KS_EDNS_EDE) == 0 && value.n >= 2) {
			edns->ede = (uint16_t)(value.at[0] << 8 | value.at[1]);
			edns->options |= KS_EDNS_EDE;
		}
		break;
	case KS_OPT_REPORT_CHANNEL:
		edns->options |= KS_EDNS_REPORT_CHANNEL;
		edns->report_channel = value;
		break;
	default:
		edns->options |= KS_EDNS_UNKNOWN;
		break;
	}
}

void
ks_edns_read(struct ks_edns *edns, uint16_t rr_class, uint32_t rr_ttl, struct ks_cur rdata)
{
	if (edns->records != UINT16_MAX)
		edns->records++;
	if (edns->records > 1)
		return;
	edns->udp_size = rr_class;
	edns->rcode_upper = (uint8_t)(rr_ttl >> 24);
	edns->version = (uint8_t)(rr_ttl >> 16);
	edns->dnssec_ok = (rr_ttl & 0x8000) != 0;
	while (ks_cur_left(&rdata) > 0) {
		const uint16_t code = ks_cur_u16(&rdata);
		const uint16_t n = ks_cur_u16(&rdata);
		const uint8_t *const at = ks_cur_take(&rdata, n);
		if (rdata.failed) {
			edns->malformed = true;
			return;
		}
		read_option(edns, code, (struct ks_span){at, n});
	}
}
