#!/usr/bin/env bash
# Records sessions between real programs into the folder sessions/: TLS with its keys, HTTP/2, WebSocket, FTP in all its
# modes, SSH, DHCP, NTP, TFTP, a VXLAN tunnel, OSPF, L2TP, LLDP, SIP with its media. Needs root, python3 with pip, and: apt-get install tcpdump nginx-light
# curl nghttp2-client nghttp2-server nghttp2-proxy openssl vsftpd openssh-server openssh-client dnsmasq-base isc-dhcp-client chrony bird2 xl2tpd lldpd sip-tester iproute2 iputils-ping
# `record-sessions.sh ftp ssh` records only these.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)/sessions
mkdir -p "$here"
. "$here/../hosts.sh"
wanted=" ${*:-tls http2 websocket ftp ssh dhcp ntp tftp vxlan ospf l2tp lldp sip} "
asked() { case $wanted in *" $1 "*) echo "recording $1";; *) return 1;; esac; }

# ---- certificates of our own: an authority, a server with several names, a client
certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/C=DE/O=Wirelens/CN=Test Authority" \
    -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/O=Wirelens/CN=www.example.org" \
    -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
  openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'subjectAltName=DNS:www.example.org,DNS:*.example.org,IP:192.0.2.20\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\nauthorityInfoAccess=OCSP;URI:http://ocsp.example.org/\ncrlDistributionPoints=URI:http://crl.example.org/a.crl') \
    -out "$work/server.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/O=Wirelens/CN=a client" -keyout "$work/client.key" -out "$work/client.csr" 2>/dev/null
  openssl x509 -req -in "$work/client.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 3650 -out "$work/client.pem" 2>/dev/null
  cat "$work/server.pem" "$work/ca.pem" > "$work/chain.pem"
}

web() {
  certificates
  mkdir -p "$work/www"; printf 'Hello, world.\n' > "$work/www/index.html"; head -c 40000 /dev/zero | tr '\0' 'x' > "$work/www/long.txt"
  cat > "$work/web.conf" <<CONF
daemon off; master_process off; pid $work/web.pid; error_log $work/web.log;
events {}
http {
  access_log off; default_type text/plain; client_body_temp_path $work/body; gzip on; gzip_types text/plain; gzip_min_length 1;
  ssl_certificate $work/chain.pem; ssl_certificate_key $work/server.key; ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 80 http2; root $work/www; location /moved { return 301 /index.html; } }
  server { listen 443 ssl http2; listen [::]:443 ssl http2; root $work/www; }
  server { listen 8443 ssl; root $work/www; ssl_client_certificate $work/ca.pem; ssl_verify_client on; }
}
CONF
  $B nginx -c "$work/web.conf" &
  ready $B curl -s --http2-prior-knowledge http://127.0.0.1/
}

case $wanted in *" tls "*|*" http2 "*) web;; esac

# ---- TLS 1.3 and 1.2, resumption, a client's certificate, an alert; the keys stay beside it
if asked tls; then
  capture tls.pcap $a veth0
  at() { $A curl -s --cacert "$work/ca.pem" --connect-to ::192.0.2.20 -o /dev/null "$@"; }
  export SSLKEYLOGFILE="$work/tls.keys"
  at https://www.example.org/index.html https://www.example.org/long.txt -o /dev/null
  at --tls-max 1.2 https://www.example.org/index.html
  at --tls-max 1.2 --ciphers ECDHE-ECDSA-CHACHA20-POLY1305 --http1.1 https://www.example.org/index.html
  at --cert "$work/client.pem" --key "$work/client.key" https://www.example.org:8443/index.html
  at --tls-max 1.2 --cert "$work/client.pem" --key "$work/client.key" https://www.example.org:8443/index.html
  $A curl -s --resolve unknown.invalid:443:192.0.2.20 https://unknown.invalid/ -o /dev/null || true
  $A openssl s_client -connect '[2001:db8::20]:443' -tls1_1 -cipher ALL@SECLEVEL=0 </dev/null >/dev/null 2>&1 || true
  $A openssl s_client -connect 192.0.2.20:443 -tls1_2 -sess_out "$work/session" -servername www.example.org -keylogfile "$work/more.keys" </dev/null >/dev/null 2>&1 || true
  $A openssl s_client -connect 192.0.2.20:443 -tls1_2 -sess_in "$work/session" -servername www.example.org -keylogfile "$work/more.keys" </dev/null >/dev/null 2>&1 || true
  unset SSLKEYLOGFILE
  stop tls.pcap
  cat "$work/tls.keys" "$work/more.keys" | grep -v '^#' | sort -u > "$here/tls.keys"

  $B openssl s_server -dtls1_2 -accept 4433 -cert "$work/server.pem" -key "$work/server.key" -quiet >/dev/null 2>&1 &
  sleep 0.5
  capture dtls.pcap $a veth0
  printf 'over datagrams\n' | $A timeout 3 openssl s_client -dtls1_2 -connect 192.0.2.20:4433 >/dev/null 2>&1 || true
  stop dtls.pcap
