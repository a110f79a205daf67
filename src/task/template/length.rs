//! How much of a command line a command and its inputs take.

use super::{Piece, Template, Which};

/// What an argument takes besides its text: the byte that ends it, and its address if that counts.
fn argument_len(addresses: bool) -> usize {
    1 + if addresses { size_of::<usize>() } else { 0 }
}

/// The longest argument that Linux takes (`MAX_ARG_STRLEN`, execve(2)), without its end.
const INPUT_LEN_MAX: usize = (128 << 10) - 1;

impl Template {
    /// How much room the command takes without inputs: each argument with its end, and with its
    /// address if `addresses` count.
    pub(in crate::task) fn fixed_len(&self, addresses: bool) -> usize {
        let text = |word: &Vec<Piece>| {
            let lens = word.iter().map(|piece| match piece {
                Piece::Text(text) => text.len(),
                // Numbers of tasks and slots.
                Piece::TaskNumber | Piece::Slot => 20,
                Piece::Input(..) => 0,
            });
            lens.sum::<usize>() + argument_len(addresses)
        };
        self.words.iter().map(text).sum()
    }

    /// How much more an input takes at most.
    pub(in crate::task) fn input_len(&self, input: &[u8], addresses: bool) -> usize {
        if input.len() > INPUT_LEN_MAX {
            // It can't be executed, and is to fail a task of its own.
            return usize::MAX >> 16;
        }
        if self.is_shell() {
            let quotes = memchr::memchr_iter(b'\'', input).count();
            // Between quotes, with a space behind; the folder of nothing is a dot.
            let quoted = input.len().max(1) + 3 * quotes + 3;
            return quoted * self.inputs_in(&self.words[0]);
        }
        let lens = self.words.iter().map(|word| match word[..] {
            [Piece::Input(Which::All, _)] => input.len().max(1) + argument_len(addresses),
            _ if self.repeats && self.inputs_in(word) > 0 => {
                let text = word.iter().map(|piece| match piece {
                    Piece::Text(text) => text.len(),
                    Piece::TaskNumber | Piece::Slot => 20,
                    Piece::Input(..) => input.len().max(1),
                });
                text.sum::<usize>() + argument_len(addresses)
            }
            _ => (input.len().max(1) + 1) * self.inputs_in(word),
        });
        lens.sum()
    }

    /// How often the inputs stand in a word.
    fn inputs_in(&self, word: &[Piece]) -> usize {
        let is_all = |piece: &&Piece| matches!(piece, Piece::Input(..));
        word.iter().filter(is_all).count()
    }
}
