//! What a worker is given at a time: some items, as many of which are to be answered.

/// Items one after the other, as they are written to a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portion {
    /// The number of the first item, from 1.
    pub first: u64,
    /// The items, each with its delimiter.
    pub bytes: Vec<u8>,
    /// Where each ends, behind its delimiter.
    pub ends: Vec<usize>,
    /// Whether the worker's input ends behind it, so that what comes until the worker's end is all that
    /// there is.
    pub closes: bool,
    /// Whether something went wrong with one of them before.
    pub is_suspect: bool,
    /// Whether a worker has ended in good order without answering any of them.
    pub is_returned: bool,
    /// How often a worker has failed at it, when it is one item.
    pub failures: u32,
}

impl Portion {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The items from there on; those before are forgotten.
    #[must_use]
    pub fn after(mut self, items: usize) -> Portion {
        let rest = self.split_off(items);
        Portion {
            closes: self.closes,
            ..rest
        }
    }

    /// Takes the items from there on, for a portion of their own.
    #[must_use]
    pub fn split_off(&mut self, items: usize) -> Portion {
        let at = match items {
            0 => 0,
            _ => self.ends[items - 1],
        };
        let bytes = self.bytes.split_off(at);
        let ends = self.ends.split_off(items);
        Portion {
            first: self.first + items as u64,
            bytes,
            ends: ends.into_iter().map(|end| end - at).collect(),
            closes: false,
            ..*self
        }
    }

    /// The first item without its delimiter.
    #[must_use]
    pub fn first_item(&self) -> &[u8] {
        match self.ends.first() {
            Some(end) => &self.bytes[..end - 1],
            None => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_is_cut_between_items() {
        let whole = Portion {
            first: 5,
            bytes: b"a\nbc\n\n".to_vec(),
            ends: vec![2, 5, 6],
            closes: true,
            ..Portion::default()
        };
        let mut front = whole.clone();
        let rest = front.split_off(1);
        assert_eq!((front.len(), front.first_item()), (1, &b"a"[..]));
        assert_eq!((rest.first, rest.bytes.as_slice()), (6, &b"bc\n\n"[..]));
        assert_eq!((rest.ends.as_slice(), rest.closes), (&[3, 4][..], false));
        assert_eq!(rest.first_item(), b"bc");
        let last = whole.clone().after(2);
        assert!(last.closes && last.first == 7 && last.bytes == b"\n");
        assert_eq!(whole.clone().after(0), whole);
        assert!(whole.after(3).is_empty());
    }
}