fi

# ---- HTTP/2 in clear: with prior knowledge and by an upgrade, several streams at once, bodies there and back, gzip
if asked http2; then
  $B nghttpd --no-tls -d "$work/www" --echo-upload --trailer 'checksum: none' 8000 >/dev/null 2>&1 &
  ready $A nghttp -n http://192.0.2.20:8000/index.html
  $B nghttpx -f '*,8001;no-tls' -b '127.0.0.1,8000;;proto=h2' --no-ocsp >/dev/null 2>&1 &
  ready $A nghttp -n http://192.0.2.20:8001/index.html
  capture http2.pcap $a veth0
  $A curl -sS --http2-prior-knowledge --compressed http://192.0.2.20/long.txt -o /dev/null
  $A curl -sS --http2-prior-knowledge http://192.0.2.20/moved -o /dev/null
  $A nghttp -n http://192.0.2.20:8000/index.html http://192.0.2.20:8000/long.txt http://192.0.2.20:8000/missing
  $A nghttp -nu http://192.0.2.20:8001/index.html http://192.0.2.20:8001/long.txt
  $A nghttp -n -H 'cookie: a=1; b=2' -H 'content-type: text/plain' -d "$work/www/index.html" http://192.0.2.20:8000/echo
  stop http2.pcap
fi

# ---- WebSocket: text and binary, fragments, ping, close, with and without compression
if asked websocket; then
  python3 -m venv "$work/venv" && "$work/venv/bin/pip" -q install websockets
  cat > "$work/server.py" <<'PY'
import asyncio, websockets
async def echo(socket, *_):
    async for message in socket:
        await socket.send(message)
async def main():
    async with websockets.serve(echo, "192.0.2.20", 8080):
        await asyncio.Future()
asyncio.run(main())
PY
  cat > "$work/client.py" <<'PY'
import asyncio, websockets
async def talk(compression):
    async with websockets.connect("ws://192.0.2.20:8080/chat", compression=compression, subprotocols=None) as socket:
        for message in ("hello", b"\x00\x01binary", "the same words, the same words, " * 40, ["in ", "three ", "parts"]):
            await socket.send(message)
            await socket.recv()
        await (await socket.ping(b"are you there"))
asyncio.run(talk("deflate"))
asyncio.run(talk(None))
PY
  $B "$work/venv/bin/python" "$work/server.py" &
  ready $A python3 -c 'import socket; socket.create_connection(("192.0.2.20", 8080), 1)'
  capture websocket.pcap $a veth0
  $A "$work/venv/bin/python" "$work/client.py"
  stop websocket.pcap
fi

# ---- FTP: passive and active, IPv4 and IPv6, a listing, a file there and back
if asked ftp; then
  mkdir -p "$work/ftp/pub"; printf 'a file\n' > "$work/ftp/pub/file.txt"; chmod 555 "$work/ftp"; chmod 777 "$work/ftp/pub"; chmod 755 "$work"
  mkdir -p /var/run/vsftpd/empty
  cat > "$work/vsftpd.conf" <<CONF
