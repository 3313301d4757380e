//! Hand-made gzip: a plain one, and one that unfolds to far more than it weighs.

const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// One stored block: valid and not compressed (RFC 1951, 3.2.4; RFC 1952).
pub(crate) fn stored(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let length = u16::try_from(bytes.len()).expect("a short text");
    let mut out = HEAD.to_vec();
    out.push(1);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend(crc(bytes).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// At least `megabytes` of blanks: one fixed block of "258 bytes from one byte back", 13 bits each.
pub(crate) fn bomb(megabytes: usize) -> Vec<u8> {
    let mut out = HEAD.to_vec();
    let (mut byte, mut used) = (0_u8, 0);
    let mut bit = |out: &mut Vec<u8>, bit: bool| {
        byte |= u8::from(bit) << used;
        used += 1;
        if used == 8 {
            out.push(byte);
            (byte, used) = (0, 0);
        }
    };
    // Final block, fixed codes (01, low bit first), the literal ' ' (0x30 + 0x20, 8 bits).
    for b in [true, true, false] {
        bit(&mut out, b);
    }
    let mut code = |out: &mut Vec<u8>, code: u16, bits: u32| {
        for i in (0..bits).rev() {
            bit(out, code >> i & 1 == 1);
        }
    };
    code(&mut out, 0x50, 8);
    for _ in 0..(megabytes << 20).div_ceil(258) {
        code(&mut out, 0b1100_0101, 8);
        code(&mut out, 0, 5);
    }
    code(&mut out, 0, 7 + 7);
    out
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}
