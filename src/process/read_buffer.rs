//! Where the output of processes is read to.

/// Where output is read to; one serves any number of processes, one after the other.
#[derive(Debug)]
pub struct ReadBuffer(pub(super) Box<[u8]>);

impl ReadBuffer {
    /// As much as a pipe of Linux holds.
    pub(super) const LEN: usize = 64 * 1024;

    /// An empty one.
    #[must_use]
    pub fn new() -> ReadBuffer {
        ReadBuffer(vec![0; ReadBuffer::LEN].into_boxed_slice())
    }
}

impl Default for ReadBuffer {
    fn default() -> ReadBuffer {
        ReadBuffer::new()
    }
}