listen=NO
listen_ipv6=YES
anonymous_enable=YES
anon_root=$work/ftp
anon_upload_enable=YES
write_enable=YES
no_anon_password=YES
connect_from_port_20=YES
background=NO
seccomp_sandbox=NO
CONF
  chown root "$work/vsftpd.conf"
  $B vsftpd "$work/vsftpd.conf" &
  ready $A python3 -c 'import socket; socket.create_connection(("192.0.2.20", 21), 1)'
  capture ftp.pcap $a veth0
  $A curl -s ftp://192.0.2.20/pub/ -o /dev/null
  $A curl -s --disable-epsv ftp://192.0.2.20/pub/file.txt -o /dev/null
  $A curl -s --ftp-port - --disable-eprt ftp://192.0.2.20/pub/file.txt -o /dev/null
  $A curl -s --ftp-port - 'ftp://[2001:db8::20]/pub/file.txt' -o /dev/null
  $A curl -s -T "$work/ftp/pub/file.txt" 'ftp://[2001:db8::20]/pub/copy.txt' -o /dev/null || true
  $A curl -s ftp://192.0.2.20/pub/missing -o /dev/null || true
  stop ftp.pcap
fi

# ---- SSH: a command by a key
if asked ssh; then
  ssh-keygen -q -t ed25519 -N '' -f "$work/host"; ssh-keygen -q -t ed25519 -N '' -f "$work/user"
  mkdir -p /run/sshd
  cat > "$work/sshd.conf" <<CONF
HostKey $work/host
AuthorizedKeysFile $work/user.pub
StrictModes no
PermitRootLogin yes
PidFile none
CONF
  $B /usr/sbin/sshd -D -f "$work/sshd.conf" &
  ready $A python3 -c 'import socket; socket.create_connection(("192.0.2.20", 22), 1)'
  capture ssh.pcap $a veth0
  for kex in curve25519-sha256 diffie-hellman-group-exchange-sha256; do
    $A ssh -q -i "$work/user" -o KexAlgorithms=$kex -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes 192.0.2.20 true || true
  done
  stop ssh.pcap
fi

# ---- DHCP for both versions of IP
if asked dhcp; then
  $B dnsmasq -k -C /dev/null -p 0 -i veth0 --bind-interfaces --dhcp-range=192.0.2.100,192.0.2.150,1h \
    --dhcp-range=2001:db8::100,2001:db8::150,64,1h --dhcp-option=option:dns-server,192.0.2.20 --dhcp-option=option:domain-search,example.org,example.net \
    --dhcp-option=option:ntp-server,192.0.2.20 --dhcp-option=option:classless-static-route,198.51.100.0/24,192.0.2.20 --dhcp-option=option6:dns-server,[2001:db8::20] \
    --dhcp-leasefile="$work/leases" -x "$work/dhcp.pid" >/dev/null 2>&1 &
  ready test -s "$work/dhcp.pid"
  printf 'send host-name "client";\nrequest subnet-mask, broadcast-address, routers, domain-name-servers, domain-search, rfc3442-classless-static-routes, ntp-servers;\n' > "$work/dhclient.conf"
  capture dhcp.pcap $a veth0
  for version in -4 -6; do
    $A timeout 20 dhclient $version -1 -v -cf "$work/dhclient.conf" -sf /bin/true -lf "$work/client$version.leases" -pf "$work/client$version.pid" veth0 >/dev/null 2>&1 || true
    $A dhclient $version -r -cf "$work/dhclient.conf" -sf /bin/true -lf "$work/client$version.leases" -pf "$work/client$version.pid" veth0 >/dev/null 2>&1 || true
  done
  stop dhcp.pcap
fi

# ---- NTP
if asked ntp; then
  printf 'local stratum 8\nallow all\ncmdport 0\nbindaddress 192.0.2.20\npidfile %s\n' "$work/chrony.pid" > "$work/chrony.conf"
  $B chronyd -x -d -u root -f "$work/chrony.conf" >/dev/null 2>&1 &
  ready test -s "$work/chrony.pid"
  capture ntp.pcap $a veth0
  $A timeout 20 chronyd -x -Q -t 8 -u root "server 192.0.2.20 iburst maxsamples 2" "pidfile $work/query.pid" "cmdport 0" >/dev/null 2>&1 || true
  stop ntp.pcap
