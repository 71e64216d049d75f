//! What stands behind the help of each command.

pub(super) const EXTRACT_EXAMPLES: &str = "\
Examples:
  wirelens extract in.pcap -o out.plist          the extension tells the format
  wirelens extract in.pcapng -o out.json.zst     and the compression
  wirelens extract -j in.pcap | jq '.frames[0]'
  wirelens extract -a in -p -o out               in.pcap into out.plist
  wirelens extract -F -f json in.pcap -o frames  frames/Frame 1.json, frames/Frame 2.json, ...
  wirelens extract in.pcap -o out.csv --fields frame.number,ip.src,tcp.dstport
  wirelens extract -P tcp in.pcap                nothing behind TCP
  wirelens extract monday/ -o monday.pcapng      all captures of a folder
  wirelens extract in.pcap --range 10-20 -o part.pcap

Names of protocols and fields: `wirelens protocols`, `wirelens fields PREFIX`.";

pub(super) const SHOW_EXAMPLES: &str = "\
Examples:
  wirelens show in.pcap
  wirelens show -V --range 7 in.pcap             all fields of the seventh frame
  wirelens show -x -t absolute in.pcap           the bytes too, and the time of the day
  wirelens show --fields ip.src,ip.dst in.pcap   columns instead
  wirelens show --follow growing.pcap            as it is written, until Ctrl-C
  wirelens show -i eth0 --bpf 'udp port 53'      as it comes by
  ssh host tcpdump -U -w - | wirelens show -";

pub(super) const REASSEMBLE_EXAMPLES: &str = "\
Examples:
  wirelens reassemble in.pcap -f tree            datagrams and streams, and what is in them
  wirelens reassemble in.pcap -f raw -o streams  a file for each datagram and direction, and an index
  wirelens reassemble in.pcap --follow 3         both sides of the fourth TCP connection
  wirelens reassemble in.pcap -P ip -f pcap -o whole.pcap
  wirelens reassemble in.pcap --strict --payload | jq '.records[]'
  wirelens reassemble in.pcap --limit tcp.connections=1000 --limit tcp.policy=linux

Missing bytes are gaps with a reason; they are never filled. Exit code 1: no such connection.";

pub(super) const TRACE_EXAMPLES: &str = "\
Examples:
  wirelens trace in.pcap -f tree                 who talked to whom, how long, about what
  wirelens trace in.pcap -f csv > flows.csv
  wirelens trace in.pcap --fields host,responder_address,responder_rtt_mean,bytes
  wirelens trace in.pcap -o flows                a pcap for each flow, and flows/index.json
  wirelens trace in.pcap -o flows -f json        the frames of each flow, dissected
  wirelens trace in.pcap --flow :443,192.0.2.1   some flows only: 3, 7-9, tcp, tls, 192.0.2.1:80
  wirelens trace in.pcap --flow-key outer,vlan   the addresses of tunnels, VLANs apart
  wirelens trace in.pcap | jq '.flows[] | select(.initiator.tcp | .retransmissions + .fast_retransmissions > 0) | .label'
  wirelens trace in.pcap --events                what happens to connections, as it happens
  wirelens trace in.pcap --limit flows.udp=60

The initiator has sent the SYN, or else the first frame; `opening` says which rule told it.";

pub(super) const HTTP_EXAMPLES: &str = "\
Examples:
  wirelens http in.pcap                          requests and responses, as they happen
  wirelens http in.pcap --host example.org --method-ignore '^(HEAD|OPTIONS)$'
  wirelens http in.pcap --url '\\.json$' --bodies  what was said, JSON on lines of its own
  wirelens http in.pcap --save bodies            each body in a file of its own
  wirelens http in.pcap --show-header cookie     cookies of both sides
  wirelens http in.pcap --tcp-verbose -t day     what happens to connections between
  wirelens http in.pcap -f har --bodies -o in.har  for the tools of a browser
  wirelens http in.pcap -f ndjson | jq 'select(.latency > 500000000) | .url'
  wirelens http in.pcap -d tcp.port==8888,http   on a port that is not known
  wirelens http -i eth0 -f 'tcp port 80' -b 50   live, with a filter and a buffer of 50 MiB

HTTP/1, HTTP/2 and WebSocket, in clear. Of each kind of expression one must match that is to include,
and none that is to ignore. Exit code 1: none of those that were asked for.";

pub(super) const GREP_EXAMPLES: &str = "\
Examples:
  wirelens grep password in.pcap
  wirelens grep -y 'set-cookie: \\w+' in.pcap      with the match marked, and what is around it
  wirelens grep -l 'BEGIN CERTIFICATE' in.pcap   only the flows
  wirelens grep -c . in.pcap                     how often in each flow
  wirelens grep --hex 'ff d8 ff e?' in.pcap      bytes; ? stands for any digit
  wirelens grep '(?-u)\\x00\\xff+' in.pcap         the same as an expression
  wirelens grep token in.pcap -w token.pcap      the flows it is in, frame by frame

It looks through what each side of a TCP connection sends, wherever segments end; through UDP
payloads; and through bodies of HTTP that were encoded. A match that goes on over segments is found if
it is no longer than --limit grep.match. Exit code 1: nothing matches.";

