//! Names of addresses, out of the DNS answers that were seen.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::fast::RandomState;
use wirelens_dissect::{Dissection, Field, Layer, Registry, Value};

use crate::facts::rows;

/// Addresses and what was asked for when they were the answer; the oldest go first.
pub(crate) struct Names {
    /// Rows: names that were asked for, addresses that were answered.
    questions: Vec<&'static Field>,
    answers: Vec<&'static Field>,
    names: HashMap<IpAddr, Arc<str>, RandomState>,
    order: VecDeque<IpAddr>,
    most: usize,
}

impl Names {
    pub(crate) fn new(registry: &Registry, most: usize) -> Names {
        let rows = rows(registry, &["dns.qry.name", "dns.a", "dns.aaaa"]);
        let (questions, answers): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, at)| *at == 0);
        let fields =
            |rows: Vec<(&'static Field, usize)>| rows.into_iter().map(|(row, _)| row).collect();
        Names {
            questions: fields(questions),
            answers: fields(answers),
            names: HashMap::default(),
            order: VecDeque::new(),
            most,
        }
    }

    /// Looks for answers in a layer of DNS.
    pub(crate) fn look(&mut self, frame: &Dissection<'_>, layer: &Layer) {
        let mut asked: Option<&[u8]> = None;
        for node in frame.nodes(layer).into_iter().flatten() {
            if asked.is_none() && self.questions.iter().any(|row| std::ptr::eq(*row, node.field)) {
                asked = Some(frame.text(node));
            }
            if !self.answers.iter().any(|row| std::ptr::eq(*row, node.field)) {
                continue;
            }
            let address = match frame.value(node) {
                Value::Ipv4(address) => IpAddr::V4(address),
                Value::Ipv6(address) => IpAddr::V6(address),
                _ => continue,
            };
            if let Some(asked) = asked {
                self.add(address, &String::from_utf8_lossy(asked));
            }
        }
    }

    fn add(&mut self, address: IpAddr, name: &str) {
        if let Some(known) = self.names.get_mut(&address) {
            if **known != *name {
                *known = name.into();
            }
            return;
        }
        while self.order.len() >= self.most.max(1) {
            if let Some(oldest) = self.order.pop_front() {
                self.names.remove(&oldest);
            }
        }
        self.order.push_back(address);
        self.names.insert(address, name.into());
    }

    pub(crate) fn of(&self, address: IpAddr) -> Option<Arc<str>> {
        self.names.get(&address).cloned()
    }
}