fi

# ---- TFTP: a file with options and without, one that is not taken
if asked tftp; then
  mkdir -p "$work/tftp"; head -c 3000 /dev/zero | tr '\0' 'y' > "$work/tftp/file"; chmod -R a+rX "$work"
  $B dnsmasq -k -C /dev/null -p 0 --enable-tftp --tftp-root="$work/tftp" --user=root -x "$work/tftp.pid" >/dev/null 2>&1 &
  ready test -s "$work/tftp.pid"
  capture tftp.pcap $a veth0
  $A curl -s tftp://192.0.2.20/file -o /dev/null
  $A curl -s --tftp-blksize 1024 tftp://192.0.2.20/file -o /dev/null
  # The server takes no files. Of one that is missing it would tell the path of its folder.
  $A curl -s --tftp-no-options -T "$work/tftp/file" tftp://192.0.2.20/file || true
  stop tftp.pcap
fi

# ---- a VXLAN tunnel, seen from outside
if asked vxlan; then
  ip -n $a link add vxlan7 type vxlan id 7 local 192.0.2.10 remote 192.0.2.20 dstport 4789 dev veth0
  ip -n $b link add vxlan7 type vxlan id 7 local 192.0.2.20 remote 192.0.2.10 dstport 4789 dev veth0
  ip -n $a addr add 198.51.100.10/24 dev vxlan7; ip -n $b addr add 198.51.100.20/24 dev vxlan7
  capture vxlan.pcap $a veth0
  ip -n $a link set vxlan7 up; ip -n $b link set vxlan7 up
  $A ping -q -c 2 -i 0.2 198.51.100.20 >/dev/null
  $A ping -q -c 1 -s 3000 198.51.100.20 >/dev/null
  stop vxlan.pcap
  ip -n $a link del vxlan7; ip -n $b link del vxlan7
fi

# ---- OSPF, versions 2 and 3, with authentication, to the full exchange
if asked ospf; then
  for host in a b; do
    [ $host = a ] && router=192.0.2.10 namespace=$a || router=192.0.2.20 namespace=$b
    cat > "$work/bird-$host.conf" <<CONF
router id $router;
protocol device {}
protocol static s4 { ipv4; route 198.51.100.0/24 blackhole; }
protocol static s6 { ipv6; route 2001:db8:1::/48 blackhole; }
protocol ospf v2 o2 { ipv4 { export all; }; area 0 { interface "veth0" { hello 1; dead 4; wait 2; authentication cryptographic; password "secret" { algorithm hmac sha256; }; }; stubnet 203.0.113.0/28; }; }
protocol ospf v3 o3 { ipv6 { export all; }; area 0 { interface "veth0" { hello 1; dead 4; wait 2; }; }; }
CONF
    ip netns exec $namespace bird -f -c "$work/bird-$host.conf" -s "$work/bird-$host.ctl" -P "$work/bird-$host.pid" >/dev/null 2>&1 &
    [ $host = a ] && capture ospf.pcap $a veth0
  done
  full() { [ "$($A birdc -s "$work/bird-a.ctl" show ospf neighbors "$1" | grep -c Full)" = 1 ]; }
  ready full o2; ready full o3
  stop_when_quiet() { sleep 3; kill -INT $pid; wait $pid || true; cp "$work/$1" "$here/$1"; }
  stop_when_quiet ospf.pcap
fi

# ---- L2TP: a control connection with challenges, a call, both ended
if asked l2tp; then
  printf '* * secret\n' > "$work/l2tp-secrets"; printf 'noauth\nnodetach\n' > "$work/ppp-options"
  common="challenge = yes
