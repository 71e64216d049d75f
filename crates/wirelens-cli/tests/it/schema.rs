//! What the program writes is what its schema says.

use crate::helper::*;

#[test]
fn frames_of_all_captures() {
    let schema = json(&run("fields --json-schema").quietly());
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    for name in all_captures() {
        for options in ["", "--payload --names", "--fields frame.number,ip.src,tcp.flags"] {
            let ran = run(&format!("extract -f ndjson {options} {name}"));
            for frame in lines(&ran.out) {
                if let Err(error) = validator.validate(&frame) {
                    panic!("{name}: {frame}: {error} at {}", error.instance_path());
                }
            }
        }
    }
}
