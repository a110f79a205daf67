//! Who started this process, as one of how many, and what they gave it: told by the environment that is
//! handed in.
//!
//! partask has no scheduler and no network protocol of its own: Slurm, MPI, Kubernetes or a CI place and
//! restart it, and each tells its processes apart in variables. They are read only when that is asked for,
//! by `--shard auto`; what could be meant in two ways is refused.
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