pub(super) const STATS_EXAMPLES: &str = "\
Examples:
  wirelens stats in.pcap                         all of it, for reading
  wirelens stats in.pcap --section tcp,problems  some of it; what it does not need is not looked at
  wirelens stats in.pcap --html out.html         one page with plots, to be opened or sent on
  wirelens stats in.pcap -f json | jq .conversations.flows
  wirelens stats in.pcap -f csv --table rates    one table; --table help lists them
  wirelens stats monday/ --top 50 -o monday.txt
  wirelens stats in.pcap --range 1-1000 --flow-key outer,vlan

Sections: capture, protocols, endpoints, conversations, lengths, rates, tcp, dns, http, tls, problems.
Memory is bounded; where there is too much to remember, a note says how far a row may be off.";

pub(super) const CAPTURE_EXAMPLES: &str = "\
Examples:
  wirelens capture                               a line a frame, from the first device that will do
  wirelens capture -i eth0 -i wlan0 'tcp port 443' -w out.pcapng
  wirelens capture -i any -f json | jq           a report; any format that extract has
  wirelens capture -i eth0 -w out.pcapng -C 100 -W 10     the last ten files of 100 MB
  wirelens capture -i eth0 -w '%F_%H.pcap' -G 1h -Z nobody   a file an hour, root no longer
  wirelens capture -i eth0 -w out.pcap -G 1h -z xz        each compressed once it is complete
  wirelens capture -i eth0 -w - | tee out.pcapng | wirelens show -       recorded and shown
  wirelens capture -i eth0 -c 1000 --duration 1m -s 96 -w - | ssh host 'cat > out.pcapng'

Files that follow each other are out_00001_20261231235959.pcapng and so on, unless the name has
directives of strftime. They are changed between frames, and hold whole records whenever the program
ends. SIGINT, SIGTERM and SIGHUP (unless it is ignored, as behind nohup) end it properly, SIGUSR1 has
it say what was counted, SIGUSR2 has it write what is in memory, as tcpdump.

Capturing takes CAP_NET_RAW: sudo setcap cap_net_raw,cap_net_admin=eip $(command -v wirelens)";

pub(super) const INJECT_EXAMPLES: &str = "\
Examples:
  wirelens inject -i eth0 in.pcap --as-recorded  with the pauses it was captured with
  wirelens inject -i eth0 in.pcap --rate 1000    a thousand frames a second
  wirelens inject -i eth0 in.pcap --bpf arp --range 1-10
  echo ffffffffffff02000000000a0806.. | wirelens inject -i eth0 --hex -";

pub(super) const ANALYSE_EXAMPLES: &str = "\
Examples:
  wirelens analyse response.bin                  told by its content
  wirelens analyse -P dns query.bin
  xxd -r -p | wirelens analyse -P ip -           a packet in hexadecimal digits

Exit code 1: no protocol recognises the bytes.";

pub(super) const BENCH_EXAMPLES: &str = "\
Examples:
  wirelens bench in.pcap                         all that are installed
  wirelens bench in.pcap --frames 2000           the slow ones take milliseconds a frame
  wirelens bench in.pcap -E native,tshark --runs 5
  wirelens bench in.pcap --python venv/bin/python -f json

Each engine dissects in a process of its own, and what it writes is thrown away: native and threads
write every field as JSON, with one thread and with one for each core, tshark does the same with
-T json; headers counts layers; the Python packages hand over packets. A packet's time is the time of
the whole run, its start included, so that few frames make slow starters look slow; memory is that
of the largest process.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  wirelens verify in.pcap                        a table by protocol, and the first differences
  wirelens verify in.pcap --differences 1000 | less
  wirelens verify in.pcap --no-reassembly -f json | jq .fields
  wirelens verify in.pcap -d tcp.port==8888,http     both are told

Fields are paired by name, byte range and value, however a value is spelled. Of tshark's those count
that it shows in the frame's bytes, not what it hides or works out; of protocols that are not known
here, and of what lies behind them, none. Known differences and their reasons: docs/protocols.md.
Exit codes: 0 equal, 1 they differ, 2 tshark is missing or cannot read the capture. Fields that only
Wirelens has (extra) are no difference.";

pub(super) const SPLIT_EXAMPLES: &str = "\
Examples:
  wirelens split in.pcap --into 8
  wirelens split in.pcap --into 8 | xargs -d '\\n' -n 1 -P 8 wirelens worker --split

A line of JSON for each part: the file, where its first record begins, where the next part's does,
and the sections and interfaces that must be known. Borders are found by following records; whether
one is right is known when the part before has been read to its end. What is compressed is one part.";

pub(super) const WORKER_EXAMPLES: &str = "\
Examples:
  wirelens worker --split '{\"file\":\"in.pcap\",\"from\":24,\"to\":81920}'
  wirelens extract in.pcap -o out.json -E server --workers 4 \\
    --worker-command 'ssh node$WIRELENS_WORKER wirelens worker --split -'

What it prints depends on the split and the captures alone. For parts it is a line of JSON each:
their frames, where they begin and end, and which hosts agree on flows between others. For a share of
the flows it is the reports of their frames, with their numbers, for `extract` to put in order.";
