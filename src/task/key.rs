//! What a task is, in 32 digits: the same in every run and every version.

use xxhash_rust::xxh3::xxh3_128;

/// What the digits are made of, and of which form; another form would need another name.
const FORM: &[u8] = b"partask.task/1";

/// The part of a key that all tasks of one command share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyStart(Vec<u8>);

impl KeyStart {
    /// The start for a command of `words`, run by a shell or not.
    pub(super) fn new<'a>(shell: bool, words: impl ExactSizeIterator<Item = &'a [u8]>) -> KeyStart {
        let mut bytes = FORM.to_vec();
        bytes.push(u8::from(shell));
        push_all(&mut bytes, words);
        KeyStart(bytes)
    }

    /// XXH3 with 128 bits over the command and the inputs, each with its length before it, so that
    /// no two tasks have the same bytes; as 32 hexadecimal digits.
    pub(super) fn key(&self, inputs: &[Vec<u8>]) -> String {
        let mut bytes = self.0.clone();
        push_all(&mut bytes, inputs.iter().map(Vec::as_slice));
        format!("{:032x}", xxh3_128(&bytes))
    }
}

/// Adds how many items there are, and each with its length before it, as little-endian 64 bits.
fn push_all<'a>(bytes: &mut Vec<u8>, items: impl ExactSizeIterator<Item = &'a [u8]>) {
    bytes.extend_from_slice(&(items.len() as u64).to_le_bytes());
    for item in items {
        bytes.extend_from_slice(&(item.len() as u64).to_le_bytes());
        bytes.extend_from_slice(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(shell: bool, words: &[&str], inputs: &[&str]) -> String {
        let inputs: Vec<Vec<u8>> = inputs.iter().map(|text| text.as_bytes().to_vec()).collect();
        KeyStart::new(shell, words.iter().map(|word| word.as_bytes())).key(&inputs)
    }

    /// The digits are those of `xxhsum -H2` over the bytes written out by hand.
    #[test]
    fn a_known_task_has_its_known_key() {
        assert_eq!(
            key(false, &["echo", "{}"], &["a"]),
            "338098a90fe9c618d165ba432a10f2c2"
        );
        assert_eq!(
            key(true, &["sleep {}"], &["5", ""]),
            "27a2ecef168fedb845e8dae8dd19d4d2"
        );
    }

    proptest! {
        #[test]
        fn different_tasks_have_different_keys(
            (words, inputs, shell) in parts(), (other_words, other_inputs, other_shell) in parts(),
        ) {
            let one = (&words, &inputs, shell);
            let other = (&other_words, &other_inputs, other_shell);
            let key_of = |(words, inputs, shell): (&Vec<Vec<u8>>, &Vec<Vec<u8>>, bool)| {
                KeyStart::new(shell, words.iter().map(Vec::as_slice)).key(inputs)
            };
            prop_assert_eq!(key_of(one) == key_of(other), one == other);
        }
    }

    type Parts = (Vec<Vec<u8>>, Vec<Vec<u8>>, bool);

    /// Few and short, so that lists that differ only in where they are cut are met often.
    fn parts() -> impl Strategy<Value = Parts> {
        let list = || prop::collection::vec(prop::collection::vec(97u8..99, 0..3), 0..3);
        (list(), list(), any::<bool>())
    }
}
