//! Where output is kept until its turn comes: a bounded share of memory, and beyond it one unlinked
//! temporary file for all tasks, the room of which is used again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much of the file is handed out, and used again, at a time.
const BLOCK_LEN: u32 = 1 << 20;

/// Why output can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There can't be a temporary file.
    #[error(
        "cannot create a temporary file for output in '{}': set TMPDIR to a folder that can be written to",
        folder.display()
    )]
    Create {
        /// Where it was to be.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The temporary file takes no more.
    #[error(
        "cannot write output to a temporary file in '{}': set TMPDIR to a folder with more room",
        folder.display()
    )]
    Write {
        /// Where it is.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The temporary file can't be read.
    #[error("cannot read output back from its temporary file")]
    Read {
        /// What the operating system said.
        source: io::Error,
    },
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> io::Error {
        io::Error::other(error)
    }
}

/// What all the tasks of a run share to keep their output. Clones are the same store.
///
/// One file serves all, because each of any number of tasks may have output that waits for its turn,
/// and a process may have only so many files open.
#[derive(Clone, Debug)]
pub struct Store(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    memory_left: AtomicUsize,
    folder: PathBuf,
    blocks: Mutex<Blocks>,
}

/// The file, and who has which room of it.
#[derive(Debug, Default)]
struct Blocks {
    file: Option<Arc<File>>,
    /// How many bytes of each block are in use.
    live: Vec<u32>,
    /// Blocks with none in use.
    free: Vec<u32>,
    /// The block that is being handed out, and how much of it has been.
    current: Option<(u32, u32)>,
}

/// A place in the file, within one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    block: u32,
    start: u32,
    len: u32,
}

impl Extent {
    pub(super) fn len(self) -> usize {
        self.len as usize
    }

    fn offset(self) -> u64 {
        u64::from(self.block) * u64::from(BLOCK_LEN) + u64::from(self.start)
    }

    fn is_followed_by(self, next: Extent) -> bool {
        self.block == next.block && self.start + self.len == next.start
    }
}

impl Blocks {
    /// Hands out room for `len` bytes, or for as many as the block still has.
    fn hand_out(&mut self, len: usize) -> Extent {
        let (block, start) = match self.current {
            Some((block, used)) if used < BLOCK_LEN => (block, used),
            _ => (self.next_block(), 0),
        };
        let left = BLOCK_LEN - start;
        let len = u32::try_from(len).map_or(left, |len| len.min(left));
        self.current = Some((block, start + len));
        self.live[block as usize] += len;
        Extent { block, start, len }
    }

    fn next_block(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.live.push(0);
            u32::try_from(self.live.len() - 1).expect("no file of 4 PiB")
        })
    }

    fn take_back(&mut self, extent: Extent) {
        let live = &mut self.live[extent.block as usize];
        *live -= extent.len;
        if *live > 0 {
            return;
        }
        match &mut self.current {
            Some((block, used)) if *block == extent.block => *used = 0,
            _ => self.free.push(extent.block),
        }
    }
}

impl Store {
    /// How much memory output that waits for its turn takes by default, in bytes.
    pub const MEMORY_MAX: usize = 8 << 20;

    /// A store that keeps up to `memory_max` bytes in memory, and the rest in a temporary file in
    /// the system's folder for them (`TMPDIR`), which is there once it is needed.
    #[must_use]
    pub fn new(memory_max: usize) -> Store {
        Store::in_folder(memory_max, std::env::temp_dir())
    }

    /// The same with a folder of the caller's choice.
    #[must_use]
    pub fn in_folder(memory_max: usize, folder: PathBuf) -> Store {
        Store(Arc::new(Shared {
            memory_left: AtomicUsize::new(memory_max),
            folder,
            blocks: Mutex::default(),
        }))
    }

    /// Takes a share of the memory, if that much is left.
    pub(super) fn take_memory(&self, len: usize) -> bool {
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let left = &self.0.memory_left;
        left.fetch_update(set, fetch, |left| left.checked_sub(len))
            .is_ok()
    }

    pub(super) fn give_memory_back(&self, len: usize) {
        self.0.memory_left.fetch_add(len, Ordering::Relaxed);
    }

    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        // Whoever panicked with it has left it whole: its functions only count.
        self.0.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes bytes to the file, and adds where they are to `extents`.
    pub(super) fn write(
        &self,
        mut bytes: &[u8],
        extents: &mut Vec<Extent>,
    ) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let (file, extent) = self.hand_out(bytes.len())?;
            let (now, later) = bytes.split_at(extent.len());
            if let Err(source) = file.write_all_at(now, extent.offset()) {
                self.blocks().take_back(extent);
                let folder = self.0.folder.clone();
                return Err(StoreError::Write { folder, source });
            }
            match extents.last_mut() {
                Some(last) if last.is_followed_by(extent) => last.len += extent.len,
                _ => extents.push(extent),
            }
            bytes = later;
        }
        Ok(())
    }

    fn hand_out(&self, len: usize) -> Result<(Arc<File>, Extent), StoreError> {
        let mut blocks = self.blocks();
        let file = match &blocks.file {
            Some(file) => Arc::clone(file),
            None => {
                let folder = &self.0.folder;
                let created =
                    tempfile::tempfile_in(folder).map_err(|source| StoreError::Create {
                        folder: folder.clone(),
                        source,
                    })?;
                Arc::clone(blocks.file.insert(Arc::new(created)))
            }
        };
        Ok((file, blocks.hand_out(len)))
    }

    /// Reads from the beginning of an extent, as much as `bytes` takes.
    pub(super) fn read(
        &self,
        extent: Extent,
        skip: usize,
        bytes: &mut [u8],
    ) -> Result<(), StoreError> {
        let file = self.blocks().file.clone();
        let file = file.expect("an extent is in a file");
        let read = file.read_exact_at(bytes, extent.offset() + skip as u64);
        read.map_err(|source| StoreError::Read { source })
    }

    pub(super) fn take_back(&self, extents: &[Extent]) {
        let mut blocks = self.blocks();
        for extent in extents {
            blocks.take_back(*extent);
        }
    }

    /// Has this for its file from now on.
    #[cfg(test)]
    pub(super) fn set_file(&self, file: File) {
        self.blocks().file = Some(Arc::new(file));
    }

    #[cfg(test)]
    pub(super) fn memory_left(&self) -> usize {
        self.0.memory_left.load(Ordering::Relaxed)
    }

    /// How long the file has become.
    #[cfg(test)]
    pub(super) fn file_len(&self) -> u64 {
        self.blocks().live.len() as u64 * u64::from(BLOCK_LEN)
    }
}
