//! Who starts many processes of one job, and the variables in which each is told which it is.

/// Who started this process as one of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launcher {
    /// OpenMPI's `mpirun`.
    OpenMpi,
    /// Another MPI's launcher that speaks PMI, such as MPICH's and Intel's.
    Pmi,
    /// `srun`: a step of a Slurm job.
    SlurmStep,
    /// `sbatch --array`.
    SlurmArray,
    /// An indexed job of Kubernetes.
    Kubernetes,
    /// GitLab's `parallel`.
    GitLab,
    /// CircleCI's `parallelism`.
    CircleCi,
    /// Buildkite's `parallelism`.
    Buildkite,
}

impl Launcher {
    /// Every launcher; of one level the one that is believed first.
    pub const ALL: [Launcher; 8] = [
        Launcher::OpenMpi,
        Launcher::Pmi,
        Launcher::SlurmStep,
        Launcher::SlurmArray,
        Launcher::Kubernetes,
        Launcher::GitLab,
        Launcher::CircleCi,
        Launcher::Buildkite,
    ];

    /// The name behind `--shard auto:`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Launcher::OpenMpi => "openmpi",
            Launcher::Pmi => "pmi",
            Launcher::SlurmStep => "slurm-step",
            Launcher::SlurmArray => "slurm-array",
            Launcher::Kubernetes => "k8s",
            Launcher::GitLab => "gitlab",
            Launcher::CircleCi => "circleci",
            Launcher::Buildkite => "buildkite",
        }
    }

    /// The variables that have its index and its total, and what the index of the first process is. One
    /// whose total has no variable has none here.
    pub(super) fn variables(self) -> (&'static str, Option<&'static str>, u64) {
        match self {
            Launcher::OpenMpi => ("OMPI_COMM_WORLD_RANK", Some("OMPI_COMM_WORLD_SIZE"), 0),
            Launcher::Pmi => ("PMI_RANK", Some("PMI_SIZE"), 0),
            Launcher::SlurmStep => ("SLURM_PROCID", Some("SLURM_STEP_NUM_TASKS"), 0),
            Launcher::SlurmArray => ("SLURM_ARRAY_TASK_ID", Some("SLURM_ARRAY_TASK_COUNT"), 1),
            Launcher::Kubernetes => ("JOB_COMPLETION_INDEX", None, 0),
            Launcher::GitLab => ("CI_NODE_INDEX", Some("CI_NODE_TOTAL"), 1),
            Launcher::CircleCi => ("CIRCLE_NODE_INDEX", Some("CIRCLE_NODE_TOTAL"), 0),
            Launcher::Buildkite => (
                "BUILDKITE_PARALLEL_JOB",
                Some("BUILDKITE_PARALLEL_JOB_COUNT"),
                0,
            ),
        }
    }

    /// Whether it starts the ranks of a step: `mpirun` within a step of Slurm's has its own daemons numbered
    /// by Slurm, and the ranks by itself, so that of two such launchers the first of [`ALL`](Self::ALL) is
    /// the one.
    pub(super) fn starts_ranks(self) -> bool {
        matches!(
            self,
            Launcher::OpenMpi | Launcher::Pmi | Launcher::SlurmStep
        )
    }
}
