//! The parts of a folder, and the whole they make.

use super::file::{files, foreign, part_of, read_wire};
use super::seal::damaged;
use super::{Part, PartError, Shard, Whole};
use crate::reduction::Reduced;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The parts of one job that a folder has, each shard once.
#[derive(Clone, Debug)]
pub struct Collection {
    whole: Whole,
    of: u64,
    parts: BTreeMap<Shard, Part>,
}

/// The shards that are not there, as runs of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// How many there are to be.
    pub of: u64,
    /// The first and the last of each run.
    pub runs: Vec<(u64, u64)>,
}

impl Missing {
    /// How many they are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.runs.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Each of them.
    pub fn shards(&self) -> impl Iterator<Item = Shard> {
        let indices = self.runs.iter().flat_map(|(first, last)| *first..=*last);
        indices.filter_map(|index| Shard::new(index, self.of).ok())
    }
}

impl Collection {
    /// Reads all parts of a folder.
    ///
    /// # Errors
    /// When one can't be read or was changed; when they are of different jobs, cuts or versions; when one
    /// covers other numbers than its shard has; when there are none.
    pub fn read(folder: &Path) -> Result<Collection, PartError> {
        let mut found: Option<(Collection, BTreeMap<Shard, PathBuf>)> = None;
        for path in files(folder)? {
            let wire = read_wire(&path)?;
            let (collection, paths) = match &mut found {
                Some(found) => found,
                none => {
                    let whole = wire
                        .whole()
                        .whole()
                        .ok_or_else(|| damaged(&path, "it is not of the job that it names"))?;
                    let of = part_of(&path, &wire, &whole)?.shard.of();
                    let parts = BTreeMap::new();
                    none.insert((Collection { whole, of, parts }, BTreeMap::new()))
                }
            };
            if !wire.whole().is(&collection.whole) {
                return Err(foreign(&path, &wire, &collection.whole));
            }
            let part = part_of(&path, &wire, &collection.whole)?;
            let shard = part.shard;
            if shard.of() != collection.of {
                let of = collection.of;
                return Err(PartError::OtherCut { path, shard, of });
            }
            if let Some(other) = paths.insert(shard, path.clone()) {
                return Err(PartError::Twice { path, other, shard });
            }
            collection.parts.insert(shard, part);
        }
        let found = found.ok_or_else(|| PartError::Empty(folder.to_owned()))?;
        Ok(found.0)
    }

    /// What they are parts of.
    #[must_use]
    pub fn whole(&self) -> &Whole {
        &self.whole
    }

    /// How many there are to be.
    #[must_use]
    pub fn of(&self) -> u64 {
        self.of
    }

