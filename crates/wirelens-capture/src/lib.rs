//! Frames in and out: pcap, pcapng, snoop, compressed, streamed, written.
