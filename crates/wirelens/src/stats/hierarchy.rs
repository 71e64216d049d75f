//! Which protocols there are, by what they are in.

use wirelens_dissect::{Layer, Protocol};

/// The tree of the chains of all frames. A frame is counted where its chain ends; what is inside is
/// added up when all are read.
#[derive(Debug)]
pub(crate) struct Hierarchy {
    nodes: Vec<Node>,
    /// The nodes of the last frame: the next often has the same.
    path: Vec<u32>,
    /// Frames whose chain is longer or whose branch is one too many; they are counted where they
    /// were still followed.
    pub(crate) cut: u64,
}

#[derive(Debug)]
struct Node {
    protocol: Option<&'static Protocol>,
    parent: u32,
    child: u32,
    sibling: u32,
    sum: Count,
}

/// Frames and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
}

/// A protocol at one place of the tree.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) protocol: &'static Protocol,
    /// The outermost has 0.
    pub(crate) depth: usize,
    /// `eth:ip:tcp`.
    pub(crate) chain: String,
    /// Frames with this chain, and with those it begins.
    pub(crate) all: Count,
    /// Frames that end with it.
    pub(crate) end: Count,
}

/// Frames may nest without end, and so may files of them.
const DEPTH: usize = 64;
const NODES: usize = 1 << 14;

impl Hierarchy {
    pub(crate) fn new() -> Hierarchy {
        let root = Node { protocol: None, parent: 0, child: 0, sibling: 0, sum: Count::default() };
        Hierarchy { nodes: vec![root], path: Vec::new(), cut: 0 }
    }

    /// Counts a frame. Quoted packets are part of what quotes them.
    #[inline]
    pub(crate) fn add(&mut self, layers: &[Layer], length: u32) {
        let (mut at, mut depth, mut same) = (0, 0, true);
        for layer in layers.iter().filter(|layer| !layer.quoted) {
            if depth >= DEPTH {
                self.cut += 1;
                break;
            }
            let known = if same { self.path.get(depth).copied() } else { None };
            let next = match known {
                Some(next) if self.is(next, layer.protocol) => next,
                _ => {
                    same = false;
                    let Some(next) = self.child(at, layer.protocol) else {
                        self.cut += 1;
                        break;
                    };
                    self.path.truncate(depth);
                    self.path.push(next);
                    next
                }
            };
            at = next;
            depth += 1;
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.sum.frames += 1;
            node.sum.bytes += u64::from(length);
        }
    }

    fn is(&self, at: u32, protocol: &'static Protocol) -> bool {
        self.nodes.get(at as usize).is_some_and(|node| node.protocol == Some(protocol))
    }

    fn child(&mut self, parent: u32, protocol: &'static Protocol) -> Option<u32> {
        let mut at = self.nodes.get(parent as usize)?.child;
        while at != 0 {
            let node = self.nodes.get(at as usize)?;
            if node.protocol == Some(protocol) {
                return Some(at);
            }
            at = node.sibling;
        }
        let new = self.nodes.len();
        if new >= NODES {
            return None;
        }
        let above = self.nodes.get_mut(parent as usize)?;
        let sibling = std::mem::replace(&mut above.child, new as u32);
        let sum = Count::default();
        self.nodes.push(Node { protocol: Some(protocol), parent, child: 0, sibling, sum });
        Some(new as u32)
    }

    /// Frames in which nothing was found, not even data.
    pub(crate) fn without(&self) -> Count {
        self.nodes.first().map_or(Count::default(), |root| root.sum)
    }

    /// The tree, parents before what is in them, of those in the same the one with the most frames
    /// first.
    pub(crate) fn branches(&self) -> Vec<Branch> {
        let mut all: Vec<Count> = self.nodes.iter().map(|node| node.sum).collect();
        // Children were made after their parents.
        for at in (1..self.nodes.len()).rev() {
            let parent = self.nodes[at].parent as usize;
            let Count { frames, bytes } = all[at];
            all[parent].frames += frames;
            all[parent].bytes += bytes;
        }
        let mut branches = Vec::new();
        let mut waiting = self.children(0, &all, 0, "");
        while let Some((at, depth, outside)) = waiting.pop() {
            let node = &self.nodes[at];
            let Some(protocol) = node.protocol else { continue };
            let chain = match outside.as_str() {
                "" => protocol.name.to_owned(),
                outside => format!("{outside}:{}", protocol.name),
            };
            waiting.extend(self.children(at, &all, depth + 1, &chain));
            branches.push(Branch { protocol, depth, chain, all: all[at], end: node.sum });
        }
        branches
    }

    /// The nodes in one, that with the most frames last.
    fn children(
        &self,
        at: usize,
        all: &[Count],
        depth: usize,
        chain: &str,
    ) -> Vec<(usize, usize, String)> {
        let mut children = Vec::new();
        let mut child = self.nodes[at].child as usize;
        while child != 0 {
            children.push((child, depth, chain.to_owned()));
            child = self.nodes[child].sibling as usize;
        }
        let name = |at: usize| self.nodes[at].protocol.map_or("", |protocol| protocol.name);
        children.sort_by(|(a, ..), (b, ..)| {
            all[*a].frames.cmp(&all[*b].frames).then_with(|| name(*b).cmp(name(*a)))
        });
        children
    }
}