    /// Those that are there, in order.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &Part> {
        self.parts.values()
    }

    /// Those that are not.
    #[must_use]
    pub fn missing(&self) -> Missing {
        let ends = self.parts.keys().map(|shard| shard.index());
        let mut runs = Vec::new();
        let mut next = 1;
        for index in ends.chain([self.of + 1]) {
            if next < index {
                runs.push((next, index - 1));
            }
            next = index + 1;
        }
        Missing { of: self.of, runs }
    }

    /// What all parts that are there come to.
    #[must_use]
    pub fn reduced(&self) -> Reduced {
        let mut reduced = Reduced::of_none(self.whole.job().reduction());
        for part in self.parts() {
            reduced.merge(part.reduced.clone());
        }
        reduced
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Run, file_name, read, write};
    use super::*;
    use crate::expression::Expression;
    use crate::job::Job;
    use crate::reduction::{Place, Reduction};
    use proptest::prelude::*;
    use std::fs;
    use std::time::Duration;

    /// The part of a shard, by the reference.
    fn part(whole: &Whole, shard: Shard) -> Part {
        let positions = whole.positions(shard);
        let mut reduced = Reduced::of_none(whole.job().reduction());
        let numbers = whole.numbers().iter_at(positions.clone());
        for (number, position) in numbers.zip(positions.clone()) {
            let value = whole.job().function().at(number).unwrap();
            reduced.take(value, Place { number, position });
        }
        Part {
            shard,
            checked_numbers: positions.end - positions.start,
            positions,
            reduced,
            verified_by: vec!["closed form".to_owned()],
            values: None,
            run: Run {
                host: "n1".to_owned(),
                started: Duration::from_millis(1_700_000_000_125),
                elapsed: Duration::from_micros(1_234_567),
                cpu: Duration::ZERO,
                workers: 2,
            },
        }
    }

    fn shards(of: u64) -> impl Iterator<Item = Shard> {
        (1..=of).map(move |index| Shard::new(index, of).unwrap())
    }

    fn squares(input: &str) -> Whole {
        Whole::new(Job::squares(), input.parse().unwrap())
    }

    fn folder_of(whole: &Whole, parts: impl Iterator<Item = Shard>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for shard in parts {
            write(folder.path(), whole, &part(whole, shard)).unwrap();
        }
        folder
    }

    fn said(folder: &tempfile::TempDir) -> String {
        Collection::read(folder.path()).unwrap_err().to_string()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_reduction_comes_back_whole_from_its_parts(
            numbers in proptest::collection::vec(any::<i64>(), 0..12),
            of in 1u64..5,
        ) {
            let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let input = format!("{},3..6", text.join(",")).trim_start_matches(',').to_owned();
            for reduction in Reduction::ALL {
                let job = Job::eval(Expression::parse("n^3 - 7n").unwrap(), reduction);
                let whole = Whole::new(job, input.parse().unwrap());
                let folder = folder_of(&whole, shards(of));
                let collection = Collection::read(folder.path()).unwrap();
                prop_assert_eq!(collection.missing().count(), 0);
                let all = part(&whole, Shard::new(1, 1).unwrap());
                prop_assert_eq!(collection.reduced().conclude(), all.reduced.conclude());
            }
        }
    }

    #[test]
    fn a_part_is_read_as_it_was_written() {
        let whole = squares("1..100");
        let folder = folder_of(&whole, shards(3));
        for shard in shards(3) {
            let path = folder.path().join(file_name(&whole, shard));
            let read = read(&path, &whole).unwrap().unwrap();
            assert_eq!(read, part(&whole, shard));
        }
        let none = folder.path().join("none");
        assert!(read(&none, &whole).unwrap().is_none());
        let path = folder
            .path()
            .join(file_name(&whole, Shard::new(1, 3).unwrap()));
        let error = read(&path, &squares("1..101")).unwrap_err();
        assert!(error.to_string().contains("of another job"), "{error}");
    }

    #[test]
    fn what_is_missing_is_known() {
        let whole = squares("1..100");
        let folder = folder_of(
            &whole,
            shards(9).filter(|shard| ![1, 4, 5, 9].contains(&shard.index())),
        );
        let missing = Collection::read(folder.path()).unwrap().missing();
        assert_eq!(
            (missing.count(), missing.runs.clone()),
            (4, vec![(1, 1), (4, 5), (9, 9)])
        );
        let indices: Vec<u64> = missing.shards().map(Shard::index).collect();
        assert_eq!(indices, [1, 4, 5, 9]);
    }

    #[test]
    fn every_change_of_a_file_is_noticed() {
        let whole = squares("1..100");
        let folder = folder_of(&whole, shards(2));
        let path = folder
            .path()
            .join(file_name(&whole, Shard::new(2, 2).unwrap()));
        let text = fs::read_to_string(&path).unwrap();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
            fs::write(&path, &bytes).unwrap();
            assert!(
                Collection::read(folder.path()).is_err(),
                "byte {at} of {text}"
            );
            fs::write(&path, &text.as_bytes()[..at]).unwrap();
            assert!(Collection::read(folder.path()).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn what_makes_no_whole_is_refused() {
        let whole = squares("1..100");
        let empty = tempfile::tempdir().unwrap();
        assert!(said(&empty).contains("there are no parts here"));
        assert!(Collection::read(&empty.path().join("none")).is_err());

        let folder = folder_of(&whole, shards(2));
        let other = squares("1..102");
        write(
            folder.path(),
            &other,
            &part(&other, Shard::new(1, 2).unwrap()),
        )
        .unwrap();
        assert!(
            said(&folder).contains("of another job, squares 1..10"),
            "{}",
            said(&folder)
        );

        let folder = folder_of(&whole, shards(2).chain(shards(3)));
        assert!(
            said(&folder).contains("but others here are of"),
            "{}",
            said(&folder)
        );

        let folder = folder_of(&whole, shards(2));
        let name = file_name(&whole, Shard::new(1, 2).unwrap());
        fs::copy(
            folder.path().join(&name),
            folder.path().join("partask-copy.json"),
        )
        .unwrap();
        assert!(
            said(&folder).contains("both are shard 1/2"),
            "{}",
            said(&folder)
        );

        let folder = folder_of(&whole, shards(2));
        let moved = Part {
            positions: 1..50,
            ..part(&whole, Shard::new(1, 2).unwrap())
        };
        write(folder.path(), &whole, &moved).unwrap();
        assert!(
            said(&folder).contains("does not cover the numbers"),
            "{}",
            said(&folder)
        );

        let folder = folder_of(&whole, shards(1));
        let path = folder
            .path()
            .join(file_name(&whole, Shard::new(1, 1).unwrap()));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("partask.part/1", "partask.part/2")).unwrap();
        assert!(
            said(&folder).contains("its form is partask.part/2"),
            "{}",
            said(&folder)
        );
    }
}
