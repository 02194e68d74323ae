//! Checkpoints in files: replaced as a whole or not at all, behind links, with the permissions that they have.

use super::{bits, net};
use nanoprop::prelude::*;

network! { type Net = 2 => Dense<3, Tanh> => Dense<2>, loss = SigmoidCrossEntropy; }

fn saved(net: &Net) -> Vec<u8> {
    let mut bytes = vec![0; Net::CHECKPOINT];
    assert_eq!(net.save(&mut bytes), Ok(bytes.len()));
    bytes
}

/// Whoever loads while others save has one of their networks, never a part or nothing.
#[test]
fn files_are_whole_while_others_save() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("saved-by-many");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("net.nprp");
    let nets: [Box<Net>; 2] = [net(1), net(2)];
    nets[0].save_to(&path).unwrap();
    let (over, digests) = (AtomicBool::new(false), [nets[0].digest(), nets[1].digest()]);
    std::thread::scope(|scope| {
        let writers = nets.each_ref().map(|net| scope.spawn(|| (0..100).for_each(|_| net.save_to(&path).unwrap())));
        let reader = scope.spawn(|| {
            let mut loads = 0;
            while !over.load(Ordering::Relaxed) || loads == 0 {
                let mut net = Net::ZERO;
                net.load_from(&path).unwrap();
                assert!(digests.contains(&net.digest()));
                loads += 1;
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no part is left");

    // Another link to the old file keeps the old bytes: the file was not written in place.
    let old = folder.join("old.nprp");
    nets[0].save_to(&path).unwrap();
    std::fs::hard_link(&path, &old).unwrap();
    nets[1].save_to(&path).unwrap();
    let mut found = Net::ZERO;
    found.load_from(&old).unwrap();
    assert_eq!(found.digest(), digests[0]);
    std::fs::remove_file(&old).unwrap();
    // What can't take the name leaves nothing.
    std::fs::create_dir_all(folder.join("taken/full")).unwrap();
    nets[0].save_to(folder.join("taken")).unwrap_err();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn files_are_replaced_as_a_whole() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("net.nprp");
    let (first, mut second): (Box<Net>, Box<Net>) = (net(1), net(2));
    let digest = second.digest();
    std::fs::write(&path, "something else").unwrap();
    assert_eq!(second.load_from(&path).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    assert_eq!(second.digest(), digest);
    first.save_to(&path).unwrap();
    second.load_from(&path).unwrap();
    assert_eq!(bits(second.parameters()), bits(first.parameters()));
    assert_eq!(std::fs::read(&path).unwrap(), saved(&first));
    // A network that diverged does not take the place of one that did not.
    second.parameters_mut()[16] = f32::NAN;
    assert_eq!(second.save_to(&path).unwrap_err().to_string(), "not saved: the weight of layer 2 is not finite");
    assert_eq!(std::fs::read(&path).unwrap(), saved(&first));
    let missing = path.with_file_name("missing.nprp");
    assert_eq!(second.load_from(missing).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

/// The file behind links is replaced, and keeps its permissions; what is no file is written to.
#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("saved-behind-links");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("kept")).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let nets: [Box<Net>; 2] = [net(1), net(2)];
    let (file, link, second) = (folder.join("kept/net.nprp"), folder.join("link"), folder.join("kept/second"));
    symlink("kept/net.nprp", &link).unwrap(); // where nothing is yet
    symlink("../link", &second).unwrap();
    nets[0].save_to(&link).unwrap();
    for (net, path, bits) in [(&nets[1], &second, 0o600), (&nets[0], &link, 0o666), (&nets[1], &file, 0o640)] {
        std::fs::set_permissions(&file, PermissionsExt::from_mode(bits)).unwrap();
        net.save_to(path).unwrap();
        let mut found = Net::ZERO;
        found.load_from(&file).unwrap();
        assert_eq!((found.digest(), mode(&file)), (net.digest(), bits));
    }
    assert!(link.is_symlink() && second.is_symlink() && !file.is_symlink());
    assert_eq!(std::fs::read_dir(folder.join("kept")).unwrap().count(), 2, "no part is left");
    // Links in a circle, and what has no content to replace.
    symlink("circle", folder.join("circle")).unwrap();
    nets[0].save_to(folder.join("circle")).unwrap_err();
    symlink("/dev/null", folder.join("null")).unwrap();
    nets[0].save_to(folder.join("null")).unwrap();
    nets[0].save_to(&folder).unwrap_err();
    assert!(folder.join("null").is_symlink() && !std::fs::metadata("/dev/null").unwrap().is_file());
    std::fs::remove_dir_all(&folder).unwrap();
}
