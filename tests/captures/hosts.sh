# Two hosts in network namespaces, joined by a veth pair, for the scripts that record captures: they source this file.
# Gives $A and $B, which run a command on a host (192.0.2.10 and .20, 2001:db8::10 and ::20), the folder $work, `capture`,
# `stop` and `ready`. Needs root.
set -euo pipefail
work=$(mktemp -d)
a=wlrec-a b=wlrec-b

clean() {
  ip netns pids $a 2>/dev/null | xargs -r kill 2>/dev/null || true
  ip netns pids $b 2>/dev/null | xargs -r kill 2>/dev/null || true
  ip netns del $a 2>/dev/null || true
  ip netns del $b 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
clean; mkdir -p "$work"

ip netns add $a; ip netns add $b
ip link add veth0 netns $a address 02:00:00:00:00:0a type veth peer name veth0 netns $b address 02:00:00:00:00:0b
A="ip netns exec $a" B="ip netns exec $b"
for n in $a $b; do
  ip -n $n link set lo up
  ip netns exec $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.veth0.accept_dad=0
done
$B sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
ip -n $a addr add 192.0.2.10/24 dev veth0; ip -n $a addr add 2001:db8::10/64 dev veth0
ip -n $b addr add 192.0.2.20/24 dev veth0; ip -n $b addr add 2001:db8::20/64 dev veth0
ip -n $a link set veth0 up; ip -n $b link set veth0 up

# capture NAME NAMESPACE INTERFACE: starts tcpdump and returns when it captures; `stop` ends it when it is idle
capture() {
  ip netns exec "$2" tcpdump -i "$3" --immediate-mode -U -s 0 ${4:-} -w "$work/$1" 2>"$work/log" &
  pid=$!
  until grep -q "listening on" "$work/log"; do sleep 0.05; done
}
stop() {
  local size=-1
  until [ "$size" = "$(stat -c %s "$work/$1")" ]; do size=$(stat -c %s "$work/$1"); sleep 0.3; done
  kill -INT $pid; wait $pid || true
  cp "$work/$1" "$here/$1"
}
ready() { until "$@" >/dev/null 2>&1; do sleep 0.05; done; }
