//! Who started this process, as one of how many, and what they gave it: told by the environment that is
//! handed in.
//!
//! partask has no scheduler and no network protocol of its own: Slurm, MPI, Kubernetes or a CI place and
//! restart it, and each tells its processes apart in variables. They are read only when that is asked for,
//! by `--shard auto`; what could be meant in two ways is refused.
//!
//! # Into how many shards
//! A shard is a block of the input: its results join with those of its neighbours, and what it came to can be
//! checked by itself. How many there are decides how long a job takes, as nodes differ, numbers take
//! longer the larger they are, and what a node was at when it failed is run again from its start. Of an hour
//! of work a node, where the last number takes three times as long as the first, nodes differ by up to a
//! fifth, each fails once in 100 hours, and to start a part costs 2 s, `examples/shard_makespan.rs` gives
//! these times over the ideal (medians of 31; parts are handed out in order to whoever is free):
//!
//! | cut | 16 nodes | 1,000 nodes | 10,000 nodes |
//! | --- | --- | --- | --- |
//! | 1 block a node | 1.49 | 2.56 | 3.06 |
//! | 4 blocks a node | 1.19 | 1.36 | 1.54 |
//! | 8 blocks a node | 1.10 | 1.14 | 1.23 |
//! | 16 blocks a node | 1.06 | 1.07 | 1.12 |
//! | 64 blocks a node | 1.04 | 1.05 | 1.05 |
//! | cyclic, 1 part a node | 1.12 | 1.98 | 2.20 |
//! | cyclic, 8 parts a node | 1.07 | 1.08 | 1.16 |
//! | guided: smaller and smaller, 6 a node | 1.05 | 1.07 | 1.12 |
//!
//! So 8 to 16 shards for each node, with `--array=1-N%M` where not all are to run at once; one a node is
//! the worst that can be done. Cyclic and guided cuts gain less than twice as many blocks do, and would make
//! files that no reader can order by name; there are only blocks for that reason.
//!
//! # What it costs the file system
//! A shard writes one file of about 700 bytes, by a temporary one beside it and a rename, and looks for one of
//! its name before it begins: a part that was requeued, or submitted twice, costs no more than that. 10,000
//! parts are merged in 0.12 s (a virtual machine with two CPUs of an AMD EPYC, files in the page cache), so
//! that 100,000 take a second or two of reading. A folder holds one job: with more than some 100,000 files in
//! it, the metadata server is what is waited for, and fewer, longer shards with `--checkpoint` lose less to a
//! failure than small ones save.
//!
//! ```
//! use partask::cluster::{self, Launcher};
//!
//! let environment = |name: &str| match name {
//!     "OMPI_COMM_WORLD_RANK" => Some("2".to_owned()),
//!     "OMPI_COMM_WORLD_SIZE" => Some("8".to_owned()),
//!     _ => None,
//! };
//! let (shard, launcher) = cluster::shard(&environment, None, None)?;
//! assert_eq!((shard.to_string().as_str(), launcher), ("3/8", Launcher::OpenMpi));
//! # Ok::<(), cluster::PlaceError>(())
//! ```

mod allocation;
mod error;
mod launcher;
mod place;

pub use allocation::{host, workers};
pub use error::PlaceError;
pub use launcher::Launcher;
pub use place::shard;

/// What a variable of the environment says.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;