length bit = yes
require authentication = no
pppoptfile = $work/ppp-options"
  printf '[global]\nlisten-addr = 192.0.2.20\nauth file = %s\n[lns default]\nhostname = lns\nip range = 198.51.100.10-198.51.100.20\nlocal ip = 198.51.100.1\n%s\n' "$work/l2tp-secrets" "$common" > "$work/lns.conf"
  printf '[global]\nlisten-addr = 192.0.2.10\nauth file = %s\n[lac server]\nhostname = lac\nlns = 192.0.2.20\n%s\n' "$work/l2tp-secrets" "$common" > "$work/lac.conf"
  $B xl2tpd -D -c "$work/lns.conf" -p "$work/lns.pid" -C "$work/lns.control" >/dev/null 2>&1 &
  $A xl2tpd -D -c "$work/lac.conf" -p "$work/lac.pid" -C "$work/lac.control" >/dev/null 2>&1 &
  ready test -p "$work/lns.control"; ready test -p "$work/lac.control"
  capture l2tp.pcap $a veth0
  # Without the kernel's PPP the call ends as soon as it is there.
  printf 'c server\n' > "$work/lac.control"; sleep 2
  printf 'd server\n' > "$work/lac.control"; sleep 1
  stop l2tp.pcap
fi

# ---- LLDP with what IEEE 802.3 and LLDP-MED put into it; the last says that there will be no more
if asked lldp; then
  mkdir -p /run/lldpd
  $A lldpd -d -S "a station" -P "a platform" -M 3 -I veth0 -u "$work/lldp.socket" -O /dev/null >/dev/null 2>&1 &
  station=$!
  ready test -S "$work/lldp.socket"
  cli() { $A lldpcli -u "$work/lldp.socket" configure "$@" >/dev/null; }
  cli system hostname station.example.org
  cli inventory hardware-revision 1.0; cli inventory firmware-revision 2.0; cli inventory software-revision 3.0; cli inventory serial-number 12345
  cli inventory manufacturer "a manufacturer"; cli inventory model "a model"; cli inventory asset 7
  cli ports veth0 med policy application voice tagged vlan 7 priority voice dscp 46
  cli ports veth0 med location coordinate latitude 48.85667N longitude 2.2014E altitude 117.47 m datum WGS84
  cli ports veth0 med location address country DE language de city Berlin street Teststreet number 7
  cli ports veth0 med location elin 4930123456
  cli ports veth0 med power pd source pse priority high value 5000
  cli ports veth0 dot3 power pd supported enabled powerpairs spare class class-3 type 2 source local priority low requested 10000 allocated 15000
  cli ports veth0 lldp custom-tlv oui 33,44,55 subtype 4 oui-info 1,2,3
  capture lldp.pcap $a veth0
  $A lldpcli -u "$work/lldp.socket" update >/dev/null; sleep 3
  kill $station; wait $station || true
  stop lldp.pcap
fi

# ---- SIP: a registration with Digest, a call with its media (RTP there and back, a telephone event, RTCP), a call over TCP and IPv6
if asked sip; then
  cat > "$work/scenarios.py" <<'PY'
import struct, sys, zlib
work = sys.argv[1]
def scenario(name, *steps):
    with open(f"{work}/{name}.xml", "w") as file:
        file.write('<?xml version="1.0"?><scenario name="%s">%s</scenario>' % (name, "".join(steps)))
def send(text, extra=""):
    return "<send%s><![CDATA[\n\n%s\n\n]]></send>" % (extra, text.strip())
def request(method, number, to="", more="", body=""):
    text = f"""{method} sip:bob@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: "Alice" <sip:alice@example.org>;tag=[call_number]
To: Bob <sip:bob@example.org>{to}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>;expires=60
Max-Forwards: 70
User-Agent: SIPp
{more}Content-Length: [len]

{body}"""
    return send(text)
def answer(line, more="", body="", tag=";tag=8321"):
    return send(f"""SIP/2.0 {line}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>
{more}Content-Length: [len]

{body}""")
sdp = """v=0
o=user 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 96
a=rtpmap:8 PCMA/8000
a=rtpmap:96 telephone-event/8000
a=fmtp:96 0-15
a=ptime:20
a=sendrecv"""
typed = "Content-Type: application/sdp\n"
scenario("register", request("REGISTER", 1), '<recv response="401" auth="true"/>', request("REGISTER", 2, "", "[authentication username=alice password=secret]\n"), '<recv response="200"/>')
scenario("registrar", '<recv request="REGISTER"/>', answer("401 Unauthorized", 'WWW-Authenticate: Digest realm="example.org", nonce="84a4cc6f3082121f32b42a2187831a9e", algorithm=MD5, qop="auth"\n'),
         '<recv request="REGISTER"/>', answer("200 OK"))
