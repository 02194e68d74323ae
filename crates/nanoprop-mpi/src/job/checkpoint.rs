//! A job in a file. Little-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | magic, `nprm` |
//! | 4 | version, 1 |
//! | 8 | fingerprint of the network and of what the optimiser keeps |
//! | 40 | shards, batch, seed, samples, steps |
//! | … | the network, and the optimiser's state |
//! | 4 | CRC-32 (ISO-HDLC) of all bytes before |

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc};
use nanoprop::storage::{Restore, Save};
use nanoprop::{Boxed, Layers, Loss, Network, Optimizer, State};

use super::Job;
use crate::{Error, Source};

const CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const HEADER: usize = 56;

impl<L: Layers<Scalar = f32>, E: Loss, O: Optimizer, S: Source> Job<'_, L, E, O, S> {
    /// The first bytes, with so many steps.
    fn header(&self, steps: u64) -> Vec<u8> {
        let fingerprint = <(Network<L, E>, State<Network<L, E>, O>)>::FINGERPRINT;
        let mut bytes = [*b"nprm", 1_u32.to_le_bytes()].concat();
        let plan = [self.plan.shards as u64, self.plan.batch as u64, self.plan.seed];
        let words = [fingerprint].into_iter().chain(plan).chain([self.data.len() as u64, steps]);
        words.for_each(|word| bytes.extend(word.to_le_bytes()));
        bytes
    }

    /// Rank 0 writes all that the job goes on from to a file, which is replaced as a whole or not at all. The other ranks don't
    /// wait.
    ///
    /// # Errors
    ///
    /// What the file system says, on rank 0.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        if self.team.rank() != 0 {
            return Ok(());
        }
        let mut bytes = self.header(self.steps);
        let written: Result<(), std::convert::Infallible> = (&*self.net, &*self.state).write(&mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        let Ok(()) = written;
        bytes.extend(CRC_32.checksum(&bytes).to_le_bytes());
        let part = path.with_extension("part");
        let mut file = File::create(&part).map_err(Error::io(&part))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(Error::io(&part))?;
        fs::rename(&part, path).map_err(Error::io(path))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
    }

    /// Goes on from a file that [`save`](Job::save) wrote, which only rank 0 needs to have; on any number of ranks. Whether
    /// there was one.
    ///
    /// # Errors
    ///
    /// Where the file can't be read, is damaged, or belongs to another network, optimiser, plan or number of samples. The job
    /// is then as it was.
    pub fn resume(&mut self, path: impl AsRef<Path>) -> Result<bool, Error> {
        let path = path.as_ref();
        let mut bytes = vec![];
        if self.team.rank() == 0 {
            let size = HEADER + <(Network<L, E>, State<Network<L, E>, O>)>::BYTES + 4;
            match fs::metadata(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Error::Io(path.to_owned(), error)),
                Ok(file) if file.len() != size as u64 => {
                    return Err(Error::file(
                        path,
                        format!("expected a checkpoint of {size} bytes, found {}", file.len()),
                    ));
                }
                Ok(_) => bytes = fs::read(path).map_err(Error::io(path))?,
            }
        }
        self.team.broadcast(&mut bytes);
        if bytes.is_empty() {
            return Ok(false);
        }
        let wrong = || Error::file(path, "damaged, or cut short");
        let (body, crc) = bytes.split_last_chunk::<4>().ok_or_else(wrong)?;
        if CRC_32.checksum(body) != u32::from_le_bytes(*crc) {
            return Err(wrong());
        }
        let (header, mut rest) = body.split_at_checked(HEADER).ok_or_else(wrong)?;
        let steps = u64::from_le_bytes(*header.last_chunk().ok_or_else(wrong)?);
        if header != self.header(steps) {
            return Err(Error::file(path, "belongs to another network, optimiser, plan or set of samples"));
        }
        let (mut net, mut state) = (Network::<L, E>::boxed(), State::<Network<L, E>, O>::boxed());
        (&mut *net, &mut *state).read(&mut |piece: &mut [u8]| {
            let (first, others) = rest.split_at_checked(piece.len()).ok_or_else(wrong)?;
            piece.copy_from_slice(first);
            rest = others;
            Ok(())
        })?;
        (self.net, self.state, self.steps) = (net, state, steps);
        Ok(true)
    }
}
