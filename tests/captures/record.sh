#!/usr/bin/env bash
# Records the captures of this folder: two hosts in network namespaces, joined by a veth pair, with real servers and
# clients from Debian's packages. Needs root, and: apt-get install tcpdump nginx-light dnsmasq-base bind9-dnsutils curl
# iproute2 iputils-ping traceroute python3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/hosts.sh"

# ---- hosts that look for each other: ARP, NDP, ICMP, ICMPv6, fragments, IP options, errors that quote
capture ping.pcap $a veth0
$A ping -q -c 2 192.0.2.20 >/dev/null
$A ping -q -c 2 2001:db8::20 >/dev/null
$A ping -q -c 1 -R 192.0.2.20 >/dev/null || true
$A ping -q -c 1 -T tsandaddr 192.0.2.20 >/dev/null || true
$A ping -q -c 1 -s 4000 192.0.2.20 >/dev/null
$A ping -q -c 1 -s 4000 2001:db8::20 >/dev/null
$A python3 - <<'PY'
import socket
for family, address in ((socket.AF_INET, "192.0.2.20"), (socket.AF_INET6, "2001:db8::20")):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.sendto(b"nobody listens here", (address, 9))
    s = socket.socket(family, socket.SOCK_STREAM)
    try:
        s.connect((address, 9))
    except ConnectionRefusedError:
        pass
PY
stop ping.pcap

# ---- names: DNS over UDP and TCP, EDNS, many record types
cat > "$work/dnsmasq.conf" <<'CONF'
no-resolv
no-hosts
port=53
address=/www.example.org/192.0.2.20
address=/www.example.org/2001:db8::20
cname=alias.example.org,www.example.org
host-record=www.example.org,192.0.2.20,2001:db8::20
mx-host=example.org,mail.example.org,10
srv-host=_sip._udp.example.org,www.example.org,5060,5,7
txt-record=example.org,"v=spf1 -all","second text"
ptr-record=20.2.0.192.in-addr.arpa,www.example.org
caa-record=example.org,0,issue,ca.example.org
naptr-record=example.org,100,10,u,E2U+sip,!^.*$!sip:info@example.org!
dns-rr=example.org,65,00010000010003026832
CONF
$B dnsmasq -k -C "$work/dnsmasq.conf" -x "$work/dnsmasq.pid" &
ready $B dig +time=1 +tries=1 @192.0.2.20 example.org
capture dns.pcap $a veth0
for type in A AAAA CNAME MX SRV TXT PTR CAA NAPTR TYPE65; do
  name=example.org
  case $type in A|AAAA) name=www.example.org;; CNAME) name=alias.example.org;; SRV) name=_sip._udp.example.org;; PTR) name=20.2.0.192.in-addr.arpa;; esac
  $A dig +time=1 +tries=1 @192.0.2.20 $name $type >/dev/null || true
done
$A dig +time=1 +tries=1 +tcp @2001:db8::20 www.example.org A >/dev/null || true
$A dig +time=1 +tries=1 +subnet=198.51.100.0/24 +nsid +cookie +padding=128 @192.0.2.20 www.example.org AAAA >/dev/null || true
$A dig +time=1 +tries=1 @192.0.2.20 nothing.invalid A >/dev/null || true
stop dns.pcap

# ---- a web server: HTTP/1 over IPv4 and IPv6, TCP with its usual options
mkdir -p "$work/www"; printf 'Hello, world.\n' > "$work/www/index.html"; head -c 4000 /dev/zero | tr '\0' 'x' > "$work/www/long.txt"
cat > "$work/nginx.conf" <<CONF
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.log;
events {}
http {
  access_log off; default_type text/plain; client_body_temp_path $work/body;
  server { listen 80; listen [::]:80; listen 8081; root $work/www; gzip on; gzip_types text/plain; gzip_min_length 1;
    location /moved { return 301 /index.html; } }
}
CONF
$B nginx -c "$work/nginx.conf" &
ready $B curl -s http://127.0.0.1/
capture http.pcap $a veth0
$A curl -s http://192.0.2.20/index.html http://192.0.2.20/missing -o /dev/null -o /dev/null
$A curl -s -g 'http://[2001:db8::20]/moved?x=1&y=2' -o /dev/null
$A curl -s --compressed http://192.0.2.20:8081/long.txt -o /dev/null
$A curl -s -X POST -H 'Cookie: a=1; b=2' -u user:secret -d 'name=value' http://192.0.2.20/index.html -o /dev/null
$A curl -s -I http://192.0.2.20/ -o /dev/null
stop http.pcap

# ---- the same through Linux cooked capture and its older form
capture cooked.pcap $a any
$A ping -q -c 1 192.0.2.20 >/dev/null
stop cooked.pcap
capture cooked1.pcap $a any "-y LINUX_SLL"
$A ping -q -c 1 2001:db8::20 >/dev/null
stop cooked1.pcap

# ---- groups: IGMP and MLD reports and leaves
capture groups.pcap $a veth0
$A python3 - <<'PY'
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
group = socket.inet_aton("233.252.0.1") + socket.inet_aton("192.0.2.10")
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
s.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, group)
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
group = socket.inet_pton(socket.AF_INET6, "ff0e::1:1") + struct.pack("@I", socket.if_nametoindex("veth0"))
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, group)
PY
sleep 1
stop groups.pcap

# ---- Multipath TCP, where the kernel has it
capture mptcp.pcap $a veth0
$B python3 - <<'PY' &
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("192.0.2.20", 7777)); s.listen()
c, _ = s.accept()
while data := c.recv(4096): c.sendall(data.upper())
PY
$A python3 - <<'PY'
import socket, time
for _ in range(100):
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
        s.connect(("192.0.2.20", 7777)); break
    except ConnectionRefusedError:
        time.sleep(0.05)
s.sendall(b"over several paths"); print(s.recv(4096)); s.close()
PY
stop mptcp.pcap
"$here/generate.py"
chmod 644 "$here"/*.pcap "$here"/*.pcapng
ls -l "$here"/*.pcap "$here"/*.pcapng
