//! Output of one stream, kept until its turn comes: what is little in memory, the rest in the
//! [`Store`]'s file.

use crate::process::store::{Extent, Store, StoreError};

/// How much of an output that still grows is kept in memory, in bytes.
const GROWING_MAX: usize = 64 * 1024;

/// What an output in memory takes besides its bytes, about: its share of the allocator's room.
const OVERHEAD: usize = 32;

/// Why output was not kept whole.
#[derive(Debug, thiserror::Error)]
#[error("{lost} bytes of output are lost")]
pub struct SpoolError {
    /// How many bytes were not kept.
    pub lost: u64,
    /// Why.
    pub source: StoreError,
}

/// An output that still grows. One serves any number of tasks, one after the other.
#[derive(Debug)]
pub struct Spool {
    store: Store,
    /// What has come after what is in the file.
    recent: Vec<u8>,
    extents: Vec<Extent>,
    error: Option<Box<SpoolError>>,
}

impl Spool {
    /// An empty one.
    #[must_use]
    pub fn new(store: &Store) -> Spool {
        Spool {
            store: store.clone(),
            recent: Vec::new(),
            extents: Vec::new(),
            error: None,
        }
    }

    /// Keeps what was written next. Once something could not be kept, nothing after it is, and
    /// [`Captured::error`] tells.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.recent.len() + bytes.len() > GROWING_MAX {
            self.write_out();
        }
        if let Some(error) = &mut self.error {
            error.lost += bytes.len() as u64;
        } else {
            self.recent.extend_from_slice(bytes);
        }
    }

    /// Moves what is in memory to the file.
    fn write_out(&mut self) {
        let in_file = total(&self.extents);
        if let Err(source) = self.store.write(&self.recent, &mut self.extents) {
            let written = total(&self.extents) - in_file;
            let lost = self.recent.len() as u64 - written;
            self.error = Some(Box::new(SpoolError { lost, source }));
        }
        self.recent.clear();
    }

    /// Everything so far, which leaves this one empty for what comes next.
    pub fn take(&mut self) -> Captured {
        let in_memory = self.extents.is_empty() && {
            let len = self.recent.len();
            len == 0 || self.store.take_memory(len + OVERHEAD)
        };
        if !in_memory && !self.recent.is_empty() {
            self.write_out();
        }
        let kept = match (self.extents.is_empty(), self.recent.is_empty()) {
            (true, true) => Kept::Nothing,
            (true, false) => Kept::InMemory(self.store.clone(), self.recent.as_slice().into()),
            (false, _) => Kept::InFile(self.store.clone(), self.extents.as_slice().into()),
        };
        self.recent.clear();
        self.extents.clear();
        Captured {
            kept,
            error: self.error.take(),
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.store.take_back(&self.extents);
    }
}

fn total(extents: &[Extent]) -> u64 {
    extents.iter().map(|extent| extent.len() as u64).sum()
}

/// A piece of output that has come to its end. Dropped, it makes room for others.
#[derive(Debug, Default)]
pub struct Captured {
    kept: Kept,
    error: Option<Box<SpoolError>>,
}

#[derive(Debug, Default)]
enum Kept {
    #[default]
    Nothing,
    InMemory(Store, Box<[u8]>),
    InFile(Store, Box<[Extent]>),
}

impl Captured {
    /// How much at most is read at a time, in bytes.
    const PIECE_LEN: usize = 64 * 1024;