play = '<nop><action><exec play_pcap_audio="%s/%s.pcap"/></action></nop><pause milliseconds="%d"/>'
scenario("call", request("INVITE", 1, "", "Allow: INVITE, ACK, BYE, OPTIONS\nSupported: timer, 100rel\n" + typed, sdp), '<recv response="100" optional="true"/>', '<recv response="180" optional="true"/>', '<recv response="200"/>',
         request("ACK", 1, "[peer_tag_param]"), play % (work, "voice", 300), play % (work, "event", 300), request("BYE", 2, "[peer_tag_param]", 'Reason: Q.850;cause=16;text="Normal call clearing"\n'), '<recv response="200"/>')
scenario("callee", '<recv request="INVITE"/>', answer("100 Trying", tag=""), answer("180 Ringing"), answer("200 OK", "Server: SIPp\n" + typed, sdp), '<recv request="ACK"/>', '<recv request="BYE"/>', answer("200 OK", tag=""))
def media(name, packets):
    with open(f"{work}/{name}.pcap", "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for at, rtp in packets:
            udp = struct.pack(">HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, b"\xc0\0\2\x0a", b"\xc0\0\2\x14") + udp
            frame = bytes(12) + b"\x08\0" + ip
            file.write(struct.pack("<IIII", 0, at * 20000, len(frame), len(frame)) + frame)
def rtp(kind, number, time, payload, marked=0):
    return struct.pack(">BBHII", 0x80, marked << 7 | kind, number, time, 0x1234abcd) + payload
media("voice", [(n, rtp(8, 65530 + n & 0xffff, 160 * n, bytes([0xd5]) * 160, n == 0)) for n in range(10)])
media("event", [(n, rtp(96, 4 + n, 1600, struct.pack(">BBH", 5, (n == 4) << 7 | 10, 160 * (n + 1)), n == 0)) for n in range(5)])
PY
  python3 "$work/scenarios.py" "$work"
  cat > "$work/rtcp.py" <<'PY'
import socket, struct, sys
def packet(count, kind, body):
    return struct.pack(">BBH", 0x80 | count, kind, len(body) // 4) + body
report = struct.pack(">IIIIII", 0x1234abcd, 0xe243ee6a, 0xe49abb01, 1600, 10, 1600) + struct.pack(">IIIIII", 0x1234abcd, 0, 0x1_0003, 5, 0, 0)
name = struct.pack(">I", 0x1234abcd) + b"\1\7alice@x" + bytes(3)
end = struct.pack(">I", 0x1234abcd) + b"\7goodbye"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.bind(("192.0.2.10", 6001))
    sender.sendto(packet(1, 200, report) + packet(1, 202, name), ("192.0.2.20", 7001))
    sender.sendto(packet(0, 201, report[:4]) + packet(1, 202, name) + packet(1, 203, end), ("192.0.2.20", 7001))
PY
  # talk CALLER CALLEE ARGUMENTS..: a dialogue of two scenarios
  talk() {
    local caller=$1 callee=$2; shift 2
    (
      cd "$work"
      $B sipp -sf "$callee.xml" -i "$1" -p 5060 -mp 7000 -rtp_echo -m 1 ${3:-} -nostdin >/dev/null 2>&1 &
      ready $B sh -c "ss -Hlnut 'sport = 5060' | grep -q ."
      $A sipp -sf "$caller.xml" -i "$2" -p 5060 -mp 6000 -m 1 ${3:-} -nostdin "$1:5060" >/dev/null 2>&1
      wait $! || true
    )
  }
  capture sip.pcap $a veth0 'udp or tcp'
  talk register registrar 192.0.2.20 192.0.2.10
  (sleep 0.3; $A python3 "$work/rtcp.py") &
  talk call callee 192.0.2.20 192.0.2.10
  talk register registrar '[2001:db8::20]' '[2001:db8::10]' '-t t1'
  stop sip.pcap
fi

chmod 644 "$here"/*
ls -l "$here"