    /// How many bytes were kept.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.kept {
            Kept::Nothing => 0,
            Kept::InMemory(_, bytes) => bytes.len() as u64,
            Kept::InFile(_, extents) => total(extents),
        }
    }

    /// Whether nothing was kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why it is not whole, if it is not: the beginning was kept, the rest was not.
    #[must_use]
    pub fn error(&self) -> Option<&SpoolError> {
        self.error.as_deref()
    }

    /// Hands the bytes to `on_piece`, in order and in pieces that fit in memory; may be called again.
    ///
    /// # Errors
    /// The first that `on_piece` returns, or when the file can't be read.
    pub fn read<E: From<StoreError>>(
        &self,
        mut on_piece: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (store, extents) = match &self.kept {
            Kept::Nothing => return Ok(()),
            Kept::InMemory(_, bytes) => return on_piece(bytes),
            Kept::InFile(store, extents) => (store, extents),
        };
        let mut buffer = vec![0; Captured::PIECE_LEN];
        for extent in extents {
            for at in (0..extent.len()).step_by(Captured::PIECE_LEN) {
                let piece = &mut buffer[..Captured::PIECE_LEN.min(extent.len() - at)];
                store.read(*extent, at, piece)?;
                on_piece(piece)?;
            }
        }
        Ok(())
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        match &self.kept {
            Kept::Nothing => (),
            Kept::InMemory(store, bytes) => store.give_memory_back(bytes.len() + OVERHEAD),
            Kept::InFile(store, extents) => store.take_back(extents),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::PathBuf;

    fn text_of(captured: &Captured) -> Vec<u8> {
        let mut text = Vec::new();
        let read = captured.read(|piece| {
            text.extend_from_slice(piece);
            Ok::<(), StoreError>(())
        });
        read.unwrap();
        assert_eq!(captured.len(), text.len() as u64);
        text
    }

    #[test]
    fn an_empty_output_needs_no_room() {
        let store = Store::new(0);
        let captured = Spool::new(&store).take();
        assert!(captured.is_empty() && captured.error().is_none());
        assert!(text_of(&captured).is_empty() && store.file_len() == 0);
        assert!(size_of::<Captured>() <= 40, "any number of them may wait");
    }

    #[test]
    fn little_stays_in_memory_until_the_share_is_used_up() {
        let store = Store::new(1000);
        let mut spool = Spool::new(&store);
        let mut take = |text: &[u8]| {
            spool.push(text);
            spool.take()
        };
        let first = take(&[b'a'; 500]);
        assert_eq!((store.memory_left(), store.file_len()), (1000 - 532, 0));
        let second = take(&[b'b'; 500]);
        assert!(store.file_len() > 0);
        assert_eq!(
            (text_of(&first), text_of(&second)),
            (vec![b'a'; 500], vec![b'b'; 500])
        );
        drop((first, second));
        assert_eq!(store.memory_left(), 1000);
    }

    #[test]
    fn room_in_the_file_is_used_again() {
        let store = Store::new(0);
        let mut spool = Spool::new(&store);
        let mut len_once = 0;
        for round in 0..20u8 {
            for _ in 0..100 {
                spool.push(&[round; 30_000]);
            }
            let captured = spool.take();
            assert_eq!(text_of(&captured), vec![round; 3_000_000]);
            len_once = if round == 0 {
                store.file_len()
            } else {
                len_once
            };
        }
        assert!(
            store.file_len() <= len_once + (1 << 20),
            "{}",
            store.file_len()
        );
        spool.push(&[0; 100_000]);
        spool.push(&[0; 100_000]);
        drop(spool);
        assert_eq!(text_of(&Captured::default()), b"");
    }

    #[test]
    fn a_file_that_cannot_be_is_told_and_the_beginning_kept() {
        let store = Store::in_folder(1 << 20, PathBuf::from("/no/such/folder"));
        let mut spool = Spool::new(&store);
        spool.push(b"little");
        assert_eq!(text_of(&spool.take()), b"little");
        (0..3).for_each(|_| spool.push(&[b'x'; 40_000]));
        let captured = spool.take();
        let error = captured.error().expect("an error");
        assert_eq!(error.lost, 120_000);
        assert!(
            error.source.to_string().contains("'/no/such/folder'"),
            "{error:?}"
        );
        spool.push(b"next");
        let next = spool.take();
        assert_eq!(
            (text_of(&next), next.error().is_none()),
            (b"next".to_vec(), true)
        );
    }

    #[test]
    fn a_full_disk_is_told() {
        let store = Store::in_folder(0, PathBuf::from("/the/folder"));
        store.set_file(std::fs::File::create("/dev/full").unwrap());
        let mut spool = Spool::new(&store);
        spool.push(b"text");
        let captured = spool.take();
        let error = captured.error().expect("an error");
        assert_eq!((error.lost, captured.len()), (4, 0));
        let text = format!("{error}: {}", error.source);
        assert!(text.starts_with("4 bytes of output are lost: "), "{text}");
        assert!(
            text.contains("'/the/folder'") && text.contains("TMPDIR"),
            "{text}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_byte_comes_back_whatever_else_is_kept(
            tasks in proptest::collection::vec(
                (proptest::collection::vec(0usize..90_000, 0..8), 0usize..4),
                1..12,
            ),
            memory_max in prop_oneof![Just(0), Just(20_000), Just(1 << 30)],
        ) {
            let store = Store::new(memory_max);
            let mut spools: Vec<Spool> = (0..4).map(|_| Spool::new(&store)).collect();
            let mut waiting: Vec<(Vec<u8>, Captured)> = Vec::new();
            for (number, (pieces, slot)) in tasks.iter().enumerate() {
                let mut expected = Vec::new();
                for (at, len) in pieces.iter().enumerate() {
                    let piece = vec![(number * 16 + at) as u8; *len];
                    spools[*slot].push(&piece);
                    expected.extend(piece);
                }
                waiting.push((expected, spools[*slot].take()));
                if number % 3 == 2 {
                    let (expected, captured) = waiting.remove(0);
                    prop_assert!(text_of(&captured) == expected);
                }
            }
            for (expected, captured) in &waiting {
                prop_assert!(captured.error().is_none() && &text_of(captured) == expected);
            }
            waiting.clear();
            prop_assert_eq!(store.memory_left(), memory_max);
        }
    }
}
